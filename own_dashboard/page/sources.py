"""What the page reads: the emulators' own words, and a few facts that stay while it runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol
from zoneinfo import ZoneInfo

from emulators.monitoring import TimeSeries
from emulators.pubsub.model import Delivery, Outstanding
from own_dashboard.page.edits import Edit

Language = Literal["en", "ja"]


@dataclass(frozen=True, kw_only=True)
class PageFacts:
    """What the page says that does not change while the stack runs.

    time_zone: the person's, in which every instant is shown.
    publish_command, replay_command: one line each, to copy into a shell.
    is_sample: the numbers are nobody's.
    sheet_url: the Google Sheet that is written instead of the emulator's; None for the emulator.
    addresses: name to address of everything that listens, in the order of their listing.
    """

    time_zone: ZoneInfo
    publish_command: str
    replay_command: str
    language: Language = "en"
    is_sample: bool = False
    sheet_url: str | None = None
    addresses: Mapping[str, str] = field(default_factory=dict)


class PageSources(Protocol):
    """Where the contents come from; every method is called once per page, from any thread."""

    @property
    def facts(self) -> PageFacts:
        """The facts that stay."""

    def version(self) -> str:
        """Cheap to ask: another text whenever anything below may have changed."""

    def spreadsheet(self) -> Mapping[str, Any] | None:
        """The Sheets API's `Spreadsheet` resource with grid data; None where there is none here."""

    def enter(self, edit: Edit) -> None:
        """Write a value into a cell of that Sheet, as the person."""

    def time_series(self) -> Sequence[TimeSeries]:
        """Every stored time series."""

    def deliveries(self) -> Sequence[Delivery]:
        """The last pushes, in any order."""

    def dead_letters(self) -> Sequence[Outstanding]:
        """What lies in the subscription of the dead-letter topic."""
