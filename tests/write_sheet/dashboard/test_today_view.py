"""The numbers and colours of `Today`: nothing that is unknown looks known, no digit is cut off."""

import random
from collections.abc import Mapping
from itertools import pairwise

import pytest

from own_dashboard.page.colours import Colour, contrast, read_colour
from tests.support.today import coloured, drawn, line, shown
from tests.support.write_sheet import ONE_DAY, TODAY, place_of
from write_sheet.dashboard.labels import LANGUAGES
from write_sheet.dashboard.today.card import WIDTH, pixels_of
from write_sheet.dashboard.today.heatmap import COLORS, HeatmapCard, steps_of
from write_sheet.dashboard.today.page import TODAY_PAGE
from write_sheet.dashboard.today.text_width import width_of
from write_sheet.sheets_api.style import MUTED, RED


def colour_of(style: Mapping[str, object]) -> Colour:
    found = read_colour({"xStyle": style}, "x")
    assert found is not None
    return found


def test_one_very_large_day_does_not_make_all_others_alike() -> None:
    """Days of 0 to 7 beside one of 111: grey, four greens, and blank where nothing is known."""
    counts = {(TODAY - back * ONE_DAY, "me/app"): back % 8 for back in range(1, 60)}
    sheet = shown({**counts, (TODAY, "me/app"): 111}, days=60)
    tab = drawn(sheet)
    place, cells = place_of(HeatmapCard), coloured(tab)
    colours: dict[object, str] = {}
    for row in range(*place.rows(2, 9)):
        for column in range(1, WIDTH):
            cell = cells.get((row, column))
            background = read_colour(cell.style, "backgroundColor") if cell else None
            value = tab.cell((row, column)).value
            assert (background is None) == (value is None)
            if background:
                assert colours.setdefault(value, background.hex) == background.hex
    assert contrast(Colour.from_hex(colours[0.0]), Colour.from_hex(COLORS[0][0])) < 1.02
    assert len({colours[float(n)] for n in range(8)}) == 5
    assert colours[111.0] == colours[7.0]
    assert line(tab, place.row(10)) == ["blank: unknown · from", "0", "1", "2", "4", "6"]


def test_each_step_is_as_many_days_as_another_and_begins_above_the_one_before() -> None:
    """Quarters of the days with commits, where their numbers differ enough."""
    for seed in range(300):
        rng = random.Random(seed)
        commits = [rng.randint(1, rng.choice([2, 8, 200])) for _ in range(rng.randint(0, 91))]
        steps = steps_of(commits)
        assert steps[0] == 1
        assert list(steps) == sorted(set(steps))
    assert steps_of([1] * 50) == (1, 2, 3, 4)
    assert steps_of(range(1, 101)) == (1, 26, 51, 76)
    assert steps_of([]) == (1, 2, 3, 4)


@pytest.mark.parametrize("commits", [7, 111, 1234, 12_345, 98_765])
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_digit_of_a_large_number_is_cut_off(commits: int, language: str) -> None:
    """A cell shows less of a number than it has room for: thousands are short where they must."""
    counts = {(TODAY - back * ONE_DAY, "me/app"): commits for back in range(91)}
    tab = drawn(shown(counts, language=language))
    ends = {(area.top, area.left): area.right for area in tab.merges}
    for row, column in ((row, column) for row in range(TODAY_PAGE.rows) for column in range(WIDTH)):
        cell = tab.cell((row, column))
        if isinstance(cell.value, float):
            padding = cell.style["padding"]
            room = pixels_of((column, ends.get((row, column), column + 1)))
            room -= padding["left"] + padding["right"]
            points = cell.style["textFormat"]["fontSize"]
            assert width_of(cell.text) * points * 4 / 3 <= room, (row, column, cell.text)


def test_steps_differ_in_lightness_in_light_and_dark_and_their_numbers_are_readable() -> None:
    """So nobody needs to tell grey from green, or one green from another, by its hue."""
    backgrounds = [Colour.from_hex(background) for background, _ in COLORS]
    for theme in (backgrounds, [colour.dark() for colour in backgrounds]):
        luminances = [colour.luminance for colour in theme]
        assert luminances in (sorted(luminances), sorted(luminances, reverse=True))
        for before, after in pairwise(theme):
            assert contrast(before, after) >= 1.4
    grey = backgrounds[0]
    assert max(grey.red, grey.green, grey.blue) - min(grey.red, grey.green, grey.blue) < 0.02
    for background, foreground in COLORS:
        assert contrast(Colour.from_hex(background), Colour.from_hex(foreground)) >= 4.5


def test_small_type_without_a_background_is_readable_on_white_and_on_black() -> None:
    """A contrast of 4.5, as https://www.w3.org/TR/WCAG22/#contrast-minimum asks."""
    for style in (MUTED, RED):
        for paper in (Colour(1, 1, 1), Colour(0, 0, 0)):
            assert contrast(colour_of(style), paper) >= 4.5
