"""The step: read, plan, write; and again where another writer came between.

A batch is applied whole or not at all, so that stopping anywhere leaves the Sheet as it was before
or as it should be; the next delivery finds out which.
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from commit_counts.errors import NeverWorks, RetryLater
from commit_counts.event import CommitCounts
from write_sheet.dashboard.layout import needs_structure
from write_sheet.errors import LostRace, SheetsUnavailable
from write_sheet.history.problems import Problem
from write_sheet.plan import Plan, plan
from write_sheet.sheets_api.api_errors import explain_refusal
from write_sheet.sheets_api.port import Refused, Spreadsheet
from write_sheet.sheets_api.snapshot import Snapshot

TRIES = 6
# A function has two minutes; what is not done by then is delivered again.
LAST_TRY_SECONDS = 60.0
_FIRST_PAUSE_SECONDS = 0.25
_LOGGED_PROBLEMS = 5


@dataclass(frozen=True, kw_only=True)
class Written:
    """What became of an event.

    outcome: `written`, or `unchanged` where the Sheet said it all already.
    rows: rows of the tab `data` that were written, added or taken out.
    tries: readings that it took.
    problems: what somebody broke on the Sheet.
    """

    outcome: str
    rows: int
    tries: int
    problems: tuple[Problem, ...] = ()

    def facts(self) -> dict[str, object]:
        """The fields of the log line."""
        facts: dict[str, object] = {"outcome": self.outcome, "rows": self.rows}
        if self.tries > 1:
            facts["tries"] = self.tries
        if self.problems:
            facts["problems"] = [str(problem) for problem in self.problems[:_LOGGED_PROBLEMS]]
            facts["problem_count"] = len(self.problems)
        return facts


def write(
    event: CommitCounts,
    sheet: Spreadsheet,
    *,
    language: str = "en",
    zone: ZoneInfo | None = None,
    pause: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Written:
    """Bring the Sheet up to date with the event.

    language, zone: what a new dashboard begins with.
    Raises RetryLater or NeverWorks; whatever was raised, the Sheet is whole.
    """
    started = clock()
    refused: tuple[Refused, Plan, tuple[int, ...]] | None = None
    uncertain: RetryLater | None = None
    for attempt in range(1, TRIES + 1):
        snapshot = sheet.read()
        if refused is not None and snapshot.revisions == refused[2]:
            raise _explained(refused[0], refused[1], snapshot, sheet) from refused[0]
        first = random.randrange(1, 10**9)
        structure = sheet.structure() if needs_structure(snapshot) else None
        planned = plan(
            event, snapshot, structure, first_revision=first, language=language, zone=zone
        )
        if not planned.requests:
            return _done(planned, "written" if uncertain else "unchanged", attempt)
        try:
            sheet.write(planned.requests)
        except Refused as error:
            refused = error, planned, snapshot.revisions
        except SheetsUnavailable as error:
            refused, uncertain = None, error
        else:
            return _done(planned, "written", attempt)
        if clock() - started > LAST_TRY_SECONDS:
            break
        pause(random.uniform(0, _FIRST_PAUSE_SECONDS * 2**attempt))
    raise uncertain or LostRace(
        "other writers changed the Sheet between each reading and writing; trying again later"
    )


def _explained(
    refused: Refused, planned: Plan, snapshot: Snapshot, sheet: Spreadsheet
) -> NeverWorks:
    return explain_refusal(
        refused.reason,
        snapshot,
        planned.requests,
        sheet.structure(),
        address=sheet.address,
    )


def _done(planned: Plan, outcome: str, tries: int) -> Written:
    return Written(
        outcome=outcome, rows=planned.rows, tries=tries, problems=tuple(planned.problems)
    )
