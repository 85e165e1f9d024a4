"""Where `./dev collect` counts: one module a source of commits, and its entry in SOURCES.

A module has the functions of SourceModule. It imports what it reads with only in `open_source`, so
that the command's help waits for no library.
"""

import argparse
import importlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from collect.counting.selection import Selection
    from collect.counting.source import Source

# The first that is wanted is read.
SOURCES = ("clones", "github")


@dataclass(frozen=True, kw_only=True)
class OpenedSource:
    """A source to count in; identity: what makes it another collection."""

    source: "Source"
    selection: "Selection"
    identity: Mapping[str, object]


class SourceModule(Protocol):
    """What each module of this package has."""

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's arguments that are the source's own."""

    def is_wanted(self, arguments: argparse.Namespace, environment: Mapping[str, str]) -> bool:
        """Whether the person asks for this source."""

    def open_source(
        self,
        arguments: argparse.Namespace,
        environment: Mapping[str, str],
        stack: ExitStack,
        say: Callable[[str], None],
    ) -> OpenedSource:
        """Make ready to read; `stack` closes what is opened, `say` tells the person a sentence.

        Raises DashboardError where it cannot be read.
        """


def source_modules() -> Iterator[SourceModule]:
    """All of them, in the order in which they are asked."""
    for name in SOURCES:
        yield cast(SourceModule, importlib.import_module(f"{__name__}.{name}"))
