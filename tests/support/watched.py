"""What can be watched: the metrics that exist, and how a reading of them may be aggregated."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from emulators.monitoring.filters import Comparison, parse_filter
from own_dashboard.stack.pipeline import load_pipeline
from tests.support.terraform import ROOT
from tests.support.terraform_run import GIVEN

LOGGED = ("requests", "points_left", "token_days_left")
USER = "logging.googleapis.com/user/own_dashboard/github_"


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One metric, with the labels of its series and of the resource that they are written for."""

    kind: str
    value_type: str
    resource: str
    labels: frozenset[str] = frozenset()


# https://docs.cloud.google.com/monitoring/api/resources
RESOURCE_LABELS: Mapping[str, frozenset[str]] = {
    "cloud_run_revision": frozenset(
        {"project_id", "service_name", "revision_name", "location", "configuration_name"}
    ),
    "generic_task": frozenset({"project_id", "location", "namespace", "job", "task_id"}),
    "pubsub_subscription": frozenset({"project_id", "subscription_id"}),
}


@cache
def written() -> dict[str, Any]:
    """What write_metric writes of the topics that there are, as its own file says it."""
    file = ROOT / "functions" / "write_metric" / "metrics.json"
    content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    topics = {topic.name for topic in load_pipeline().wanted(GIVEN).topics}
    metrics = {n: m for n, m in content["metrics"].items() if m["topic"] in topics}
    return {**content, "metrics": metrics}


@cache
def metrics() -> dict[str, Metric]:
    """Type to metric: Google's own, those of write_metric, and those out of collect's log.

    https://docs.cloud.google.com/monitoring/api/metrics_gcp
    """
    subscription = "pubsub.googleapis.com/subscription"
    gauge = Metric(kind="GAUGE", value_type="INT64", resource="pubsub_subscription")
    return {
        f"{subscription}/num_undelivered_messages": gauge,
        f"{subscription}/oldest_unacked_message_age": gauge,
        f"{subscription}/push_request_count": Metric(
            kind="DELTA",
            value_type="INT64",
            resource="pubsub_subscription",
            labels=frozenset({"response_class", "response_code", "delivery_type"}),
        ),
        "run.googleapis.com/request_count": Metric(
            kind="DELTA",
            value_type="INT64",
            resource="cloud_run_revision",
            labels=frozenset({"response_code", "response_code_class"}),
        ),
        **{
            metric["type"]: Metric(
                kind=metric["metric_kind"],
                value_type=metric["value_type"],
                resource=written()["resource"]["type"],
                labels=frozenset(label["key"] for label in metric["labels"]),
            )
            for metric in written()["metrics"].values()
        },
        **{
            USER + field: Metric(
                kind="DELTA", value_type="DISTRIBUTION", resource="cloud_run_revision"
            )
            for field in LOGGED
        },
    }


def metric_of(comparisons: Sequence[Comparison]) -> Metric:
    """The metric that a filter asks for. Raises AssertionError where it is none that exists."""
    types = [c for c in comparisons if c.selector == ("metric", "type")]
    assert len(types) == 1, comparisons
    assert not types[0].negated
    (name,) = types[0].operands
    assert name in metrics(), f"nothing writes {name}"
    return metrics()[name]


def faults_of_filter(text: str) -> Iterator[str]:
    """What is wrong with a filter: its metric, its resource, its labels or their values."""
    comparisons = parse_filter(text)
    metric = metric_of(comparisons)
    resources = [c.operands for c in comparisons if c.selector == ("resource", "type")]
    if resources != [(metric.resource,)]:
        yield f"{text}: expected resource.type {metric.resource}"
    for comparison in comparisons:
        if comparison.selector[1] != "labels":
            continue
        of, _, label = comparison.selector
        known = metric.labels if of == "metric" else RESOURCE_LABELS[metric.resource]
        if label not in known:
            yield f"{text}: {metric} has no label {label}"
        for value in comparison.operands:
            if value not in _VALUES.get(label, ()):
                yield f"{text}: nothing is ever {label} {value}"


def _names() -> dict[str, tuple[str, ...]]:
    pipeline = load_pipeline().wanted(GIVEN)
    return {
        "service_name": tuple(f.step.replace("_", "-") for f in pipeline.functions),
        "subscription_id": (
            *(subscription.name for subscription in pipeline.subscriptions),
            pipeline.dead_letters.subscription,
        ),
        "response_class": (
            *("ack", "deadline_exceeded", "internal", "invalid", "remote_server_4xx"),
            *("remote_server_5xx", "unreachable"),
        ),
        "response_code_class": ("1xx", "2xx", "3xx", "4xx", "5xx"),
        "response_code": ("200", "400", "404", "429", "500", "503"),
    }


_VALUES = _names()


def faults_of_aggregation(text: str, aggregation: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with how the series of a filter become one number, or one for each group.

    Over time the greatest reading of a gauge counts: its sum would repeat each hour's number. What
    was counted since the last point is added up. A distribution holds one reading a run.
    """
    metric = metric_of(parse_filter(text))
    if metric.value_type == "DISTRIBUTION":
        allowed: dict[str, tuple[str, ...]] = {
            "ALIGN_DELTA": ("REDUCE_MEAN",),
            "ALIGN_PERCENTILE_05": ("REDUCE_MIN",),
        }
    elif metric.kind == "GAUGE":
        # One subscription has one series, which any reducer leaves as it is; sources have several.
        reducers = ("REDUCE_MAX", "REDUCE_MIN")
        allowed = {"ALIGN_MAX": reducers if metric.labels else (*reducers, "REDUCE_SUM")}
    else:
        allowed = {"ALIGN_DELTA": ("REDUCE_SUM",)}
    if aggregation["reducer"] not in allowed.get(aggregation["aligner"], ()):
        yield f"{text}: expected one of {allowed}, got {aggregation}"
    if not 60 <= aggregation["seconds"] <= 90000 or aggregation["seconds"] % 60:
        yield f"{text}: expected whole minutes up to 25 hours, got {aggregation['seconds']} s"
    for field in aggregation["groups"]:
        of, _, label = field.partition(".labels.")
        known = metric.labels if of == "metric" else RESOURCE_LABELS[metric.resource]
        if label not in known:
            yield f"{text}: no label {field} to group by"


def promql(metric_type: str) -> str:
    """https://docs.cloud.google.com/stackdriver/docs/managed-prometheus/promql-mapping"""
    service, _, rest = metric_type.partition("/")
    return re.sub(r"\W", "_", service) + ":" + re.sub(r"\W", "_", rest)
