"""What the step needs of the outside world: a port that `sheet` fills.

It has no vendor in it, so that the step and its tests know only these three calls.
"""

from collections.abc import Sequence
from typing import Protocol

from write_sheet.sheets_api.requests import Request
from write_sheet.sheets_api.snapshot import AfterWrite, Snapshot
from write_sheet.sheets_api.structure import Structure


class Refused(Exception):
    """The service refuses a batch (400), for a reason that a new reading shows.

    reason: the service's own words, for people.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Spreadsheet(Protocol):
    """What the step needs of the outside world: one reading, one writing."""

    def read(self) -> Snapshot:
        """The spreadsheet as it is. Raises RetryLater or NeverWorks."""

    def write(self, requests: list[Request], witnesses: Sequence[int] = ()) -> AfterWrite:
        """Apply all requests or none; how large our tabs are then, and these rows of `data`.

        Raises Refused where the service does not take them; SheetsUnavailable where it is not known
        whether they were applied; other RetryLater and NeverWorks where they were not.
        """

    def structure(self) -> Structure:
        """All but the cells. Raises RetryLater or NeverWorks."""

    @property
    def address(self) -> str | None:
        """The service account's address to share the spreadsheet with, where it is known."""
