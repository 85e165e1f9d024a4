"""A running Sheets emulator and the real gspread, for every test in this folder."""

from tests.support.sheets import client as client
from tests.support.sheets import shared_sheets as shared_sheets
from tests.support.sheets import sheets as sheets
from tests.support.sheets import spreadsheet as spreadsheet
from tests.support.sheets import spreadsheet_id as spreadsheet_id
