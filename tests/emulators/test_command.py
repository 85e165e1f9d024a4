"""`python -m emulators NAME` runs one emulator alone, for anybody's clients."""

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.support.emulators import ADDRESSES, ROOT, addresses, running
from tests.support.processes import MOST_SECONDS


def port_of(address: str) -> int:
    return int(address.removeprefix("http://").split("/")[0].rpartition(":")[2])


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_prints_its_addresses_answers_there_and_ends_when_asked(
    name: str, end: signal.Signals
) -> None:
    with running(name) as (process, output):
        found = addresses(name, output)
        assert tuple(found) == ADDRESSES[name]
        for address in found.values():
            socket.create_connection(("127.0.0.1", port_of(address))).close()
        process.send_signal(end)
        assert process.wait(MOST_SECONDS) == 0


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_taken_port_is_one_line_and_status_1(name: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "emulators", name, "--port", port]
        run = subprocess.run(
            command, capture_output=True, text=True, timeout=MOST_SECONDS, check=False
        )
    assert run.returncode == 1
    assert run.stdout == ""
    assert len(run.stderr.splitlines()) == 1, run.stderr
    assert port in run.stderr


def put(url: str) -> int:
    request = urllib.request.Request(url, data=b"{}", method="PUT")
    request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=MOST_SECONDS) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def test_what_it_was_told_outlives_it_in_its_state_folder_and_is_private(tmp_path: Path) -> None:
    state = tmp_path / "state"
    for status in (200, 409):
        with running("pubsub", "--state", str(state)) as (process, output):
            rest = addresses("pubsub", output)["CLOUDSDK_API_ENDPOINT_OVERRIDES_PUBSUB"]
            assert put(f"{rest}v1/projects/p/topics/first") == status
            process.terminate()
            assert process.wait(MOST_SECONDS) == 0
    for place, _, names in os.walk(state):
        assert os.stat(place).st_mode & 0o077 == 0
        assert all(os.stat(Path(place, name)).st_mode & 0o077 == 0 for name in names)


def test_its_imports_are_not_searched_for_garbage_and_what_follows_is() -> None:
    """Looking for it takes a tenth of the start; an emulator that serves for long needs it."""
    program = (
        "import atexit, gc, sys; from emulators.__main__ import main; "
        "atexit.register(lambda: print(gc.isenabled(), gc.get_freeze_count() > 10_000)); "
        "sys.exit(main(['pubsub']))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        assert process.stdout
        addresses("pubsub", process.stdout)
        process.terminate()
        assert process.stdout.read().split() == ["True", "True"]
