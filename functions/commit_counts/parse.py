"""Reads a commit-count event out of its JSON form.

Rules about one field stand in `event.schema.json` and nowhere else; here are only those that span
fields, or that a schema cannot say (a day that the calendar has, a zone that exists).
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from commit_counts.contract import broken, check, instant, read_object
from commit_counts.event import HAND, Cell, CommitCounts, Count, Window, default_source

CLOCK_TOLERANCE = timedelta(days=1)
# A longer period is stated in several events; a typing error in a year must not fill the Sheet.
LONGEST_WINDOW_DAYS = 366
# Zones reach from UTC-12 to UTC+14: a local day can be one ahead of that of UTC.
_FURTHEST_DAYS = timedelta(days=1)
SCHEMA = "event.schema.json"


def parse_event(body: bytes | str, *, published_at: datetime) -> CommitCounts:
    """The event in one message's body; either form.

    published_at: when the message was published, aware: stands in for a missing `collected_at`, and
        bounds a given one, since a statement from the future would win over all later ones.
    Raises InvalidEvent with the field, its value and the rule that it breaks.
    """
    fields = read_object(body)
    if {"date", "repository", "commits"} & fields.keys():
        check(fields, SCHEMA, "cell_statement")
        event = _cell_statement(fields, published_at)
        _check_ahead("date", event.cell.date, published_at)
    else:
        check(fields, SCHEMA, "window_statement")
        event = _window_statement(fields, published_at)
    if event.collected_at > published_at + CLOCK_TOLERANCE:
        raise broken("collected_at", fields["collected_at"], "at most a day after its publication")
    return event


def _window_statement(fields: dict[str, Any], published_at: datetime) -> CommitCounts:
    window = Window(since=_day(fields["since"], "since"), until=_day(fields["until"], "until"))
    if window.until < window.since:
        raise broken("until", fields["until"], f"not before since, {fields['since']}")
    if (window.until - window.since).days >= LONGEST_WINDOW_DAYS:
        rule = f"at most {LONGEST_WINDOW_DAYS} days from since, {fields['since']}, on"
        raise broken("until", fields["until"], f"{rule} (state a longer period in several events)")
    _check_ahead("until", window.until, published_at)
    unknown = fields.get("unknown_repositories", [])
    reasons = fields.get("unknown_reasons", {})
    for name in reasons:
        if name not in unknown:
            raise broken("unknown_reasons", name, "one of unknown_repositories")
    counts = tuple(_count(c, f"counts[{i}]") for i, c in enumerate(fields["counts"]))
    _check_cells(counts, window, frozenset(unknown))
    return CommitCounts(
        source=fields.get("source") or default_source(fields["login"]),
        collected_at=instant(fields["collected_at"], "collected_at"),
        counts=counts,
        window=window,
        login=fields["login"],
        time_zone=time_zone(fields["time_zone"]),
        unknown_repositories=MappingProxyType({name: reasons.get(name, "") for name in unknown}),
    )


def _check_ahead(field: str, day: date, published_at: datetime) -> None:
    """A day that has not begun anywhere has no commits."""
    furthest = published_at.astimezone(UTC).date() + _FURTHEST_DAYS
    if day > furthest:
        raise broken(field, day.isoformat(), f"at most a day ahead, {furthest}")


def _check_cells(counts: tuple[Count, ...], window: Window, unknown: frozenset[str]) -> None:
    seen = set()
    for index, count in enumerate(counts):
        cell = (count.date, count.repository)
        if count.date not in window:
            rule = f"within the window {window.since} to {window.until}"
            raise broken(f"counts[{index}].date", count.date.isoformat(), rule)
        if cell in seen:
            raise broken(f"counts[{index}]", f"{count.date} {count.repository}", "a cell once")
        if count.repository in unknown:
            rule = "a repository that is not among unknown_repositories"
            raise broken(f"counts[{index}].repository", count.repository, rule)
        seen.add(cell)


def _cell_statement(fields: dict[str, Any], published_at: datetime) -> CommitCounts:
    withdrawn = fields["commits"] is None
    event = CommitCounts(
        source=fields.get("source", HAND),
        collected_at=published_at.astimezone(UTC),
        counts=() if withdrawn else (_count(fields, ""),),
        withdrawn=Cell(_day(fields["date"], "date"), fields["repository"]) if withdrawn else None,
        login=fields.get("login"),
        time_zone=time_zone(fields["time_zone"]) if "time_zone" in fields else None,
    )
    if "collected_at" in fields:
        event = replace(event, collected_at=instant(fields["collected_at"], "collected_at"))
    return event


def _count(fields: dict[str, Any], path: str) -> Count:
    return Count(
        date=_day(fields["date"], f"{path}.date".removeprefix(".")),
        repository=fields["repository"],
        commits=int(fields["commits"]),
    )


def _day(text: str, path: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise broken(path, text, "a day of the calendar, YYYY-MM-DD") from error


def time_zone(name: str) -> ZoneInfo:
    """The zone of an IANA name. Raises InvalidEvent where there is no such zone."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise broken("time_zone", name, "an IANA time zone such as Asia/Tokyo") from error
