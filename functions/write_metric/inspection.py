"""Looks at the metrics, changing nothing: whether they are declared as this step writes them."""

from collections.abc import Iterator, Mapping

from commit_counts.errors import DashboardError
from commit_counts.inspection import Finding, fault_of, good, note
from write_metric.metrics import metrics
from write_metric.monitoring import MonitoringSink
from write_metric.settings import read_settings

_SUBJECT = "metrics"
_SECONDS = 20.0
_PREFIX = "custom.googleapis.com/own_dashboard/"


def inspect(environment: Mapping[str, str]) -> Iterator[Finding]:
    """Which of the metrics the project of this step's environment variables knows."""
    if not environment.get("GOOGLE_CLOUD_PROJECT", "").strip():
        text = "no GOOGLE_CLOUD_PROJECT: `./dev up` keeps local metrics instead"
        yield note(_SUBJECT, text)
        return
    try:
        settings = read_settings(environment)
        sink = MonitoringSink(project=settings.project, emulator_host=settings.emulator_host)
        try:
            known = sink.declared(_PREFIX, timeout_seconds=_SECONDS)
        finally:
            sink.close()
    except DashboardError as error:
        yield fault_of(_SUBJECT, error)
        return
    # Those of checks are there only where something is watched.
    ours = [metric for metric in metrics().values() if metric.topic == "commit-counts"]
    missing = [metric.type for metric in ours if metric.type not in known]
    if missing:
        yield note(_SUBJECT, f"not written yet: {', '.join(missing)}", "collect once")
    else:
        yield good(_SUBJECT, f"all {len(ours)} are declared")
