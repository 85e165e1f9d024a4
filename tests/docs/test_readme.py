"""What the READMEs say is true: the commands run, beside a stack that all of them share."""

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
# Run below, by other tests, or with what only the reader has; test_pages.py checks their arguments.
ELSEWHERE = ("up", "test", "check", "bench", "watch", "publish")


def text_of(readme: str) -> str:
    return (ROOT / readme).read_text(encoding="utf-8")


def commands(readme: str) -> list[str]:
    """The `./dev` commands to copy, without `./dev`."""
    return COMMAND.findall(text_of(readme))


def copy_of_checkout(folder: Path) -> Path:
    """This checkout as it is now, at another place, with one commit to count."""
    copy = folder / "own_dashboard"
    files = git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard").splitlines()
    for name in files:
        if (ROOT / name).is_file() and not name.startswith(("tests/", "docs/")):
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy / name)
    commit_in(copy)
    return copy


def commit_in(folder: Path) -> None:
    """A new repository with one commit."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "-c", "user.name=Me", "-c", "user.email=me@example.com", "commit", "-q",
        "--allow-empty", "-m", "A commit to count")  # fmt: skip


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the running stack and the commands that speak to it are started."""
    return copy_of_checkout(tmp_path_factory.mktemp("readme"))


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
        environment=clean_environment(SOURCE="github/me"),
    ) as stack:  # fmt: skip
        stack.wait_for_line("sheet written")
        yield stack


def test_the_first_command_does_what_is_shown(tmp_path: Path) -> None:
    """Its output has the shape of the block that follows it."""
    assert commands("README.md")[0] == "up --once"
    done = run(copy_of_checkout(tmp_path), "up --once")
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
    "command", [c for c in commands("README.md") if not c.startswith(ELSEWHERE) and "|" not in c]
)
def test_a_command_runs(checkout: Path, running: RunningStack, command: str) -> None:
    """Copied as it stands, beside a running stack."""
    assert running.endpoints
    done = run(checkout, command)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_number_by_hand_is_on_the_sheet_until_it_is_withdrawn(
    checkout: Path, running: RunningStack
) -> None:
    """Both examples, as they stand."""
    stated, withdrawn = (c for c in commands("README.md") if c.startswith("publish"))
    assert run(checkout, stated).returncode == 0
    wait_until(lambda: running.cells().get(("2026-11-23", "me/app")) == 3, "it is on the Sheet")
    assert run(checkout, withdrawn).returncode == 0
    wait_until(lambda: ("2026-11-23", "me/app") not in running.cells(), "it is gone")


def test_the_lines_for_a_laptop_add_a_source(running: RunningStack, tmp_path: Path) -> None:
    """What both sources see is counted once, and the first one's numbers stay."""
    for name in ("own_dashboard", "elsewhere"):
        commit_in(tmp_path / "src" / name)
    lines = re.findall(r"```crontab\n(.*?)```", text_of("README.md"), re.DOTALL)[0].splitlines()
    assert lines[:2] == ["GOOGLE_CLOUD_PROJECT=my-commits-4711", "TIME_ZONE=Asia/Tokyo"]
    command = re.fullmatch(r"30 \* \* \* \* cd ~/own_dashboard && (\./dev .+)", lines[2])
    assert command
    done = subprocess.run(
        ["/bin/sh", "-c", command[1]],
        env=clean_environment(
            HOME=str(tmp_path),
            GOOGLE_CLOUD_PROJECT=running.endpoints.project,
            PUBSUB_EMULATOR_HOST=running.endpoints.pubsub,
        ),
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, (tmp_path / "own_dashboard.log").read_text()
    wait_until(lambda: len(running.cells()) > 1, "the second source is on the Sheet")
    assert sorted((name, n) for (_, name), n in running.cells().items()) == [
        ("elsewhere", 1),
        ("own_dashboard", 1),
    ]


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
        r"(?:\.(?:text|label|optional|integer|flag|words|choice|time_zone)\(\s*|get\()\"([A-Z_]{4,})\""
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
