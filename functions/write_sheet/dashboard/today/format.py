"""The looks of the tab `Today`: a phone 360 dp wide shows all of it without sideways scrolling.

The Sheets app takes some 40 px for the row numbers, so the columns together have 313.
"""

from write_sheet.dashboard.today.cells import (
    BIG,
    BIG_LABEL,
    CHART,
    CHART_ROWS,
    CHART_TITLE,
    GOAL_BAR,
    HEATMAP,
    HEATMAP_MONTHS,
    HEATMAP_TITLE,
    NOTICE_ROWS,
    NOTICES,
    NOTICES_TITLE,
    REPOSITORIES,
    REPOSITORIES_TITLE,
    REPOSITORY_BAR,
    REPOSITORY_COUNT,
    REPOSITORY_ROWS,
    RIGHT_HALF,
    ROWS,
    STREAK,
    STREAK_LABEL,
    STREAK_NOTE,
    TILE,
    TILE_2,
    TILE_3,
    TILE_LABEL,
    TILE_NOTE,
    TITLE,
    UNREADABLE,
    UNREADABLE_ROWS,
    UNREADABLE_TITLE,
    UPDATED_COLUMN,
    WIDTH,
)
from write_sheet.dashboard.today.row_heights import sized_rows
from write_sheet.dashboard.today.rules import CHART_ROW_PIXELS, rules_and_chart
from write_sheet.history.statistics import HEATMAP_WEEKS
from write_sheet.sheets_api import requests
from write_sheet.sheets_api.requests import Request
from write_sheet.sheets_api.style import COUNT, GREEN, MUTED, color, grid_properties, merged, styled
from write_sheet.sheets_api.tab import Tab

LABEL_PIXELS, WEEK_PIXELS = 27, 22
ROW_PIXELS, HEATMAP_PIXELS, GAP_PIXELS = 20, 22, 8
_ON_GREEN = color("10381f")
_HALVES = ((0, RIGHT_HALF), (RIGHT_HALF, WIDTH))
_TILES = ((0, TILE_2), (TILE_2, TILE_3), (TILE_3, WIDTH))


def format_today(is_new: bool) -> list[Request]:
    """Sizes, merges, formats, the colour rules and the chart."""
    del is_new  # a new tab and an old one get the same
    return [
        grid_properties(Tab.TODAY, hide_gridlines=True),
        *_sizes(),
        styled(Tab.TODAY, (0, ROWS), (0, WIDTH)),
        *_head(),
        *_numbers(),
        *_sections(),
        *_heatmap(),
        *_lists(),
        *rules_and_chart(width_pixels=LABEL_PIXELS + HEATMAP_WEEKS * WEEK_PIXELS),
    ]


def _sizes() -> list[Request]:
    sizes = [
        requests.pixel_size(Tab.TODAY, "COLUMNS", 0, 1, LABEL_PIXELS),
        requests.pixel_size(Tab.TODAY, "COLUMNS", 1, WIDTH, WEEK_PIXELS),
        sized_rows(0, ROWS, ROW_PIXELS),
        requests.pixel_size(Tab.TODAY, "ROWS", BIG, BIG + 2, 34),
        requests.pixel_size(Tab.TODAY, "ROWS", CHART, CHART + CHART_ROWS, CHART_ROW_PIXELS),
        requests.pixel_size(Tab.TODAY, "ROWS", HEATMAP, HEATMAP + 7, HEATMAP_PIXELS),
    ]
    for row in (TILE, STREAK):
        sizes.append(requests.pixel_size(Tab.TODAY, "ROWS", row, row + 1, 32))
    for title in (TILE_LABEL, STREAK_LABEL, CHART_TITLE, HEATMAP_TITLE):
        sizes.append(requests.pixel_size(Tab.TODAY, "ROWS", title - 1, title, GAP_PIXELS))
    return sizes


def _head() -> list[Request]:
    tab, right = Tab.TODAY, (RIGHT_HALF, WIDTH)
    return [
        merged(tab, TITLE, (0, UPDATED_COLUMN)),
        merged(tab, TITLE, (UPDATED_COLUMN, WIDTH)),
        merged(tab, BIG, (0, RIGHT_HALF), rows=2),
        *(merged(tab, row, right) for row in (BIG, GOAL_BAR, BIG_LABEL)),
        merged(tab, BIG_LABEL, (0, RIGHT_HALF)),
        styled(tab, (TITLE, TITLE + 1), (0, UPDATED_COLUMN), bold=True),
        styled(tab, (TITLE, TITLE + 1), (UPDATED_COLUMN, WIDTH), size=9, align="RIGHT",
               foreground=MUTED),
        styled(tab, (BIG, BIG + 2), (0, RIGHT_HALF), size=48, bold=True, align="CENTER",
               number_format=COUNT),
        styled(tab, (BIG, BIG + 1), right, size=14, bold=True, align="CENTER"),
        styled(tab, (GOAL_BAR, GOAL_BAR + 1), right, size=11, align="CENTER", foreground=GREEN),
        styled(tab, (BIG_LABEL, BIG_LABEL + 1), (0, WIDTH), size=9, align="CENTER",
               foreground=MUTED),
    ]  # fmt: skip


def _numbers() -> list[Request]:
    """Tiles of a label, a large number and a note."""
    tab, built = Tab.TODAY, list[Request]()
    for rows, tiles in (
        ((TILE_LABEL, TILE, TILE_NOTE), _TILES),
        ((STREAK_LABEL, STREAK, STREAK_NOTE), _HALVES),
    ):
        built += [merged(tab, row, columns) for row in rows for columns in tiles]
        label, value, note = rows
        for row in (label, note):
            built.append(
                styled(tab, (row, row + 1), (0, WIDTH), size=9, align="CENTER", foreground=MUTED)
            )
        built.append(
            styled(tab, (value, value + 1), (0, WIDTH), size=20, bold=True, align="CENTER",
                   number_format=COUNT)
        )  # fmt: skip
    return built


def _sections() -> list[Request]:
    titles = (CHART_TITLE, HEATMAP_TITLE, REPOSITORIES_TITLE, UNREADABLE_TITLE, NOTICES_TITLE)
    return [
        request
        for row in titles
        for request in (
            merged(Tab.TODAY, row, (0, WIDTH)),
            styled(Tab.TODAY, (row, row + 1), (0, WIDTH), bold=True),
        )
    ]


def _heatmap() -> list[Request]:
    tab, weeks = Tab.TODAY, (1, 1 + HEATMAP_WEEKS)
    return [
        styled(tab, (HEATMAP_MONTHS, HEATMAP_MONTHS + 1), (0, WIDTH), size=8, foreground=MUTED),
        styled(tab, (HEATMAP, HEATMAP + 7), (0, 1), size=8, foreground=MUTED),
        styled(tab, (HEATMAP, HEATMAP + 7), weeks, size=8, align="CENTER", foreground=_ON_GREEN,
               number_format=COUNT),
    ]  # fmt: skip


def _lists() -> list[Request]:
    tab, built = Tab.TODAY, list[Request]()
    last = REPOSITORIES + REPOSITORY_ROWS
    for row in range(REPOSITORIES, last):
        for columns in ((0, REPOSITORY_COUNT), (REPOSITORY_COUNT, REPOSITORY_BAR),
                        (REPOSITORY_BAR, WIDTH)):  # fmt: skip
            built.append(merged(tab, row, columns))
    built += [
        styled(tab, (REPOSITORIES, last), (0, REPOSITORY_COUNT), wrap="CLIP"),
        styled(tab, (REPOSITORIES, last), (REPOSITORY_COUNT, REPOSITORY_BAR), bold=True,
               align="RIGHT", number_format=COUNT),
        styled(tab, (REPOSITORIES, last), (REPOSITORY_BAR, WIDTH), size=8, foreground=GREEN,
               wrap="CLIP"),
    ]  # fmt: skip
    for first, rows in ((UNREADABLE, UNREADABLE_ROWS), (NOTICES, NOTICE_ROWS)):
        built += [merged(tab, row, (0, WIDTH)) for row in range(first, first + rows)]
        built.append(styled(tab, (first, first + rows), (0, WIDTH), size=9, wrap="WRAP"))
    return built
