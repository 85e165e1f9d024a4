"""Series aligned and reduced as charts and alerts ask for it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from google.api_core import exceptions
from google.cloud import monitoring_v3

from tests.support.monitoring import METRIC, NOON, PROJECT, Monitoring, reading, running_monitoring

END = NOON + timedelta(hours=3)
# By repository, the hour after noon and the value that is read there.
READINGS = {"a": {0.5: 1, 1.2: 3, 1.9: 2, 2.5: 4}, "b": {1.5: 10, 2.9: 20}}


@pytest.fixture
def monitoring(tmp_path: Path) -> Iterator[Monitoring]:
    with running_monitoring(tmp_path, now=END) as running:
        for repository, values in READINGS.items():
            for hour, value in values.items():
                point = reading(
                    NOON + timedelta(hours=hour), value, labels={"repository": repository}
                )
                running.client.create_time_series(name=PROJECT, time_series=[point])
        yield running


def listed(monitoring: Monitoring, **aggregation: Any) -> list[monitoring_v3.TimeSeries]:
    request = {
        "name": PROJECT,
        "filter": f'metric.type = "{METRIC}"',
        "interval": {"start_time": NOON, "end_time": END},
        "aggregation": {"alignment_period": {"seconds": 3600}, **aggregation},
    }
    return list(monitoring.client.list_time_series(request=request))


def values(series: monitoring_v3.TimeSeries) -> dict[int, float]:
    """By hours after noon."""
    found = {}
    for point in series.points:
        at: Any = point.interval.end_time
        value = point.value.double_value or point.value.int64_value
        found[round((at - NOON) / timedelta(hours=1))] = value
    return found


@pytest.mark.parametrize(
    ("aligner", "expected"),
    [
        ("ALIGN_MAX", {1: 1, 2: 3, 3: 4}),
        ("ALIGN_MIN", {1: 1, 2: 2, 3: 4}),
        ("ALIGN_SUM", {1: 1, 2: 5, 3: 4}),
        ("ALIGN_MEAN", {1: 1, 2: 2.5, 3: 4}),
        ("ALIGN_COUNT", {1: 1, 2: 2, 3: 1}),
        ("ALIGN_NEXT_OLDER", {1: 1, 2: 2, 3: 4}),
    ],
)
def test_each_period_ends_at_the_intervals_end_or_whole_periods_before(
    monitoring: Monitoring, aligner: str, expected: dict[int, float]
) -> None:
    first, _ = listed(monitoring, per_series_aligner=aligner)
    assert values(first) == expected


def test_a_period_without_points_has_none_but_next_older_looks_back(monitoring: Monitoring) -> None:
    _, second = listed(monitoring, per_series_aligner="ALIGN_MAX")
    assert values(second) == {2: 10, 3: 20}
    _, second = listed(monitoring, per_series_aligner="ALIGN_NEXT_OLDER")
    assert values(second) == {2: 10, 3: 20}


@pytest.mark.parametrize(
    ("reducer", "expected"),
    [
        ("REDUCE_SUM", {1: 1, 2: 13, 3: 24}),
        ("REDUCE_MAX", {1: 1, 2: 10, 3: 20}),
        ("REDUCE_MIN", {1: 1, 2: 3, 3: 4}),
        ("REDUCE_MEAN", {1: 1, 2: 6.5, 3: 12}),
        ("REDUCE_COUNT", {1: 1, 2: 2, 3: 2}),
    ],
)
def test_series_are_reduced_to_one(
    monitoring: Monitoring, reducer: str, expected: dict[int, float]
) -> None:
    (series,) = listed(monitoring, per_series_aligner="ALIGN_MAX", cross_series_reducer=reducer)
    assert values(series) == expected
    assert dict(series.metric.labels) == {}


def test_groups_keep_the_labels_that_they_are_grouped_by(monitoring: Monitoring) -> None:
    found = listed(
        monitoring,
        per_series_aligner="ALIGN_MAX",
        cross_series_reducer="REDUCE_SUM",
        group_by_fields=["metric.labels.repository"],
    )
    assert [dict(each.metric.labels) for each in found] == [
        {"repository": "a"},
        {"repository": "b"},
    ]
    assert [dict(each.resource.labels) for each in found] == [{}, {}]


@pytest.mark.parametrize(
    "aggregation",
    [
        {"cross_series_reducer": "REDUCE_SUM"},
        {"per_series_aligner": "ALIGN_RATE"},
        {"per_series_aligner": "ALIGN_MAX", "cross_series_reducer": "REDUCE_PERCENTILE_99"},
        {"per_series_aligner": "ALIGN_MAX", "alignment_period": {"seconds": 59}},
        {
            "per_series_aligner": "ALIGN_MAX",
            "cross_series_reducer": "REDUCE_SUM",
            "group_by_fields": ["project"],
        },
    ],
)
def test_what_is_left_out_is_refused(monitoring: Monitoring, aggregation: dict[str, Any]) -> None:
    with pytest.raises(exceptions.InvalidArgument):
        listed(monitoring, **aggregation)
