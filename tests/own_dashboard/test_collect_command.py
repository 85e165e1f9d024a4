"""`own-dashboard collect` as a person uses it, against the emulators."""

import csv
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import grpc
import pytest
from google.pubsub_v1 import PublisherClient
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport
from rich.console import Console

from collect.counting.window import cut_window
from commit_counts.event import CommitCounts, Count, Window
from commit_counts.parse import parse_event
from emulators.faults import Fault
from emulators.github import GitHubEmulator, Repository, commits_in_memory
from emulators.pubsub import PubSubEmulator
from own_dashboard.cli import main
from own_dashboard.collection.output import print_events
from own_dashboard.stack.state import Endpoints, write_endpoints
from tests.support.collect import TOKEN, serving
from tests.support.pubsub import running
from tests.support.repositories import ME, History, clone


@pytest.fixture(name="github")
def _github(monkeypatch: pytest.MonkeyPatch) -> Iterator[GitHubEmulator]:
    now = datetime.now(UTC)
    repositories = [
        Repository(
            name=f"octocat/r{number:02}",
            commits=commits_in_memory(
                f"r{number}", now - timedelta(days=9 * number), 2, step=timedelta(days=1)
            ),
        )
        for number in range(51)
    ]
    for name in ("GITHUB_LOGIN", "GOOGLE_CLOUD_PROJECT", "COLLECT_FORKS", "GITHUB_EMAILS"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("TIME_ZONE", "UTC")
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    emulator = GitHubEmulator(authors=[ME], token=TOKEN, repositories=repositories)
    with serving(emulator):
        monkeypatch.setenv("GITHUB_GRAPHQL_URL", emulator.url)
        yield emulator


@contextmanager
def stack(state: Path, project: str) -> Iterator[PubSubEmulator]:
    """A Pub/Sub with the topic of a project, which commands with this `--state` publish to."""
    topic = f"projects/{project}/topics/commit-counts"
    with running(state / project) as pubsub, grpc.insecure_channel(pubsub.address) as channel:
        PublisherClient(transport=PublisherGrpcTransport(channel=channel)).create_topic(name=topic)
        addresses = dict.fromkeys(("pubsub_rest", "monitoring", "github", "collect"), "")
        endpoints = Endpoints(
            project=project, topic="commit-counts", sheet_id="", pubsub=pubsub.address, **addresses
        )
        write_endpoints(endpoints, state)
        yield pubsub


def test_without_anything_to_count_in_it_says_what_is_missing(
    github: GitHubEmulator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line, with both ways on."""
    monkeypatch.setenv("GITHUB_TOKEN", "")
    assert main(["collect"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "set GITHUB_TOKEN" in line
    assert "--repositories DIR" in line
    assert github.calls.count() == 0


def test_named_clones_need_no_token(
    github: GitHubEmulator,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One that is set and empty, as an automation leaves it, is as good as none."""
    monkeypatch.setenv("GITHUB_TOKEN", "")
    history = History()
    history.commit(datetime.now(UTC))
    place = history.write(tmp_path / "app")
    assert main(["collect", "--repositories", str(place), "--author", ME, "--format", "csv"]) == 0
    assert capsys.readouterr().out.endswith(",app,1\n")
    assert github.calls.count() == 0


@pytest.mark.usefixtures("github")
def test_the_table_marks_today_and_adds_up(capsys: pytest.CaptureFixture[str]) -> None:
    """A line a day, a column a repository, totals at both edges; no colours outside a terminal."""
    assert main(["collect"]) == 0
    printed = capsys.readouterr().out
    assert "\x1b" not in printed
    lines = printed.splitlines()
    assert lines[0].split() == ["day", "r00", "r01", "r02", "r03", "total"]
    (today,) = [line for line in lines if " today " in line]
    assert today.split()[-1] == "1"
    assert lines[-2].split() == ["total", "2", "2", "2", "2", "8"]
    assert lines[-1].startswith("8 commits by octocat in 5 repositories")
    assert "3 requests" in lines[-1]


@pytest.mark.usefixtures("github")
def test_json_is_the_event_itself(capsys: pytest.CaptureFixture[str]) -> None:
    """What is printed is what would be published."""
    assert main(["collect", "--format", "json", "--exclude", "r03"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    event = parse_event(line, published_at=datetime.now(UTC))
    assert (event.login, sum(count.commits for count in event.counts)) == ("octocat", 6)


@pytest.mark.usefixtures("github")
def test_csv_has_a_row_a_cell(capsys: pytest.CaptureFixture[str]) -> None:
    """Sorted by day, for any spreadsheet."""
    assert main(["collect", "--format", "csv", "--include", "*/r00"]) == 0
    rows = list(csv.reader(io.StringIO(capsys.readouterr().out)))
    today = datetime.now(UTC).date()
    assert rows == [
        ["date", "repository", "commits"],
        [str(today - timedelta(days=1)), "octocat/r00", "1"],
        [str(today), "octocat/r00", "1"],
    ]


@pytest.mark.usefixtures("github")
@pytest.mark.parametrize(
    ("token", "words"),
    [
        ("ghp_" + "x" * 36, "expired or was revoked"),
        ("ghp_cutoff", "mistyped or cut off"),
        ("two words", "expected letters, digits and _ only"),
    ],
)
def test_tokens_that_do_not_work_are_told_apart_and_not_shown(
    token: str,
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One line with the likely fault and its fix."""
    monkeypatch.setenv("GITHUB_TOKEN", token)
    assert main(["collect"]) == 1
    captured = capsys.readouterr()
    assert words in captured.err
    assert len(captured.err.splitlines()) == 1
    assert token not in captured.err + captured.out


@pytest.mark.usefixtures("github")
def test_a_token_never_travels_in_the_clear(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """http:// is for this machine only."""
    monkeypatch.setenv("GITHUB_GRAPHQL_URL", "http://github.example/graphql")
    assert main(["collect"]) == 1
    assert "expected an https:// address" in capsys.readouterr().err


def test_clones_are_counted_with_every_branch(
    github: GitHubEmulator, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Globs, bare clones, work that is not pushed; a shallow clone is unknown, not zero."""
    history = History()
    day = datetime.now(UTC) - timedelta(days=3)
    for number in range(3):
        history.commit(day + timedelta(hours=number), branch="main")
    history.branch("topic")
    history.commit(day, branch="topic")
    history.commit(day, branch="topic", email="other@example.com")
    origin = history.write(tmp_path / "clones" / "app", origin="git@example.org:octocat/app.git")
    clone(origin, tmp_path / "clones" / "bare.git", "--bare")
    shallow = clone(origin, tmp_path / "shallow", "--depth=1")
    both = ["--repositories", str(tmp_path / "clones" / "*"), "--author", ME]
    assert main(["collect", *both, "--format", "json"]) == 0
    event = parse_event(capsys.readouterr().out, published_at=datetime.now(UTC))
    assert sum(count.commits for count in event.counts) == 4
    assert main(["collect", *both, "--branches", "default", "--format", "json"]) == 0
    event = parse_event(capsys.readouterr().out, published_at=datetime.now(UTC))
    assert sum(count.commits for count in event.counts) == 3
    with_shallow = ["--repositories", str(origin), str(shallow), "--author", ME]
    assert main(["collect", *with_shallow]) == 0
    assert "fetch --unshallow" in capsys.readouterr().out
    assert github.calls.count() == 0


def test_a_long_publication_goes_on_after_a_failure(
    github: GitHubEmulator,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The same command again publishes what is left, and leaves nothing behind."""
    command = ["collect", "--since", "2020-01-01", "--publish", "--state", str(tmp_path)]
    windows = len(list(cut_window(Window(since=date(2020, 1, 1), until=datetime.now(UTC).date()))))
    with stack(tmp_path, "somebody") as pubsub:
        github.calls.inject(Fault(kind="401", skip=1 + windows + 1))
        assert main(command) == 1
        first = pubsub.calls.count("Publish")
        assert 0 < first < windows
        assert main(command) == 0
        assert pubsub.calls.count("Publish") == windows
    said = capsys.readouterr()
    assert "going on with 2020-01-01" in said.err
    assert "50 repositories were read before" in said.err
    assert list((tmp_path / "backfill").iterdir()) == []


def test_another_topic_gets_all_of_a_long_publication(
    github: GitHubEmulator, tmp_path: Path
) -> None:
    """What one topic has got before an interruption, another one has not."""
    command = ["collect", "--since", "2020-01-01", "--publish", "--state", str(tmp_path)]
    windows = len(list(cut_window(Window(since=date(2020, 1, 1), until=datetime.now(UTC).date()))))
    with stack(tmp_path, "first") as pubsub:
        github.calls.inject(Fault(kind="401", skip=1 + windows + 1))
        assert main(command) == 1
        assert pubsub.calls.count("Publish") > 0
    with stack(tmp_path, "second") as pubsub:
        assert main(command) == 0
        assert pubsub.calls.count("Publish") == windows


def test_a_long_publication_with_something_unknown_is_completed_by_the_same_command(
    github: GitHubEmulator, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only that is read again, and every window that lacked it is stated anew."""
    command = ["collect", "--since", "2020-01-01", "--publish", "--state", str(tmp_path)]
    windows = len(list(cut_window(Window(since=date(2020, 1, 1), until=datetime.now(UTC).date()))))
    whole = list(github.repositories)
    github.repositories[0] = replace(whole[0], history_error="SERVICE_DOWN")
    with stack(tmp_path, "somebody") as pubsub:
        assert main(command) == 0
        assert "unknown: octocat/r00" in capsys.readouterr().err
        github.repositories[:] = whole
        before = github.calls.count()
        assert main(command) == 0
        assert github.calls.count() - before == 1 + windows + 1
        assert pubsub.calls.count("Publish") == 2 * windows
    said = capsys.readouterr().err
    assert "50 repositories were read before" in said
    assert "unknown" not in said
    assert list((tmp_path / "backfill").iterdir()) == []


@pytest.mark.usefixtures("github")
@pytest.mark.parametrize("text", ["20260101", "2026-W01-1", "2026-13-01", "1 May"])
def test_a_day_is_written_in_one_form(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """YYYY-MM-DD, as everywhere else."""
    with pytest.raises(SystemExit, match="2"):
        main(["collect", "--since", text])
    assert "--since: expected YYYY-MM-DD" in capsys.readouterr().err


def test_a_topic_that_is_not_there_is_told_before_anything_is_read(
    github: GitHubEmulator, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody waits for a year's reading to learn that."""
    assert main(["collect", "--publish", "--state", str(tmp_path)]) == 1
    assert "./dev up" in capsys.readouterr().err
    assert github.calls.count() == 0


def test_a_narrow_terminal_shows_the_largest_repositories_and_adds_up_the_rest() -> None:
    """No line is wider than the terminal, and no commit is missing from the totals."""
    day = datetime(2026, 3, 31, tzinfo=UTC).date()
    counts = tuple(
        Count(date=day, repository=f"acme/repository-{number}", commits=number + 1)
        for number in range(20)
    )
    event = CommitCounts(
        source="github/me",
        collected_at=datetime(2026, 3, 31, tzinfo=UTC),
        counts=counts,
        window=Window(since=day, until=day),
    )
    out = Console(file=io.StringIO(), force_terminal=True, width=80, color_system=None)
    print_events([event], "table", out, today=day)
    printed = out.file.getvalue()  # type: ignore[attr-defined]
    assert "others" in printed
    assert "repository-19" in printed
    assert all(len(line) <= 80 for line in printed.splitlines())
    assert printed.split()[-1] == "210"


def test_json_lines_are_plain_even_at_a_terminal() -> None:
    """A program reads them."""
    day = datetime(2026, 3, 31, tzinfo=UTC).date()
    event = CommitCounts(
        source="github/me",
        collected_at=datetime(2026, 3, 31, tzinfo=UTC),
        counts=(Count(date=day, repository="a/[b]", commits=1),),
    )
    out = Console(file=io.StringIO(), force_terminal=True, width=20)
    print_events([event], "json", out, today=day)
    assert json.loads(out.file.getvalue())["repository"] == "a/[b]"  # type: ignore[attr-defined]
