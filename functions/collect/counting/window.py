"""Windows of local days: which one a run is about, and where its days begin and end as instants."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from commit_counts.errors import InvalidRequest
from commit_counts.event import Window

# Branches are merged days after their commits were authored: an hourly run re-reads this many days.
WINDOW_DAYS = 35
# A longer window is stated in events of at most so many days each.
STATEMENT_DAYS = 92
EARLIEST = date(1970, 1, 1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A window together with the zone whose days it means.

    start, end: no instant of these days is before the one, or at or after the other, in UTC. A day
    need not be contiguous, where a clock went back over midnight (America/St_Johns, 2010-11-07), so
    they leave a day of room: which commits count is decided by their local day alone.
    """

    window: Window
    zone: ZoneInfo

    @property
    def start(self) -> datetime:
        """Early enough."""
        return _midnight(self.window.since, self.zone) - _DAY

    @property
    def end(self) -> datetime:
        """Late enough."""
        return _midnight(self.window.until + _DAY, self.zone) + _DAY


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def choose_window(
    now: datetime, zone: ZoneInfo, *, since: date | None = None, until: date | None = None
) -> Window:
    """The window asked for: until today, and 35 days long, where nothing else is said.

    Raises InvalidRequest where its ends are the wrong way round or out of range.
    """
    today = now.astimezone(zone).date()
    last = until or today
    if last > today:
        raise InvalidRequest(f"until: expected at most today, {today}, got {last}")
    if last < EARLIEST:
        raise InvalidRequest(f"until: expected {EARLIEST} or later, got {last}")
    first = since or max(EARLIEST, last - (WINDOW_DAYS - 1) * _DAY)
    if first < EARLIEST:
        raise InvalidRequest(f"since: expected {EARLIEST} or later, got {first}")
    if first > today:
        raise InvalidRequest(f"since: expected at most today, {today}, got {first}")
    if first > last:
        raise InvalidRequest(f"since: expected at most until, {last}, got {first}")
    return Window(since=first, until=last)


def parse_day(text: object, field: str) -> date:
    """A day as `YYYY-MM-DD`. Raises InvalidRequest with the field and the rule."""
    try:
        day = date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise InvalidRequest(f"{field}: expected a day as YYYY-MM-DD, got {text!r}")
    return day


def cut_window(window: Window, *, days: int = STATEMENT_DAYS) -> Iterator[Window]:
    """The same days in windows of at most `days`, newest first."""
    until = window.until
    while until >= window.since:
        since = max(window.since, until - (days - 1) * _DAY)
        yield Window(since=since, until=until)
        if since == EARLIEST:
            return
        until = since - _DAY


def halves(window: Window) -> tuple[Window, ...]:
    """The newer and the older half; none of a single day."""
    if window.since == window.until:
        return ()
    middle = window.since + (window.until - window.since) // 2
    return (
        Window(since=middle + _DAY, until=window.until),
        Window(since=window.since, until=middle),
    )
