"""Colours of the page: read from the API's forms, mixed on a scale, turned over for dark mode."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from own_dashboard.page.colours import Colour, contrast, read_colour

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
    assert contrast(Colour(1, 1, 1).dark(), Colour(0, 0, 0).dark()) > 7


def test_contrast_is_that_of_the_accessibility_guidelines() -> None:
    """Black on white is 21, and #767676 on white just readable."""
    white = Colour(1, 1, 1)
    assert contrast(Colour(0, 0, 0), white) == pytest.approx(21)
    assert contrast(white, Colour.from_hex("#767676")) == pytest.approx(4.54, abs=0.01)


@given(PARTS, PARTS, PARTS, PARTS, PARTS, PARTS)
def test_in_dark_mode_every_text_stays_readable_on_its_background(
    r: float, g: float, b: float, x: float, y: float, z: float
) -> None:
    """Whatever colours the Sheet pairs; one that is readable already is left alone."""
    ink, paper = Colour(r, g, b).dark(), Colour(x, y, z).dark()
    kept = ink.readable_on(paper)
    assert contrast(kept, paper) >= 4.5
    assert kept == ink or contrast(ink, paper) < 4.5
