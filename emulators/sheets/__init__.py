"""Google Sheets API v4 on this machine, so that the real gspread runs without an account.

Kept, as documented (https://developers.google.com/workspace/sheets/api/reference/rest) or as seen
in recorded answers of the service (gspread's test recordings, people's reports):

- `spreadsheets`: create, get, getByDataFilter, batchUpdate; `values`: get, batchGet, update,
  batchUpdate, append, clear, batchClear; `sheets.copyTo`; `developerMetadata`: get, search.
- Requests, query parameters and field masks are refused where Google's discovery document does not
  know them (`message_types.txt` has its types).
- A batch is applied whole or not at all. Ids (tabs, named ranges and their names, charts,
  protections, metadata, banding, filter views) are unique; an unknown one is an error.
- Grid limits, ten million cells, 50,000 characters a cell, titles, names, frozen parts, merges.
- Typed cells; RAW and USER_ENTERED input; number and date formats of the ordinary kind.
- What points at cells moves with inserted and deleted rows and columns, and goes with them. A
  named range whose tab is gone is listed no more, and its name stays taken.
- A protection made over the API does not stop its maker; one made by the person (`protect`) does.
- A sort leaves hidden rows in place and refuses vertical merges; a basic filter hides rows when it
  is set; the last row below the frozen ones stays; an empty basicChart answers 500.
- Answers omit what the service omits: null, false, empty lists, sheet id 0 in ranges.

Not kept:

- Formulas are stored and not computed: their value is `#ERROR!` with a message that says so (a
  SPARKLINE has none, as in the service). Conditional formats do not change effectiveFormat, filter
  views hide no rows, validation rules refuse no input, autoResizeDimensions only estimates.
- Requests of tables, pivot tables, slicers, comments, data sources, find and replace, moving
  rows: 501. So are charts on tabs of their own, and cells in spreadsheets.create.
- Groups of rows or columns do not move with inserted ones. Quota is off until switched on.
- Names must be camelCase and integers JSON integers, where the service is laxer. No caller is
  authenticated. Some wordings of errors, and deleting a lost named range, are not confirmed.

A write is on disk before it is answered. Faults are ordered through `calls`: statuses, an HTML
answer, a slow one, a connection lost before or after the write, an error after the write, a read
that lags behind the last write (`stale`) or is older than its named ranges (`torn`); and through
`requests`, by the name of a request within a batch. Time zones can be refused, and an id can be
that of an uploaded Excel file.
"""

from emulators.sheets.emulator import SheetsEmulator

__all__ = ["SheetsEmulator"]
