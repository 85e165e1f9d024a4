"""The tables of Google's message types say what its discovery documents say."""

import pytest

from tests.support.message_types import tables


def test_the_tables_are_derived_from_googles_discovery_documents() -> None:
    """Every type, field and word; see tests/support/message_types.py for how to write them anew."""
    pytest.importorskip("googleapiclient", reason="google-api-python-client is not installed")
    for path, text in tables().items():
        assert path.read_text(encoding="utf-8") == text, path.name
