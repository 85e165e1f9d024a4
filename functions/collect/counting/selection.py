"""Which repositories count: forks or not, and by name."""

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from collect.counting.source import Repository


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Globs are compared without regard to case, as GitHub compares names.

    include: one of these must match; all repositories where it is empty.
    exclude: none of these may match.
    A glob with a slash is for the whole name (`acme/*`), one without for the last part (`dot*`).
    """

    forks: bool = False
    include: Sequence[str] = ()
    exclude: Sequence[str] = ()

    def accepts(self, repository: Repository) -> bool:
        """Whether the commits of this repository count."""
        if repository.fork and not self.forks:
            return False
        if any(_matches(repository.name, glob) for glob in self.exclude):
            return False
        return not self.include or any(_matches(repository.name, glob) for glob in self.include)


def _matches(name: str, glob: str) -> bool:
    compared = name if "/" in glob else name.rpartition("/")[2]
    return fnmatchcase(compared.casefold(), glob.casefold())
