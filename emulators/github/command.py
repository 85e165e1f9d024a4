"""`python -m emulators github`."""

import argparse
from pathlib import Path

from emulators.github.service import GitHubEmulator
from emulators.running import Running


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of this emulator."""
    parser.add_argument("--login", default="octocat", help="whose account it is (default: octocat)")
    parser.add_argument("--token", help="the only token that is let in; without it, any is")
    parser.add_argument(
        "--author",
        action="append",
        default=[],
        metavar="EMAIL",
        help="an e-mail address of the account",
    )
    parser.add_argument("clones", nargs="*", type=Path, help="git clones whose commits are served")


def start(arguments: argparse.Namespace) -> Running:
    """Start it. OSError where the port or the folder cannot be used."""
    emulator = GitHubEmulator(
        state=arguments.state,
        clones=arguments.clones,
        authors=arguments.author,
        login=arguments.login,
        token=arguments.token,
        port=arguments.port,
    )
    emulator.start()
    return Running(
        addresses={"GITHUB_GRAPHQL_URL": emulator.url, "GITHUB_REST_URL": emulator.rest_url},
        stop=emulator.stop,
    )
