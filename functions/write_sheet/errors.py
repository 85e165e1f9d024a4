"""What can go wrong with the Sheet, by the one question: is it worth another try?

RetryLater
├── QuotaExceeded       too many requests in this minute
├── SheetsUnavailable   no answer, or a 5xx one
├── TornReading         cells and marks of different times
└── LostRace            other writers were quicker, every time
NeverWorks
├── SheetNotShared      the service account may not write this spreadsheet
├── SheetNotFound       no spreadsheet has this id
├── NotASpreadsheet     the id is that of an uploaded Excel file
├── SheetsApiDisabled   the project has the Sheets API switched off
├── ScopeMissing        the credentials are good, and not for Sheets
├── CredentialsRefused  there are no credentials, or Google does not take them
├── SheetFull           the spreadsheet has no room for more cells
├── SheetProtected      a tab or range is protected against the service account
├── ColumnsLost         columns of the tab `data` or `days` were deleted or moved
└── SheetRefused        Google refuses the request for another reason
"""

from commit_counts.errors import NeverWorks, RetryLater


class QuotaExceeded(RetryLater):
    """The API's limit of requests per minute is used up."""


class SheetsUnavailable(RetryLater):
    """No answer, or one that says that the service is in trouble."""


class TornReading(RetryLater):
    """The service gave cells of one time, and marks of another."""


class LostRace(RetryLater):
    """Every try met a change by another writer."""


class SheetNotShared(NeverWorks):
    """The spreadsheet is there; this caller may not open or change it."""


class SheetNotFound(NeverWorks):
    """No spreadsheet has this id, or the address was cut short."""


class NotASpreadsheet(NeverWorks):
    """A file of Excel on Google Drive: the Sheets API does not open it."""


class SheetsApiDisabled(NeverWorks):
    """The Google Cloud project has not switched the Sheets API on."""


class ScopeMissing(NeverWorks):
    """The access token was asked for without the scope of the Sheets API."""


class CredentialsRefused(NeverWorks):
    """No credentials, or ones that Google does not accept."""


class SheetFull(NeverWorks):
    """The spreadsheet would grow beyond the cells that a spreadsheet may have."""


class SheetProtected(NeverWorks):
    """A protection of the person's keeps this program from its own cells."""


class ColumnsLost(NeverWorks):
    """A tab that holds what is known lacks one of its columns, or has it in another place."""


class SheetRefused(NeverWorks):
    """The request is refused, and nothing that was read says why."""
