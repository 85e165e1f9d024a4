"""Runs gcloud and terraform, shows what they say, and explains why they fail."""

import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from commit_counts.errors import NeverWorks, RetryLater
from commit_counts.logs import printable
from own_dashboard.deploy.failures import failure_of

# What is on its way arrives within a few minutes, or something else is wrong.
TRIES = 4
_PAUSE_SECONDS = 60.0
_LONGEST_QUOTE = 600


class Shell:
    """Runs commands in the checkout, or only shows them.

    dry_run: nothing is run, nothing is asked; a question to a program has no answer.
    wait: how the time passes between two tries of what passes by itself.
    """

    def __init__(
        self, folder: Path, *, dry_run: bool, wait: Callable[[float], None] = time.sleep
    ) -> None:
        self._folder = folder
        self._wait = wait
        self.dry_run = dry_run

    def say(self, text: str) -> None:
        """A line for the person."""
        print(printable(text), flush=True)

    def read(self, *command: str) -> str | None:
        """What a program answers; None where it fails, or where nothing is run."""
        if self.dry_run:
            self.say(f"    $ {shlex.join(command)}")
            return None
        done = self._run(command, subprocess.PIPE)
        return done.stdout.strip() if done.returncode == 0 else None

    def do(
        self, *command: str, typed: str | None = None, when: str = "", tries: int = TRIES
    ) -> None:
        """Run a program and show what it says; what passes by itself is tried again.

        typed: goes to its standard input, and is shown nowhere. when: the condition under which a
        dry run would do it. Raises NeverWorks or RetryLater with the reason and what to do.
        """
        if self.dry_run:
            self.say(f"    $ {shlex.join(command)}{f'   # {when}' if when else ''}")
            return
        self.say(f"  $ {shlex.join(command)}")
        for left in reversed(range(tries)):
            status, text = self._shown(command, typed)
            if status == 0:
                return
            failure = failure_of(text)
            if failure is None or not failure.passes or not left:
                break
            self.pause(failure.meaning)
        program = " ".join(command[:3])
        if failure is None:
            quote = text.strip()[-_LONGEST_QUOTE:] or f"it ended with status {status}"
            raise NeverWorks(f"{program} failed: {quote}", fix="correct that, and run it again")
        kind = RetryLater if failure.passes else NeverWorks
        raise kind(f"{program} failed: {failure.meaning}", fix=failure.fix)

    def pause(self, reason: str) -> None:
        """Let a minute pass, in which what is on its way may arrive."""
        self.say(f"  {reason}: trying again in a minute")
        self._wait(_PAUSE_SECONDS)

    def interact(self, *command: str, when: str = "") -> None:
        """Run a program that speaks with the person itself. NeverWorks where it fails."""
        if self.dry_run:
            self.do(*command, when=when)
            return
        self.say(f"  $ {shlex.join(command)}")
        try:
            status = subprocess.run(command, cwd=self._folder, check=False).returncode
        except OSError as error:
            raise _missing(command[0], error) from error
        if status:
            raise NeverWorks(f"{' '.join(command[:3])} ended with status {status}; run it again")

    def ask(self, question: str, default: str = "") -> str:
        """A line that the person types. NeverWorks where nobody can."""
        if self.dry_run:
            return default
        suffix = f" [{default}]" if default else ""
        print(printable(f"  {question}{suffix}: "), end="", flush=True)
        line = sys.stdin.readline()
        if not line:
            raise NeverWorks(f"expected an answer to {question!r}, and the input has ended")
        return line.strip() or default

    def _run(self, command: Sequence[str], output: int) -> "subprocess.CompletedProcess[str]":
        try:
            return subprocess.run(
                command, cwd=self._folder, stdout=output, stderr=output, text=True, check=False,
                stdin=subprocess.DEVNULL,
            )  # fmt: skip
        except OSError as error:
            raise _missing(command[0], error) from error

    def _shown(self, command: Sequence[str], typed: str | None) -> tuple[int, str]:
        try:
            process = subprocess.Popen(
                command, cwd=self._folder, text=True,
                stdin=subprocess.PIPE if typed is not None else subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )  # fmt: skip
        except OSError as error:
            raise _missing(command[0], error) from error
        with process:
            if typed is not None:
                assert process.stdin
                process.stdin.write(typed)
                process.stdin.close()
            assert process.stdout
            lines = []
            for line in process.stdout:
                lines.append(line)
                self.say(f"    {line.rstrip()}")
        return process.returncode, "".join(lines)


def _missing(program: str, error: OSError) -> NeverWorks:
    return NeverWorks(
        f"{program} cannot be started ({error.strerror})",
        fix="docs/deploy/google-cloud.md says how to install it",
    )
