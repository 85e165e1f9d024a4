"""What the page shows, read from a running stack."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from emulators.monitoring import TimeSeries
from emulators.pubsub.model import Delivery, Outstanding
from own_dashboard.page.edits import Edit
from own_dashboard.page.sources import PageFacts
from own_dashboard.stack.console import publish_command, replay_command, sheet_url

if TYPE_CHECKING:
    from own_dashboard.stack.stack import Stack

_DELIVERIES = 20


class StackSources:
    """The page's view of one stack."""

    def __init__(self, stack: "Stack") -> None:
        self._stack = stack

    @property
    def facts(self) -> PageFacts:
        """What stays while the stack runs."""
        options = self._stack.options
        return PageFacts(
            time_zone=ZoneInfo(options.time_zone),
            language="ja" if options.language == "ja" else "en",
            publish_command=publish_command(self._stack),
            replay_command=replay_command(self._stack),
            is_sample=options.input.is_sample,
            sheet_url=options.sheet_id and sheet_url(options.sheet_id),
            addresses=self._addresses(),
        )

    def version(self) -> str:
        """Changes with every write to the Sheet or the metrics, and with every delivery."""
        stack = self._stack
        sheet = stack.sheets.version(stack.sheet_id) if stack.sheets else 0
        last = stack.pubsub.deliveries(limit=1)
        dead = len(self.dead_letters())
        return f"{sheet}-{stack.monitoring.version}-{dead}-{last}"

    def spreadsheet(self) -> Mapping[str, Any] | None:
        """The Sheet as the API tells it; None where a real one is written."""
        stack = self._stack
        return stack.sheets.spreadsheet(stack.sheet_id) if stack.sheets else None

    def enter(self, edit: Edit) -> None:
        """As the person would in the Sheets apps."""
        stack = self._stack
        if stack.sheets:
            row, column = edit.place
            stack.sheets.enter(
                stack.sheet_id, sheet_id=edit.sheet_id, row=row, column=column, value=edit.value
            )

    def time_series(self) -> Sequence[TimeSeries]:
        """Every metric."""
        return self._stack.monitoring.time_series()

    def deliveries(self) -> Sequence[Delivery]:
        """The last pushes."""
        return self._stack.pubsub.deliveries(limit=_DELIVERIES)

    def dead_letters(self) -> Sequence[Outstanding]:
        """What nobody could write."""
        name = self._stack.pipeline.dead_letters.subscription
        return self._stack.pubsub.backlog(self._stack.subscription(name))

    def _addresses(self) -> dict[str, str]:
        endpoints = self._stack.endpoints()
        named = {
            "GitHub (GraphQL)": endpoints.github,
            "Pub/Sub (gRPC)": endpoints.pubsub,
            "Pub/Sub (REST)": endpoints.pubsub_rest,
            "Sheets": endpoints.sheets,
            "Monitoring (gRPC)": endpoints.monitoring,
            "collect": endpoints.collect,
        }
        return {name: address for name, address in named.items() if address}
