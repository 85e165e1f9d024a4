"""docs/data-formats.md shows the formats that there are."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from commit_counts.event import HAND
from commit_counts.parse import parse_event
from tests.support.guides import DOCS, blocks, name_of, text_of
from tests.support.terraform import ROOT
from write_sheet.dashboard.labels import LANGUAGES
from write_sheet.sheets_api.tab import Tab
from write_sheet.stored.rows import DATA_HEADERS

PAGES = (DOCS / "data-formats.md", DOCS / "ja" / "data-formats.md")
NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)


def first_column(page: Path) -> list[str]:
    """What each row of a table is about."""
    return re.findall(r"^\| ([^|]+?) \|", text_of(page), re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_the_examples_are_events(page: Path) -> None:
    """A whole statement with every field, one cell by hand, and its withdrawal."""
    whole, stated, withdrawn = blocks(page)
    schema = json.loads((ROOT / "functions/commit_counts/event.schema.json").read_text())
    fields = schema["definitions"]["window_statement"]["properties"]
    assert json.loads(whole).keys() == fields.keys()
    event = parse_event(whole, published_at=NOW)
    assert all(f"`{name}`" in text_of(page) for name in event.attributes())
    assert parse_event(stated, published_at=NOW).source == HAND
    assert parse_event(withdrawn, published_at=NOW).counts == ()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_field_tab_and_metric_has_its_row(page: Path) -> None:
    """And no row is about something else."""
    schema = json.loads((ROOT / "functions/commit_counts/event.schema.json").read_text())
    fields = set(schema["definitions"]["window_statement"]["properties"])
    metrics = json.loads((ROOT / "functions/write_metric/metrics.json").read_text())["metrics"]
    named = {word for cell in first_column(page) for word in re.findall(r"`([^`]+)`", cell)}
    titles = {tab.title for tab in Tab}
    if "ja" in page.parts:
        titles |= set(LANGUAGES["ja"].titles.values())
    assert named == fields | set(metrics) | titles
    for name, metric in metrics.items():
        (row,) = re.findall(rf"^\| `{name}` \| ([^|]+) \|", text_of(page), re.MULTILINE)
        assert set(re.findall(r"`(\w+)`", row)) == {label["key"] for label in metric["labels"]}
    language = "ja" if "ja" in page.parts else "en"
    (columns,) = re.findall(r"^\| `.*data`.* \| ([^|]*`[^|]*) \|$", text_of(page), re.MULTILINE)
    assert re.findall(r"`(\w+)`", columns) == list(DATA_HEADERS[language])
