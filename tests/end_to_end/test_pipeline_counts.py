"""From real git repositories to the Sheet: what the tab `data` holds is what the objects say."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import httpx
import pytest

from emulators.github import GitHubEmulator
from own_dashboard.stack.collected import CollectedFile
from own_dashboard.stack.options import LOCAL_SHEET
from tests.support.collect import TOKEN, serving
from tests.support.processes import MOST_SECONDS, wait_until
from tests.support.repositories import ME, History
from tests.support.sheets import running_sheets
from tests.support.stack import (
    RunningStack,
    clean_environment,
    command,
    counts_of,
    direct_counts,
    last_json,
    sheet_cells,
)

WORK = "me@work.example"
OTHER = "somebody@else.example"
SINCE = date(2026, 1, 1)


def odd_histories(folder: Path) -> dict[str, Path]:
    """Everything that makes counting by day go wrong, in four repositories."""
    app = History()
    app.commit("2025-12-31T23:59:59+09:00")
    app.branch("topic")
    for day in range(15, 20):  # committed first, merged much later
        app.commit(f"2026-10-{day}T12:00:00+02:00", branch="topic")
    app.commit("2026-10-21T08:00:00+02:00")
    app.merge("topic", "2026-10-22T09:00:00+02:00")
    app.branch("rebased", at=app.commits[0].oid)
    app.commit("2026-09-10T23:30:00-11:00", branch="rebased")
    app.rebase("rebased", "2026-11-01T10:00:00Z", onto="main")
    app.branch("main", at="rebased")

    midnight = History()
    for zone in (-12, -3.5, 0, 5.75, 9, 14):
        offset = timezone(timedelta(hours=zone))
        for minute in (0, 1, 1438, 1439):
            at = datetime(2026, 6, 15, tzinfo=offset) + timedelta(minutes=minute)
            midnight.commit(at)

    changes = History()  # the hours around both changes of clocks in New York and Lord Howe
    for start in ("2026-03-08T04:30:00Z", "2026-11-01T03:30:00Z", "2026-04-04T12:30:00Z"):
        for half_hours in range(8):
            changes.commit(datetime.fromisoformat(start) + timedelta(minutes=30 * half_hours))

    others = History()
    others.commit("2026-07-01T12:00:00Z", email=WORK)
    others.commit("2026-07-01T12:00:00Z", email=OTHER)
    others.commit("2026-07-02T12:00:00Z")

    return {
        "acme/app": app.write(folder / "app", origin="git@github.com:acme/app.git"),
        "me/midnight": midnight.write(folder / "midnight", origin="https://github.com/me/midnight"),
        "changes": changes.write(folder / "changes"),
        "others": others.write(folder / "others.git", bare=True),
        "empty": History().write(folder / "empty"),
    }


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York", "Australia/Lord_Howe"])
def test_the_sheet_equals_the_commit_objects(tmp_path: Path, zone: str) -> None:
    """Merged branches, rebases, odd offsets, midnight and clock changes: day for day the same."""
    clones = odd_histories(tmp_path / "clones")
    done = command(
        "up", "--once", "--format", "json", "--state", str(tmp_path / "state"),
        "--since", SINCE.isoformat(), "--author", ME, WORK,
        "--repositories", *(str(path) for path in clones.values()),
        environment=clean_environment(TIME_ZONE=zone),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    summary = last_json(done.stdout)
    expected = direct_counts(clones, zone, SINCE, emails=(ME, WORK))
    assert counts_of(summary) == expected
    assert summary["rows"] == len(expected) > 10
    assert (summary["dead_letters"], summary["settled"]) == (0, True)
    assert summary["deliveries"] == 2 * summary["events"]


def test_a_second_person_replaces_the_first(tmp_path: Path) -> None:
    """Of the new input only its cells remain, read with the real gspread.

    Both are stated as this machine's clones, whoever the authors are: beside GitHub's numbers on
    one Sheet they would otherwise be taken for those of an account.
    """
    clones = odd_histories(tmp_path / "clones")
    state = tmp_path / "state"
    since = ("--since", SINCE.isoformat())
    first = command("up", "--once", "--state", str(state), "--format", "json", *since,
                      "--repositories", str(clones["me/midnight"]))  # fmt: skip
    assert first.returncode == 0, first.stderr
    assert {name for _, name in counts_of(last_json(first.stdout))} == {"me/midnight"}
    arguments = ("--author", OTHER, "--repositories", str(clones["others"]), "--every", "3600")
    with RunningStack(state, *arguments, *since, environment=clean_environment()) as stack:
        wait_until(lambda: stack.cells() == {("2026-07-01", "others"): 1}, "it is replaced")


def test_github_replaces_the_clones_that_were_counted_before(tmp_path: Path) -> None:
    """Whoever tries it with a clone and then sets a token sees the account's numbers alone.

    The clone's are withdrawn on every day on which they were stated, by an event of their source.
    """
    first, second = History(), History()
    now = datetime.now(UTC)
    for days in (1, 500):
        first.commit(now - timedelta(days=days))
    second.commit(now)
    served = second.write(tmp_path / "mine", origin="https://github.com/octocat/mine")
    arguments = ("up", "--once", "--state", str(tmp_path / "state"), "--format", "json")
    tried = command(*arguments, "--repositories", str(first.write(tmp_path / "tried")),
                      "--since", str(now.date() - timedelta(days=600)))  # fmt: skip
    assert [name for _, name in counts_of(last_json(tried.stdout))] == ["tried", "tried"]
    with serving(GitHubEmulator(clones=[served], authors=[ME], token=TOKEN)) as github:
        account = clean_environment(GITHUB_TOKEN=TOKEN, GITHUB_GRAPHQL_URL=github.url)
        done = command(*arguments, environment=account)
        summary = last_json(done.stdout)
        assert list(counts_of(summary)) == [(str(now.date()), "octocat/mine")], done.stderr
        assert "withdrawn       the numbers of clones/" in done.stderr
        assert summary["deliveries"] == 2 * summary["events"]
    [remembered] = CollectedFile(tmp_path / "state").read(LOCAL_SHEET)
    assert remembered.source == "github/octocat"  # so the next run withdraws nothing


def test_a_new_name_of_the_source_costs_nothing(tmp_path: Path) -> None:
    """A laptop that is renamed: what it stated under its old name is stated again, then withdrawn.

    What was stated by hand stays, also where that is how the source was called.
    """
    history = History()
    today = datetime.now(UTC)
    for days in (1, 300, 500):
        history.commit(today - timedelta(days=days))
    arguments = ("up", "--once", "--format", "json", "--state", str(tmp_path / "state"),
                 "--repositories", str(history.write(tmp_path / "app")))  # fmt: skip
    reach = ("--since", str(today.date() - timedelta(days=600)))
    first = command(*arguments, *reach, environment=clean_environment(SOURCE="clones/old"))
    assert len(counts_of(last_json(first.stdout))) == 3
    for source, withdrawn in (("clones/new", "clones/old"), ("hand", "clones/new"), ("", None)):
        done = command(*arguments, environment=clean_environment(SOURCE=source))
        assert counts_of(last_json(done.stdout)) == counts_of(last_json(first.stdout))
        assert (f"the numbers of {withdrawn}:" in done.stderr) == bool(withdrawn), done.stderr


def test_a_google_sheet_keeps_what_others_may_state_there(tmp_path: Path) -> None:
    """The function in the cloud writes it under the same name: nothing is withdrawn there.

    Each Sheet has a first collection of its own, which reaches back a year.
    """
    history, today = History(), datetime.now(UTC)
    for days in (1, 300):
        history.commit(today - timedelta(days=days))
    arguments = ("up", "--once", "--format", "json", "--state", str(tmp_path / "state"),
                 "--repositories", str(history.write(tmp_path / "app")))  # fmt: skip
    credentials = tmp_path / "credentials.json"
    user = {"type": "authorized_user", "client_id": "a", "client_secret": "b", "refresh_token": "c"}
    credentials.write_text(json.dumps(user), encoding="utf-8")
    for source in ("clones/a", "clones/b"):
        done = command(*arguments, environment=clean_environment(SOURCE=source))
        assert done.returncode == 0, done.stderr
    with running_sheets(tmp_path / "google") as google:
        google.create_spreadsheet("1AbC", title="mine", time_zone="Etc/UTC")
        for source in ("clones/b", "clones/c"):
            environment = clean_environment(
                SHEET_ID="1AbC",
                SHEETS_EMULATOR_HOST=google.url.removeprefix("http://"),
                GOOGLE_APPLICATION_CREDENTIALS=str(credentials),
                SOURCE=source,
            )
            done = command(*arguments, environment=environment)
            assert done.returncode == 0, done.stderr
            assert "withdrawn" not in done.stderr
            assert len(sheet_cells(google.url, "1AbC")) == 2
    done = command(*arguments, environment=clean_environment(SOURCE="clones/c"))
    assert "the numbers of clones/b:" in done.stderr


def test_a_narrow_collection_does_not_cost_the_year(tmp_path: Path) -> None:
    """Whatever days were asked for first, the first ordinary collection reaches back a year."""
    history = History()
    history.commit(datetime.now(UTC) - timedelta(days=300))
    clone = history.write(tmp_path / "app")
    arguments = ("up", "--once", "--format", "json", "--state", str(tmp_path / "state"))
    ordinary = (*arguments, "--repositories", str(clone))
    today = datetime.now(UTC).date()
    for narrow in (("--since", str(today)), ("--until", str(today - timedelta(days=330)))):
        done = command(*ordinary, *narrow)
        assert counts_of(last_json(done.stdout)) == {}
    assert list(counts_of(last_json(command(*ordinary).stdout)).values()) == [1]


def test_a_new_commit_appears_and_a_removed_one_goes(tmp_path: Path) -> None:
    """Counts are absolute: what a force-push takes away is taken away on the Sheet."""
    history = History()
    now = datetime.now(UTC)
    kept = history.commit(now - timedelta(days=2))
    clone = history.write(tmp_path / "clone")
    arguments = ("--repositories", str(clone), "--every", "3600")
    with RunningStack(tmp_path / "state", *arguments, environment=clean_environment()) as stack:
        wait_until(lambda: sum(stack.cells().values()) == 1, "the first commit is written")
        before = stack.cells()
        history.commit(now - timedelta(days=1))
        history.write(clone)
        collect(stack)
        wait_until(lambda: sum(stack.cells().values()) == 2, "the second commit is written")
        history.branch("main", at=kept)
        history.write(clone)
        collect(stack)
        wait_until(lambda: stack.cells() == before, "it is gone")


def collect(stack: RunningStack) -> None:
    """As the scheduler does."""
    httpx.post(stack.endpoints.collect, trust_env=False, timeout=MOST_SECONDS).raise_for_status()
