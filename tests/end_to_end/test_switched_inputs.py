"""One state folder shows one input, the present one, however a run on it ended before."""

import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from commit_counts.errors import RetryLater
from emulators.faults import Fault
from emulators.github import GitHubEmulator, Repository, commits_in_memory
from own_dashboard.stack.collected import CollectedFile, Collection
from own_dashboard.stack.collector import Collector, Reach
from own_dashboard.stack.inputs import choose_input
from own_dashboard.stack.options import LOCAL_SHEET, StackOptions
from own_dashboard.stack.stack import Stack
from own_dashboard.stack.state import StateFolder
from tests.support.collect import TOKEN, serving
from tests.support.processes import wait_until
from tests.support.repositories import ME, History, clone
from tests.support.sheets import running_sheets
from tests.support.stack import (
    Cells,
    RunningStack,
    clean_environment,
    command,
    counts_of,
    last_json,
)
from tests.support.stack_here import stack_here
from write_sheet.sheets_api.client import open_sheet
from write_sheet.stored.read import read_state

NOW = datetime.now(UTC)


@dataclass(frozen=True)
class Desk:
    """A folder with clones, and a state that counts now these, now those."""

    folder: Path

    @property
    def state(self) -> Path:
        return self.folder / "state"

    def clone(self, name: str, *days_ago: float) -> str:
        """A clone with a commit on each of these days before now."""
        history = History()
        for days in days_ago:
            history.commit(NOW - timedelta(days=days))
        return str(history.write(self.folder / name))

    def up(self, *arguments: str, **variables: str) -> "Shown":
        """Count once."""
        return Shown(
            command(
                "up", "--once", "--format", "json", "--state", str(self.state), *arguments,
                environment=clean_environment(**variables),
            )
        )  # fmt: skip

    @contextmanager
    def stack(self, path: str, **variables: str) -> Iterator[Stack]:
        """What `up` runs, to be disturbed."""
        options = StackOptions(
            state=self.state,
            input=choose_input({}, repositories=[path]),
            time_zone="Etc/UTC",
            environment=clean_environment(**variables),
        )
        with stack_here(options) as stack:
            yield stack

    def unknown(self) -> Mapping[str, str]:
        """What the source on the Sheet could not read, and why."""
        with running_sheets(self.state / "sheets") as sheets:
            sheet = open_sheet(LOCAL_SHEET, emulator_host=sheets.url.removeprefix("http://"))
            history = read_state(sheet.read()).history
            sheet.close()
        return history.unknown_of(history.main)

    def collected(self) -> tuple[Collection, ...]:
        """What is known to be stated on the Sheet."""
        return CollectedFile(self.state).read(LOCAL_SHEET)


@dataclass(frozen=True)
class Shown:
    """What one run showed and said."""

    done: subprocess.CompletedProcess[str]

    @property
    def cells(self) -> Cells:
        assert self.done.returncode == 0, self.done.stderr
        return counts_of(last_json(self.done.stdout))

    @property
    def said(self) -> str:
        return self.done.stderr

    @property
    def repositories(self) -> list[str]:
        return [name for _, name in self.cells]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_collection_that_is_killed_after_it_stated_something(desk: Desk) -> None:
    """Its numbers, and those that were to give way to it, give way to the next input's."""
    assert desk.up("--repositories", desk.clone("tried", 1)).repositories == ["tried"]
    ended = threading.Event()

    def answer_until_something_is_stated(_: int) -> None:
        if b"github/octocat" in (desk.state / "pubsub" / "journal.jsonl").read_bytes():
            ended.wait()

    with serving(account()) as github:
        github.after_answer = answer_until_something_is_stated
        environment = clean_environment(GITHUB_TOKEN=TOKEN, GITHUB_GRAPHQL_URL=github.url)
        try:
            with RunningStack(desk.state, environment=environment) as stack:
                both = {"tried", "octocat/new"}
                wait_until(lambda: {name for _, name in stack.cells()} == both, "it is written")
                stack.process.kill()
                stack.process.wait()
        finally:
            ended.set()
    shown = desk.up("--repositories", desk.clone("other", 2))
    assert shown.repositories == ["other"]
    assert "github/octocat" in shown.said


def account() -> GitHubEmulator:
    """One repository of these days, and an older one whose history takes a second request."""
    repositories = [
        Repository(name=name, commits=commits_in_memory(name, NOW - timedelta(days=days), commits))
        for name, days, commits in (("octocat/new", 1, 1), ("octocat/old", 200, 150))
    ]
    return GitHubEmulator(repositories=repositories, authors=[ME], token=TOKEN)


def test_what_gives_way_is_known_until_it_is_withdrawn(desk: Desk) -> None:
    """Where a run ends within its withdrawals, the next one makes them, whatever it counts."""
    first, second, third = (desk.clone(name, 1) for name in ("first", "second", "third"))
    desk.up("--repositories", first, SOURCE="clones/first")
    with desk.stack(second, SOURCE="clones/second") as stack, StateFolder(desk.state) as folder:
        # The year is stated by 4 events; the one after them withdraws a quarter of it.
        fault = Fault(operation="Publish", kind="INTERNAL", skip=5, times=None)
        stack.pubsub.calls.inject(fault)
        with pytest.raises(RetryLater, match="injected"):
            Collector(stack, folder, Reach()).collect()
    shown = desk.up("--repositories", third, SOURCE="clones/third")
    assert shown.repositories == ["third"]
    for name in ("first", "second"):
        assert f"the numbers of clones/{name}: another input is counted now" in shown.said
    assert [one.source for one in desk.collected()] == ["clones/third"]


def test_other_clones_of_the_same_name_leave_no_older_days(desk: Desk) -> None:
    """They are counted as far back as those before; days that are not counted are withdrawn."""
    tried, other = desk.clone("tried", 1, 390), desk.clone("other", 2, 380)
    assert len(desk.up("--since", ago(400), "--repositories", tried).cells) == 2
    whole = desk.up("--repositories", other)
    assert whole.repositories == ["other", "other"]
    assert "withdrawn" not in whole.said
    shallow = str(clone(Path(desk.clone("third", 3, 4)), desk.folder / "cut", "--depth=1"))
    narrow = desk.up("--since", ago(10), "--repositories", tried, shallow)
    assert narrow.repositories == ["tried"]
    assert f", {ago(400)} to {ago(11)}: another" in narrow.said
    # The withdrawal is not taken for the latest that the source could read.
    assert list(desk.unknown()) == ["third"]


def test_a_time_zone_that_is_left_for_one_behind_leaves_no_day_ahead(desk: Desk) -> None:
    """The day that has begun there, and has not here, goes at once."""
    arguments = ("--repositories", desk.clone("app", 0))
    there = desk.up(*arguments, TIME_ZONE="Etc/GMT-14")
    here = desk.up(*arguments, TIME_ZONE="Etc/GMT+12")
    assert len(there.cells) == len(here.cells) == 1
    assert here.cells != there.cells


def test_a_state_that_rested_for_long_leaves_no_day_out(desk: Desk) -> None:
    """An ordinary collection covers 35 days: where there is a gap before them, it reaches back."""
    history, path = History(), desk.folder / "app"
    history.commit(NOW - timedelta(days=300))
    arguments = ("--repositories", str(history.write(path)))
    assert len(desk.up(*arguments).cells) == 1
    [known] = desk.collected()
    rested = replace(known, until=known.until - timedelta(days=60))
    CollectedFile(desk.state).write(LOCAL_SHEET, [rested])
    history.commit(NOW - timedelta(days=50))
    history.write(path)
    assert len(desk.up(*arguments).cells) == 2
    assert len(desk.up(*arguments).cells) == 2


def ago(days: int) -> str:
    """The day so many days before today."""
    return str(NOW.date() - timedelta(days=days))
