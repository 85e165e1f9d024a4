"""Sources of the page that a test fills by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from emulators.monitoring import Point, TimeSeries
from emulators.pubsub.model import Delivery, Message, Outstanding
from own_dashboard.page import PageFacts
from own_dashboard.page.edits import Edit

NOW = datetime(2026, 11, 24, 3, 5, tzinfo=UTC)
FACTS = PageFacts(
    time_zone=ZoneInfo("Asia/Tokyo"),
    publish_command='./dev publish \'{"date": "2026-11-24", "repository": "me/app"}\'',
    replay_command="./dev replay",
    addresses={"Pub/Sub": "127.0.0.1:8085", "Sheets": "http://127.0.0.1:8086"},
)


@dataclass
class FilledSources:
    """PageSources whose fields a test sets; each change of `mark` is a new version."""

    facts: PageFacts = FACTS
    sheet: Mapping[str, Any] | None = None
    series: Sequence[TimeSeries] = ()
    delivered: Sequence[Delivery] = ()
    letters: Sequence[Outstanding] = ()
    mark: int = 0
    entered: list[Edit] = field(default_factory=list)

    def version(self) -> str:
        return str(self.mark)

    def spreadsheet(self) -> Mapping[str, Any] | None:
        return self.sheet

    def enter(self, edit: Edit) -> None:
        self.entered.append(edit)

    def time_series(self) -> Sequence[TimeSeries]:
        return self.series

    def deliveries(self) -> Sequence[Delivery]:
        return self.delivered

    def dead_letters(self) -> Sequence[Outstanding]:
        return self.letters


def time_series(
    name: str, values: Sequence[float], *, end: datetime = NOW, **labels: str
) -> TimeSeries:
    """An hourly series of own_dashboard; the last value at `end`."""
    first = end - timedelta(hours=len(values) - 1)
    return TimeSeries(
        project="p",
        metric_type=f"custom.googleapis.com/own_dashboard/{name}",
        metric_kind="GAUGE",
        value_type="INT64",
        labels=labels,
        resource_type="generic_task",
        resource_labels={},
        points=tuple(
            Point(end_time=first + timedelta(hours=hour), value=value)
            for hour, value in enumerate(values)
        ),
    )


_DELIVERY = Delivery(
    subscription="projects/p/subscriptions/write-sheet",
    message_id="1",
    attempt=1,
    started_at=NOW,
    duration_seconds=0.012,
    outcome="acknowledged",
    status=204,
)


def delivery(**fields: Any) -> Delivery:
    """A delivery that went well, but for these fields."""
    return replace(_DELIVERY, **fields)


def dead_letter(data: bytes, *, reason: str, message_id: str = "7") -> Outstanding:
    """A message as it lies in the dead-letter topic's subscription."""
    message = Message(
        message_id=message_id,
        published_at=NOW,
        data=data,
        failure_reason=reason,
        attributes={
            "CloudPubSubDeadLetterSourceDeliveryCount": "20",
            "CloudPubSubDeadLetterSourceSubscription": "write-sheet",
        },
    )
    return Outstanding(message=message, failures=0, failure_reason="")
