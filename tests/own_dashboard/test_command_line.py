"""What the person sees before a command runs: help, version, hints, and what is wrong."""

import importlib
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from own_dashboard.cli import COMMANDS
from tests.support.stack import ROOT, clean_environment, command, dashboard

CELL = '{"date": "2026-11-01", "repository": "by/hand", "commits": 7}'


@pytest.mark.parametrize("arguments", [(), ("help",), ("--help",), ("-h",)])
def test_help_lists_every_command(arguments: tuple[str, ...]) -> None:
    """Nothing at all asks for help, too."""
    done = dashboard(*arguments)
    assert done.returncode == 0, done.stderr
    for name, summary in COMMANDS.items():
        assert f"{name} " in done.stdout
        assert summary in done.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_says_what_the_command_says(name: str) -> None:
    """The overview, which imports no command, agrees with the modules."""
    module = importlib.import_module(f"own_dashboard.commands.{name}")
    assert (module.__doc__ or "").splitlines()[0] == COMMANDS[name]


def test_help_of_a_command() -> None:
    """`help COMMAND` is `COMMAND --help`."""
    done = command("help", "replay")
    assert done.stdout == command("replay", "--help").stdout
    assert "--drop" in done.stdout


def test_the_version() -> None:
    """As the package states it."""
    done = dashboard("--version")
    version = next(
        line.split('"')[1]
        for line in (ROOT / "pyproject.toml").read_text().splitlines()
        if line.startswith("version")
    )
    assert (done.returncode, done.stdout) == (0, f"own-dashboard {version}\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("write-sheet", "there is no command 'write-sheet'; did you mean write_sheet?"),
        ("colect", "there is no command 'colect'; did you mean collect?"),
        ("xyzzy", "there is no command 'xyzzy' (./dev help lists them)"),
        ("up once", "up has no argument 'once'; did you mean --once?"),
        ("collect --sinse 2026-11-01", "did you mean --since?"),
    ],
)
def test_what_is_misspelt_gets_a_hint(arguments: str, said: str) -> None:
    """The close word is named; the status is that of a wrong usage."""
    done = command(*arguments.split())
    assert done.returncode == 2
    assert said in done.stderr


def test_the_program_is_named_as_it_was_typed() -> None:
    """./dev tells how it was started, and what is printed to copy says the same."""
    environment = clean_environment(OWN_DASHBOARD_STARTED_AS="../here/dev")
    assert "usage: ../here/dev up" in command("up", "-h", environment=environment).stdout
    assert command("upp", environment=environment).stderr.startswith("../here/dev: ")


@pytest.mark.parametrize("arguments", ["--help", "--version", "upp"])
def test_help_imports_no_library(arguments: str) -> None:
    """What answers at once has no time to import a client, a web framework or rich."""
    code = (
        "import sys; from own_dashboard.cli import main\n"
        f"try: main([{arguments!r}])\n"
        "except SystemExit: pass\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(done.stderr.split())
    assert not loaded & {"google.auth", "grpc", "flask", "httpx", "rich", "werkzeug", "gspread"}


def test_the_environment_is_read_in_one_place() -> None:
    """Besides, the process of a function prepares what gunicorn reads."""
    readers = [
        file.relative_to(ROOT / "own_dashboard").as_posix()
        for file in (ROOT / "own_dashboard").rglob("*.py")
        if re.search(r"os\.environ|os\.getenv", file.read_text())
    ]
    assert sorted(readers) == ["environment.py", "stack/child.py"]


def env_file(tmp_path: Path, text: str) -> dict[str, str]:
    (tmp_path / "env").write_text(text)
    return clean_environment(ENV_FILE=str(tmp_path / "env"))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("TIMEZONE=Asia/Tokyo", "TIMEZONE is not read; did you mean TIME_ZONE?"),
        ("github_token=x", "github_token is not read; did you mean GITHUB_TOKEN?"),
        ("GITHUB_TOKEN", "expected NAME=value"),
        ("TIME_ZONE Asia/Tokyo", "expected NAME=value"),
        ("LANGUAGE=fr", "LANGUAGE: expected en or ja, got 'fr'"),
        ("LOG_LEVEL=loud", "LOG_LEVEL: expected one of DEBUG, INFO, WARNING, ERROR, CRITICAL"),
    ],
)
def test_a_wrong_line_of_the_environment_file(tmp_path: Path, line: str, said: str) -> None:
    """It is told with file and line, before the command does anything."""
    environment = env_file(tmp_path, f"# mine\nSHEET_ID=abc\n{line}\n")
    done = command("publish", CELL, environment=environment)
    assert done.returncode == 1
    assert done.stderr.startswith(f"./dev publish: {tmp_path / 'env'}, line 3: {said}")
    assert len(done.stderr.splitlines()) == 1


def test_an_environment_file_that_is_not_there() -> None:
    """Who names a file means it."""
    done = command("publish", CELL, environment=clean_environment(ENV_FILE="/missing"))
    assert done.returncode == 1
    assert "ENV_FILE names /missing, which is not there" in done.stderr


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("TIMEZONE", "Asia/Tokyo", "TIMEZONE is not read; did you mean TIME_ZONE?"),
        ("LANGUAGE", "fr_FR:fr", "English is used"),
        ("LOG_LEVEL", "loud", "INFO is used"),
    ],
)
def test_what_looks_wrong_in_the_shell_is_noted(
    tmp_path: Path, name: str, value: str, said: str
) -> None:
    """Other programs read it too, perhaps: the command goes on."""
    environment = clean_environment(**{name: value})
    environment.pop("TIME_ZONE")
    done = command("publish", CELL, "--state", str(tmp_path), environment=environment)
    assert "./dev: note: " in done.stderr
    assert said in done.stderr
    assert "found no topic" in done.stderr


@pytest.mark.parametrize("value", ["en", "ja", "ja_JP.UTF-8", "de:en_US", "C", "", "JA"])
def test_a_language_that_there_are_words_for_is_not_noted(tmp_path: Path, value: str) -> None:
    """Systems set lists of locales themselves."""
    environment = clean_environment(LANGUAGE=value)
    done = command("publish", CELL, "--state", str(tmp_path), environment=environment)
    assert "LANGUAGE" not in done.stderr


def test_a_missing_test_file_is_told_at_once() -> None:
    """No worker is started for it."""
    done = command("test", "tests/test_nothing.py")
    assert done.returncode == 1
    assert "tests/test_nothing.py was not found" in done.stderr


def test_one_file_runs_without_workers() -> None:
    """Starting them would take longer than the file."""
    done = dashboard("test", "tests/commit_counts/test_settings.py", "--collect-only", "-v")
    assert done.returncode == 0, done.stdout
    assert "workers" not in done.stdout


def test_an_interruption_before_anything_runs() -> None:
    """Ctrl-C that waits since before the start ends the program without a traceback."""
    code = (
        "import os, signal, sys\n"
        "signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})\n"
        f"os.kill(os.getpid(), {int(signal.SIGINT)})\n"
        "os.execv(sys.executable, [sys.executable, '-m', 'own_dashboard', '--help'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT}/functions"},
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")
