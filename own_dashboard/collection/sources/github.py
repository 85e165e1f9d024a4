"""GitHub, as the person whom the token belongs to or who is named."""

import argparse
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import datetime, timedelta

from own_dashboard.collection.sources import OpenedSource


def configure(parser: argparse.ArgumentParser) -> None:
    """It has no arguments of its own."""


def is_wanted(arguments: argparse.Namespace, environment: Mapping[str, str]) -> bool:  # noqa: ARG001
    """Where there is a token."""
    return bool(environment.get("GITHUB_TOKEN", "").strip())


def open_source(
    arguments: argparse.Namespace,
    environment: Mapping[str, str],
    stack: ExitStack,
    say: Callable[[str], None],
) -> OpenedSource:
    """Connect; long waits that GitHub asks for are told."""
    from collect.github.client import Session
    from collect.github.transport import GitHub
    from collect.run import github_source
    from collect.settings import check_github, read_github
    from commit_counts.retry import Deadline
    from commit_counts.settings import Variables

    named = {"GITHUB_EMAILS": " ".join(arguments.author)} if arguments.author else {}
    variables = Variables({**environment, **named})
    github = read_github(variables)
    variables.check()
    check_github(github)
    transport = stack.enter_context(GitHub(url=github.url, token=github.token))
    deadline = Deadline(sleep=_telling_sleep(say))
    return OpenedSource(
        source=github_source(Session(transport, token=github.token, deadline=deadline), github),
        selection=github.selection,
        identity={
            "github": github.url, "login": github.login, "emails": github.emails,
            "selection": repr(github.selection),
        },
    )  # fmt: skip


def _telling_sleep(say: Callable[[str], None]) -> Callable[[float], None]:
    """Nobody should wonder why nothing moves for an hour."""

    def sleep(seconds: float) -> None:
        if seconds > 5:
            end = datetime.now().astimezone() + timedelta(seconds=seconds)
            say(f"GitHub asks to wait until {end:%H:%M:%S}")
        time.sleep(seconds)

    return sleep
