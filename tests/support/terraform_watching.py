"""Checks of what a configuration watches, cleans up and documents; each yields its faults."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from own_dashboard.stack.archive import SHARED, package_folder
from tests.support.terraform import ROOT, TERRAFORM, Configuration, constants

FUNCTIONS = package_folder(SHARED).parent

# https://cloud.google.com/monitoring/api/metrics_gcp_p_z
GOOGLES_METRICS = frozenset(
    {
        "pubsub.googleapis.com/subscription/num_undelivered_messages",
        "pubsub.googleapis.com/subscription/oldest_unacked_message_age",
        "pubsub.googleapis.com/subscription/push_request_count",
        "run.googleapis.com/request_count",
    }
)
# Cloud Monitoring cuts a longer text: https://cloud.google.com/monitoring/alerts/doc-variables
LONGEST_DOCUMENTATION = 8192


@cache
def metrics() -> dict[str, Any]:
    """Short name to metric, as write_metric has them."""
    text = (FUNCTIONS / "write_metric" / "metrics.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)["metrics"]
    return found


def dashboard(configuration: Configuration) -> Mapping[str, Any]:
    """The dashboard with its words filled in. Raises KeyError for a word that nothing makes."""
    words = {
        **{name: metric["type"] for name, metric in metrics().items()},
        **{f"promql_{name}": _promql(metric["type"]) for name, metric in metrics().items()},
        **{
            name: f"logging.googleapis.com/user/own_dashboard/{name}"
            for name in _logs(configuration)
        },
        "services": "|".join(configuration.names.values()),
        "subscriptions": "write-metric|write-sheet",
        "dead_letter_subscription": configuration.pipeline["dead_letters"]["subscription"],
        "sheet_url": "https://docs.google.com/spreadsheets/d/SHEET_ID/edit",
    }
    template = configuration.dashboard.replace("$${", "\0")
    filled = re.sub(r"\$\{(\w+)\}", lambda match: words[match[1]], template)
    parsed: Mapping[str, Any] = json.loads(filled.replace("\0", "${"))
    return parsed


def known_metrics(configuration: Configuration) -> Iterator[str]:
    """Each metric that the dashboard or an alert names exists."""
    try:
        shown = json.dumps(dashboard(configuration))
    except (KeyError, ValueError) as error:
        yield f"dashboard: {error!r}"
        return
    made = {metric["type"] for metric in metrics().values()}
    made |= {f"logging.googleapis.com/user/own_dashboard/{name}" for name in _logs(configuration)}
    for name in re.findall(r'metric\.type=\\"([^"\\]+)\\"', shown):
        if name not in made | GOOGLES_METRICS:
            yield f"dashboard: nothing writes {name}"
    for name in re.findall(r'__name__=\\"([^"\\]+)\\"', shown):
        if name not in {_promql(metric) for metric in made}:
            yield f"dashboard: nothing writes {name}"
    yield from _metrics_of_alerts(configuration)


def _metrics_of_alerts(configuration: Configuration) -> Iterator[str]:
    text = json.dumps(configuration.locals.get("alerts", {}))
    for name in re.findall(r"metric\.type=[\\\"]+([\w./]+googleapis\.com[\w./]*)", text):
        if name not in GOOGLES_METRICS and not name.endswith("/user/"):
            yield f"alerts: nothing writes {name}"
    for name in re.findall(r"local\.metrics\[[\\\"]+(\w+)", text):
        if name not in metrics():
            yield f"alerts: write_metric has no {name}"
    for name in re.findall(r"google_logging_metric\.collect\[[\\\"]+(\w+)", text):
        if name not in _logs(configuration):
            yield f"alerts: no log metric {name}"


def descriptors_from_the_code(configuration: Configuration) -> Iterator[str]:
    """Descriptors say what write_metric's own metrics.json says."""
    body = configuration.resource("google_monitoring_metric_descriptor", "commits")
    if "write_metric/metrics.json" not in str(configuration.locals.get("metrics")):
        yield "metrics: expected to come from write_metric's metrics.json"
    for argument in ("type", "metric_kind", "value_type", "unit", "display_name", "description"):
        if body.get(argument) != f"${{each.value.{argument}}}":
            yield f"metrics: expected {argument} from metrics.json"


def logged_fields(configuration: Configuration) -> Iterator[str]:
    """The fields of collect's log line that become metrics are fields that collect logs."""
    logged = constants(FUNCTIONS / "collect")
    for name, metric in _logs(configuration).items():
        if metric["field"] not in logged:
            yield f"{name}: collect logs no field {metric['field']}"


def switchable_alerts(configuration: Configuration) -> Iterator[str]:
    """Each alert has a switch that is off, and a runbook that fits into its text."""
    switches = str(configuration.variables["alerts"].get("type"))
    offered = dict(re.findall(r"(\w+)\s*=\s*optional\(bool,\s*(\w+)\)", switches)) or {
        name: str(inner) for name, inner in _object(configuration).items()
    }
    for name in configuration.locals.get("alerts", {}):
        if "false" not in offered.get(name, "").lower():
            yield f"alerts.{name}: expected a switch that is off by default"
        runbook = ROOT / "docs" / "runbooks" / f"{name}.md"
        if not runbook.is_file():
            yield f"alerts.{name}: expected docs/runbooks/{name}.md"
        elif len(runbook.read_text(encoding="utf-8")) > LONGEST_DOCUMENTATION:
            yield f"alerts.{name}: its runbook is longer than an alert's text may be"
    policy = configuration.resource("google_monitoring_alert_policy", "this")
    if "if tomap(var.alerts)[name]" not in str(policy.get("for_each")):
        yield "alerts: expected only those that are switched on"


def clean_end(configuration: Configuration) -> Iterator[str]:
    """`terraform destroy` takes away what was made, and only that; images do not pile up."""
    if (
        configuration.resource("google_project_service", "this").get("disable_on_destroy")
        is not False
    ):
        yield "services: something else in the project may use them"
    bucket = configuration.resource("google_storage_bucket", "archives")
    if bucket.get("force_destroy") is not True:
        yield "archives: a bucket with archives in it would stay behind"
    if bucket.get("public_access_prevention") != "enforced":
        yield "archives: expected a bucket that nobody can make public"
    images = configuration.resource("google_artifact_registry_repository", "images")
    if {policy.get("action") for policy in images.get("cleanup_policies", [])} != {
        "DELETE",
        "KEEP",
    }:
        yield "images: old ones cost money in practice; expected a clean-up that keeps the newest"
    if "prevent_destroy" in configuration.text or '"PREVENT"' in configuration.text:
        yield "something refuses to be destroyed"


def explained_variables(configuration: Configuration) -> Iterator[str]:
    """Each variable has a description and a type, and is explained in terraform.tfvars.example."""
    example = (TERRAFORM / "terraform.tfvars.example").read_text(encoding="utf-8")
    for name, body in configuration.variables.items():
        if len(str(body.get("description", ""))) < 20 or "type" not in body:
            yield f"var.{name}: expected a description and a type"
        if body.get("sensitive"):
            if f"TF_VAR_{name}" not in example or re.search(rf"^{name} *=", example, re.MULTILINE):
                yield f"var.{name}: expected the example to send it through the environment"
        elif not re.search(rf"^(# )?{name} +=", example, re.MULTILINE):
            yield f"var.{name}: expected in terraform.tfvars.example"
    if configuration.provider.get("default_labels") != "${local.labels}":
        yield "provider: expected labels on everything"


def _object(configuration: Configuration) -> dict[str, Any]:
    found = configuration.variables["alerts"].get("type")
    return found if isinstance(found, dict) else {}


def _logs(configuration: Configuration) -> dict[str, Any]:
    found = configuration.locals.get("log_metrics", {})
    return found if isinstance(found, dict) else {}


def _promql(metric: str) -> str:
    """https://cloud.google.com/monitoring/promql/promql-mapping"""
    service, _, rest = metric.partition("/")
    return re.sub(r"\W", "_", service) + ":" + re.sub(r"\W", "_", rest)


CHECKS = (
    known_metrics,
    descriptors_from_the_code,
    logged_fields,
    switchable_alerts,
    clean_end,
    explained_variables,
)
