"""How counts are printed: a table for people, the events as JSON, or rows for a spreadsheet."""

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import accumulate
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table
from rich.text import Text

from collect.counting.result import Summary
from commit_counts.event import CommitCounts
from own_dashboard.terminal import counted, printable

_NAME_WIDTH = 18
# In a file nothing has to fit.
_WIDEST = 100_000
_DAY_WIDTH = len("2026-11-23 Mon today")
_PADDING = 2


def print_events(events: Sequence[CommitCounts], shown: str, out: Console, *, today: date) -> None:
    """The events in a form: `table`, `json`, `csv` or `none`."""
    match shown:
        case "json":
            for event in events:
                _plain(out, event.to_json())
        case "csv":
            _plain(out, _rows(events).rstrip("\n"))
        case "table":
            table = _table(events, today, out.width if out.is_terminal else None)
            if not out.is_terminal:
                out.width = out.measure(table, options=out.options.update(width=_WIDEST)).maximum
            out.print(table)


def print_summary(summary: Summary, zone: ZoneInfo, console: Console, published: bool) -> None:
    """What was counted, what is unknown and why, and what a person should know."""
    report = summary.report
    words = [
        f"{counted(summary.commits, 'commit')} by {summary.login} in "
        f"{counted(summary.repositories, 'repository', 'repositories')}, {summary.window.since} to "
        f"{summary.window.until} ({zone.key})"
    ]
    if published:
        words.append(f"{counted(summary.events, 'event')} published")
    if report.requests:
        words.append(counted(report.requests, "request"))
    if report.points_left is not None:
        words.append(f"{report.points_used} points used, {report.points_left:,} left")
    console.print(printable("; ".join(words)), soft_wrap=True)
    for name, reason in summary.unknown.items():
        console.print(Text(printable(f"unknown: {name}: {reason}"), style="yellow"), soft_wrap=True)
    for notice in report.notices:
        console.print(Text(printable(f"notice: {notice}"), style="yellow"), soft_wrap=True)


def _plain(out: Console, text: str) -> None:
    """Exactly, for programs; where a person looks, nothing in it steers the terminal."""
    lines = text.split("\n")
    out.file.writelines(f"{printable(x) if out.is_terminal else x}\n" for x in lines)


def _rows(events: Sequence[CommitCounts]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["date", "repository", "commits"])
    counts = sorted(count for event in events for count in event.counts)
    writer.writerows([count.date, count.repository, count.commits] for count in counts)
    return text.getvalue()


def _table(events: Sequence[CommitCounts], today: date, width: int | None) -> Table:
    """A line a day that has commits, and today's; a column a repository, the largest first.

    width: of the terminal; columns that do not fit are added up as `others`.
    """
    cells: Counter[tuple[date, str]] = Counter()
    for event in events:
        cells.update({(c.date, c.repository): c.commits for c in event.counts})
    totals: Counter[str] = Counter()
    for (_, repository), commits in cells.items():
        totals[repository] += commits
    ranked = sorted(totals, key=lambda name: (-totals[name], name))
    names = ranked[: _room(width, ranked, totals)]
    others = ranked[len(names) :] if names else []
    days = sorted({day for day, _ in cells} | ({today} if _includes(events, today) else set()))
    table = Table(show_footer=True, box=None, header_style="bold", footer_style="bold")
    table.add_column("day", "total", no_wrap=True, min_width=_DAY_WIDTH)
    for name in names:
        table.add_column(_label(name), f"{totals[name]:,}", justify="right", no_wrap=True)
    if others:
        rest = sum(totals[name] for name in others)
        table.add_column(f"{len(others)} others", f"{rest:,}", justify="right")
    total = f"{totals.total():,}"
    table.add_column("total", total, justify="right", no_wrap=True, min_width=len(total))
    for day in days:
        numbers = [cells[day, name] for name in names]
        if others:
            numbers.append(sum(cells[day, name] for name in others))
        numbers.append(sum(cells[day, name] for name in ranked))
        mark = " today" if day == today else ""
        style = "bold green" if mark else ""
        table.add_row(f"{day} {day:%a}{mark}", *(_cell(n) for n in numbers), style=style)
    return table


def _room(width: int | None, ranked: Sequence[str], totals: Mapping[str, int]) -> int:
    """How many repositories get a column; days and totals always fit first."""
    if width is None:
        return len(ranked)
    total_width = max(len("total"), len(f"{sum(totals.values()):,}"))
    left = width - (_DAY_WIDTH + _PADDING) - (total_width + _PADDING)
    needed = [max(len(_label(name)), len(f"{totals[name]:,}")) + _PADDING for name in ranked]
    if sum(needed) <= left:
        return len(ranked)
    left -= max(len(f"{len(ranked)} others"), total_width) + _PADDING
    return sum(reached <= left for reached in accumulate(needed))


def _label(name: str) -> str:
    last = printable(name.rpartition("/")[2])
    return last if len(last) <= _NAME_WIDTH else last[: _NAME_WIDTH - 1] + "…"


def _includes(events: Sequence[CommitCounts], today: date) -> bool:
    return any(event.window and today in event.window for event in events)


def _cell(number: int) -> str:
    return f"{number:,}" if number else "·"
