"""The metrics that are written, read from `metrics.json` beside this file.

That file is the one place for their names, kinds, types, units, labels and texts: this step writes
by it, and Terraform creates the metric descriptors from it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

COMMITS_TODAY = "commits_today"
COMMITS_TODAY_BY_REPOSITORY = "commits_today_by_repository"
EVENING_WITHOUT_COMMITS = "evening_without_commits"
RESPONSE_TIME = "response_time"
UP = "up"
CERTIFICATE_DAYS_LEFT = "certificate_days_left"
REPOSITORY_LABEL = "repository"
SOURCE_LABEL = "source"
URL_LABEL = "url"


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One metric. type: its full name in Cloud Monitoring. topic: of the events that it shows.

    labels: their keys.
    """

    topic: str
    type: str
    metric_kind: str
    value_type: str
    unit: str
    display_name: str
    description: str
    labels: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Resource:
    """The monitored resource that all points are written against, the same for all time."""

    type: str
    labels: Mapping[str, str]


@cache
def metrics() -> Mapping[str, Metric]:
    """Short name to metric."""
    return {
        name: Metric(**{**fields, "labels": tuple(label["key"] for label in fields["labels"])})
        for name, fields in _file()["metrics"].items()
    }


@cache
def resource() -> Resource:
    """The resource, without its project."""
    return Resource(**_file()["resource"])


@cache
def _file() -> Mapping[str, Any]:
    text = resources.files("write_metric").joinpath("metrics.json").read_text("utf-8")
    parsed: dict[str, Any] = json.loads(text)
    return parsed
