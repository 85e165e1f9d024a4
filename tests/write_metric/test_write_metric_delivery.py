"""write_metric against the Cloud Monitoring emulator, over sockets with the real client.

Whatever happens on the way, the series hold what the events say, and an event counts as done only
if each of its points is there, or the series holds a newer one, or it is too old to be taken.
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commit_counts.errors import NeverWorks, RetryLater
from commit_counts.event import CommitCounts, Count, Window
from commit_counts.retry import Deadline, RetryPolicy
from emulators.faults import Fault
from emulators.monitoring import Wording
from emulators.monitoring.errors import INTERNAL_ERROR, Refuse
from tests.support.monitoring import NOON, Monitoring, label_of, running_monitoring
from write_metric.delivery import Delivery
from write_metric.monitoring import MonitoringSink
from write_metric.series import Choices, Point, points_of
from write_metric.step import Written, write

UTC_ZONE = ZoneInfo("UTC")
CREATE = "CreateTimeSeries"
QUICK = RetryPolicy(attempts=4, first_seconds=0.0)
MANY = Choices(time_zone=None, evening_hour=20, named_repositories=1000)
FEW = Choices(time_zone=None, evening_hour=20, named_repositories=3)
WORDINGS = list(Wording)


@dataclass(frozen=True, kw_only=True)
class Pipeline:
    """The step with its real sink, and what is behind it."""

    monitoring: Monitoring
    sink: MonitoringSink
    choices: Choices = field(default=MANY)

    def write(
        self, event: CommitCounts, *, policy: RetryPolicy = QUICK, request_seconds: float = 12.0
    ) -> Written:
        """Deliver an event once, at the service's present time."""
        return write(
            event,
            self.sink,
            self.choices,
            deadline=Deadline(now=self.monitoring.clock),
            policy=policy,
            request_seconds=request_seconds,
        )

    def holds(self, point: Point) -> bool:
        """Whether exactly this point is stored."""
        label = label_of(dict(point.labels))
        stored = self.monitoring.stored().get((point.metric, label), [])
        return (point.end_time, point.value) in stored

    def fail(self, kind: str, *, skip: int = 0, times: int | None = 1) -> None:
        """Order a fault."""
        self.monitoring.emulator.calls.inject(
            Fault(operation=CREATE, kind=kind, skip=skip, times=times)
        )

    def requests(self) -> int:
        """How many requests came so far."""
        return self.monitoring.emulator.calls.count(CREATE)


@contextmanager
def running_pipeline(*, choices: Choices = MANY, now: datetime = NOON) -> Iterator[Pipeline]:
    with (
        tempfile.TemporaryDirectory() as folder,
        running_monitoring(Path(folder), now=now) as up,
        closing(MonitoringSink(project="somebody", emulator_host=up.emulator.address)) as sink,
    ):
        yield Pipeline(monitoring=up, sink=sink, choices=choices)


@pytest.fixture
def pipeline() -> Iterator[Pipeline]:
    with running_pipeline() as running:
        yield running


def event_at(collected_at: datetime, today: Mapping[str, int]) -> CommitCounts:
    """A complete statement whose today has these commits."""
    day = collected_at.date()
    return CommitCounts(
        source="github/octocat",
        collected_at=collected_at,
        counts=tuple(Count(date=day, repository=r, commits=n) for r, n in today.items()),
        window=Window(since=day - timedelta(days=34), until=day),
        login="octocat",
        time_zone=UTC_ZONE,
    )


def many(number: int, commits: int = 1) -> dict[str, int]:
    return {f"me/{n:03}": commits for n in range(number)}


def test_an_event_becomes_its_points(pipeline: Pipeline) -> None:
    """Each point with its value, at `collected_at`, in one request."""
    event = event_at(NOON, {"me/app": 3, "me/lib": 2})
    assert pipeline.write(event) == Written(written=4)
    assert pipeline.monitoring.stored() == {
        ("commits_today", ""): [(NOON, 5)],
        ("commits_today_by_repository", "me/app"): [(NOON, 3)],
        ("commits_today_by_repository", "me/lib"): [(NOON, 2)],
        ("evening_without_commits", ""): [(NOON, 0)],
    }
    assert pipeline.requests() == 1


def test_500_repositories_go_in_requests_of_200(pipeline: Pipeline) -> None:
    """More series than one request holds are split, and none is lost."""
    assert pipeline.write(event_at(NOON, many(500))) == Written(written=502)
    assert len(pipeline.monitoring.emulator.time_series()) == 502
    assert pipeline.requests() == 3


@pytest.mark.parametrize("wording", WORDINGS)
def test_a_redelivery_is_done_and_changes_nothing(pipeline: Pipeline, wording: Wording) -> None:
    """The same event again, in every form of the refusal, also of hundreds of series."""
    event = event_at(NOON, many(250))
    pipeline.write(event)
    before = pipeline.monitoring.stored()
    pipeline.monitoring.emulator.wording = wording
    assert pipeline.write(event) == Written(already_there=252)
    assert pipeline.monitoring.stored() == before


def test_a_repository_that_lost_its_commits_falls_to_zero(pipeline: Pipeline) -> None:
    """The statement is complete: a repository of the window without commits today has 0."""
    yesterday = Count(date=NOON.date() - timedelta(days=1), repository="me/app", commits=1)
    morning = event_at(NOON, {"me/app": 2})
    noon = event_at(pipeline.monitoring.clock.advance(hours=1), {})
    pipeline.write(morning)
    pipeline.write(CommitCounts(**{**vars(noon), "counts": (yesterday,)}))
    stored = pipeline.monitoring.stored()["commits_today_by_repository", "me/app"]
    assert [value for _, value in stored] == [2, 0]


@pytest.mark.parametrize(
    ("hours", "outcome"), [(25, "written"), (25.001, "too old"), (500, "too old")]
)
def test_an_event_that_is_too_old_is_done_without_a_request(
    pipeline: Pipeline, hours: float, outcome: str
) -> None:
    """A replayed old event is no error; what the service still takes, it gets."""
    event = event_at(NOON, {"me/app": 1})
    pipeline.monitoring.clock.advance(hours=hours)
    assert pipeline.write(event).facts()["outcome"] == outcome
    assert pipeline.requests() == (1 if outcome == "written" else 0)


def test_an_event_from_the_future_is_kept_for_later(pipeline: Pipeline) -> None:
    """It is refused until the service takes it, and then written."""
    event = event_at(NOON + timedelta(minutes=6), {"me/app": 1})
    with pytest.raises(RetryLater, match="minutes ahead") as refused:
        pipeline.write(event)
    assert pipeline.requests() == 0
    assert refused.value.retry_at == NOON + timedelta(minutes=1)
    pipeline.monitoring.clock.advance(minutes=1)
    assert pipeline.write(event).written == 3


def test_an_event_about_other_days_is_done_without_a_request(pipeline: Pipeline) -> None:
    """A backfill of the past writes no metric and is no error."""
    past = date(2020, 1, 1)
    event = CommitCounts(
        source="github/octocat",
        collected_at=NOON,
        counts=(Count(date=past, repository="me/app", commits=1),),
        window=Window(since=past, until=past),
        login="octocat",
        time_zone=UTC_ZONE,
    )
    assert pipeline.write(event).facts()["outcome"] == "nothing about today"
    assert pipeline.requests() == 0


def test_a_service_that_is_older_by_the_clock_still_ends_it(pipeline: Pipeline) -> None:
    """Refused as too old by the service itself, though not by our clock: done."""
    event = event_at(NOON, {"me/app": 1})
    pipeline.monitoring.clock.advance(hours=26)
    deadline = Deadline(now=lambda: NOON)
    written = write(event, pipeline.sink, MANY, deadline=deadline, policy=QUICK)
    assert written == Written(already_there=3)


@pytest.mark.parametrize(
    "kind",
    [
        "UNAVAILABLE",
        "DEADLINE_EXCEEDED",
        "INTERNAL",
        "UNAVAILABLE_after_write",
        "DEADLINE_EXCEEDED_after_write",
        "refuse_some",
    ],
)
def test_a_passing_fault_is_ridden_out(pipeline: Pipeline, kind: str) -> None:
    """Up to three failures of a request are retried, also where the write had happened."""
    pipeline.fail(kind, times=3)
    event = event_at(NOON, many(10))
    assert pipeline.write(event).points == 12
    assert all(map(pipeline.holds, points_of(event, MANY)))


@pytest.mark.parametrize(
    ("kind", "error", "text"),
    [
        ("UNAVAILABLE", RetryLater, "UNAVAILABLE"),
        ("RESOURCE_EXHAUSTED", RetryLater, "RESOURCE_EXHAUSTED"),
        ("refuse_some", RetryLater, "Internal error encountered"),
        ("PERMISSION_DENIED", NeverWorks, "roles/monitoring.metricWriter"),
        ("UNAUTHENTICATED", NeverWorks, "credentials"),
    ],
)
def test_a_lasting_fault_is_raised_and_a_redelivery_mends_it(
    pipeline: Pipeline, kind: str, error: type[Exception], text: str
) -> None:
    """The event is not acknowledged; the text says which series and why."""
    pipeline.fail(kind, times=None)
    event = event_at(NOON, many(5))
    with pytest.raises(error, match=rf"did not take commits_today.*: .*{text}"):
        pipeline.write(event)
    pipeline.monitoring.emulator.calls.clear_faults()
    assert pipeline.write(event) == Written(written=7)


@pytest.mark.parametrize("kind", ["RESOURCE_EXHAUSTED", "PERMISSION_DENIED"])
def test_an_exhausted_quota_is_not_strained_further(pipeline: Pipeline, kind: str) -> None:
    """One refused request, and the other requests of the event are not even sent."""
    pipeline.fail(kind, times=None)
    with pytest.raises((RetryLater, NeverWorks)):
        pipeline.write(event_at(NOON, many(500)))
    assert pipeline.requests() == 1


@pytest.mark.parametrize(("total_seconds", "requests"), [(2.0, 2), (100.0, 4)])
def test_it_gives_up_within_its_time(
    pipeline: Pipeline, total_seconds: float, requests: int
) -> None:
    """An outage costs at most the chosen time; no pause is begun that would end beyond it."""
    pipeline.fail("UNAVAILABLE", times=None)
    slept: list[float] = []
    delivery = Delivery(
        pipeline.sink,
        deadline=Deadline(
            ends_at=NOON + timedelta(seconds=total_seconds),
            now=lambda: NOON + timedelta(seconds=sum(slept)),
            sleep=slept.append,
        ),
        policy=RetryPolicy(attempts=4, first_seconds=1.9, jitter=0.0),
    )
    with pytest.raises(
        RetryLater, match=r"did not take commits_today.* and 199 more .*UNAVAILABLE"
    ):
        delivery.deliver(points_of(event_at(NOON, many(500)), MANY))
    assert sum(slept) < total_seconds
    assert pipeline.requests() == requests


def test_a_slow_service_is_not_waited_for_beyond_the_time_of_one_request(
    pipeline: Pipeline,
) -> None:
    """A request that is not answered in its time is given up."""
    pipeline.monitoring.emulator.calls.latency_seconds = 1
    once = RetryPolicy(attempts=1, first_seconds=0.0)
    with pytest.raises(RetryLater, match="DEADLINE_EXCEEDED"):
        pipeline.write(event_at(NOON, many(5)), policy=once, request_seconds=0.05)


def test_of_two_statements_in_a_moment_the_newer_is_what_stays(pipeline: Pipeline) -> None:
    """A series takes a point every 5 seconds: the newer statement takes its next place."""
    first, second = (
        event_at(NOON, {"me/app": 1}),
        event_at(NOON + timedelta(seconds=1.5), {"me/app": 4}),
    )
    pipeline.write(first)
    assert pipeline.write(second) == Written(written=3)
    assert pipeline.write(first) == Written(already_there=3)
    assert pipeline.write(second) == Written(already_there=3)
    stored = pipeline.monitoring.stored()["commits_today_by_repository", "me/app"]
    assert stored == [(NOON, 1), (NOON + timedelta(seconds=6.5), 4)]


def test_the_next_statement_wins_over_one_that_was_moved(pipeline: Pipeline) -> None:
    """Where a third comes within the same moment, the next collection sets the series right."""
    for seconds, commits in ((0, 1), (1.5, 4), (3, 5)):
        pipeline.write(event_at(NOON + timedelta(seconds=seconds), {"me/app": commits}))
    pipeline.write(event_at(pipeline.monitoring.clock.advance(hours=1), {"me/app": 6}))
    stored = pipeline.monitoring.stored()["commits_today_by_repository", "me/app"]
    assert [value for _, value in stored] == [1, 4, 6]


def refusing(names: set[str], reason: str) -> Refuse:
    def refuse(_metric: str, labels: Mapping[str, str]) -> str | None:
        return reason if labels.get("repository") in names else None

    return refuse


def test_a_refusal_beyond_grpcs_usual_size_is_read(pipeline: Pipeline) -> None:
    """Hundreds of reasons make a status of 50 KB: its one harmful series is still raised."""
    event = event_at(NOON, many(190))
    pipeline.write(event)

    def refuse(_metric: str, labels: Mapping[str, str]) -> str:
        repository = labels.get("repository", "")
        worse = repository == "me/007"
        return "Too bad." if worse else f"Points must be written in order. {repository:>100}"

    pipeline.monitoring.emulator.refuse = refuse
    pipeline.fail("refuse_some", times=None)
    with pytest.raises(NeverWorks, match=r"1 of 192 points: .*repository=me/007.*Too bad\."):
        pipeline.write(event)


@pytest.mark.parametrize("wording", WORDINGS)
@pytest.mark.parametrize(
    "name", ["Points must be written in order", "retry after", "x was older than the most recent"]
)
def test_a_name_that_reads_like_a_reason_is_none(
    pipeline: Pipeline, wording: Wording, name: str
) -> None:
    """A repository may be called anything: only the service's own words count as done."""
    pipeline.monitoring.emulator.wording = wording
    pipeline.monitoring.emulator.refuse = refusing({name}, "Too bad.")
    pipeline.fail("refuse_some", times=None)
    with pytest.raises(NeverWorks, match="1 of 3 points"):
        pipeline.write(event_at(NOON, {name: 1}))


@settings(max_examples=50)
@given(
    chosen=st.sets(st.integers(0, 11), min_size=1),
    already=st.sets(st.integers(0, 11)),
    wording=st.sampled_from(WORDINGS),
    lasting=st.booleans(),
)
def test_a_partial_failure_of_any_subset_harms_no_other(
    chosen: set[int], already: set[int], wording: Wording, lasting: bool
) -> None:
    """Refused series are raised by name or retried; the others are written, or were before.

    chosen: who is refused. already: who has this point from an earlier delivery, so that harmless
    refusals mix with the others.
    """
    names = sorted(many(12))
    reason = "The limit of something was reached." if lasting else INTERNAL_ERROR
    with running_pipeline() as pipeline:
        emulator = pipeline.monitoring.emulator
        pipeline.write(event_at(NOON, {names[index]: 1 for index in already}))
        emulator.wording = wording
        emulator.refuse = refusing({names[index] for index in chosen}, reason)
        pipeline.fail("refuse_some", times=None if lasting else 1)
        event = event_at(NOON, many(12))
        points = points_of(event, MANY)
        if lasting:
            with pytest.raises(NeverWorks, match=f"{len(chosen)} of {len(points)} points"):
                pipeline.write(event)
        else:
            assert pipeline.write(event).points == len(points)
        refused = {names[index] for index in chosen} if lasting else set()
        for point in points:
            if point.metric != "commits_today":  # which another event of the same instant had
                kept = dict(point.labels).get("repository") in refused - {
                    names[index] for index in already
                }
                assert pipeline.holds(point) != kept


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[Sequence[CommitCounts], Sequence[int]]:
    """Events of the last 20 hours, and the order of their deliveries: any, with repetitions."""
    names = st.sampled_from([f"me/{n}" for n in range(6)])
    days = draw(st.lists(st.dictionaries(names, st.integers(1, 9)), min_size=1, max_size=5))
    start = NOON - timedelta(hours=len(days) * 4)
    events = [event_at(start + timedelta(hours=4 * n), day) for n, day in enumerate(days)]
    every = list(range(len(events)))
    order = draw(st.permutations(every + draw(st.lists(st.sampled_from(every), max_size=3))))
    return events, order


@settings(max_examples=50)
@given(
    delivered=deliveries(),
    kind=st.sampled_from(["UNAVAILABLE", "DEADLINE_EXCEEDED_after_write", "RESOURCE_EXHAUSTED"]),
    skip=st.integers(0, 4),
    times=st.integers(0, 9),
    wording=st.sampled_from(WORDINGS),
    choices=st.sampled_from([MANY, FEW]),
)
def test_any_order_with_an_outage_leaves_what_the_events_say(
    delivered: tuple[Sequence[CommitCounts], Sequence[int]],
    kind: str,
    skip: int,
    times: int,
    wording: Wording,
    choices: Choices,
) -> None:
    """Redelivered until acknowledged, in any order: every series ends at its newest statement.

    And what it holds before is stated by an event too; nothing else ever gets in.
    """
    events, order = delivered
    with running_pipeline(choices=choices) as pipeline:
        pipeline.monitoring.emulator.wording = wording
        if times:
            pipeline.fail(kind, skip=skip, times=times)
        queue = list(order)
        while queue:
            number = queue.pop(0)
            try:
                pipeline.write(events[number])
            except RetryLater:
                queue.append(number)
        stated = [point for event in events for point in points_of(event, choices)]
        newest = {(p.metric, p.labels): p for p in sorted(stated, key=lambda p: p.end_time)}
        assert all(map(pipeline.holds, newest.values()))
        assert sum(map(len, pipeline.monitoring.stored().values())) <= len(set(stated))
        said = {(p.metric, label_of(dict(p.labels)), p.end_time, p.value) for p in stated}
        for (metric, label), points in pipeline.monitoring.stored().items():
            assert {(metric, label, *point) for point in points} <= said
