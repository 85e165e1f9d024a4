"""Says in the person's language what was found broken on the Sheet and is not repaired yet."""

from write_sheet.dashboard.labels import Labels
from write_sheet.history.problems import Problem, ProblemKind


def notice(problem: Problem, labels: Labels) -> str:
    """One sentence for the tab `Today`."""
    texts = {
        ProblemKind.NOT_A_COUNT: labels.fault_not_a_count,
        ProblemKind.NO_ROW_OF_OURS: labels.fault_no_row_of_ours,
        ProblemKind.CHANGED_BY_HAND: labels.fault_changed_by_hand,
    }
    days = labels.between(problem.since, problem.until) if problem.since and problem.until else ""
    return texts[problem.kind].format(
        row=problem.row, found=problem.found, expected=problem.expected, days=days
    )
