"""The table of message types says what Google's discovery document says."""

from tests.support.sheets_message_types import TABLE, table


def test_the_table_is_derived_from_googles_discovery_document() -> None:
    """Every type, field and word; `python -m tests.support.sheets_message_types` writes it anew."""
    assert TABLE.read_text(encoding="utf-8") == table()
