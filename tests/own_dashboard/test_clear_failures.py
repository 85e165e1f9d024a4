"""What goes wrong at the start or in a collection is one clear line and a non-zero status."""

import os
import socket
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from emulators.github import GitHubEmulator
from own_dashboard.stack.state import StateFolder
from tests.support.repositories import History
from tests.support.stack import clean_environment, command, dashboard


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    history = History()
    history.commit("2026-11-01T12:00:00Z")
    return history.write(tmp_path_factory.mktemp("clones") / "app")


def failure(arguments: Sequence[str], **variables: str) -> str:
    """The only line that `up` says besides what it counts in; its status must tell a failure."""
    return only_line(command("up", *arguments, environment=clean_environment(**variables)))


def failed_start(arguments: Sequence[str]) -> str:
    """The same of a process of its own, which closes what the failed start had opened."""
    return only_line(dashboard("up", *arguments))


def only_line(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    said = [x for x in (done.stdout + done.stderr).splitlines() if not x.startswith("counting in")]
    assert len(said) == 1, said
    return said[0]


def test_a_taken_port(clone: Path, tmp_path: Path) -> None:
    """The port is named, and the option that chooses another."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        state = str(tmp_path / "state")
        said = failed_start(["--state", state, "--port", port, "--repositories", str(clone)])
    assert f"port {port} of 127.0.0.1 cannot be used" in said
    assert "--port" in said


def test_a_folder_that_cannot_be_written(clone: Path) -> None:
    """The kernel's own folder takes no file, not even root's."""
    said = failure(["--state", "/proc/own_dashboard", "--repositories", str(clone)])
    assert "cannot write into /proc/own_dashboard" in said
    assert "--state" in said


@pytest.mark.parametrize(
    "file", ["pubsub/journal.jsonl", "monitoring/points.jsonl", "functions/collect.log"]
)
def test_a_state_file_that_cannot_be_read(clone: Path, tmp_path: Path, file: str) -> None:
    """The file is named: here a folder lies in its place."""
    (tmp_path / file).mkdir(parents=True)
    said = failed_start(["--state", str(tmp_path), "--repositories", str(clone)])
    assert str(tmp_path / file) in said
    assert "--state" in said


def test_a_note_of_what_was_collected_that_cannot_be_read(clone: Path, tmp_path: Path) -> None:
    """Told as any failed collection is; a stack that runs tries it again."""
    (tmp_path / "collected.json").mkdir()
    said = failure(["--state", str(tmp_path), "--once", "--repositories", str(clone)])
    assert f"{tmp_path / 'collected.json'} cannot be used" in said
    assert "--state" in said


def test_a_note_of_what_was_collected_that_somebody_spoilt(clone: Path, tmp_path: Path) -> None:
    """Nothing is collected, since what gives way is not known: the file is named, and the field."""
    (tmp_path / "collected.json").write_text('{"local-sheet": [{"source": 7}]}', encoding="utf-8")
    said = failure(["--state", str(tmp_path), "--once", "--repositories", str(clone)])
    assert f"{tmp_path / 'collected.json'}: local-sheet[0].source: expected" in said
    assert "got 7; correct it, or delete the file" in said


def test_an_archive_that_cannot_be_laid_out(clone: Path, tmp_path: Path) -> None:
    """As on a full disk, or in another account's folder: here a file lies in its place."""
    archive = tmp_path / "functions" / "archives" / "collect"
    archive.parent.mkdir(parents=True)
    archive.touch()
    said = failure(["--state", str(tmp_path), "--repositories", str(clone)])
    assert "the function collect cannot be started" in said
    assert str(archive) in said
    assert "--state" in said


def test_a_state_that_another_stack_uses(clone: Path, tmp_path: Path) -> None:
    """Two stacks on one state would overwrite each other."""
    with StateFolder(tmp_path):
        said = failure(["--state", str(tmp_path), "--repositories", str(clone)])
    assert f"another stack is running on {tmp_path}" in said
    assert f"process {os.getpid()}" in said


def test_no_git(clone: Path, tmp_path: Path) -> None:
    """What is missing is named, not the exception of a missing program."""
    said = failure(["--state", str(tmp_path), "--repositories", str(clone)], PATH=str(tmp_path))
    assert "git" in said
    assert "install" in said


def test_a_folder_that_is_no_repository(tmp_path: Path) -> None:
    """The folder is named."""
    folder = tmp_path / "plain"
    folder.mkdir()
    said = failure(["--state", str(tmp_path / "state"), "--repositories", str(folder)])
    assert str(folder) in said
    assert "repository" in said


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """The folder is named."""
    said = failure(["--state", str(tmp_path / "state"), "--repositories", str(tmp_path / "none")])
    assert str(tmp_path / "none") in said


def test_a_bad_time_zone(clone: Path, tmp_path: Path) -> None:
    """A wrong setting is told with what was expected."""
    arguments = ["--state", str(tmp_path), "--repositories", str(clone)]
    assert "TIME_ZONE: expected an IANA" in failure(arguments, TIME_ZONE="Mars/Phobos")


@pytest.fixture
def github() -> Iterator[GitHubEmulator]:
    emulator = GitHubEmulator(login="octocat", token="right")
    emulator.start()
    yield emulator
    emulator.stop()


def collection_failure(tmp_path: Path, url: str) -> str:
    """The line of a collection from `url` that fails."""
    arguments = ["--once", "--state", str(tmp_path)]
    return failure(arguments, GITHUB_TOKEN="wrong-token", GITHUB_GRAPHQL_URL=url)


def test_a_bad_token(tmp_path: Path, github: GitHubEmulator) -> None:
    """GitHub's refusal is explained, and the token is not printed."""
    said = collection_failure(tmp_path, github.url)
    assert "token" in said.lower()
    assert "wrong-token" not in said


def test_no_network(tmp_path: Path) -> None:
    """An address at which nothing listens."""
    with socket.socket() as bound:  # so that no other process of the tests listens there
        bound.bind(("127.0.0.1", 0))
        port = bound.getsockname()[1]
        said = collection_failure(tmp_path, f"http://127.0.0.1:{port}/graphql")
    assert "reach" in said


def test_a_proxy_is_not_asked_about_this_machine(clone: Path, tmp_path: Path) -> None:
    """Everything here goes past it, whatever the environment says."""
    arguments = ["up", "--once", "--state", str(tmp_path), "--repositories", str(clone)]
    proxy = dict.fromkeys(("http_proxy", "https_proxy", "HTTPS_PROXY"), "http://127.0.0.1:9")
    done = command(*arguments, environment=clean_environment(**proxy))
    assert done.returncode == 0, done.stderr


def nothing_was_started(state: Path) -> bool:
    return not [file for file in state.iterdir() if file.name != "lock"]


def test_wrong_settings_of_functions(clone: Path, tmp_path: Path) -> None:
    """All are told in one line before anything starts, not after every delivery."""
    arguments = ["--state", str(tmp_path), "--repositories", str(clone)]
    said = failure(arguments, EVENING_HOUR="25", COLLECT_FORKS="perhaps")
    assert "EVENING_HOUR: expected a whole number" in said
    assert "COLLECT_FORKS: expected true or false" in said
    assert nothing_was_started(tmp_path)


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (["--since", "2999-01-01"], "since: expected at most today"),
        (["--until", "2999-01-01"], "until: expected at most today"),
        (["--since", "2026-03-02", "--until", "2026-03-01"], "since: expected at most until"),
        (["--since", "1969-12-31"], "since: expected 1970-01-01 or later"),
    ],
)
def test_wrong_days(clone: Path, tmp_path: Path, days: list[str], said: str) -> None:
    """A window that cannot be counted is told before anything starts."""
    arguments = ["--state", str(tmp_path), "--repositories", str(clone), *days]
    assert said in failure(arguments)
    assert nothing_was_started(tmp_path)


def test_an_environment_file_that_is_no_text(clone: Path, tmp_path: Path) -> None:
    """The file is named."""
    (tmp_path / "env").write_bytes(b"TIME_ZONE=\xff\xfe")
    arguments = ["--state", str(tmp_path / "s"), "--repositories", str(clone)]
    assert str(tmp_path / "env") in failure(arguments, ENV_FILE=str(tmp_path / "env"))


@pytest.mark.parametrize("arguments", [["--port", "x"], ["--since", "soon"], ["--every", "0"]])
def test_a_wrong_argument(arguments: list[str]) -> None:
    """The usage, and what was expected instead of what came."""
    done = command("up", *arguments)
    assert done.returncode == 2
    assert "expected" in done.stderr.splitlines()[-1]
