"""Google Sheets API v4 on this machine, so that the real gspread runs without an account.

Requests are checked, field by field, against Google's published discovery document, which comes
with google-api-python-client.
"""

from local.sheets.stand_in import SheetsStandIn

__all__ = ["SheetsStandIn"]
