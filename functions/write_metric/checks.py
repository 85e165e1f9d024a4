"""What a check of a URL says, as points of time series. Pure.

What was not measured is never written as a number: without an answer there is no response time, and
without TLS no certificate.
"""

from commit_counts.check import Check, Outcome
from write_metric.metrics import CERTIFICATE_DAYS_LEFT, RESPONSE_TIME, UP, URL_LABEL
from write_metric.series import Point


def points_of_check(check: Check) -> tuple[Point, ...]:
    """The points that a check makes, all at the instant at which it began."""
    values = {
        UP: int(check.outcome is Outcome.OK),
        RESPONSE_TIME: check.total_ms,
        CERTIFICATE_DAYS_LEFT: check.certificate_days_left,
    }
    return tuple(
        Point(
            metric=metric,
            value=value,
            end_time=check.checked_at,
            labels=((URL_LABEL, check.url),),
        )
        for metric, value in values.items()
        if value is not None
    )
