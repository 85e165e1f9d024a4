"""What a Sheet's chart shows: the values behind the ranges that its specification refers to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from own_dashboard.page.cells import Cell
from own_dashboard.page.colours import ACCENTS, Colour, read_colour
from own_dashboard.page.resource import Tab

DRAWN = frozenset({"COLUMN", "LINE", "AREA", "STEPPED_AREA", "COMBO"})


@dataclass(frozen=True, kw_only=True)
class ChartSeries:
    """One line, area or row of columns. values: one for each label, None is a gap."""

    name: str
    kind: str
    colour: Colour
    values: tuple[float | None, ...]


@dataclass(frozen=True, kw_only=True)
class ChartContents:
    """The chart's words and numbers. view: the least and greatest value to show, where fixed."""

    title: str
    alt: str
    labels: tuple[str, ...]
    series: tuple[ChartSeries, ...]
    stacked: bool
    legend: bool
    view: tuple[float | None, float | None]
    known: bool


def read_chart(spec: Mapping[str, Any], tabs: Mapping[int, Tab]) -> ChartContents:
    """The contents of a `ChartSpec`; `known` is false where its kind is not drawn here."""
    basic = spec.get("basicChart", {})
    kind = basic.get("chartType", "")
    domains = [_cells(domain.get("domain", {}), tabs) for domain in basic.get("domains", ())]
    columns = [
        (series, _cells(series.get("series", {}), tabs)) for series in basic.get("series", ())
    ]
    headers = basic.get("headerCount", _guessed_headers([cells for _, cells in columns]))
    return ChartContents(
        title=spec.get("title", ""),
        alt=spec.get("altText", ""),
        labels=tuple(cell.text for cell in (domains[0] if domains else [])[headers:]),
        series=tuple(
            _series(resource, cells, headers, index, kind)
            for index, (resource, cells) in enumerate(columns)
        ),
        stacked=basic.get("stackedType", "NOT_STACKED") == "STACKED",
        legend=basic.get("legendPosition") != "NO_LEGEND",
        view=_view(basic.get("axis", ())),
        known=kind in DRAWN,
    )


def _cells(reference: Mapping[str, Any], tabs: Mapping[int, Tab]) -> list[Cell]:
    found: list[Cell] = []
    for source in reference.get("sourceRange", {}).get("sources", ()):
        tab = tabs.get(source.get("sheetId", 0))
        if tab:
            found += [tab.cell(place) for place in tab.area(source).places()]
    return found


def _guessed_headers(columns: Sequence[Sequence[Cell]]) -> int:
    """1 where a series begins with a text, as the service guesses without a header count."""
    return int(any(cells and isinstance(cells[0].value, str) for cells in columns))


def _series(
    resource: Mapping[str, Any], cells: Sequence[Cell], headers: int, index: int, kind: str
) -> ChartSeries:
    own_kind = resource.get("type", "COLUMN" if kind == "COMBO" else kind)
    return ChartSeries(
        name=" ".join(cell.text for cell in cells[:headers]),
        kind=own_kind,
        colour=read_colour(resource, "color") or Colour.from_hex(ACCENTS[index % len(ACCENTS)]),
        values=tuple(
            cell.value if isinstance(cell.value, float) else None for cell in cells[headers:]
        ),
    )


def _view(axes: Sequence[Mapping[str, Any]]) -> tuple[float | None, float | None]:
    for axis in axes:
        if axis.get("position") == "LEFT_AXIS":
            options = axis.get("viewWindowOptions", {})
            return options.get("viewWindowMin"), options.get("viewWindowMax")
    return None, None
