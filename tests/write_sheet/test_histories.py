"""Random histories through the whole step: late, doubled, corrected, interleaved and crashed.

The Sheets emulator's own engine applies the requests in memory, so that hundreds of histories run
in a second; `test_service.py` does the same through sockets.
"""

import random
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commit_counts.event import CommitCounts
from tests.support.write_sheet import (
    LAYOUT_EVENT,
    NOON,
    TODAY,
    TOKYO,
    MemorySheet,
    Model,
    at,
    events,
    history_of,
    laid_out,
    place_of,
    random_history,
    window_event,
)
from write_sheet.dashboard.labels import LANGUAGES
from write_sheet.dashboard.today.card import Facts
from write_sheet.dashboard.today.headline import NumberCard
from write_sheet.dashboard.today.page import TODAY_PAGE
from write_sheet.errors import SheetsUnavailable
from write_sheet.history.preferences import Preferences
from write_sheet.history.statistics import summarize
from write_sheet.plan import plan
from write_sheet.sheets_api.cells import value_of
from write_sheet.sheets_api.port import Refused
from write_sheet.sheets_api.requests import Request
from write_sheet.sheets_api.snapshot import AfterWrite, Snapshot
from write_sheet.sheets_api.tab import Tab
from write_sheet.step import write
from write_sheet.stored.read import read_state


class Crash(BaseException):
    """The process is gone; nothing may catch it."""


def written(event: CommitCounts, sheet: MemorySheet) -> str:
    """Deliver one event without waiting between tries; the outcome."""
    return write(event, sheet, pause=lambda _: None).outcome


def check(sheet: MemorySheet, stated: Sequence[CommitCounts]) -> None:
    """The Sheet holds what the model says: data, known days, and every number of Today."""
    model = Model(list(stated))
    assert sheet.data() == model.rows()
    known = read_state(sheet.look())
    assert known.history.totals() == model.totals()
    assert known.expected == {}
    assert known.rows.problems == []
    summary = summarize(history_of(stated), Preferences(), TOKYO)
    assert summary is not None
    if any(event.window for event in stated):
        [*_, last] = [batch for batch in sheet.batches if _today_of(batch)]
        shown = _today_of(last)
        wanted = _today_of(TODAY_PAGE.fill(Facts(summary=summary, labels=LANGUAGES["en"])))
        assert [value_of(row[0]) for row in shown] == [value_of(row[0]) for row in wanted]
        assert value_of(shown[place_of(NumberCard).top][0]) == model.totals().get(summary.today)


def _today_of(batch: Sequence[dict[str, object]]) -> list[list[dict[str, object]]]:
    """The cells of Today that a batch wrote; none where it wrote none."""
    for request in batch:
        match request:
            case {"updateCells": {"start": start, "rows": list(rows)}}:
                if start == {"sheetId": Tab.TODAY.sheet_id, "rowIndex": 0, "columnIndex": 0}:
                    return [row["values"] for row in rows]
    return []


def test_random_histories_end_as_the_model_says() -> None:
    """40 histories, each event delivered as it comes, some of them twice."""
    for seed in range(40):
        rng, sheet = random.Random(seed), MemorySheet(laid_out())
        stated = [LAYOUT_EVENT, *random_history(seed, length=6)]
        for event in stated:
            written(event, sheet)
            if rng.random() < 0.3:
                written(rng.choice(stated[: stated.index(event) + 1]), sheet)
        check(sheet, stated)


@settings(max_examples=15)
@given(st.lists(events(), min_size=1, max_size=5))
def test_delivering_everything_again_writes_nothing(stated: list[CommitCounts]) -> None:
    """What is said already causes no request that writes, in whatever order it is repeated."""
    sheet = MemorySheet()
    for event in stated:
        written(event, sheet)
    for event in reversed(stated):
        assert written(event, sheet) == "unchanged"
    assert len(sheet.batches) <= len(stated)


def test_an_event_costs_one_reading_and_one_writing() -> None:
    """Two requests, however many days the event has; one where nothing changed."""
    sheet = MemorySheet()
    written(window_event({(TODAY, "me/app"): 1}), sheet)
    sheet.calls.clear()
    long = window_event({(TODAY, "me/app"): 2}, since=date(2016, 1, 1), collected_at=at(1))
    written(long, sheet)
    assert sheet.calls == ["read", "write"]
    written(long, sheet)
    assert sheet.calls == ["read", "write", "read"]


class Turns:
    """Lets threads make their calls one at a time, in an order drawn beforehand.

    A turn is one whole request, so that the engine is never entered twice at a time.
    """

    def __init__(self, order: Sequence[int]) -> None:
        self._order = list(order)
        self._condition = threading.Condition()
        self._is_taken = False
        self._finished: set[int] = set()

    @contextmanager
    def turn(self, me: int) -> Iterator[None]:
        """Wait until it is `me`'s turn, and hold it; those who finished lose theirs."""
        with self._condition:
            self._condition.wait_for(lambda: not self._is_taken and self._next() in (me, None))
            if self._order:
                self._order.pop(0)
            self._is_taken = True
        try:
            yield
        finally:
            with self._condition:
                self._is_taken = False
                self._condition.notify_all()

    def finish(self, me: int) -> None:
        """Give up all further turns."""
        with self._condition:
            self._finished.add(me)
            self._condition.notify_all()

    def _next(self) -> int | None:
        while self._order and self._order[0] in self._finished:
            self._order.pop(0)
        return self._order[0] if self._order else None


class Shared(MemorySheet):
    """One writer's view of a Sheet that others write too."""

    def __init__(
        self, common: MemorySheet, turn: Callable[[], AbstractContextManager[None]]
    ) -> None:
        super().__init__(common.workbook)
        self._common, self._turn = common, turn

    def read(self) -> Snapshot:
        with self._turn():
            self.workbook = self._common.workbook
            return super().read()

    def write(self, requests: list[Request], witnesses: Sequence[int] = ()) -> AfterWrite:
        with self._turn():
            self.workbook = self._common.workbook
            sizes = super().write(requests, witnesses)
            self._common.workbook = self.workbook
            self._common.batches.append(requests)
            return sizes


@pytest.mark.parametrize("writers", [2, 3])
def test_writers_that_interleave_at_every_request_lose_nothing(writers: int) -> None:
    """20 random orders of the single requests: also the making of the layout happens once."""
    for seed in range(20):
        rng = random.Random(seed * writers)
        stated = random_history(seed, length=writers * 2) + random_history(seed + 1, length=writers)
        common = MemorySheet()
        turns = Turns([rng.randrange(writers) for _ in range(60)])
        failures: list[BaseException] = []
        deliveries = [
            _delivery(Shared(common, partial(turns.turn, me)), stated[me::writers], failures)
            for me in range(writers)
        ]
        threads = [
            threading.Thread(target=_until_finished, args=(delivery, turns, me))
            for me, delivery in enumerate(deliveries)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        check(common, stated)


def _delivery(
    sheet: MemorySheet, mine: Sequence[CommitCounts], failures: list[BaseException]
) -> Callable[[], None]:
    """One writer's work; what it raises is kept for the test."""

    def deliver() -> None:
        try:
            for event in mine:
                written(event, sheet)
        except BaseException as error:  # noqa: BLE001 - told to the test, which fails
            failures.append(error)

    return deliver


def _until_finished(delivery: Callable[[], None], turns: Turns, me: int) -> None:
    delivery()
    turns.finish(me)


@pytest.mark.parametrize("place", ["before read", "after read", "before write", "after write"])
def test_a_crash_at_any_request_is_repaired_by_the_next_delivery(place: str) -> None:
    """12 histories: the process dies at one request, and the message is delivered again."""
    for seed in range(12):
        stated, sheet = random_history(seed, length=3), MemorySheet()
        crashing = random.Random(seed).randrange(len(stated))
        for number, event in enumerate(stated):
            if number == crashing:
                sheet.before_call = _crash(place)
                sheet.after_write = _crash_after(place)
                with pytest.raises(Crash) if _happens(place, sheet, event) else _nothing():
                    written(event, sheet)
                sheet.before_call = lambda *_: None
                sheet.after_write = lambda *_: None
            written(event, sheet)
        check(sheet, stated)


def _crash(place: str) -> Callable[[int, str], None]:
    def before(_: int, kind: str) -> None:
        if place == f"before {kind}" or (place == "after read" and kind == "write"):
            raise Crash

    return before


def _crash_after(place: str) -> Callable[[int], None]:
    def after(_: int) -> None:
        if place == "after write":
            raise Crash

    return after


def _happens(place: str, sheet: MemorySheet, event: CommitCounts) -> bool:
    """Whether delivering the event gets to that request at all."""
    return place == "before read" or bool(plan(event, sheet.look(), revision=1, now=NOON).batch())


class _nothing:  # noqa: N801 - reads as a phrase beside pytest.raises
    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        return None


def test_writers_that_both_find_the_mark_removed_still_exclude_each_other() -> None:
    """A person may delete the named range that guards: both count on from its copy, one wins."""
    sheet = MemorySheet(laid_out())
    sheet.workbook.named_ranges.clear()
    found = sheet.look()
    one, other = (
        plan(window_event({(TODAY, name): 1}), found, revision=number, now=NOON).batch()
        for number, name in enumerate(("a/a", "b/b"), 1)
    )
    sheet.write(one)
    with pytest.raises(Refused):
        sheet.write(other)


@pytest.mark.parametrize("applied", [True, False], ids=["applied", "not applied"])
def test_a_lost_answer_is_looked_up_and_not_guessed(applied: bool) -> None:
    """A timeout says nothing: the next reading shows whether the batch went through."""

    class Forgetful(MemorySheet):
        lost = 1

        def write(self, requests: list[Request], witnesses: Sequence[int] = ()) -> AfterWrite:
            if self.lost:
                self.lost -= 1
                if applied:
                    super().write(requests, witnesses)
                raise SheetsUnavailable("no answer")
            return super().write(requests, witnesses)

    sheet, event = Forgetful(), window_event({(TODAY, "me/app"): 1})
    assert written(event, sheet) == "written"
    assert len(sheet.batches) == 1
    check(sheet, [event])
