"""Checks of what the READMEs promise of a deployment; each yields its faults as sentences."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from tests.support.terraform import ROOT, Configuration
from tests.support.terraform_watching import metrics

# When each alert comes, as the READMEs and its runbook say it.
CONDITIONS = {
    "evening_without_commits": {"comparison": "COMPARISON_GT", "threshold": "0"},
    "no_data": {"absent_seconds": "3 * 3600"},
    "dead_letters": {"comparison": "COMPARISON_GT", "threshold": "0"},
    "function_failing": {
        "comparison": "COMPARISON_GT",
        "threshold": "3",
        "aligner": "ALIGN_DELTA",
        "reducer": "REDUCE_SUM",
        "period_seconds": "3600",
    },
    "github_points_low": {"comparison": "COMPARISON_LT", "threshold": "500"},
    "github_token_refused": {"comparison": "COMPARISON_LT", "threshold": "7"},
}
# What must be there before: the first apply fails without it, or the first delivery is refused.
BEFORE = {
    ("google_cloudfunctions2_function", "step"): (
        "google_artifact_registry_repository_iam_member.build_writes_images",
        "google_project_iam_member.build_reads_sources",
        "google_project_iam_member.build_writes_logs",
        "google_secret_manager_secret_iam_member.collect_reads_token",
        "google_storage_bucket_iam_member.build_reads_archives",
    ),
    ("google_pubsub_subscription", "events"): (
        "google_cloud_run_v2_service_iam_member.caller",
        "google_pubsub_subscription.dead_letters",
        "google_pubsub_topic_iam_member.agent_publishes_dead_letters",
    ),
    ("google_cloud_scheduler_job", "collect"): ("google_cloud_run_v2_service_iam_member.caller",),
}
# By how a resource's type begins. cloudbuild builds, sheets is what write_sheet calls, and
# cloudresourcemanager knows the project's number.
SERVICES = {
    "google_artifact_registry_": "artifactregistry",
    "google_cloud_run_": "run",
    "google_cloud_scheduler_": "cloudscheduler",
    "google_cloudfunctions2_": "cloudfunctions",
    "google_logging_": "logging",
    "google_monitoring_": "monitoring",
    "google_project_": "cloudresourcemanager",
    "google_pubsub_": "pubsub",
    "google_secret_manager_": "secretmanager",
    "google_service_account": "iam",
    "google_storage_": "storage",
}
BESIDES = ("cloudbuild", "sheets")


def alerts_come_when_promised(configuration: Configuration) -> Iterator[str]:
    """Each alert's comparison, threshold or absence is the one that its runbook explains."""
    for name, alert in configuration.locals.get("alerts", {}).items():
        for field, expected in CONDITIONS.get(name, {}).items():
            if (came := _field(alert, field)) != expected:
                yield f"alerts.{name}: expected {field} {expected}, came {came}"


def _field(alert: Any, field: str) -> str:
    """A field of an alert, which the parser leaves as text where it is merged with others."""
    if isinstance(alert, Mapping):
        return str(alert.get(field)).removeprefix("${").removesuffix("}")
    found = re.search(rf'\b{field} = "?(\w+)', str(alert))
    return found[1] if found else ""


def readings_are_not_added_up(configuration: Configuration) -> Iterator[str]:
    """Over time the greatest reading of a gauge counts: its sum would repeat each hour's number.

    What collect says of one run is a distribution of one reading; its mean is that reading.
    """
    for found in _filters(json.loads(configuration.dashboard)):
        aggregation = found["aggregation"]
        word = re.search(r'metric\.type="\$\{(\w+)\}"', found["filter"])
        if word and word[1] in metrics() and aggregation["perSeriesAligner"] != "ALIGN_MAX":
            yield f"dashboard: expected the greatest {word[1]}"
        if word and word[1][:7] == "github_" and aggregation["crossSeriesReducer"] != "REDUCE_MEAN":
            yield f"dashboard: expected the mean of the one {word[1]}"
    for name, alert in configuration.locals.get("alerts", {}).items():
        if "local.metrics[" in json.dumps(alert) and _field(alert, "aligner") != "ALIGN_MAX":
            yield f"alerts.{name}: expected ALIGN_MAX"
    reading = configuration.locals.get("latest_reading", {})
    if (reading.get("aligner"), reading.get("reducer")) != ("ALIGN_DELTA", "REDUCE_MEAN"):
        yield "alerts: expected the mean of one reading"


def _filters(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        if "aggregation" in value:
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from _filters(inner)


def labelled_descriptors(configuration: Configuration) -> Iterator[str]:
    """A metric is declared with the labels that write_metric writes."""
    body = configuration.resource("google_monitoring_metric_descriptor", "commits")
    labels = body.get("dynamic", [{}])[0].get("labels", {})
    if labels.get("for_each") != "${each.value.labels}":
        yield "metrics: expected the labels of metrics.json"


def made_in_order(configuration: Configuration) -> Iterator[str]:
    """A first apply needs no second one: what something relies on is made before it."""
    for (kind, name), needed in BEFORE.items():
        waits_for = str(configuration.resource(kind, name).get("depends_on"))
        for one in needed:
            if f"${{{one}}}" not in waits_for:
                yield f"{kind}.{name}: expected to be made after {one}"


def newest_token(configuration: Configuration) -> Iterator[str]:
    """A new token is used by the next run, without a deployment."""
    body = configuration.resource("google_cloudfunctions2_function", "step")
    config = body.get("service_config", [{}])[0]
    secrets = config.get("dynamic", [{}])[0].get("secret_environment_variables", {})
    if secrets.get("content", [{}])[0].get("version") != "latest":
        yield "functions: expected the newest version of a secret"


def enabled_services(configuration: Configuration) -> Iterator[str]:
    """Every service that is used is switched on."""
    switched = str(configuration.resource("google_project_service", "this").get("for_each"))
    used = {
        service
        for kind, _ in configuration.resources
        for beginning, service in SERVICES.items()
        if kind.startswith(beginning)
    }
    for service in sorted(used | set(BESIDES)):
        if f'"{service}.googleapis.com"' not in switched:
            yield f"services: {service} is used, and not switched on"


def measured_memory(configuration: Configuration) -> Iterator[str]:
    """A function gets the memory that its archive was measured to fit into."""
    body = configuration.resource("google_cloudfunctions2_function", "step")
    if body.get("service_config", [{}])[0].get("available_memory") != "${each.value.memory_mb}M":
        yield "functions: expected the memory of pipeline.json"


def supported_runtime(configuration: Configuration) -> Iterator[str]:
    """The functions run on a Python that the project supports."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    least = int(project["requires-python"].removeprefix(">=3."))
    runtime = re.fullmatch(r"python3(\d\d)", configuration.pipeline["runtime"])
    if not runtime or int(runtime[1]) < least:
        yield f"functions: expected Python 3.{least} or newer"


CHECKS = (
    alerts_come_when_promised,
    readings_are_not_added_up,
    labelled_descriptors,
    made_in_order,
    newest_token,
    enabled_services,
    measured_memory,
    supported_runtime,
)
