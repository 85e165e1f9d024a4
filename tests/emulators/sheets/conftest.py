"""The Sheets emulator's fixtures, for every test in this folder."""

from tests.support.sheets import (  # noqa: F401 - fixtures
    client,
    shared_sheets,
    sheets,
    spreadsheet,
    spreadsheet_id,
)
