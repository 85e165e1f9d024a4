"""The Cloud Monitoring emulator keeps the service's rules towards the real client, over sockets."""

import resource
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from google.api import metric_pb2  # type: ignore[import-untyped]
from google.api_core import exceptions
from google.cloud import monitoring_v3

from emulators.faults import Fault
from emulators.monitoring import MonitoringEmulator, Wording
from tests.support.monitoring import (
    METRIC,
    NOON,
    PROJECT,
    Monitoring,
    reading,
    running_monitoring,
)

CUMULATIVE = metric_pb2.MetricDescriptor.MetricKind.CUMULATIVE
DELTA = metric_pb2.MetricDescriptor.MetricKind.DELTA


@pytest.fixture
def monitoring(tmp_path: Path) -> Iterator[Monitoring]:
    with running_monitoring(tmp_path / "monitoring") as running:
        yield running


def write(monitoring: Monitoring, *series: monitoring_v3.TimeSeries) -> None:
    monitoring.client.create_time_series(name=PROJECT, time_series=list(series))


def refusal(
    monitoring: Monitoring, *series: monitoring_v3.TimeSeries
) -> exceptions.InvalidArgument:
    with pytest.raises(exceptions.InvalidArgument) as caught:
        write(monitoring, *series)
    return caught.value


def listed(
    monitoring: Monitoring, filter_text: str, interval: dict[str, datetime]
) -> list[monitoring_v3.TimeSeries]:
    """All series that a filter finds, in pages of one."""
    request = {"name": PROJECT, "filter": filter_text, "interval": interval, "page_size": 1}
    return list(monitoring.client.list_time_series(request=request))


def summary_of(error: exceptions.GoogleAPICallError) -> monitoring_v3.CreateTimeSeriesSummary:
    (packed,) = error.details
    summary = monitoring_v3.CreateTimeSeriesSummary()
    assert packed.Unpack(monitoring_v3.CreateTimeSeriesSummary.pb(summary))
    return summary


def test_what_is_written_is_read_back_newest_first(monitoring: Monitoring) -> None:
    """In reverse time order, with the project filled in; an interval excludes its start."""
    write(monitoring, reading(NOON, 1, labels={"repository": "a/b"}))
    later = monitoring.clock.advance(hours=1)
    write(monitoring, reading(later, 2, labels={"repository": "a/b"}))
    write(monitoring, reading(later, 9, labels={"repository": "c/d"}))
    (found,) = listed(
        monitoring,
        f'metric.type = "{METRIC}" AND metric.labels.repository = "a/b"',
        {"start_time": NOON - timedelta(hours=1), "end_time": later},
    )
    assert [point.value.int64_value for point in found.points] == [2, 1]
    assert found.resource.labels["project_id"] == "somebody"
    assert found.points[0].interval.end_time == later
    until_noon = {"start_time": NOON - timedelta(hours=1), "end_time": NOON}
    (found,) = listed(monitoring, f'metric.type = "{METRIC}"', until_noon)
    assert [point.value.int64_value for point in found.points] == [1]
    (found, _) = listed(
        monitoring, f'metric.type = "{METRIC}"', {"start_time": NOON, "end_time": later}
    )
    assert [point.value.int64_value for point in found.points] == [2]


ACCEPTED = {
    "25 hours ago": reading(NOON - timedelta(hours=25)),
    "5 minutes ahead": reading(NOON + timedelta(minutes=5)),
    "start equal to end": reading(NOON, start=NOON),
    "true or false": reading(NOON, True),
    "a fraction": reading(NOON, 0.5),
    "on the global resource": reading(NOON, resource="global", resource_labels={}),
    "a running total": reading(NOON, start=NOON - timedelta(hours=1), kind=CUMULATIVE),
    "30 labels": reading(NOON, labels={f"k{n}": "v" for n in range(30)}),
    "key of 100 and value of 1,024": reading(NOON, labels={"k" * 100: "v" * 1024}),
}
REFUSED = {
    "older than 25 hours": (
        reading(NOON - timedelta(hours=25, seconds=1)),
        "interval.end_time had an invalid value .* more than 25h in the past",
    ),
    "more than 5 minutes ahead": (
        reading(NOON + timedelta(minutes=5, seconds=1)),
        "interval.end_time had an invalid value .* in the future",
    ),
    "a gauge over an interval": (
        reading(NOON, start=NOON - timedelta(seconds=1)),
        "start_time .* must be equal to the end time",
    ),
    "a running total without an interval": (
        reading(NOON, kind=CUMULATIVE),
        "must be before the end time .* non-gauge metric",
    ),
    "a delta": (reading(NOON, kind=DELTA), "must be GAUGE, but is DELTA"),
    "text": (reading(NOON, "text"), "value had an invalid value"),
    "31 labels": (
        reading(NOON, labels={f"k{n}": "v" for n in range(31)}),
        "to have over 30 labels",
    ),
    "key over 100": (reading(NOON, labels={"k" * 101: "v"}), "label key"),
    "key with a dash": (reading(NOON, labels={"a-b": "v"}), "label key"),
    "value over 1,024": (reading(NOON, labels={"k": "v" * 1025}), "1024 characters"),
    "somebody else's domain": (
        reading(NOON, metric="compute.googleapis.com/cpu"),
        "metric.type had an invalid value",
    ),
    "a task without its labels": (
        reading(NOON, resource_labels={"location": "global", "job": "j"}),
        r"Missing labels: \(namespace task_id\)",
    ),
    "a label that the resource has not": (
        reading(NOON, resource="global", resource_labels={"zone": "z"}),
        "Unrecognized resource label: zone",
    ),
    "a place that does not exist": (
        reading(
            NOON,
            resource_labels={"location": "my desk", "namespace": "n", "job": "j", "task_id": "t"},
        ),
        "Unrecognized region or location",
    ),
    "another resource": (reading(NOON, resource="shoe_box"), "resource.type had an invalid value"),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_points_within_the_rules_are_stored(monitoring: Monitoring, name: str) -> None:
    """A point on the very edge of each rule is taken."""
    write(monitoring, ACCEPTED[name])
    (series,) = monitoring.emulator.time_series()
    assert len(series.points) == 1


@pytest.mark.parametrize("name", REFUSED)
def test_points_beyond_a_rule_are_refused_with_its_text(monitoring: Monitoring, name: str) -> None:
    """A point just beyond a rule is refused, named as the service names it, and not stored."""
    series, text = REFUSED[name]
    with pytest.raises(exceptions.InvalidArgument, match=text):
        write(monitoring, series)
    assert monitoring.emulator.time_series() == []


ORDER = "Points must be written in order"
SPACING = "written more frequently than the maximum sampling period"


@pytest.mark.parametrize(
    ("seconds", "text"), [(-1, ORDER), (0, ORDER), (1, SPACING), (4.999, SPACING), (5, None)]
)
def test_points_of_a_series_come_in_order_and_5_seconds_apart(
    monitoring: Monitoring, seconds: float, text: str | None
) -> None:
    """Order and spacing are judged by end times, for each series alone."""
    write(monitoring, reading(NOON, 1, labels={"r": "a"}))
    second = reading(NOON + timedelta(seconds=seconds), 2, labels={"r": "a"})
    if text is None:
        write(monitoring, second)
    else:
        assert text in refusal(monitoring, second).message
    write(monitoring, reading(NOON - timedelta(hours=1), 3, labels={"r": "b"}))
    assert [len(points) for points in monitoring.stored().values()] == [1 if text else 2, 1]


def test_a_metric_keeps_the_kind_and_the_type_of_its_first_write(monitoring: Monitoring) -> None:
    """The first write makes the descriptor; later ones must match it, and may add labels."""
    write(monitoring, reading(NOON, 1))
    wrong = reading(NOON, 1.5, labels={"r": "a"})
    assert f"Value type for metric {METRIC} must be INT64, but is DOUBLE" in str(
        refusal(monitoring, wrong)
    )
    total = reading(NOON, 1, labels={"r": "a"}, start=NOON - timedelta(hours=1), kind=CUMULATIVE)
    assert "Metric kind" in refusal(monitoring, total).message
    write(monitoring, reading(NOON, 1, labels={"r": "a"}))
    name = f"{PROJECT}/metricDescriptors/{METRIC}"
    declared = monitoring.client.get_metric_descriptor(name=name)
    assert [label.key for label in declared.labels] == ["r"]
    assert declared.value_type == metric_pb2.MetricDescriptor.ValueType.INT64


def test_a_write_is_partial_and_counts_in_a_packed_summary(monitoring: Monitoring) -> None:
    """Good points are stored; the refusal's details say how many were and how many were not."""
    write(monitoring, reading(NOON, 1, labels={"r": "a"}))
    error = refusal(
        monitoring,
        reading(NOON, 2, labels={"r": "a"}),
        reading(NOON, 3, labels={"r": "b"}),
        reading(NOON, 4, labels={"r": "b"}),
    )
    summary = summary_of(error)
    assert (summary.total_point_count, summary.success_point_count) == (3, 1)
    assert [(each.status.code, each.point_count) for each in summary.errors] == [(3, 2)]
    assert "Field timeSeries[2] had an invalid value: Duplicate TimeSeries" in error.message
    assert monitoring.stored()["readings", "b"] == [(NOON, 3)]


@pytest.mark.parametrize(
    ("wording", "text"),
    [
        (Wording.CURRENT, "timeSeries[0-1,3] (example metric.type="),
        (Wording.EARLIER, "} timeSeries[0-1,3]: custom.googleapis.com/"),
        (Wording.WITHOUT_INDEXES, "could not be written: Points must be written in order. One"),
    ],
)
def test_refusals_come_in_each_form_that_was_seen(
    monitoring: Monitoring, wording: Wording, text: str
) -> None:
    """The same refusal in the service's present form, an earlier one, and one without indexes."""
    series = [reading(NOON, 1, labels={"r": name}) for name in "abcd"]
    write(monitoring, *(series[:2] + series[3:]))
    monitoring.emulator.wording = wording
    assert text in refusal(monitoring, *series).message


@pytest.mark.parametrize("number", [0, 201])
def test_a_request_holds_between_1_and_200_series(monitoring: Monitoring, number: int) -> None:
    """A request beyond the bound is refused as a whole: nothing of it is stored."""
    series = [reading(NOON, labels={"r": str(n)}) for n in range(number)]
    assert "A maximum of 200 TimeSeries" in refusal(monitoring, *series).message
    assert monitoring.emulator.time_series() == []
    write(monitoring, *(reading(NOON, labels={"r": str(n)}) for n in range(200)))
    assert len(monitoring.emulator.time_series()) == 200


def test_descriptors_are_created_updated_listed_and_deleted(monitoring: Monitoring) -> None:
    """Labels are added and never removed; deleting a metric deletes its data."""
    client = monitoring.client
    wanted = metric_pb2.MetricDescriptor(
        type=METRIC,
        metric_kind=metric_pb2.MetricDescriptor.MetricKind.GAUGE,
        value_type=metric_pb2.MetricDescriptor.ValueType.INT64,
        labels=[{"key": "repository", "description": "owner/name"}],
    )
    client.create_metric_descriptor(name=PROJECT, metric_descriptor=wanted)
    del wanted.labels[:]
    wanted.description = "changed"
    updated = client.create_metric_descriptor(name=PROJECT, metric_descriptor=wanted)
    assert [label.key for label in updated.labels] == ["repository"]
    write(monitoring, reading(NOON))
    starts = 'metric.type = starts_with("custom.googleapis.com/own_dashboard")'
    listed = client.list_metric_descriptors(request={"name": PROJECT, "filter": starts})
    assert [each.description for each in listed] == ["changed"]
    client.delete_metric_descriptor(name=updated.name)
    assert monitoring.emulator.time_series() == []
    with pytest.raises(exceptions.NotFound, match="Could not find descriptor for metric"):
        client.get_metric_descriptor(name=updated.name)


@pytest.mark.parametrize(
    ("filter_text", "found"),
    [
        (f'metric.type="{METRIC}"', {"a/b", "a/c", "d"}),
        (f'metric.type="{METRIC}" AND metric.label.r = starts_with("a/")', {"a/b", "a/c"}),
        (f'metric.type="{METRIC}" AND metric.labels."r" != "d"', {"a/b", "a/c"}),
        (f'metric.labels.r = one_of("d", "a/b") AND metric.type="{METRIC}"', {"d", "a/b"}),
        (f'resource.type = "global" AND metric.type="{METRIC}"', set()),
        (f'metric.type="{METRIC}" AND resource.labels.job = "test"', {"a/b", "a/c", "d"}),
    ],
)
def test_series_are_found_by_filter(
    monitoring: Monitoring, filter_text: str, found: set[str]
) -> None:
    """Types and labels of metric and resource, by equality, inequality, prefix and list."""
    write(monitoring, *(reading(NOON, labels={"r": name}) for name in ("a/b", "a/c", "d")))
    series = listed(monitoring, filter_text, {"end_time": NOON})
    assert {each.metric.labels["r"] for each in series} == found


@pytest.mark.parametrize(
    "filter_text", ["", 'resource.type="global"', f'metric.type="{METRIC}" OR x', "metric.type=a"]
)
def test_a_filter_that_is_not_understood_is_refused(
    monitoring: Monitoring, filter_text: str
) -> None:
    """Never a wrong answer: what the emulator does not know is INVALID_ARGUMENT."""
    write(monitoring, reading(NOON))
    with pytest.raises(exceptions.InvalidArgument):
        listed(monitoring, filter_text, {"end_time": NOON})


@pytest.mark.parametrize(
    ("kind", "error", "stored"),
    [
        ("UNAVAILABLE", exceptions.ServiceUnavailable, 0),
        ("UNAVAILABLE_after_write", exceptions.ServiceUnavailable, 1),
        ("DEADLINE_EXCEEDED", exceptions.DeadlineExceeded, 0),
        ("DEADLINE_EXCEEDED_after_write", exceptions.DeadlineExceeded, 1),
        ("RESOURCE_EXHAUSTED", exceptions.ResourceExhausted, 0),
        ("INTERNAL", exceptions.InternalServerError, 0),
        ("PERMISSION_DENIED", exceptions.PermissionDenied, 0),
        ("refuse_some", exceptions.InternalServerError, 0),
    ],
)
def test_a_fault_comes_once_and_then_the_service_works(
    monitoring: Monitoring, kind: str, error: type[Exception], stored: int
) -> None:
    """Each ordered fault gives its status, with or without the write having happened."""
    monitoring.emulator.calls.inject(Fault(operation="CreateTimeSeries", kind=kind))
    with pytest.raises(error):
        write(monitoring, reading(NOON))
    assert len(monitoring.emulator.time_series()) == stored
    write(monitoring, reading(monitoring.clock.advance(minutes=1)))
    assert monitoring.emulator.calls.count("CreateTimeSeries") == 2


def test_the_version_changes_with_each_write_and_only_then(monitoring: Monitoring) -> None:
    """A page can tell by one number whether there is anything new to draw."""
    before = monitoring.emulator.version
    write(monitoring, reading(NOON))
    after = monitoring.emulator.version
    refusal(monitoring, reading(NOON))
    assert before < after == monitoring.emulator.version


def test_state_survives_a_restart_and_a_torn_line(tmp_path: Path) -> None:
    """A write that was answered is there after a kill; half a line behind it is dropped."""
    state = tmp_path / "monitoring"
    with running_monitoring(state) as first:
        write(first, reading(NOON, 7))
        kept = first.emulator.time_series()
    with (state / "points.jsonl").open("ab") as file:
        file.write(b'{"points":[{"project":"som')
    later = NOON + timedelta(hours=1)
    with running_monitoring(state, now=later) as second:
        assert second.emulator.time_series() == kept
        write(second, reading(later, 8))
    with running_monitoring(state, now=later) as third:
        assert third.stored()["readings", ""] == [(NOON, 7), (later, 8)]


def test_a_full_disk_leaves_no_torn_line(tmp_path: Path) -> None:
    """A write that does not fit fails, and what is written after it can be read again."""
    later = NOON + timedelta(minutes=1)
    with running_monitoring(tmp_path, now=later) as running:
        write(running, reading(NOON, 1))
        size = (tmp_path / "points.jsonl").stat().st_size
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 20, hard))
        try:
            with pytest.raises(exceptions.ServiceUnavailable, match="cannot be written"):
                write(running, reading(later, 2))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        write(running, reading(later, 3))
    with running_monitoring(tmp_path, now=later) as running:
        assert running.stored()["readings", ""] == [(NOON, 1), (later, 3)]


def test_points_older_than_six_weeks_are_forgotten_at_a_start(tmp_path: Path) -> None:
    """The file does not grow without end; descriptors stay."""
    with running_monitoring(tmp_path) as running:
        write(running, reading(NOON))
    size = (tmp_path / "points.jsonl").stat().st_size
    with running_monitoring(tmp_path, now=NOON + timedelta(weeks=6, seconds=1)) as running:
        assert running.emulator.time_series() == []
        name = f"{PROJECT}/metricDescriptors/{METRIC}"
        assert running.client.get_metric_descriptor(name=name).type == METRIC
    assert (tmp_path / "points.jsonl").stat().st_size < size


def test_a_taken_port_is_an_error_at_the_start(tmp_path: Path) -> None:
    """Two emulators never share a port in silence."""
    with running_monitoring(tmp_path / "first") as running:
        port = int(running.emulator.address.rpartition(":")[2])
        with pytest.raises(OSError, match=f"in use.*{port}"):
            MonitoringEmulator(state=tmp_path / "second", port=port).start()
