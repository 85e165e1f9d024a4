"""Pictures of a dashboard with a made-up year: an unknown repository, a very large day, long names.

    python -m tests.support.sample_dashboard docs/images

writes the Sheet through the function's own code, once in each language, and photographs it as
`tests.support.screenshots` does. `--whole` takes pictures of all tabs, as tall as they are.
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
REPOSITORIES = (
    ("octocat/hello-world", 5),
    ("octocat/dotfiles", 2),
    ("a-company-with-a-long-name/customer-portal-frontend", 4),
    ("a-company-with-a-long-name/customer-portal-infrastructure-terraform", 2),
    ("octocat/a-rather-long-repository-name-for-a-phone", 1),
    ("日本語コミュニティ/文書管理システム-ドキュメント", 1),
)
_VISIBLE = (Tab.TODAY, Tab.MONTHS, Tab.SETTINGS)
UNKNOWN = {"acme/secret-service": "FORBIDDEN: the organisation wants the token authorised by SSO"}


def sample_event(*, days: int = 420, seed: int = 7) -> CommitCounts:
    """A complete statement about more than a year: quiet weekends, a holiday, one day of 111."""
    rng = random.Random(seed)
    counts: dict[tuple[date, str], int] = {}
    for back in range(days):
        day = TODAY - timedelta(days=back)
        if 60 <= back < 67 or (day.weekday() > 4 and rng.random() < 0.7):
            continue
        for name, share in REPOSITORIES:
            if rng.random() < share / 10:
                counts[day, name] = rng.randint(1, 4)
    counts[TODAY - timedelta(days=19), REPOSITORIES[2][0]] = 108
    counts[TODAY, REPOSITORIES[0][0]] = 2
    return window_event(
        counts,
        since=TODAY - timedelta(days=days - 1),
        until=TODAY,
        collected_at=NOW - timedelta(minutes=7),
        unknown=UNKNOWN,
    )


@contextmanager
def sample_page(event: CommitCounts, *, language: str) -> Iterator[str]:
    """The address of a page that shows a Sheet to which the event was written."""
    with tempfile.TemporaryDirectory() as folder, running_sheets(Path(folder)) as sheets:
        sheets.create_spreadsheet("sample", title="own_dashboard")
        opened = open_sheet("sample", emulator_host=sheets.url.removeprefix("http://"))
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
    given = parser.parse_args(arguments)
    if MISSING:
        print(f"not installed here: {MISSING}", file=sys.stderr)
        return 1
    for language in ("en", "ja"):
        with sample_page(sample_event(), language=language) as url:
            tabs = [f"tab-{tab.sheet_id}" for tab in _VISIBLE] if given.whole else [""]
            files = photograph(url, given.folder, language=language, desktop=False, tabs=tabs)
            for file in files:
                print(file)
    return 0


if __name__ == "__main__":
    sys.exit(main())
