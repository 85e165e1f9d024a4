"""The functions as processes: started from their archive, restarted, and never left behind."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from commit_counts.errors import NeverWorks
from own_dashboard.stack.archive import archive_files, unpack_archive
from own_dashboard.stack.functions import FunctionProcess, function_processes
from own_dashboard.stack.pipeline import load_pipeline
from tests.support.processes import MOST_SECONDS, group_members, wait_until

ROOT = Path(__file__).resolve().parents[3]
FUNCTION = load_pipeline().function("write_metric")


@pytest.fixture
def ends() -> list[str]:
    """What the process says about ending by itself."""
    return []


@pytest.fixture
def process(tmp_path: Path, ends: list[str]) -> Iterator[FunctionProcess]:
    started = FunctionProcess(FUNCTION, state=tmp_path, on_end=ends.append)
    started.start()
    started.tell(os.environ)
    yield started
    started.stop()


def answers(process: FunctionProcess) -> bool:
    try:
        httpx.get(f"{process.url}robots.txt", trust_env=False, timeout=MOST_SECONDS)
    except httpx.HTTPError:
        return False
    return True


def test_a_call_made_before_the_process_is_up_waits_for_it(process: FunctionProcess) -> None:
    """The socket listens from the start, so that nothing has to be tried again."""
    assert answers(process)


def test_a_killed_function_comes_back_on_the_same_port(
    process: FunctionProcess, ends: list[str]
) -> None:
    """As the cloud starts a new instance: the subscription's address stays right."""
    process.wait_ready()
    url, first = process.url, process.pid
    assert first
    os.killpg(first, signal.SIGKILL)
    wait_until(lambda: ends, "the end is reported")
    wait_until(lambda: process.pid != first and answers(process), "a new process answers")
    assert process.url == url
    assert len(ends) == 1
    assert ends[0].startswith("write_metric ended by itself (status -9); see ")


def test_one_that_is_killed_before_it_is_ready_is_waited_for(process: FunctionProcess) -> None:
    """The stack goes on, as it does when one is killed later."""
    assert process.pid
    os.killpg(process.pid, signal.SIGKILL)
    process.wait_ready()
    assert answers(process)


def test_one_that_is_busy_from_the_start_on_is_ready(tmp_path: Path, ends: list[str]) -> None:
    """Events that are owed come before anybody waits, and each may take longer than a start."""
    function = replace(FUNCTION, concurrency=1)
    process = FunctionProcess(function, state=tmp_path, on_end=ends.append)
    process.start()
    try:
        address = urlsplit(process.url)
        with socket.create_connection((str(address.hostname), int(address.port or 0))) as owed:
            head = "POST / HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json"
            owed.sendall("\r\n".join([*head, "Content-Length: 2", "", ""]).encode())
            process.tell(os.environ)
            process.wait_ready()
            owed.sendall(b"{}")  # only now is the call whole
            assert owed.recv(9) == b"HTTP/1.1 "
    finally:
        process.stop()


def test_only_json_that_is_posted_from_here_reaches_the_function(process: FunctionProcess) -> None:
    """A page of another site cannot start a collection, or hand in an event."""
    process.wait_ready()
    json = {"Content-Type": "application/json"}
    for method, headers, status in (
        ("GET", json, 405),
        ("POST", {"Content-Type": "text/plain"}, 415),
        ("POST", json | {"Host": "evil.example"}, 403),
        ("POST", json | {"Origin": "https://evil.example"}, 403),
    ):
        answer = httpx.request(
            method,
            process.url,
            headers=headers,
            content="{}",
            trust_env=False,
            timeout=MOST_SECONDS,
        )
        assert answer.status_code == status
        assert answer.json()["error"]["code"] == status
    inside = httpx.post(process.url, json={}, trust_env=False, timeout=MOST_SECONDS)
    assert inside.status_code not in (403, 405, 415)


def test_a_process_begins_without_settings(
    tmp_path: Path, ends: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of this process are not in the environment that a function's process begins with."""
    monkeypatch.setenv("GITHUB_TOKEN", "not for this one")
    process = FunctionProcess(FUNCTION, state=tmp_path, on_end=ends.append)
    process.start()
    try:
        begun_with = Path(f"/proc/{process.pid}/environ")
        wait_until(lambda: b"PATH=" in begun_with.read_bytes(), "the program has begun")
        assert b"GITHUB_TOKEN" not in begun_with.read_bytes()
    finally:
        process.stop()


def test_a_function_that_ends_before_it_is_told_comes_back_and_is_told(
    tmp_path: Path, ends: list[str]
) -> None:
    """Whenever it ends, the next process of it answers."""
    process = FunctionProcess(FUNCTION, state=tmp_path, on_end=ends.append)
    process.start()
    try:
        first = process.pid
        assert first
        os.killpg(first, signal.SIGKILL)
        wait_until(lambda: ends, "the end is reported")
        process.tell(os.environ)
        wait_until(lambda: process.pid != first and answers(process), "a new process answers")
    finally:
        process.stop()


def test_functions_that_a_stack_never_used_are_stopped(tmp_path: Path, ends: list[str]) -> None:
    """Where a stack does not come up, none of them is left, and none is said to have ended.

    Whatever no event calls is started at once.
    """
    with function_processes(load_pipeline(), state=tmp_path, on_end=ends.append) as processes:
        started = {step: process.pid for step, process in processes.items() if process.pid}
        groups = [*started.values()]
        assert all(map(group_members, groups))
    assert set(processes) == {function.step for function in load_pipeline().functions}
    assert set(started) == {"collect", "watch"}
    wait_until(lambda: not any(map(group_members, groups)), "all groups are gone")
    assert ends == []


def test_stopping_leaves_no_process(process: FunctionProcess) -> None:
    """Neither gunicorn's parent nor its worker outlives the stop."""
    process.wait_ready()
    assert process.pid
    assert len(group_members(process.pid)) >= 2
    process.stop()
    wait_until(lambda: not group_members(process.pid or 0), "the whole group is gone")


def test_a_killed_parent_leaves_no_process(tmp_path: Path) -> None:
    """However the runner ends, the functions end with it."""
    code = (
        "import os, sys, time\n"
        "from pathlib import Path\n"
        "from own_dashboard.stack.functions import FunctionProcess\n"
        "from own_dashboard.stack.pipeline import load_pipeline\n"
        "p = FunctionProcess(load_pipeline().function('write_metric'),\n"
        f"    state=Path({str(tmp_path)!r}), on_end=print)\n"
        "p.start(); p.tell(os.environ); p.wait_ready()\n"
        "print(p.pid, flush=True); time.sleep(600)\n"
    )
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        group = int(parent.stdout.readline())
        assert len(group_members(group)) >= 2
        parent.kill()
    wait_until(lambda: not group_members(group), "the function is gone with its parent")


def test_the_function_runs_from_a_copy_of_its_archive(
    process: FunctionProcess, tmp_path: Path
) -> None:
    """It sees what is deployed and the installed packages, and nothing of this checkout."""
    process.wait_ready()
    copy = tmp_path / "archives" / "write_metric"
    laid_out = {str(file.relative_to(copy)) for file in copy.rglob("*.*") if file.suffix != ".pyc"}
    assert laid_out == set(archive_files("write_metric"))
    environment = Path(f"/proc/{process.pid}/cwd")
    assert environment.resolve() == copy


def rewrite(file: Path, content: bytes) -> None:
    """Change a file, and none of what its folder tells of it."""
    told = file.stat()
    file.write_bytes(content)
    os.utime(file, ns=(told.st_atime_ns, told.st_mtime_ns))


def test_what_is_compiled_of_an_archive_stays_as_long_as_the_archive_is_whole(
    tmp_path: Path,
) -> None:
    """A crash while it is laid out, a changed file or a foreign one, and all is laid out anew."""
    unpack_archive("write_metric", tmp_path)
    compiled = tmp_path / "write_metric" / "__pycache__" / "step.cpython-311.pyc"
    part = tmp_path / "write_metric" / "step.py"
    whole = part.read_bytes()
    for spoil, spoilt in (
        (lambda: None, False),
        (lambda: part.write_bytes(whole[:-1]), True),
        (lambda: part.write_bytes(whole[:-1] + b"#"), True),
        (lambda: None, False),
        (lambda: rewrite(part, whole[:-1] + b"#"), True),
        (part.unlink, True),
        ((tmp_path / "write_metric" / "removed.py").touch, True),
    ):
        compiled.parent.mkdir(exist_ok=True)
        compiled.touch()
        spoil()
        unpack_archive("write_metric", tmp_path)
        assert compiled.exists() != spoilt
        assert part.read_bytes() == whole
        assert not (tmp_path / "write_metric" / "removed.py").exists()


def test_a_function_writes_nothing_into_the_home(tmp_path: Path, ends: list[str]) -> None:
    """All that it leaves lies in the state folder; a home that is not there is no obstacle."""
    home = tmp_path / "home"
    home.mkdir()
    environment = {k: v for k, v in os.environ.items() if not k.startswith("XDG_")}
    for place in (home, tmp_path / "none"):
        environment["HOME"] = str(place)
        process = FunctionProcess(FUNCTION, state=tmp_path / "state", on_end=ends.append)
        process.start()
        process.tell(environment)
        try:
            process.wait_ready()
        finally:
            process.stop()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "state"]
    assert list(home.iterdir()) == []


def test_a_function_cannot_import_the_checkout(tmp_path: Path) -> None:
    """What its archive lacks is missing here as in the cloud.

    A package in functions-framework's place says what can be imported at its start.
    """
    framework = tmp_path / "functions_framework"
    framework.mkdir()
    (framework / "__init__.py").write_text("create_app = None\n")
    (framework / "_cli.py").write_text(
        "import importlib.util, sys\n"
        "def _cli():\n"
        "    names = 'own_dashboard', 'emulators', 'collect', 'tests', 'rich'\n"
        "    print(*(name for name in names if importlib.util.find_spec(name)), sys.argv[1])\n"
    )
    listened, held = os.pipe()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        hidden = os.pathsep.join(
            str(ROOT / part) for part in ("own_dashboard/stack", "", "functions")
        )
        arguments = [str(listener.fileno()), hidden, "--target"]
        done = subprocess.run(
            [sys.executable, str(ROOT / "own_dashboard" / "stack" / "child.py"), *arguments],
            env={**os.environ, "PYTHONPATH": str(tmp_path)},
            pass_fds=(listener.fileno(),),
            stdin=listened,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        )
    os.close(listened)
    os.close(held)
    assert done.stdout == "rich --target\n"


def test_a_function_that_cannot_start_says_why(tmp_path: Path, ends: list[str]) -> None:
    """The last line of its log is in the error, and the log is named."""
    broken = {**os.environ, "CLOUD_RUN_TIMEOUT_SECONDS": "never"}
    process = FunctionProcess(FUNCTION, state=tmp_path, on_end=ends.append)
    process.start()
    process.tell(broken)
    try:
        with pytest.raises(NeverWorks, match="write_metric does not start: ValueError"):
            process.wait_ready()
    finally:
        process.stop()
