"""`python -m emulators NAME`: one emulator alone, until Ctrl-C or SIGTERM.

Each emulator's package has a module `command` with `configure(parser)`, which adds the options that
it has beside `--port` and `--state`, and `start(arguments)`, which gives a `Running`.
"""

import argparse
import gc
import importlib
import os
import signal
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from emulators.running import Running

EMULATORS: Mapping[str, str] = {
    "pubsub": "Cloud Pub/Sub, over gRPC and REST",
    "sheets": "Google Sheets v4, over REST",
    "monitoring": "Cloud Monitoring's metrics, over gRPC",
    "github": "GitHub's GraphQL and REST, answered from git clones",
}
# What is written is for nobody else on this machine.
_UMASK = 0o077


def main(argv: Sequence[str] | None = None) -> int:
    """Run one emulator; 1 where it cannot start, with the reason in one line."""
    gc.disable()  # hardly anything of what is imported becomes garbage, and looking takes a while
    arguments = _arguments(sys.argv[1:] if argv is None else argv)
    asked_to_stop = _signals()
    os.umask(_UMASK)
    with ExitStack() as exits:
        if arguments.state is None:
            folder = tempfile.TemporaryDirectory(prefix=f"{arguments.emulator}-emulator-")
            arguments.state = Path(exits.enter_context(folder))
        command = importlib.import_module(f"emulators.{arguments.emulator}.command")
        try:
            running: Running = command.start(arguments)
        except (OSError, ValueError) as error:
            print(f"emulators {arguments.emulator}: {error}", file=sys.stderr)
            return 1
        exits.callback(running.stop)
        gc.freeze()
        gc.enable()
        for name, address in running.addresses.items():
            print(f"{name}={address}", flush=True)
        os.read(asked_to_stop, 1)
    return 0


def _signals() -> int:
    """A descriptor that can be read from once a signal to stop has come.

    No lock or event does: a signal that another thread than the main one receives wakes no lock.
    """
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    return reading


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m emulators",
        description="A cloud service on this machine, for its real clients, without an account.",
        epilog="Prints a line NAME=ADDRESS for each address once it answers. Ctrl-C stops it.",
    )
    names = parser.add_subparsers(dest="emulator", metavar="NAME", required=True)
    for name, summary in EMULATORS.items():
        each = names.add_parser(name, help=summary, description=f"{summary}. {parser.epilog}")
        each.add_argument(
            "--port", type=int, default=0, help="the port to listen on; without it, a free one"
        )
        each.add_argument(
            "--state",
            type=Path,
            metavar="DIR",
            help="where it keeps what it is told; without it, nothing outlives the emulator",
        )
        if name in argv[:1]:  # the others' imports would only cost time
            importlib.import_module(f"emulators.{name}.command").configure(each)
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
