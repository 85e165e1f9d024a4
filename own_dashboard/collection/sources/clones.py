"""Git clones on this machine."""

import argparse
from collections.abc import Callable, Mapping
from contextlib import ExitStack

from own_dashboard.collection.sources import OpenedSource


def configure(parser: argparse.ArgumentParser) -> None:
    """The clones, whose commits in them, and of which branches."""
    add = parser.add_argument
    add("--repositories", nargs="+", default=[], metavar="DIR",
        help="count in these git clones (globs too) instead of on GitHub")  # fmt: skip
    add("--author", nargs="+", default=[], metavar="EMAIL",
        help="whose commits, in clones; on GitHub, further addresses of the person")  # fmt: skip
    add("--branches", choices=("all", "default"), default="all", help="of clones; default all")


def is_wanted(arguments: argparse.Namespace, environment: Mapping[str, str]) -> bool:  # noqa: ARG001
    """Where clones are named."""
    return bool(arguments.repositories)


def open_source(
    arguments: argparse.Namespace,
    environment: Mapping[str, str],
    stack: ExitStack,  # noqa: ARG001 - nothing stays open
    say: Callable[[str], None],
) -> OpenedSource:
    """Find the clones and choose the author, which is told."""
    from collect.settings import read_github
    from commit_counts.settings import Variables
    from own_dashboard.clones.choose import choose_authors, expand_clones
    from own_dashboard.clones.source import CloneSource

    variables = Variables({**environment, "GITHUB_TOKEN": "none"})
    github = read_github(variables)
    variables.check()
    clones = expand_clones(arguments.repositories)
    authors = choose_authors(clones, arguments.author)
    say(f"commits by {', '.join(authors.emails)} ({authors.reason})")
    all_branches = arguments.branches == "all"
    return OpenedSource(
        source=CloneSource(
            clones,
            login=github.login or authors.emails[0],
            emails=authors.emails,
            all_branches=all_branches,
        ),
        selection=github.selection,
        identity={
            "clones": sorted(clone.key for clone in clones), "authors": authors.emails,
            "login": github.login, "all_branches": all_branches,
            "selection": repr(github.selection),
        },
    )  # fmt: skip
