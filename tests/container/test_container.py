"""The container, as far as a machine without Docker can show it: its files, command and check."""

import base64
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import httpx
import pytest

from own_dashboard.stack.pipeline import load_pipeline
from tests.support.monitoring import running_monitoring
from tests.support.ports import unused_port
from tests.support.processes import wait_until

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = (ROOT / "container" / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
STEPS = [function.step for function in load_pipeline().functions]


def instructions(name: str) -> list[str]:
    """What stands behind an instruction, each time it occurs."""
    return re.findall(rf"^{name} +(.*)$", DOCKERFILE, re.MULTILINE)


def laid_out(folder: Path) -> Path:
    """The image's files, by its COPY instructions."""
    for instruction in instructions("COPY"):
        *sources, target = instruction.split()
        for source in sources:
            place = folder / target / ("" if target != "./" else Path(source).name)
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, place, dirs_exist_ok=True)
            else:
                shutil.copyfile(ROOT / source, place)
    return folder


class Container:
    """The start command, running in a clean environment, as the image would."""

    def __init__(self, folder: Path, port: int, variables: Mapping[str, str]) -> None:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        self.environment = {
            "PATH": path,
            "HOME": str(folder),
            "PORT": str(port),
            "PYTHONPATH": str(folder / "functions"),
            **variables,
        }
        self.url = f"http://127.0.0.1:{port}"
        self.log = folder / "log"
        (command,) = (c for c in instructions("CMD") if c.startswith("exec gunicorn"))
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                ["sh", "-c", command.replace('":$PORT"', '"127.0.0.1:$PORT"')],
                cwd=folder,
                env=self.environment,
                stdout=log,
                stderr=log,
            )

    def is_healthy(self) -> bool:
        """What the health check of the image says."""
        (check,) = (c for c in re.findall(r"CMD (python -c .*)", DOCKERFILE))
        done = subprocess.run(
            ["sh", "-c", check], env=self.environment, capture_output=True, check=False
        )
        return done.returncode == 0

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()


class Start(Protocol):
    """Starts the container with some variables, and waits until it is healthy or has ended."""

    def __call__(self, **variables: str) -> Container: ...


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    folder = laid_out(tmp_path / "app")
    running: list[Container] = []

    def start(**variables: str) -> Container:
        container = Container(folder, unused_port(), variables)
        running.append(container)
        wait_until(
            lambda: container.is_healthy() or container.process.poll() is not None, "the start"
        )
        return container

    yield start
    for container in running:
        container.stop()


def delivery(fields: Mapping[str, object]) -> dict[str, object]:
    data = base64.b64encode(json.dumps(fields).encode()).decode()
    now = datetime.now(UTC).isoformat()
    return {"message": {"data": data, "messageId": "1", "publishTime": now}, "subscription": "s"}


def test_all_functions_answer_behind_one_port(start: Start, tmp_path: Path) -> None:
    """Each below its name; a push is written, a call without settings says which are missing."""
    with running_monitoring(tmp_path / "monitoring", now=datetime.now(UTC)) as monitoring:
        container = start(
            GOOGLE_CLOUD_PROJECT="somebody",
            TIME_ZONE="UTC",
            MONITORING_EMULATOR_HOST=monitoring.emulator.address,
        )
        today = datetime.now(UTC).date().isoformat()
        event = {"date": today, "repository": "me/app", "commits": 3}
        pushed = httpx.post(f"{container.url}/write_metric", json=delivery(event), timeout=60)
        assert pushed.status_code == 200, container.log.read_text()
        series = monitoring.stored()["commits_today_by_repository", "me/app"]
        assert [value for _, value in series] == [3]
        collected = httpx.post(f"{container.url}/collect", timeout=60)
        assert collected.status_code == 500
        assert "GITHUB_TOKEN is missing" in collected.json()["error"]
        assert httpx.post(container.url, timeout=60).status_code == 404


def test_one_role_answers_at_the_root(start: Start) -> None:
    """For a platform that calls an address and knows no paths."""
    container = start(STEPS="collect")
    assert "GITHUB_TOKEN is missing" in httpx.post(container.url, timeout=60).text
    assert httpx.post(f"{container.url}/write_metric", timeout=60).status_code != 200


def test_a_role_that_there_is_not_is_named(start: Start) -> None:
    """At the start, in one line."""
    container = start(STEPS="collect,write_slack")
    assert not container.is_healthy()
    assert "STEPS: expected some of collect, " in container.log.read_text()


def test_the_image_is_pinned_and_runs_as_nobody_in_particular() -> None:
    """A base by digest, on the Python that the functions are deployed with; no rights."""
    (base,) = instructions("FROM")
    assert re.fullmatch(r"python:3\.13\.\d+-slim-bookworm@sha256:[0-9a-f]{64}", base)
    assert instructions("USER") == ["app"]
    assert DOCKERFILE.index("\nUSER app") < DOCKERFILE.index("\nCMD ")


def test_the_image_holds_no_secret_and_no_state() -> None:
    """Only what is named goes to the builder."""
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    copied = {word for line in instructions("COPY") for word in line.split()[:-1]}
    assert lines[0] == "*"
    assert {line.removeprefix("!") for line in lines if line.startswith("!")} == copied


@pytest.mark.parametrize("step", STEPS)
def test_every_function_brings_its_requirements(step: str) -> None:
    """They are what the image installs."""
    assert (ROOT / "functions" / step / "requirements.txt").exists()
