"""What the READMEs say is true: commands run, links lead somewhere, both say the same."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.processes import wait_until
from tests.support.repositories import git
from tests.support.stack import ROOT, RunningStack, clean_environment

READMES = ("README.md", "README.ja.md")
COMMAND = re.compile(r"^\$ \./dev (.+)$", re.MULTILINE)
# Run by other tests, or naming folders of the reader's.
ELSEWHERE = ("up", "up --repositories", "test", "check", "bench")


def text_of(readme: str) -> str:
    return (ROOT / readme).read_text(encoding="utf-8")


def commands(readme: str) -> list[str]:
    """The `./dev` commands to copy, without `./dev`."""
    return COMMAND.findall(text_of(readme))


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This checkout as it is now, at another place, with state of its own."""
    copy = tmp_path_factory.mktemp("readme") / "own_dashboard"
    files = git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard").splitlines()
    for name in files:
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy / name)
    git(copy, "init", "-q", "-b", "main")
    git(copy, "-c", "user.name=Me", "-c", "user.email=me@example.com", "commit", "-q",
        "--allow-empty", "-m", "A commit to count")  # fmt: skip
    return copy


def run(checkout: Path, command: str) -> subprocess.CompletedProcess[str]:
    """`./dev COMMAND` after its installation; `| ./dev COMMAND` reads what the one before wrote."""
    paths = f"{checkout}:{checkout}/functions"
    written = ""
    for part in command.split(" | ./dev "):
        done = subprocess.run(
            [sys.executable, "-P", "-m", "own_dashboard", *shlex.split(part)],
            env=clean_environment(PYTHONPATH=paths),
            cwd=checkout,
            input=written,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            break
        written = done.stdout
    return done


@pytest.fixture(scope="module")
def running(checkout: Path) -> Iterator[RunningStack]:
    """The stack that the commands of the section `Operate` speak to."""
    with RunningStack(
        checkout / ".local",
        "--repositories", str(checkout), "--author", "me@example.com", "--every", "3600",
        environment=clean_environment(),
    ) as stack:  # fmt: skip
        stack.wait_for_line("sheet written")
        yield stack


def test_both_readmes_show_the_same_commands() -> None:
    """A reader of Japanese is told no less."""
    assert commands("README.md") == commands("README.ja.md")


def test_the_first_command_does_what_is_shown(checkout: Path) -> None:
    """Its output has the shape of the block that follows it."""
    assert commands("README.md")[0] == "up --once"
    done = run(checkout, "up --once")
    assert done.returncode == 0, done.stderr
    shape = re.compile(
        r"\d+ commits? in \d+ rows?; \d+ events; \d+ deliveries \(.*\); \d+ points; 0 dead"
    )
    for readme in READMES:
        assert shape.search(text_of(readme)), readme
    assert shape.search(done.stdout)
    for phrase in ("collected", "published", "sheet written", "metric written"):
        assert phrase in done.stderr
        assert all(phrase in text_of(readme) for readme in READMES)


@pytest.mark.parametrize(
    "command", [c for c in commands("README.md") if not c.startswith(ELSEWHERE)]
)
def test_a_command_runs(checkout: Path, running: RunningStack, command: str) -> None:
    """Copied as it stands, beside a running stack."""
    assert running.endpoints
    done = run(checkout, command)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_published_example_reaches_the_sheet(checkout: Path, running: RunningStack) -> None:
    """The event of the README is a valid one."""
    example = next(c for c in commands("README.md") if c.startswith("publish"))
    assert run(checkout, example).returncode == 0
    wait_until(lambda: running.cells().get(("2026-11-23", "me/app")) == 3, "it is on the Sheet")


@pytest.mark.parametrize("step", ["write_sheet", "write_metric"])
def test_what_collect_counts_is_what_a_step_writes(
    checkout: Path, running: RunningStack, step: str
) -> None:
    """The pipeline without Pub/Sub: the README pipes one command into the other."""
    assert running.endpoints
    piped = next(c for c in commands("README.md") if c.endswith(f"| ./dev {step} -"))
    done = run(checkout, piped)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.fullmatch(
        r"(written|unchanged): \d+ (rows of local-sheet|points to [\w-]+)\n", done.stdout
    )


@pytest.mark.parametrize("readme", READMES)
def test_every_picture_is_there(readme: str) -> None:
    """No image that a README shows is missing."""
    pictures = re.findall(r'src="([^"]+)"', text_of(readme))
    assert len(pictures) > 1
    assert [picture for picture in pictures if not (ROOT / picture).is_file()] == []


def test_every_variable_is_explained() -> None:
    """What the functions read from the environment stands in both READMEs and in .env.example."""
    reads = re.compile(
        r"(?:\.(?:text|optional|integer|flag|words|choice|time_zone)\(\s*|get\()\"([A-Z_]{4,})\""
    )
    read = {"TIME_ZONE"}
    for file in (ROOT / "functions").rglob("*.py"):
        read |= set(reads.findall(file.read_text(encoding="utf-8")))
    set_by_the_runner = {"SHEETS_EMULATOR_HOST", "MONITORING_EMULATOR_HOST", "TIMEOUT_SECONDS"}
    read -= set_by_the_runner
    assert len(read) > 12
    for readme in READMES:
        assert {name for name in read if f"`{name}`" not in text_of(readme)} == set()
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert {name for name in read if f"#{name}=" not in example} - {"PUBSUB_EMULATOR_HOST"} == set()


def test_the_launcher_is_executable() -> None:
    """`./dev` needs no interpreter named before it."""
    assert os.access(ROOT / "dev", os.X_OK)
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
