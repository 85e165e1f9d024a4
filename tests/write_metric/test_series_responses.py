"""What the service's refusals mean for each series, in every form that public reports show."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from write_metric.response import PARTIAL, Answer, Finding, Verdict, findings, verdict_of

Form = Callable[..., str]
DONE, PASSING, REFUSED = Verdict.DONE, Verdict.PASSING, Verdict.REFUSED
ORDER = (
    "Points must be written in order. One or more of the points specified had an older start time "
    "than the most recent point."
)
SPACING = (
    "One or more points were written more frequently than the maximum sampling period configured "
    "for the metric. {Metric: custom.googleapis.com/own_dashboard/commits_today, Timestamps: "
    "{Youngest Existing: '2025/10/05-06:03:53.004', New: '2025/10/05-06:03:54.778'}}"
)
TYPE = (
    "Value type for metric custom.googleapis.com/own_dashboard/commits_today must be DOUBLE, "
    "but is INT64."
)
INTERNAL = (
    "Internal error encountered. Please retry after a few seconds. If internal errors persist, "
    "contact support at https://cloud.google.com/support/docs."
)
TASK = "generic_task{namespace:own_dashboard,location:global,job:j,task_id:0}"
BY_REPOSITORY = "custom.googleapis.com/own_dashboard/commits_today_by_repository"


def current(indexes: str, reason: str, repository: str = "me/app") -> str:
    """One part in the form of 2025."""
    example = (
        f'example metric.type="{BY_REPOSITORY}", metric.labels={{"repository": "{repository}"}}'
    )
    return f"timeSeries[{indexes}] ({example}): write for resource={TASK} failed with: {reason}"


def earlier(indexes: str, reason: str, repository: str = "me/app") -> str:
    """One part in the form of 2023."""
    return f"{reason}: {TASK} timeSeries[{indexes}]: {BY_REPOSITORY}{{repository:{repository}}}"


def verdicts(message: str, requested: int, failed: int | None) -> dict[int, Verdict | None]:
    """Index to verdict of a partial refusal."""
    answer = Answer(code="INVALID_ARGUMENT", message=PARTIAL + message, failed=failed)
    found = findings(answer, requested)
    return {index: finding.verdict if finding else None for index, finding in found.items()}


@pytest.mark.parametrize("reason", [ORDER, ORDER.upper(), SPACING, SPACING.lower()])
def test_a_point_that_is_there_is_done(reason: str) -> None:
    """Redelivery and out-of-order delivery are recognised in any case."""
    assert verdict_of(reason) is DONE


@pytest.mark.parametrize(
    "reason",
    [
        "The point was older than the most recent point of its series.",
        "Data points cannot be written more than 24h in the past.",
        "Data points cannot be written more than 25h10s in the past.",
    ],
)
def test_a_point_that_is_too_old_is_done(reason: str) -> None:
    """What the service will never take is not worth another delivery."""
    assert verdict_of(reason) is DONE


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (current("0-2,5", ORDER), dict.fromkeys((0, 1, 2, 5), DONE)),
        (current("1", ORDER) + "; " + current("3", TYPE), {1: DONE, 3: REFUSED}),
        (earlier("4", ORDER) + "; " + earlier("0-1", INTERNAL), {4: DONE, 0: PASSING, 1: PASSING}),
        (
            f"{SPACING}: timeSeries[0-1]; {ORDER}: timeSeries[2,4]",
            dict.fromkeys((0, 1, 2, 4), DONE),
        ),
        (f"timeSeries[3]: {TYPE}; timeSeries[2]: {ORDER}", {3: REFUSED, 2: DONE}),
        ("Field timeSeries[5] had an invalid value: Duplicate TimeSeries.", {5: REFUSED}),
        (current("1", ORDER) + "; " + current("1", TYPE), {1: REFUSED}),
    ],
)
def test_each_form_names_its_series(message: str, expected: dict[int, Verdict]) -> None:
    """Where the text accounts for every failed point, the others were written."""
    assert verdicts(message, requested=6, failed=len(expected)) == expected


@pytest.mark.parametrize(
    ("message", "failed"),
    [
        (ORDER, 2),  # no index: which two were it?
        (current("0", ORDER), 2),  # one of two is not named
        (current("0-2", ORDER), 2),  # more are named than failed
        (current("0-1", ORDER), None),  # no summary to compare with
        (current("7-8", ORDER), 2),  # no such series
        (current("0", ORDER, f"{ORDER}; x"), 1),  # a name that looks like a part
        (f"{ORDER}; {TYPE}", 2),
    ],
)
def test_what_the_text_does_not_settle_stays_open(message: str, failed: int | None) -> None:
    """No series counts as written, nor as done, because a refusal does not mention it."""
    found = verdicts(message, requested=4, failed=failed)
    assert found == dict.fromkeys(range(4))


@pytest.mark.parametrize("requested", [1, 2])
@pytest.mark.parametrize("form", [current, earlier])
@pytest.mark.parametrize(
    "name",
    [
        ORDER,
        f"x failed with: {ORDER}",
        f"x): {ORDER}",
        f"a; {ORDER}",
        f"{ORDER}; a",
        f"a; {ORDER}: timeSeries[0]",
        f"a; timeSeries[0]: {ORDER}",
        f"}} timeSeries[0]: {ORDER}",
    ],
)
def test_a_name_that_reads_like_a_reason_is_none(form: Form, name: str, requested: int) -> None:
    """A repository may be called anything: only the service's own words count as done."""
    found = verdicts(form("0", TYPE, name), requested=requested, failed=1)
    assert found[0] is not DONE


@pytest.mark.parametrize(
    ("message", "verdict"),
    [
        (PARTIAL + ORDER, DONE),
        (PARTIAL + TYPE, REFUSED),
        (TYPE, REFUSED),
        (PARTIAL + current("0", INTERNAL), PASSING),
        (
            'Field timeSeries[0].points[0].interval.end_time had an invalid value of "x": Data '
            "points cannot be written more than 25h10s in the past.",
            DONE,
        ),
    ],
)
def test_a_request_of_one_series_is_never_open(message: str, verdict: Verdict) -> None:
    """Alone in its request, a series is what the refusal is about."""
    answer = Answer(code="INVALID_ARGUMENT", message=message, failed=1)
    found = findings(answer, 1)
    assert isinstance(found[0], Finding)
    assert found[0].verdict is verdict


@given(
    reasons=st.lists(st.sampled_from([None, ORDER, SPACING, TYPE, INTERNAL]), max_size=30).filter(
        any
    ),
    form=st.sampled_from([current, earlier]),
)
def test_any_mix_of_refusals_is_read_back(reasons: list[str | None], form: Form) -> None:
    """Whatever mix of series is refused for whatever reasons, each gets its own verdict."""
    parts = [form(str(index), reason) for index, reason in enumerate(reasons) if reason]
    found = verdicts("; ".join(parts), requested=len(reasons), failed=len(parts))
    assert found == {i: verdict_of(reason) for i, reason in enumerate(reasons) if reason}
