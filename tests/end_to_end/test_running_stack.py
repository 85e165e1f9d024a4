"""A running stack as its users meet it: gcloud, publish, replay, restarts, Ctrl-C and kill -9."""

import base64
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import httpx
import pytest

from tests.support.processes import MOST_SECONDS, group_members, is_alive, wait_until
from tests.support.repositories import History
from tests.support.stack import RunningStack, clean_environment, command

CELL = '{"date": "2026-11-01", "repository": "by/hand", "commits": 7}'
KEY = ("2026-11-01", "by/hand")
NO_DAY = '{"date": "2026-02-30", "repository": "by/hand", "commits": 7}'


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    history = History()
    for hours in range(3):
        history.commit(datetime.now(UTC) - timedelta(hours=hours, days=1))
    return history.write(tmp_path_factory.mktemp("clones") / "app")


def start(clone: Path, state: Path, *arguments: str) -> RunningStack:
    """A stack that counts in the clone; letters die quickly in it."""
    given = ("--repositories", str(clone), "--every", "3600", "--speed", "3000", *arguments)
    return RunningStack(state, *given, environment=clean_environment())


@pytest.fixture(scope="module")
def stack(clone: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    with start(clone, tmp_path_factory.mktemp("running") / "state") as running:
        running.wait_for_line("metric written")
        running.wait_for_line("sheet written")
        yield running


def test_one_plain_line_per_event(stack: RunningStack) -> None:
    """What was collected, published and written is told as it happens."""
    said = stack.output()
    for phrase in ("collected", "published", "sheet written", "metric written"):
        assert sum(phrase in line for line in said.splitlines()) >= 1, said
    assert "3 commits in 1 repository" in said


def test_the_start_says_where_to_look(stack: RunningStack) -> None:
    """The page, the command to copy, and how to use one's own account."""
    said = stack.output()
    assert str(stack.endpoints.page) in said
    assert "./dev publish" in said
    assert "GITHUB_TOKEN" in said


def test_publish_changes_the_sheet(stack: RunningStack) -> None:
    """One event by hand, without gcloud."""
    cell = '{"date": "2026-11-02", "repository": "=cmd()", "commits": 2}'
    done = command("publish", cell, "--state", str(stack.state))
    assert done.returncode == 0, done.stderr
    wait_until(lambda: stack.cells().get(("2026-11-02", "=cmd()")) == 2, "the cell is written")


def test_publish_refuses_what_breaks_the_contract(stack: RunningStack) -> None:
    """Field, value and rule, in one line, and nothing is sent."""
    done = command("publish", NO_DAY, "--state", str(stack.state))
    assert done.returncode == 1
    assert done.stderr == (
        './dev publish: date: expected a day of the calendar, YYYY-MM-DD, got "2026-02-30"\n'
    )


def test_a_goal_set_on_the_page_is_used_by_the_next_event(stack: RunningStack) -> None:
    """As if the person had edited the Sheet on the phone; the page then shows it on Today."""
    address = str(stack.endpoints.page).rstrip("/")
    html = httpx.get(address, trust_env=False, timeout=MOST_SECONDS).text
    field = re.search(r'type="number"[^>]* data-cell="([^"]+)" data-was="([^"]+)"', html)
    assert field, html
    edit = {"cell": field[1], "was": field[2], "value": 41}
    answer = httpx.post(
        f"{address}/cells",
        json=edit,
        headers={"Origin": address},
        trust_env=False,
        timeout=MOST_SECONDS,
    )
    assert answer.status_code == 200, answer.text

    cell = '{"date": "2026-11-03", "repository": "by/hand", "commits": 1}'
    assert command("publish", cell, "--state", str(stack.state)).returncode == 0
    wait_until(
        lambda: "Goal 41" in httpx.get(address, trust_env=False, timeout=MOST_SECONDS).text,
        "Today shows the goal",
    )


@pytest.mark.skipif(not shutil.which("gcloud"), reason="gcloud is not installed")
def test_gcloud_changes_the_sheet_or_is_told_why_not(stack: RunningStack, tmp_path: Path) -> None:
    """The real gcloud publishes to the stack; what the topic's schema refuses, it refuses."""
    endpoints = stack.endpoints
    environment = clean_environment(
        CLOUDSDK_API_ENDPOINT_OVERRIDES_PUBSUB=endpoints.pubsub_rest + "/",
        CLOUDSDK_AUTH_DISABLE_CREDENTIALS="true",
        CLOUDSDK_CONFIG=str(tmp_path),
        CLOUDSDK_CORE_PROJECT=endpoints.project,
    )

    def publish(message: str) -> subprocess.CompletedProcess[str]:
        command = ["gcloud", "pubsub", "topics", "publish", endpoints.topic, f"--message={message}"]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    done = publish(CELL)
    assert done.returncode == 0, done.stderr
    wait_until(lambda: stack.cells().get(KEY) == 7, "the cell is written")
    refused = publish('{"date": "2026-11-01", "repo": "x", "commits": 7}')
    assert refused.returncode == 1
    assert 'no field named "repo"' in refused.stderr


def test_a_broken_event_ends_among_the_dead_letters_and_the_page_says_why(
    stack: RunningStack,
) -> None:
    """What the topic lets through and the contract does not is never written and never lost."""
    publish_unchecked(stack, NO_DAY)
    wait_until(lambda: "2026-02-30" in dead_letters(stack), "it lies among the dead letters")
    listed = dead_letters(stack)
    assert "date: expected a day of the calendar" in listed
    page = httpx.get(str(stack.endpoints.page), trust_env=False, timeout=MOST_SECONDS).text
    assert "expected a day of the calendar" in page
    replayed = command("replay", "--state", str(stack.state))
    assert replayed.returncode == 1
    assert "stays" in replayed.stdout
    ids = [line.split()[0] for line in listed.splitlines() if "published" in line]
    dropped = command("replay", "--state", str(stack.state), "--drop", *ids)
    assert dropped.returncode == 0, dropped.stdout
    assert "no dead letters" in dead_letters(stack)


def publish_unchecked(stack: RunningStack, body: str) -> None:
    """As anyone with a Pub/Sub client can."""
    endpoints = stack.endpoints
    url = (
        f"{endpoints.pubsub_rest}/v1/projects/{endpoints.project}/topics/{endpoints.topic}:publish"
    )
    message = {"data": base64.b64encode(body.encode()).decode()}
    httpx.post(
        url, json={"messages": [message]}, trust_env=False, timeout=MOST_SECONDS
    ).raise_for_status()


def dead_letters(stack: RunningStack) -> str:
    done = command("replay", "--list", "--state", str(stack.state))
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_ctrl_c_stops_everything(clone: Path, tmp_path: Path) -> None:
    """Status 0, no process left, and the addresses are withdrawn."""
    with start(clone, tmp_path / "state") as stack:
        children = functions_of(stack)
        stack.process.send_signal(signal.SIGINT)
        assert stack.process.wait(MOST_SECONDS) == 0
        wait_until(lambda: not any(group_members(c) for c in children), "the functions are gone")
        assert not (stack.state / "endpoints.json").exists()


def test_kill_leaves_no_process_and_loses_nothing(clone: Path, tmp_path: Path) -> None:
    """After kill -9 a restart has the Sheet, the metrics, and delivers what was owed."""
    state = tmp_path / "state"
    with start(clone, state) as stack:
        stack.wait_for_line("sheet written")
        stack.wait_for_line("metric written")
        before, metrics = stack.cells(), (state / "monitoring" / "points.jsonl").read_text()
        children = functions_of(stack)
        writer = sheet_writer_of(stack)
        os.killpg(writer, signal.SIGSTOP)  # it will not answer the next delivery
        publish_unchecked(stack, CELL)
        stack.process.kill()
        stack.process.wait(MOST_SECONDS)
        os.killpg(writer, signal.SIGCONT)
        for child in children:
            wait_until(partial(_is_empty, child), "the functions are gone")
    assert before
    with start(clone, state) as again:
        wait_until(lambda: again.cells().get(KEY) == 7, "the owed delivery is made")
        assert {key: n for key, n in again.cells().items() if key != KEY} == before
        assert (state / "monitoring" / "points.jsonl").read_text().startswith(metrics)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_during_deliveries_waits_for_none_and_loses_none(
    clone: Path, tmp_path: Path, number: signal.Signals
) -> None:
    """A function that works for minutes is not waited for; its event is told at the next start."""
    state = tmp_path / "state"
    with start(clone, state) as stack:
        stack.wait_for_line("sheet written")
        os.killpg(sheet_writer_of(stack), signal.SIGSTOP)  # it takes the event and does not answer
        publish_unchecked(stack, CELL)
        wait_until(lambda: stack.output().count("metric written") >= 2, "the event is pushed")
        stack.process.send_signal(number)
        stack.process.send_signal(number)  # an impatient person
        assert stack.process.wait(MOST_SECONDS) == 0
        said = stack.output()
        assert "stopping" in said
        assert "not written" not in said
        assert "Traceback" not in said
    with start(clone, state) as again:
        wait_until(lambda: again.cells().get(KEY) == 7, "the owed delivery is made")
        again.wait_for_line("sheet written   message 2")


def _is_empty(group: int) -> bool:
    return not group_members(group)


def functions_of(stack: RunningStack) -> list[int]:
    """The process groups of the three functions."""
    children = Path(f"/proc/{stack.process.pid}/task/{stack.process.pid}/children").read_text()
    return [int(pid) for pid in children.split() if is_alive(int(pid))]


def sheet_writer_of(stack: RunningStack) -> int:
    for pid in functions_of(stack):
        if b"write_sheet" in Path(f"/proc/{pid}/cmdline").read_bytes():
            return pid
    raise AssertionError("no process of write_sheet")
