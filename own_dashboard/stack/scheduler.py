"""Calls functions as Cloud Scheduler does."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit

from commit_counts.errors import DashboardError, NeverWorks, RetryLater
from own_dashboard.stack.stack import Stack
from own_dashboard.terminal import counted

WATCH_SECONDS = 60.0
# Told in a fixed phrase and its facts.
Say = Callable[[str, str], None]


def call(stack: Stack, step: str, body: Mapping[str, object]) -> Mapping[str, Any]:
    """What the function answers. RetryLater or NeverWorks with its own reason where it fails."""
    function = stack.functions[step]
    timeout_seconds = stack.pipeline.function(step).timeout_seconds
    connection = HTTPConnection(urlsplit(function.url).netloc, timeout=timeout_seconds)
    headers = {"Content-Type": "application/json", "User-Agent": "Google-Cloud-Scheduler"}
    try:
        with closing(connection):
            connection.request("POST", "/", json.dumps(body), headers)
            answer = connection.getresponse()
            text = answer.read()
    except (OSError, HTTPException) as error:
        raise RetryLater(
            f"{step} does not answer ({type(error).__name__}); see {function.log_file}"
        ) from error
    if answer.status != HTTPStatus.OK:
        raise _failure(step, answer.status, text)
    content: Mapping[str, Any] = json.loads(text)
    return content


def _failure(step: str, status: int, text: bytes) -> DashboardError:
    """The reason in the function's own words; without them it has crashed."""
    try:
        reason = str(json.loads(text)["error"])
    except (ValueError, KeyError, TypeError):
        return RetryLater(f"{step} failed with status {status}")
    unavailable = status == HTTPStatus.SERVICE_UNAVAILABLE
    return RetryLater(reason) if unavailable else NeverWorks(reason)


def check_urls(stack: Stack, say: Say) -> None:
    """Call watch once, and say what it found; nothing where no URL is watched."""
    if "watch" not in stack.functions:
        return
    try:
        found = call(stack, "watch", {})
    except DashboardError as error:
        say("not checked", str(error))
        return
    down = "".join(f"; {url} {why}" for url, why in found.get("failures", {}).items())
    say("checked", f"{counted(found['urls'], 'URL')}, {found['down']} down{down}")


@contextmanager
def watching(stack: Stack, say: Say) -> Iterator[None]:
    """Check the watched URLs every minute, beside whatever else goes on."""
    ended = threading.Event()

    def run() -> None:
        check_urls(stack, say)
        while not ended.wait(WATCH_SECONDS):
            check_urls(stack, say)

    if "watch" in stack.functions:
        threading.Thread(target=run, name="watch", daemon=True).start()
    try:
        yield
    finally:
        ended.set()
