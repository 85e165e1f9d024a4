"""Pictures of a dashboard with a made-up year.

    python -m tests.support.sample_dashboard docs/images

writes the Sheet through the function's own code, once in each language, and photographs it as
`tests.support.screenshots` does. `--whole` takes pictures of all tabs, as tall as they are;
`--extremes` adds what is hard to show: an unknown repository, one very large day, long names, and a
second source that fell silent.
"""

import argparse
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from commit_counts.event import CommitCounts
from emulators.http_server import LoopbackServer
from own_dashboard.page import create_app
from tests.support.browser import MISSING
from tests.support.page import FACTS, FilledSources
from tests.support.screenshots import photograph
from tests.support.sheets import running_sheets
from tests.support.write_sheet import window_event
from write_sheet.sheets_api.client import open_sheet
from write_sheet.sheets_api.tab import Tab
from write_sheet.step import write

NOW = datetime(2026, 11, 23, 5, 12, tzinfo=UTC)
TODAY = date(2026, 11, 23)
# A name, and on how many of ten days it has commits.
REPOSITORIES = (("octocat/hello-world", 5), ("octocat/dotfiles", 3), ("acme/customer-portal", 4))
LONG_NAMES = (
    ("a-company-with-a-long-name/customer-portal-frontend", 4),
    ("a-company-with-a-long-name/customer-portal-infrastructure-terraform", 2),
    ("octocat/a-rather-long-repository-name-for-a-phone", 1),
    ("日本語コミュニティ/文書管理システム-ドキュメント", 1),
)
_VISIBLE = (Tab.TODAY, Tab.MONTHS, Tab.SETTINGS)
UNKNOWN = {
    "acme/secret-service": "its organisation demands single sign-on (SAML): authorise the token "
    "for it, under Configure SSO in the token's settings"
}


def sample_events(*, extremes: bool, days: int = 420) -> list[CommitCounts]:
    """A complete statement about more than a year: quiet weekends, a holiday, six commits today."""
    dice = random.Random(10)
    counts: dict[tuple[date, str], int] = {}
    for back in range(1, days):
        day = TODAY - timedelta(days=back)
        if 60 <= back < 67 or (day.weekday() > 4 and dice.random() < 0.4):
            continue
        for name, share in (*REPOSITORIES, *(LONG_NAMES if extremes else ())):
            if dice.random() < share / 10:
                counts[day, name] = dice.randint(1, 4)
    counts |= {
        (TODAY, name): commits for (name, _), commits in zip(REPOSITORIES, (3, 1, 2), strict=True)
    }
    since, collected_at = TODAY - timedelta(days=days - 1), NOW - timedelta(minutes=7)
    if not extremes:
        return [window_event(counts, since=since, collected_at=collected_at)]
    counts[TODAY - timedelta(days=19), LONG_NAMES[0][0]] = 111
    silent = window_event(
        {(TODAY - timedelta(days=2), "octocat/on-another-forge"): 3},
        since=since,
        collected_at=NOW - timedelta(hours=5),
        source="clones/laptop",
    )
    main = window_event(counts, since=since, collected_at=collected_at, unknown=UNKNOWN)
    return [main, silent]


@contextmanager
def sample_page(events: Sequence[CommitCounts], *, language: str) -> Iterator[str]:
    """The address of a page that shows a Sheet to which the events were written."""
    with tempfile.TemporaryDirectory() as folder, running_sheets(Path(folder)) as sheets:
        sheets.create_spreadsheet("sample", title="own_dashboard")
        opened = open_sheet("sample", emulator_host=sheets.url.removeprefix("http://"))
        for event in events:
            write(event, opened, language=language)
        opened.close()
        sources = FilledSources(
            facts=replace(FACTS, language="ja" if language == "ja" else "en"),
            sheet=sheets.spreadsheet("sample"),
        )
        server = LoopbackServer(create_app(sources, clock=lambda: NOW))
        server.start()
        try:
            yield server.url
        finally:
            server.stop()


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; status 1 where there is no browser."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--whole", action="store_true", help="all tabs, as tall as they are")
    parser.add_argument("--extremes", action="store_true", help="add what is hard to show")
    given = parser.parse_args(arguments)
    if MISSING:
        print(f"not installed here: {MISSING}", file=sys.stderr)
        return 1
    for language in ("en", "ja"):
        events = sample_events(extremes=given.extremes)
        with sample_page(events, language=language) as url:
            tabs = [f"tab-{tab.sheet_id}" for tab in _VISIBLE] if given.whole else [""]
            files = photograph(url, given.folder, language=language, desktop=False, tabs=tabs)
            for file in files:
                print(file)
    return 0


if __name__ == "__main__":
    sys.exit(main())
