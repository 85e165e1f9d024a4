"""What the README says about the GitHub emulator works as it stands there."""

import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import emulators
from emulators.github import (
    GitHubEmulator,
    History,
    Repository,
    UnreadableHistory,
    commits_in_memory,
    faults,
)
from tests.support.github import running

PACKAGE = Path(emulators.__file__).parent
SECTION = (PACKAGE / "README.md").read_text(encoding="utf-8").partition("\n## GitHub\n")[2]


def test_the_example_runs() -> None:
    """As it stands there, without a warning."""
    (code,) = re.findall(r"```python\n(.+?)```", SECTION, re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=PACKAGE.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/graphql\n", done.stdout)


def test_every_name_is_one() -> None:
    """The table names what there is."""
    emulator = GitHubEmulator()
    try:
        for row in re.findall(r"^\| .+ \| (.+) \|$", SECTION, re.MULTILINE)[1:]:
            for name in re.findall(r"`(?:Repository\.)?(\w+)`", row):
                assert (
                    hasattr(emulator, name)
                    or name in Repository.__dataclass_fields__
                    or name in ("point_limit", "Repository")
                ), name
    finally:
        emulator.stop()


def test_every_kind_of_fault_is_described() -> None:
    """In the list that the README points to."""
    listed = re.findall(r"^    (\w+) {2,}", faults.__doc__ or "", re.MULTILINE)
    assert listed == sorted(listed, key=[*faults.KINDS].index)
    assert set(listed) == set(faults.KINDS)


class Growing:
    """A history that gains a commit with every reading, and breaks in the end."""

    def __init__(self) -> None:
        self._counts: Iterator[int] = iter((1, 2))

    def read(self) -> History:
        """One more than before."""
        count = next(self._counts, None)
        if count is None:
            raise UnreadableHistory("there is no more")
        commits = commits_in_memory("app", datetime(2026, 1, 1, tzinfo=UTC), count)
        return History(branch="trunk", tip=commits[0].oid, commits=commits, pushed_at=None)


def test_a_history_may_come_from_anywhere() -> None:
    """It is read once per request; what cannot be read is an error beside a null."""
    query = """{ repository(owner: "octocat", name: "app") { defaultBranchRef { name target {
        ... on Commit { history(first: 9) { totalCount } } } } } }"""
    source = Repository(name="octocat/app", source=Growing())
    with running(GitHubEmulator(repositories=[source])) as client:
        for count in (1, 2):
            branch = client.ask(query)["repository"]["defaultBranchRef"]
            assert branch == {"name": "trunk", "target": {"history": {"totalCount": count}}}
        (error,) = client.errors(query)
    assert error["message"] == "there is no more"
