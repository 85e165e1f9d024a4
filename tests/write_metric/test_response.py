"""What the service's refusals mean for a point, in every form that public reports show."""

from datetime import UTC, datetime

import pytest

from write_metric.response import Response, Verdict
from write_metric.series import Point

PARTIAL = "One or more TimeSeries could not be written: "
ORDER = (
    "Points must be written in order. One or more of the points specified had an older start time "
    "than the most recent point."
)
SPACING = (
    "One or more points were written more frequently than the maximum sampling period configured "
    "for the metric. {Metric: custom.googleapis.com/own_dashboard/commits_today, Timestamps: "
    "{Youngest Existing: '2025/10/05-06:03:53.004', New: '2025/10/05-06:03:54.778'}}"
)
TYPE = "Value type for metric x must be DOUBLE, but is INT64."
INTERNAL = "Internal error encountered. Please retry after a few seconds."


def point(repository: str = "me/app") -> Point:
    return Point(
        metric="commits_today_by_repository",
        value=1,
        end_time=datetime(2026, 11, 23, tzinfo=UTC),
        labels=(("repository", repository), ("source", "github/me")),
    )


@pytest.mark.parametrize(
    ("reason", "verdict"),
    [
        (ORDER, Verdict.DONE),
        (ORDER.upper(), Verdict.DONE),
        ("The point was older than the most recent point of its series.", Verdict.DONE),
        ("Data points cannot be written more than 24h in the past.", Verdict.DONE),
        ("Data points cannot be written more than 25h10s in the past.", Verdict.DONE),
        (SPACING, Verdict.TOO_FREQUENT),
        (SPACING.lower(), Verdict.TOO_FREQUENT),
        (INTERNAL, Verdict.PASSING),
        (TYPE, Verdict.REFUSED),
        ("", Verdict.REFUSED),
    ],
)
@pytest.mark.parametrize("form", ["{}", "timeSeries[0] (example x): {}", "{}: timeSeries[0]"])
def test_a_reason_is_recognised_in_every_form(form: str, reason: str, verdict: Verdict) -> None:
    """Whatever stands around it, and in any case of letters."""
    message = PARTIAL + form.format(reason)
    response = Response(code="INVALID_ARGUMENT", message=message, failed=1)
    assert response.verdict(point()) is verdict


def test_a_label_is_no_reason() -> None:
    """A repository may be called like one."""
    message = f"{PARTIAL}{TYPE}: timeSeries[0]{{repository:{ORDER}}}"
    response = Response(code="INVALID_ARGUMENT", message=message, failed=1)
    assert response.verdict(point(ORDER)) is Verdict.REFUSED


@pytest.mark.parametrize("name", ["b", "in", "must", "older", "more frequently"])
@pytest.mark.parametrize(
    ("reason", "verdict"), [(ORDER, Verdict.DONE), (SPACING, Verdict.TOO_FREQUENT)]
)
def test_a_reason_is_recognised_beside_any_label(name: str, reason: str, verdict: Verdict) -> None:
    """A repository may be called like a part of one: a clone has the name of its folder."""
    message = f'{PARTIAL}timeSeries[0] (metric.labels={{"repository": "{name}"}}): {reason}'
    response = Response(code="INVALID_ARGUMENT", message=message, failed=1)
    assert response.verdict(point(name)) is verdict


@pytest.mark.parametrize(
    "code", ["UNAVAILABLE", "DEADLINE_EXCEEDED", "INTERNAL", "ABORTED", "UNKNOWN"]
)
def test_an_outage_passes(code: str) -> None:
    """It is about no point; the same code with a summary is."""
    assert Response(code=code).is_passing
    assert not Response(code=code, failed=1).is_passing
    assert not Response(code="PERMISSION_DENIED").is_passing
