"""Field masks and the discovery document: what is selected, merged, known and refused."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulators.sheets.errors import ApiError
from emulators.sheets.resource import Mask, covers, merge, parse_mask, select
from emulators.sheets.rules import check_field_mask, check_query, validate

names = st.sampled_from(["a", "b", "c"])
resources = st.recursive(
    st.dictionaries(names, st.integers(), min_size=1),
    lambda inner: st.dictionaries(names, inner | st.lists(inner, max_size=2), min_size=1),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a", {"a": {}}),
        ("a,b", {"a": {}, "b": {}}),
        ("a.b", {"a": {"b": {}}}),
        ("a/b", {"a": {"b": {}}}),
        ("a(b,c.d)", {"a": {"b": {}, "c": {"d": {}}}}),
        ("a.b(c)/d", None),
        ("a.b,a.c", {"a": {"b": {}, "c": {}}}),
        ("a.b,a", {"a": {}}),
        ("a(*)", {"a": {}}),
        ("*", {}),
        (" a , b ", {"a": {}, "b": {}}),
        ("", None),
        ("a,", None),
        ("a(b", None),
        ("a)", None),
        ("a..b", None),
        ("a b", None),
        ("ä", None),
    ],
)
def test_a_mask_is_read_in_both_notations(text: str, tree: Mask | None) -> None:
    """None: the text is no mask, which is a 400."""
    if tree is None:
        with pytest.raises(ApiError, match="Invalid field mask"):
            parse_mask(text)
    else:
        assert parse_mask(text) == tree


def test_a_path_is_covered_by_itself_and_by_what_is_above() -> None:
    """None for nothing, an empty mask for everything below."""
    mask = parse_mask("sheets(properties.title,data)")

    assert covers(mask, "sheets", "properties") == {"title": {}}
    assert covers(mask, "sheets", "data", "rowData") == {}
    assert covers(mask, "namedRanges") is None


@settings(max_examples=40)
@given(resources, resources)
def test_merging_then_selecting_gives_the_source_under_the_mask(
    target: dict[str, Any], source: dict[str, Any]
) -> None:
    """Under the mask the result is the source, beside it the target; neither is changed."""
    before = repr(target), repr(source)
    merged = merge(target, source, {"a": {}})

    assert select(merged, {"a": {}}) == select(source, {"a": {}})
    assert {k: v for k, v in merged.items() if k != "a"} == {
        k: v for k, v in target.items() if k != "a"
    }
    assert (repr(target), repr(source)) == before


@settings(max_examples=40)
@given(resources)
def test_the_whole_mask_selects_everything(resource: dict[str, Any]) -> None:
    """`*` is no restriction."""
    assert select(resource, parse_mask("*")) == resource


def test_a_list_is_masked_item_by_item() -> None:
    """As the service does with repeated fields."""
    resource = {"a": [{"b": 1, "c": 2}, {"c": 3}]}

    assert select(resource, parse_mask("a.b")) == {"a": [{"b": 1}, {}]}


CELL: dict[str, Any] = {
    "userEnteredValue": {"stringValue": "x"},
    "userEnteredFormat": {"backgroundColor": {"red": 0.5}, "textFormat": {"bold": True}},
    "dataValidation": {"condition": {"type": "BOOLEAN"}},
}


def batch(**request: Any) -> dict[str, Any]:
    """A batchUpdate body of one request."""
    return {"requests": [request]}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"requests": []},
        batch(repeatCell={"cell": CELL, "range": {"sheetId": 0}, "fields": "*"}),
        batch(setBasicFilter={"filter": {"criteria": {"0": {"hiddenValues": ["a"]}}}}),
        batch(addSheet={"properties": {"title": None}}),
    ],
)
def test_what_the_document_knows_is_accepted(body: dict[str, Any]) -> None:
    """Nested messages, maps, enums, null for an absent field."""
    validate("BatchUpdateSpreadsheetRequest", body)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ([], "Invalid value (type.googleapis.com/google.apps.sheets.v4."),
        ({"request": []}, 'Unknown name "request": Cannot find field.'),
        ({"requests": {}}, "Invalid value at 'requests' (type.googleapis.com/google.protobuf"),
        (batch(addSheet=3), "Invalid value at 'requests[0].add_sheet'"),
        (batch(addSheet={"properties": {"index": True}}), "properties.index' (TYPE_INT32), true"),
        (batch(addSheet={"properties": {"index": 2**31}}), "(TYPE_INT32), 2147483648"),
        (batch(addSheet={"properties": {"title": 1}}), "properties.title' (TYPE_STRING), 1"),
        (batch(addSheet={"properties": {"hidden": "no"}}), '(TYPE_BOOL), "no"'),
        (batch(addSheet={"properties": {"sheetType": "ROUND"}}), "SheetProperties.SheetType"),
        (
            batch(updateCells={"rows": [{"values": [{}, {"note": 1}]}]}),
            "'requests[0].update_cells.rows[0].values[1].note' (TYPE_STRING), 1",
        ),
        (
            batch(setBasicFilter={"filter": {"criteria": {"0": {"x": 1}}}}),
            "Unknown name \"x\" at 'requests[0].set_basic_filter.filter.criteria.0'",
        ),
        (
            batch(repeatCell={"cell": {"userEnteredValue": {"numberValue": float("nan")}}}),
            "(TYPE_DOUBLE), NaN",
        ),
    ],
)
def test_what_the_document_does_not_know_is_named_with_its_path(body: Any, message: str) -> None:
    """The path leads to the wrong value; the details repeat it as a field violation."""
    with pytest.raises(ApiError) as caught:
        validate("BatchUpdateSpreadsheetRequest", body)

    assert message in caught.value.message
    assert caught.value.code == 400
    assert caught.value.details[0]["@type"] == "type.googleapis.com/google.rpc.BadRequest"


def test_a_value_range_is_called_data_in_errors() -> None:
    """As the service names the body of values.update."""
    with pytest.raises(ApiError, match=r"Unknown name \"value\" at 'data'"):
        validate("ValueRange", {"value": []}, root="data")


@pytest.mark.parametrize(
    ("schema", "mask"),
    [
        ("CellData", "userEnteredFormat(backgroundColor,textFormat.bold),note"),
        ("CellData", "*"),
        ("SheetProperties", "gridProperties/frozenRowCount"),
        ("FilterView", "criteria,filterSpecs"),
    ],
)
def test_a_known_mask_is_accepted(schema: str, mask: str) -> None:
    """It comes back parsed."""
    assert check_field_mask(schema, mask) == parse_mask(mask)


@pytest.mark.parametrize(
    ("schema", "mask", "path"),
    [
        ("CellData", "userEnteredFormat.bold", "userEnteredFormat.bold"),
        ("CellData", "note.text", "note.text"),
        ("SheetProperties", "title,colour", "colour"),
    ],
)
def test_an_unknown_mask_path_is_refused(schema: str, mask: str, path: str) -> None:
    """The message names the first unknown path."""
    with pytest.raises(ApiError, match=f"Invalid field: {path}"):
        check_field_mask(schema, mask)


def test_query_parameters_are_checked_against_the_method() -> None:
    """Names, enum values and booleans; the parameters of every method are known too."""
    check_query("values.get", {"valueRenderOption": ["FORMULA"], "prettyPrint": ["false"]})
    for arguments in (
        {"ranges": ["A1"]},
        {"valueRenderOption": ["PRETTY"]},
        {"prettyPrint": ["1"]},
    ):
        with pytest.raises(ApiError):
            check_query("values.get", arguments)
