"""Which clones a command line means, and whose commits are counted in them."""

import glob
import platform
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from commit_counts.errors import NeverWorks
from emulators.github.clones import Clone, looks_like_clone, open_clone, read_clone
from emulators.github.git import GitMissing, UnreadableClone, git_text
from emulators.github.store import ascii_lower

_MOST_NAMED = 5
_LONGEST_SOURCE = 256  # by the event's schema


@dataclass(frozen=True, kw_only=True)
class Authors:
    """Whose commits count.

    emails: the addresses, as the commits spell them.
    reason: how they were chosen, in words to print.
    """

    emails: tuple[str, ...]
    reason: str


def expand_clones(arguments: Iterable[str]) -> list[Clone]:
    """The clones that folders and globs name, each repository once, in the order named.

    `~` is the home folder. A folder that is named plainly must be a clone; a glob takes those
    among its matches that are, and must find one. NeverWorks says which argument breaks this.
    A clone that cannot be read is among them, with its problem.
    """
    found: dict[Path, Clone] = {}
    with _for_a_person():
        for argument in arguments:
            for path in _folders(argument):
                clone = open_clone(path)
                found.setdefault(clone.git_directory, clone)
    return list(found.values())


def choose_authors(clones: Sequence[Clone], named: Collection[str] = ()) -> Authors:
    """The addresses named; else git's own `user.email` where it occurs; else the most frequent.

    Addresses are compared without regard to case. Of equally frequent ones the first in the
    alphabet is taken, so that the choice never changes by itself. The reason names those of the
    named addresses by which there is no commit. NeverWorks where there are commits and none is by
    a named address, or no commit at all to choose from, as far as the clones can be read.
    """
    counts: Counter[str] = Counter()
    problems: list[str] = []
    missing = {ascii_lower(email): email for email in named}
    with _for_a_person():
        for clone in clones:
            try:
                for commit in read_clone(clone):
                    if missing.pop(ascii_lower(commit.author_email), None) and not missing:
                        return _named(named)
                    counts[commit.author_email] += 1
            except UnreadableClone as error:
                problems.append(str(error))
        own = {ascii_lower(email) for clone in clones if (email := configured_email(clone))}
    if named:
        if counts and len(missing) == len({ascii_lower(email) for email in named}):
            raise NeverWorks("; ".join((_nobody(named, counts), *problems[:1])))
        return _named(named, missing=missing.values() if counts else ())
    if occurring := tuple(sorted(email for email in counts if ascii_lower(email) in own)):
        return Authors(emails=occurring, reason="git's user.email")
    totals = _by_spelling(counts)
    if not totals:
        raise NeverWorks(
            problems[0]
            if problems
            else "no commits in these repositories to choose an author from: name one"
        )
    chosen = min(totals, key=lambda email: (-totals[email], email))
    return Authors(
        emails=tuple(sorted(email for email in counts if ascii_lower(email) == chosen)),
        reason="the most frequent author",
    )


def _named(named: Collection[str], *, missing: Iterable[str] = ()) -> Authors:
    reason = "named on the command line"
    if nobody := ", ".join(missing):
        reason += f"; no commit is by {nobody}"
    return Authors(emails=tuple(named), reason=reason)


def _by_spelling(counts: Counter[str]) -> Counter[str]:
    """Commits by address, whatever its case."""
    totals: Counter[str] = Counter()
    for email, count in counts.items():
        totals[ascii_lower(email)] += count
    return totals


def _nobody(named: Collection[str], counts: Counter[str]) -> str:
    totals = _by_spelling(counts)
    most = sorted(totals, key=lambda email: (-totals[email], email))
    there = ", ".join(f"{email} ({totals[email]})" for email in most[:_MOST_NAMED])
    more = f" and {len(most) - _MOST_NAMED} more" if len(most) > _MOST_NAMED else ""
    return (
        f"no commit in these repositories is by {', '.join(named)}: name the e-mail address of an "
        f"author that there is, with --author: {there}{more}"
    )


def source_of_this_machine() -> str:
    """The name under which this machine states what it counts in its clones."""
    return f"clones/{platform.node() or 'here'}"[:_LONGEST_SOURCE]


def configured_email(clone: Clone) -> str | None:
    """The `user.email` that git would commit with in this clone, if one is configured."""
    if clone.problem:
        return None
    return git_text(clone.path, "config", "--get", "user.email", accept=(0, 1)) or None


@contextmanager
def _for_a_person() -> Iterator[None]:
    """What the reader raises, as one of our own errors."""
    try:
        yield
    except (GitMissing, UnreadableClone) as error:
        raise NeverWorks(str(error)) from error


def _folders(argument: str) -> list[Path]:
    plain = Path(argument).expanduser()
    if plain.is_dir():
        return [plain]
    if not glob.has_magic(argument):
        raise NeverWorks(f"{argument} is not a folder: name the folder of a git clone")
    matches = [Path(match) for match in sorted(glob.glob(str(plain), recursive=True))]
    clones = [path for path in matches if looks_like_clone(path)]
    if not clones:
        raise NeverWorks(f"no git clone matches {argument} ({len(matches)} other matches)")
    return clones
