"""Colours of the page: read from the API's forms, mixed on a scale, turned over for dark mode."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.page.colours import Colour, read_colour

PARTS = st.floats(0, 1)


@pytest.mark.parametrize(
    ("holder", "expected"),
    [
        ({"colorStyle": {"rgbColor": {"red": 1}}}, "#ff0000"),
        ({"color": {"green": 1}}, "#00ff00"),
        ({"color": {"green": 1}, "colorStyle": {"rgbColor": {"blue": 1}}}, "#0000ff"),
        ({"colorStyle": {"themeColor": "ACCENT1"}}, "#4285f4"),
        ({"colorStyle": {"rgbColor": {}}}, "#000000"),
        ({"color": {"red": 7, "green": -1}}, "#ff0000"),
    ],
)
def test_a_colour_is_read_in_every_form_of_the_api(
    holder: dict[str, object], expected: str
) -> None:
    """The style wins over the deprecated colour; parts left out are 0."""
    colour = read_colour(holder, "color")
    assert colour is not None
    assert colour.hex == expected


def test_no_colour_is_told_from_black() -> None:
    """A format without the field leaves the default."""
    assert read_colour({}, "color") is None


def test_a_mixture_lies_between_its_ends() -> None:
    """Half way between black and white is grey."""
    assert Colour(0, 0, 0).mixed(Colour(1, 1, 1), 0.5).hex == "#808080"


@given(PARTS, PARTS, PARTS)
def test_the_dark_variant_is_a_colour_and_turns_light_over(r: float, g: float, b: float) -> None:
    """Every sRGB colour has one; greys become the darker the lighter they were."""
    assert len(Colour(r, g, b).dark().hex) == 7
    darker, lighter = sorted((r, g))
    ends = Colour(darker, darker, darker).dark(), Colour(lighter, lighter, lighter).dark()
    assert ends[0].red >= ends[1].red - 1e-6


def test_paper_becomes_dark_and_ink_becomes_light() -> None:
    """White paper with black ink is readable in dark mode: at least 7 to 1."""
    paper, ink = Colour(1, 1, 1).dark(), Colour(0, 0, 0).dark()
    assert (_luminance(ink) + 0.05) / (_luminance(paper) + 0.05) > 7


def _luminance(colour: Colour) -> float:
    """Relative luminance of a grey. https://www.w3.org/TR/WCAG22/#dfn-relative-luminance"""
    assert colour.red == pytest.approx(colour.green, abs=0.01)
    return float(((colour.red + 0.055) / 1.055) ** 2.4)
