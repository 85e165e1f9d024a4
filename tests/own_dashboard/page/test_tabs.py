"""A tab of the Sheet is laid out as its resource says: sizes, merges, cuts, formats, spilling."""

from datetime import date
from typing import Any

from own_dashboard.page.cell_style import Styles
from own_dashboard.page.spreadsheet import Tab, Validation, read_tabs
from own_dashboard.page.tabs import MOST_PLAIN_ROWS, MOST_ROWS, DrawnCell, DrawnTab, draw_tab
from tests.support.spreadsheets import (
    GREEN,
    Resource,
    days,
    grid_range,
    number,
    serial,
    sheet,
    spreadsheet,
    text,
)

RED = {"red": 1.0, "green": 0.0, "blue": 0.0}
YELLOW = {"red": 1.0, "green": 1.0, "blue": 0.0}


def drawn(resource: Resource, *, now: float = 46350.5) -> tuple[DrawnTab, Styles]:
    """The only tab, drawn."""
    (tab,) = read_tabs(spreadsheet(resource))
    styles = Styles()
    return draw_tab(tab, {tab.sheet_id: tab}, styles, now), styles


def css(styles: Styles, name: str) -> str:
    """The declarations of one class."""
    return styles.css.partition(f".{name}{{")[2].partition("}")[0] if name else ""


def cells(tab: DrawnTab) -> list[list[str]]:
    """The shown texts, the header first."""
    return [[cell.text for cell in row.cells] for row in (*tab.header, *tab.rows)]


def cell(tab: DrawnTab, row: int, column: int) -> DrawnCell:
    return (*tab.header, *tab.rows)[row].cells[column]


def test_hidden_tabs_are_left_out_and_the_rest_keep_the_sheets_order() -> None:
    """A phone shows no hidden tab."""
    hidden = sheet("ledger", [[text("x")]], sheet_id=3)
    hidden["properties"]["hidden"] = True
    tabs = [
        sheet("data", [[text("d")]], sheet_id=2, index=1),
        hidden,
        sheet("Today", [[text("t")]], sheet_id=1),
    ]
    shown = [tab.title for tab in read_tabs(spreadsheet(*tabs)) if tab.shown]
    assert shown == ["Today", "data"]


def test_the_tab_ends_where_its_contents_end() -> None:
    """Empty rows and columns to the right and below are not drawn."""
    tab, _ = drawn(sheet("T", [[text("a"), None, None], [None, text("b"), None], [None]]))
    assert cells(tab) == [["a", ""], ["", "b"]]


def test_a_merged_area_is_one_cell_over_all_its_rows_and_columns() -> None:
    """Hidden columns do not count into the span; what a merge covers is not drawn."""
    rows = [[text("big"), None, None, text("r")], [None, None, None, text("s")]]
    tab, styles = drawn(
        sheet(
            "T",
            rows,
            columns=[30, 0, 50, 40],
            heights={0: 40, 1: 30},
            merges=[grid_range(0, 0, 2, 3)],
        )
    )
    assert cells(tab) == [["big", "r"], ["s"]]
    big = cell(tab, 0, 0)
    assert (big.row_span, big.column_span) == (2, 2)
    assert "height:70px" in css(styles, big.box)
    assert [css(styles, name) for name in tab.column_classes] == [
        "width:30px",
        "width:50px",
        "width:40px",
    ]


def test_formats_become_styles() -> None:
    """Colours, sizes, weight and alignment of a cell as the resource gives them."""
    style: dict[str, Any] = {
        "backgroundColorStyle": {"rgbColor": YELLOW},
        "textFormat": {"bold": True, "fontSize": 48, "foregroundColorStyle": {"rgbColor": GREEN}},
        "horizontalAlignment": "CENTER",
        "verticalAlignment": "MIDDLE",
        "wrapStrategy": "WRAP",
        "borders": {"bottom": {"style": "SOLID", "colorStyle": {"rgbColor": RED}}},
    }
    tab, styles = drawn(sheet("T", [[number(12, "12 !", **style)]]))
    frame, box = css(styles, cell(tab, 0, 0).frame), css(styles, cell(tab, 0, 0).box)
    assert "background:light-dark(#ffff00," in frame
    assert "border-bottom:1px solid light-dark(#ff0000," in frame
    for rule in (
        "font-size:48pt",
        "font-weight:700",
        "text-align:center",
        "color:light-dark(#1f7a4d",
    ):
        assert rule in box
    assert "white-space:pre-wrap" in box
    assert cell(tab, 0, 0).text == "12 !"


def test_without_alignment_numbers_stand_right_and_texts_left() -> None:
    """As Sheets places them."""
    tab, styles = drawn(sheet("T", [[number(1), text("a")]]))
    assert "text-align:right" in css(styles, cell(tab, 0, 0).box)
    assert "text-align:left" in css(styles, cell(tab, 0, 1).box)


def test_a_long_text_runs_over_empty_neighbours_only() -> None:
    """It has the room of the empty cells beside it, up to the next one that holds something."""
    tab, styles = drawn(
        sheet(
            "T",
            [[text("a long one"), None, None, text("x"), text("cut")]],
            columns=[40, 30, 20, 9, 50],
        )
    )
    assert "margin-right:-50px" in css(styles, cell(tab, 0, 0).box)
    assert "margin" not in css(styles, cell(tab, 0, 3).box)


def test_a_centred_text_stays_in_the_middle_of_its_cell() -> None:
    """Whatever is beside it, as in Sheets: it has the same room on either side."""
    middle = text("a long one", horizontalAlignment="CENTER")
    tab, styles = drawn(
        sheet(
            "T",
            [[text("x"), middle, None], [None, middle, None], [None, None, text("y")]],
            columns=[30, 40, 50],
        )
    )
    assert "margin" not in css(styles, cell(tab, 0, 1).box)
    assert "margin-left:-30px;margin-right:-30px" in css(styles, cell(tab, 1, 1).box)


def test_a_hostile_font_name_cannot_leave_its_declaration() -> None:
    """Only letters, digits, spaces and dashes pass into the style sheet."""
    style = {"textFormat": {"fontFamily": 'x"}</style><script>alert(1)</script>'}}
    _, styles = drawn(sheet("T", [[text("a", **style)]]))
    assert "script" not in styles.css


def compared(kind: str, limit: str, colour: dict[str, float]) -> Resource:
    """A rule over the row's first five cells that compares a number."""
    condition = {"type": kind, "values": [{"userEnteredValue": limit}]}
    return {
        "ranges": [grid_range(0, 0, 1, 5)],
        "booleanRule": {
            "condition": condition,
            "format": {"backgroundColorStyle": {"rgbColor": colour}},
        },
    }


def test_numbers_are_coloured_by_how_they_compare() -> None:
    """With a number, or with what another cell holds; texts and empty cells are not."""
    rules = [
        compared("NUMBER_GREATER_THAN_EQ", "=$F$1", GREEN),
        compared("NUMBER_EQ", "0", RED),
    ]
    row = [number(0), number(4), number(5), text("9"), None, number(5)]
    tab, styles = drawn(sheet("T", [row], conditionalFormats=rules))
    frames = [css(styles, cell(tab, 0, column).frame) for column in range(6)]
    assert [frame[22:29] for frame in frames] == ["#ff0000", "", "#1f7a4d", "", "", ""]


def test_rules_of_other_kinds_are_named() -> None:
    """A colour scale, another comparison, a limit that is no number."""
    scale: Resource = {"ranges": [grid_range(0, 0, 1, 5)], "gradientRule": {}}
    rules = [scale, compared("TEXT_EQ", "a", RED), compared("NUMBER_EQ", "many", RED)]
    tab, _ = drawn(sheet("T", [[number(1)]], conditionalFormats=rules))
    assert tab.unknown == ("many", "TEXT_EQ a", "gradientRule")


def test_the_first_rule_that_holds_wins_and_one_that_cannot_be_told_is_named() -> None:
    """Formulas are evaluated for each cell of the range; an unknown function is said so."""

    def rule(formula: str, colour: dict[str, float]) -> Resource:
        condition = {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": formula}]}
        return {
            "ranges": [grid_range(0, 0, 1, 3)],
            "booleanRule": {"condition": condition, "format": {"backgroundColor": colour}},
        }

    rules = [rule("=A1>1", RED), rule("=A1>0", GREEN), rule("=REGEXMATCH(A1)", RED)]
    tab, styles = drawn(sheet("T", [[number(0), number(1), number(2)]], conditionalFormats=rules))
    frames = [css(styles, cell(tab, 0, column).frame) for column in range(3)]
    assert [frame[22:29] for frame in frames] == ["", "#1f7a4d", "#ff0000"]
    assert tab.unknown == ("=REGEXMATCH(A1)",)


def test_staleness_depends_on_the_time_of_looking() -> None:
    """NOW() is the moment at which the page is shown."""
    condition = {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": "=NOW()-$A$1>3/24"}]}
    resource = sheet(
        "T",
        [[number(46350.0)]],
        conditionalFormats=[
            {
                "ranges": [grid_range(0, 0, 1, 1)],
                "booleanRule": {"condition": condition, "format": {"backgroundColor": RED}},
            }
        ],
    )
    frames = [
        css(styles, cell(tab, 0, 0).frame)
        for tab, styles in (drawn(resource, now=46350 + hours / 24) for hours in (2, 4))
    ]
    assert frames[0] == ""
    assert "#ff0000" in frames[1]


def long_table(first: date, count: int, *, newest_first: bool = False) -> Resource:
    """A tab of one row a day under a frozen header."""
    listed = sorted(days(first, count), reverse=newest_first)
    body = [[number(serial(day), day.isoformat())] for day in listed]
    return sheet("data", [[text("date")], *body], frozen=1)


def test_of_a_long_table_the_newest_rows_are_shown_and_the_others_counted() -> None:
    """The header stays; the newest are at the end of an ascending table, else at its start."""
    tab, _ = drawn(long_table(date(2026, 1, 1), MOST_ROWS + 7))
    assert [row.cells[0].text for row in tab.header] == ["date"]
    assert (tab.earlier, tab.later, len(tab.rows)) == (7, 0, MOST_ROWS)
    assert tab.rows[-1].cells[0].text == "2026-03-08"
    tab, _ = drawn(long_table(date(2026, 1, 1), MOST_ROWS + 7, newest_first=True))
    assert (tab.earlier, tab.later, len(tab.rows)) == (0, 7, MOST_ROWS)
    assert tab.rows[0].cells[0].text == "2026-03-08"


def test_a_tab_without_a_header_is_read_from_above() -> None:
    """It is no table, whatever its first column holds."""
    rows = [[number(row)] for row in range(MOST_PLAIN_ROWS + 5)]
    tab, _ = drawn(sheet("Months", rows))
    assert (tab.earlier, tab.later, tab.is_long) == (0, 5, False)
    assert tab.rows[0].cells[0].text == "0"


def test_a_truth_value_with_its_validation_is_a_check_box() -> None:
    """As the apps draw it; without the validation it is a word."""
    yes: Resource = {"effectiveValue": {"boolValue": True}, "formattedValue": "TRUE"}
    box = {"dataValidation": {"condition": {"type": "BOOLEAN"}, "strict": True}}
    no: Resource = {"effectiveValue": {"boolValue": False}, "formattedValue": "FALSE", **box}
    tab, _ = drawn(sheet("T", [[yes, {**yes, **box}, no]]))
    assert cells(tab) == [["TRUE", "☑", "☐"]]
    assert [one.validation for one in tab.rows[0].cells] == [
        None,
        Validation(kind="flag"),
        Validation(kind="flag"),
    ]


def validated(kind: str, *values: str, **fields: Any) -> Resource:
    """A cell that the Sheet checks."""
    listed = [{"userEnteredValue": value} for value in values]
    rule = {"condition": {"type": kind, "values": listed}, "strict": True, **fields}
    return {**text("5"), "dataValidation": rule}


def test_what_a_cell_may_hold_is_known_where_the_sheet_checks_it() -> None:
    """With the words beside it, and a hint from its note; other kinds of checks are not edited."""
    choice = validated("ONE_OF_LIST", "English", "日本語", inputMessage="choose")
    row = [
        text("Language"),
        None,
        {**choice, "note": "read by the function"},
        validated("NUMBER_BETWEEN", "1", "99"),
        validated("NUMBER_BETWEEN", "=A1", "99"),
        validated("CUSTOM_FORMULA", "=TRUE"),
        validated("ONE_OF_LIST", "a", strict=False),
    ]
    tab, _ = drawn(sheet("T", [row], sheet_id=4))
    shown = tab.rows[0].cells
    assert [one.validation for one in shown[2:]] == [
        Validation(kind="choice", choices=("English", "日本語")),
        Validation(kind="number", least=1, largest=99),
        None,
        None,
        None,
    ]
    assert (shown[2].key, shown[2].label) == ("4:0:2", "Language")
    assert shown[2].hint == "read by the function · choose"


def test_a_tab_without_anything_is_drawn_too() -> None:
    """A spreadsheet that was just made has one empty tab."""
    tab, _ = drawn(sheet("Sheet1", []))
    assert cells(tab) == [[""]]


def test_a_grid_that_starts_further_down_keeps_its_places() -> None:
    """Grid data may come in blocks with offsets."""
    resource = sheet("T", [[text("a")], [], [text("c")]])
    (block,) = resource["data"]
    resource["data"] = [
        {**block, "rowData": block["rowData"][:1]},
        {"startRow": 2, "rowData": block["rowData"][2:]},
    ]
    (tab,) = read_tabs(spreadsheet(resource))
    assert isinstance(tab, Tab)
    assert {place: one.text for place, one in tab.cells.items()} == {(0, 0): "a", (2, 0): "c"}
