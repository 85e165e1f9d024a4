"""The step: read, plan, write; and again where another writer came between.

A batch is applied whole or not at all, so that stopping anywhere leaves the Sheet as it was before
or as it should be; the next delivery finds out which. Where the service refuses a batch though no
other writer came between, the counts are written without what only looks, and then each part of
that by itself; what is refused again is told on the tab `Today` and tried again a day later.
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from commit_counts.errors import NeverWorks, RetryLater
from commit_counts.event import CommitCounts
from commit_counts.retry import Deadline, Retries, RetryPolicy, utc_now
from write_sheet.errors import LostRace, SheetsUnavailable, TornReading
from write_sheet.history.merge import History
from write_sheet.history.problems import Problem
from write_sheet.plan import ALL, Plan, Selection, plan
from write_sheet.sheets_api.api_errors import explain_refusal
from write_sheet.sheets_api.port import Refused, Spreadsheet
from write_sheet.sheets_api.snapshot import Snapshot

# Readings can lag behind writings by tens of seconds, and then the same batch is refused again:
# only what is still refused after all these pauses is for a person to fix.
POLICY = RetryPolicy(attempts=8, first_seconds=0.5, longest_seconds=20.0)
# A function has two minutes; what is not done by then is delivered again.
LAST_TRY = timedelta(seconds=60)
# So often the same batch fails before it is tried without what only looks.
_SAME_FAILURES = 2
_LOGGED_PROBLEMS = 5


@dataclass(frozen=True, kw_only=True)
class Written:
    """What became of an event.

    outcome: `written`, or `unchanged` where the Sheet said it all already.
    rows: rows of the tab `data` that were written, added or taken out.
    tries: readings that it took.
    problems: what somebody broke on the Sheet, and what the service refused.
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
    now: Callable[[], datetime] = utc_now,
) -> Written:
    """Bring the Sheet up to date with the event.

    language, zone: what a new dashboard begins with. pause, now: the clock.
    Raises RetryLater or NeverWorks; whatever was raised, the Sheet is whole.
    """
    deadline = Deadline(ends_at=now() + LAST_TRY, now=now, sleep=pause)
    delivery = _Delivery(event, sheet, language=language, zone=zone, deadline=deadline)
    try:
        done = delivery.send()
    except _SameFailure as failure:
        done = delivery.send_in_parts(failure)
    return delivery.outcome(done)


class _SameFailure(Exception):
    """The same batch failed again, on the same state of the Sheet."""

    def __init__(self, error: Refused | SheetsUnavailable, planned: Plan, found: Snapshot) -> None:
        super().__init__(str(error))
        self.error, self.planned, self.found = error, planned, found


@dataclass(kw_only=True)
class _Failures:
    """How often the batch that was planned last has failed."""

    batch: object = None
    count: int = 0

    def add(self, planned: Plan) -> int:
        """The number of failures of this batch; its mark is another one each time."""
        batch = planned.found, planned.parts, planned.rows
        self.count = self.count + 1 if batch == self.batch else 1
        self.batch = batch
        return self.count


@dataclass
class _Delivery:
    """One event on its way to the Sheet."""

    event: CommitCounts
    sheet: Spreadsheet
    language: str = field(kw_only=True)
    zone: ZoneInfo | None = field(kw_only=True)
    deadline: Deadline = field(kw_only=True)
    readings: int = 0
    rows: int = 0
    is_written: bool = False
    # What was known before rows were moved under a batch, until one fits.
    remembered: History | None = None

    def send(self, selection: Selection = ALL, *, same_failures: int = _SAME_FAILURES) -> Plan:
        """Read, plan and write until it is done; the plan that was carried out.

        Raises _SameFailure where the same batch fails so often, RetryLater where the time is over.
        """
        retries, failures = Retries(POLICY, self.deadline), _Failures()
        while True:
            found, planned = self._plan(selection, retries)
            batch = planned.batch()
            if not batch:
                return planned
            try:
                after = self.sheet.write(batch, sorted(planned.witnesses))
            except (Refused, SheetsUnavailable) as error:
                if isinstance(error, SheetsUnavailable):
                    self.is_written = True  # it may be: where nothing is left to do, it was
                if failures.add(planned) >= same_failures:
                    raise _SameFailure(error, planned, found) from error
                _wait(retries, error)
            else:
                self.is_written = True
                self.rows += planned.rows
                if planned.fits(after):
                    self.remembered = None
                    return planned
                # Rows were moved between reading and writing, and the batch hit others.
                self.remembered = planned.history
                _wait(retries, LostRace("rows were moved while the Sheet was written"))

    def send_in_parts(self, failure: _SameFailure) -> Plan:
        """The counts first, then each part by itself, then what was refused."""
        try:
            self.send(Selection(only=frozenset()), same_failures=POLICY.attempts - 1)
        except _SameFailure as again:
            raise self._explained(again) from again.error
        refused: dict[str, str] = {}
        for name in failure.planned.parts:
            try:
                self.send(Selection(only=frozenset({name}), refused=refused))
            except _SameFailure as again:
                refused[name] = _reason(again.error)
        try:
            return self.send(Selection(refused=refused))
        except _SameFailure as again:
            raise self._explained(again) from again.error

    def outcome(self, done: Plan) -> Written:
        """What the caller is told."""
        return Written(
            outcome="written" if self.is_written else "unchanged",
            rows=self.rows,
            tries=self.readings,
            problems=tuple(done.problems),
        )

    def _plan(self, selection: Selection, retries: Retries) -> tuple[Snapshot, Plan]:
        while True:
            self.readings += 1
            found = self.sheet.read()
            try:
                planned = self._planned(found, selection)
            except TornReading as error:
                _wait(retries, error)
            else:
                return found, planned

    def _planned(self, found: Snapshot, selection: Selection) -> Plan:
        planning = partial(
            plan,
            self.event,
            found,
            revision=random.randrange(1, 10**9),
            now=self.deadline.now(),
            language=self.language,
            zone=self.zone,
            selection=replace(selection, remembered=self.remembered),
        )
        planned = planning()
        return planning(self.sheet.structure()) if planned.needs_structure else planned

    def _explained(self, failure: _SameFailure) -> NeverWorks | RetryLater:
        if isinstance(failure.error, SheetsUnavailable):
            return failure.error
        return explain_refusal(
            failure.error.reason,
            failure.found,
            failure.planned.requests,
            self.sheet.structure(),
            address=self.sheet.address,
        )


def _wait(retries: Retries, error: Refused | RetryLater) -> None:
    """Wait for the next try. Raises what the caller should know where there is none."""
    try:
        retries.wait(str(error))
    except RetryLater as over:
        if isinstance(error, Refused):
            raise LostRace(
                "the Sheet changed between each reading and writing; trying again later"
            ) from error
        raise error from over


def _reason(error: Refused | SheetsUnavailable) -> str:
    return error.reason if isinstance(error, Refused) else error.problem
