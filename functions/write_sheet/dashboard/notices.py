"""Says in the person's language what was found broken on the Sheet."""

from write_sheet.dashboard.labels import Labels
from write_sheet.history.problems import Fault, FaultKind


def notice(fault: Fault, labels: Labels) -> str:
    """One sentence for the tab `Today`."""
    texts = {
        FaultKind.NOT_A_COUNT: labels.fault_not_a_count,
        FaultKind.NO_ROW_OF_OURS: labels.fault_no_row_of_ours,
        FaultKind.CONTRADICTION: labels.fault_contradiction,
        FaultKind.CHANGED_BY_HAND: labels.fault_changed_by_hand,
        FaultKind.MOVED_COLUMNS: labels.fault_moved_columns,
        FaultKind.LOST_TAB: labels.fault_lost_tab,
    }
    days = labels.between(fault.since, fault.until) if fault.since and fault.until else ""
    told = texts[fault.kind].format(
        row=fault.row, found=fault.found, expected=fault.expected, days=days
    )
    return told + (labels.mended if fault.mended else "")
