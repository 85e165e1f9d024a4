"""Lays the time series out as small line charts: one card a metric, one line a series."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from zoneinfo import ZoneInfo

from emulators.monitoring import Point, TimeSeries
from own_dashboard.page.charts import nice_ticks, tick_label
from own_dashboard.page.words import Words

WIDTH, HEIGHT = 320, 72
_LEFT, _RIGHT, _TOP, _BOTTOM = 26.0, 316.0, 6.0, 66.0
MOST_SERIES = 12
# The label that names a repository, and its value for all those beyond the metric's bound.
_REPOSITORY, _REST = "repository", "other"
# A series that was written less often than this has stopped between two points.
LONGEST_STEP = timedelta(hours=3)


@dataclass(frozen=True, kw_only=True)
class DrawnSeries:
    """One series. owner, name: the two parts of what tells it apart; empty where it is alone.

    line, area: SVG path commands in a box of WIDTH by HEIGHT.

    last: its newest value in words; last_x, last_y: where that stands. points: each with its words.
    """

    owner: str
    name: str
    last: str
    line: str
    area: str
    last_x: float
    last_y: float
    summary: str


@dataclass(frozen=True, kw_only=True)
class DrawnMetric:
    """One metric. began, ended: the local times at the ends of its time axis."""

    key: str
    title: str
    type: str
    series: tuple[DrawnSeries, ...]
    more: int
    ticks: tuple[tuple[float, str], ...]
    began: str
    ended: str


def draw_metrics(series: Sequence[TimeSeries], zone: ZoneInfo, words: Words) -> list[DrawnMetric]:
    """The metrics in the order of their names, each with its series, the greatest value first."""
    written = sorted(
        (one for one in series if one.points),
        key=lambda one: (one.metric_type, sorted(one.labels.items())),
    )
    return [
        _metric(metric_type, list(group), zone, words)
        for metric_type, group in groupby(written, key=lambda one: one.metric_type)
    ]


def _metric(
    metric_type: str, series: Sequence[TimeSeries], zone: ZoneInfo, words: Words
) -> DrawnMetric:
    name = metric_type.rsplit("/", 1)[-1]
    ordered = sorted(series, key=lambda one: -float(one.points[-1].value))
    times = [point.end_time for one in series for point in (one.points[0], one.points[-1])]
    began, ended = min(times), max(times)
    values = [float(point.value) for one in series for point in one.points]
    ticks = nice_ticks(
        min(0.0, *values), max(values), most=2, whole=all(map(float.is_integer, values))
    )
    frame = _Frame(began=began, ended=ended, low=ticks[0], high=ticks[-1])
    return DrawnMetric(
        key=name,
        title=words.metric_titles.get(name, name.replace("_", " ")),
        type=metric_type,
        series=tuple(
            _series(one, _name(one, series, words), frame, zone, words)
            for one in ordered[:MOST_SERIES]
        ),
        more=len(ordered[MOST_SERIES:]),
        ticks=tuple((frame.y(tick), tick_label(tick)) for tick in (ticks[0], ticks[-1])),
        began=words.instant(began.astimezone(zone)),
        ended=words.instant(ended.astimezone(zone)),
    )


@dataclass(frozen=True, kw_only=True)
class _Frame:
    """What places a point: the time axis and the scale of the values."""

    began: datetime
    ended: datetime
    low: float
    high: float

    def x(self, instant: datetime) -> float:
        span = (self.ended - self.began).total_seconds()
        share = (instant - self.began).total_seconds() / span if span else 1.0
        return round(_LEFT + share * (_RIGHT - _LEFT), 1)

    def y(self, value: float) -> float:
        return round(_BOTTOM - (value - self.low) / (self.high - self.low) * (_BOTTOM - _TOP), 1)


def _series(
    series: TimeSeries, name: tuple[str, str], frame: _Frame, zone: ZoneInfo, words: Words
) -> DrawnSeries:
    runs = [_steps(run, frame) for run in _runs(series.points)]
    newest = series.points[-1]
    last = words.metric_value(series.metric_type.rsplit("/", 1)[-1], newest.value)
    return DrawnSeries(
        owner=name[0],
        name=name[1],
        last=last,
        line=" ".join(f"M{run}" for run, _, _ in runs),
        area=" ".join(
            f"M{first} {frame.y(frame.low)} L{run} L{end} {frame.y(frame.low)} Z"
            for run, first, end in runs
        ),
        last_x=frame.x(newest.end_time),
        last_y=frame.y(float(newest.value)),
        summary=words.metric_summary(last, newest.end_time.astimezone(zone), len(series.points)),
    )


def _runs(points: Sequence[Point]) -> list[list[Point]]:
    """The points in runs without a longer silence, so that a gap is not drawn as a line."""
    runs: list[list[Point]] = [[points[0]]]
    for before, point in pairwise(points):
        if point.end_time - before.end_time > LONGEST_STEP:
            runs.append([])
        runs[-1].append(point)
    return runs


def _steps(points: Sequence[Point], frame: _Frame) -> tuple[str, float, float]:
    """A reading holds until the next one. The path without its first letter, and its ends' x."""
    places = [(frame.x(point.end_time), frame.y(float(point.value))) for point in points]
    path = f"{places[0][0]} {places[0][1]}" + "".join(f" H{x} V{y}" for x, y in places[1:])
    return path, places[0][0], places[-1][0]


def _name(one: TimeSeries, among: Sequence[TimeSeries], words: Words) -> tuple[str, str]:
    """The labels by which a series of a metric differs from the others, the repository first.

    Its owner comes apart: that part may be cut where there is no room.
    """
    telling = [
        label
        for label in sorted(one.labels, key=lambda label: (label != _REPOSITORY, label))
        if label == _REPOSITORY or len({other.labels.get(label) for other in among}) > 1
    ]
    shown = {label: one.labels[label] for label in telling}
    if shown.get(_REPOSITORY) == _REST:
        shown[_REPOSITORY] = words.other
    owner, slash, repository = shown.get(_REPOSITORY, "").rpartition("/")
    rest = [repository] if _REPOSITORY in shown else []
    rest += [value for label, value in shown.items() if label != _REPOSITORY]
    return owner + slash, " · ".join(rest)
