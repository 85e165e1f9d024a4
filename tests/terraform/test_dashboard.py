"""What the deployed dashboard shows of what is measured, as far as the API knows it."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest

from own_dashboard.stack.pipeline import load_pipeline
from tests.support.message_types import DASHBOARDS, read_table
from tests.support.terraform_run import GIVEN, Deployment
from tests.support.watched import (
    USER,
    faults_of_aggregation,
    faults_of_filter,
    promql,
    written,
)

# The API's JSON writes 64-bit integers as texts, and takes numbers too.
_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "int64": (str, int),
    "number": (int, float),
}


def widgets(chosen: Deployment) -> dict[str, dict[str, Any]]:
    """Title to widget."""
    content = dashboard(chosen)
    return {tile["widget"]["title"]: tile["widget"] for tile in content["mosaicLayout"]["tiles"]}


def dashboard(chosen: Deployment) -> dict[str, Any]:
    """All of it."""
    content: dict[str, Any] = json.loads(
        chosen["google_monitoring_dashboard.this"]["dashboard_json"]
    )
    return content


def queries(value: Any) -> Iterator[Mapping[str, Any]]:
    """Each filter with its aggregation, however deep."""
    if isinstance(value, dict):
        if "aggregation" in value:
            yield value
        for inner in value.values():
            yield from queries(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from queries(inner)


@cache
def types() -> Mapping[str, Mapping[str, str]]:
    """The types of the Monitoring API's dashboards."""
    return read_table(DASHBOARDS)


def faults(value: Any, kind: str, path: str) -> Iterator[str]:
    """Where a value is not of the API's type: unknown fields, words and kinds."""
    if kind.endswith("[]"):
        if not isinstance(value, list):
            yield f"{path}: expected a list, got {value!r}"
            return
        for index, item in enumerate(value):
            yield from faults(item, kind.removesuffix("[]"), f"{path}[{index}]")
    elif kind in types() or kind.endswith("{}"):
        if not isinstance(value, dict):
            yield f"{path}: expected an object, got {value!r}"
            return
        for name, inner in value.items():
            inner_kind = kind[:-2] if kind.endswith("{}") else types()[kind].get(name)
            if inner_kind is None:
                yield f"{path}: the API has no field {name}"
            else:
                yield from faults(inner, inner_kind, f"{path}.{name}")
    elif kind in _TYPES:
        if not isinstance(value, _TYPES[kind]):
            yield f"{path}: expected {kind}, got {value!r}"
    elif value not in kind.split("|"):
        yield f"{path}: expected one of {kind}, got {value!r}"


def test_the_api_knows_every_field_and_word(chosen: Deployment) -> None:
    """Each field, kind and word of the dashboard stands in the table of the API's types."""
    assert list(faults(dashboard(chosen), "Dashboard", "dashboard")) == []


def test_a_wrong_field_word_or_kind_would_be_noticed() -> None:
    """The comparison with the table is not blind."""
    wrong = {
        "displayName": 1,
        "mosaicLayout": {
            "columns": 12,
            "tiles": [{"widget": {"xyChart": {"dataSets": [{"plotType": "BARS"}], "y": {}}}}],
        },
    }

    assert len(list(faults(wrong, "Dashboard", "dashboard"))) == 3


def test_tiles_fill_the_grid_without_overlapping(chosen: Deployment) -> None:
    """Twelve columns; no cell has two tiles, and no tile stands out."""
    layout = dashboard(chosen)["mosaicLayout"]
    cells = [
        (tile.get("xPos", 0) + x, tile.get("yPos", 0) + y)
        for tile in layout["tiles"]
        for x in range(tile["width"])
        for y in range(tile["height"])
    ]

    assert layout["columns"] == 12
    assert len(cells) == len(set(cells))
    assert {x for x, _ in cells} == set(range(12))
    assert len(cells) == 12 * (max(y for _, y in cells) + 1)
    # The API answers without zeros, and terraform would see a change at every plan.
    assert 0 not in [tile.get(name) for tile in layout["tiles"] for name in ("xPos", "yPos")]


def test_each_chart_looks_at_what_exists(chosen: Deployment) -> None:
    """Its metric, its resource, its labels and their values; and adds up nothing twice."""
    found = list(queries(dashboard(chosen)))
    wrong = []
    for query in found:
        aggregation = {
            "aligner": query["aggregation"]["perSeriesAligner"],
            "reducer": query["aggregation"]["crossSeriesReducer"],
            "groups": query["aggregation"].get("groupByFields", ()),
            "seconds": int(query["aggregation"]["alignmentPeriod"].removesuffix("s")),
        }
        wrong += [
            *faults_of_filter(query["filter"]),
            *faults_of_aggregation(query["filter"], aggregation),
        ]
    assert len(found) == 12
    assert wrong == []


OURS = "custom.googleapis.com/own_dashboard"
PUSHES = "pubsub.googleapis.com/subscription"


@pytest.mark.parametrize(
    ("title", "metric", "groups"),
    [
        ("Commits today", f"{OURS}/commits_today", []),
        ("Dead letters", f"{PUSHES}/num_undelivered_messages", []),
        (
            "Commits by repository",
            f"{OURS}/commits_today_by_repository",
            ["metric.labels.repository"],
        ),
        ("GitHub: requests a run", f"{USER}requests", []),
        ("GitHub: rate-limit points left", f"{USER}points_left", []),
        ("GitHub: days until the token expires", f"{USER}token_days_left", []),
        (
            "Deliveries",
            f"{PUSHES}/push_request_count",
            ["resource.labels.subscription_id", "metric.labels.response_class"],
        ),
        (
            "Calls of each function, and failures",
            "run.googleapis.com/request_count",
            ["resource.labels.service_name", "metric.labels.response_code_class"],
        ),
        ("Response time", f"{OURS}/response_time", ["metric.labels.url"]),
        ("Up", f"{OURS}/up", ["metric.labels.url"]),
        (
            "Days until a certificate expires",
            f"{OURS}/certificate_days_left",
            ["metric.labels.url"],
        ),
        (
            "Oldest event not written yet",
            f"{PUSHES}/oldest_unacked_message_age",
            ["resource.labels.subscription_id"],
        ),
    ],
)
def test_a_chart_shows_what_its_title_says(
    title: str, metric: str, groups: list[str], chosen: Deployment
) -> None:
    """One metric, of all that it is about, a line for each group, and the legend says which."""
    widget = widgets(chosen)[title]
    (query,) = queries(widget)
    (sets,) = widget.get("xyChart", {}).get("dataSets", [{}])

    assert f'metric.type="{metric}"' in query["filter"]
    assert query["aggregation"].get("groupByFields", []) == groups
    legend = " ".join(f"${{{group}}}" for group in groups)
    assert sets.get("legendTemplate", "") == legend
    if "xyChart" in widget:
        assert widget["xyChart"]["yAxis"]["label"]
        assert widget["xyChart"]["yAxis"]["scale"] == "LINEAR"
        assert sets["targetAxis"] == "Y1"
        gauge = query["aggregation"]["perSeriesAligner"] == "ALIGN_MAX" and "Oldest" in title
        line = gauge or "points left" in title or "url" in legend
        assert sets["plotType"] == ("LINE" if line else "STACKED_BAR")
    else:
        assert "sparkChartType" in widget["scorecard"]["sparkChartView"]
    for name in _all_of(query["filter"]):
        assert f'"{name}"' in query["filter"]


def _all_of(text: str) -> Iterator[str]:
    """Every function, or every subscription, where a chart is about one of them."""
    if "service_name" in text:
        yield from (f.step.replace("_", "-") for f in load_pipeline().wanted(GIVEN).functions)
    if "one_of" in text and "subscription_id" in text:
        yield from (
            subscription.name for subscription in load_pipeline().wanted(GIVEN).subscriptions
        )
    if "num_undelivered" in text:
        yield load_pipeline().wanted(GIVEN).dead_letters.subscription


def test_readings_are_of_an_hour_or_of_the_newest_run(chosen: Deployment) -> None:
    """collect runs hourly: a card of the newest reading looks back two hours, a bar counts one."""
    seconds = {
        title: [query["aggregation"]["alignmentPeriod"] for query in queries(widget)]
        for title, widget in widgets(chosen).items()
    }

    assert seconds["GitHub: days until the token expires"] == ["7200s"]
    for title in ("Dead letters", "Oldest event not written yet"):
        assert seconds[title] == ["300s"]
    for title in ("Response time", "Up"):
        assert seconds[title] == ["60s"]
    others = {title for title, found in seconds.items() if found == ["3600s"]}
    assert len(others) == 7


def test_colours_warn_before_an_alert_would(chosen: Deployment) -> None:
    """Yellow and red, in the direction of what is worse."""
    cards = {
        title: [(t["value"], t["color"], t["direction"]) for t in widget["scorecard"]["thresholds"]]
        for title, widget in widgets(chosen).items()
        if "thresholds" in widget.get("scorecard", {})
    }

    assert cards == {
        "Hours since the last collection": [(2, "YELLOW", "ABOVE"), (3, "RED", "ABOVE")],
        "Dead letters": [(0.5, "RED", "ABOVE")],
        "GitHub: days until the token expires": [(14, "YELLOW", "BELOW"), (7, "RED", "BELOW")],
    }


def test_silence_stays_visible_for_two_weeks_and_longer(chosen: Deployment) -> None:
    """Every point is met, as PromQL looks back five minutes; without any it says two weeks."""
    card = widgets(chosen)["Hours since the last collection"]["scorecard"]
    metric = promql(f"{OURS}/commits_today")
    resource = written()["resource"]["type"]

    assert card["timeSeriesQuery"] == {
        "prometheusQuery": (
            f'(time() - max(max_over_time(timestamp({{__name__="{metric}",'
            f'monitored_resource="{resource}"}} >= 0)[14d:5m]))) / 3600 or vector(336)'
        ),
        "unitOverride": "h",
    }
    assert card["blankView"] == {}


def test_the_rest_leads_on(chosen: Deployment) -> None:
    """Incidents, and the Sheet; numbers have their units."""
    found = widgets(chosen)

    assert found["Incidents"]["incidentList"] == {}
    assert found["Elsewhere"]["text"] == {
        "format": "MARKDOWN",
        "content": f"[The Sheet]({chosen.outputs['sheet_url']})",
    }
    units = {
        title: re.findall(r'"unitOverride": "([^"]+)"', json.dumps(widget))
        for title, widget in found.items()
    }
    assert {title: unit for title, unit in units.items() if unit} == {
        "Commits today": ["{commit}"],
        "Hours since the last collection": ["h"],
        "Commits by repository": ["{commit}"],
        "GitHub: days until the token expires": ["d"],
    }
    assert dashboard(chosen)["displayName"] == "own_dashboard"


def test_charts_of_what_is_watched_come_and_go_with_it(
    chosen: Deployment, defaults: Deployment
) -> None:
    """Without an address there is neither chart nor metric of it; everything else is the same."""
    of_watch = {"Response time", "Up", "Days until a certificate expires"}

    assert set(widgets(chosen)) - set(widgets(defaults)) == of_watch
    assert set(widgets(defaults)) < set(widgets(chosen))
    metrics = defaults.of_type("google_monitoring_metric_descriptor.").values()
    assert len(metrics) == 3
