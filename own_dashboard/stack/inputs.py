"""Whose commits the local pipeline counts, and where: on GitHub, or in git clones here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from commit_counts.errors import NeverWorks
from emulators.github.git import shown
from own_dashboard.clones.choose import choose_authors, expand_clones, source_of_this_machine
from own_dashboard.environment import home
from own_dashboard.stack.sample import SAMPLE_EMAIL, SAMPLE_LOGIN, SAMPLE_REACH

GITHUB_GRAPHQL_URL = "https://api.github.com/graphql"
# The emulator asks for a token as GitHub does; this one opens nothing.
EMULATOR_TOKEN = "local-emulator"
_YEAR = timedelta(days=365)


@dataclass(frozen=True, kw_only=True)
class Input:
    """What collect is pointed at.

    login: whose commits; None with GitHub means the token's owner.
    graphql_url: GitHub's; None for the emulator, which answers from `clones`.
    clones, authors: the clones' folders and the e-mail addresses that count in them.
    source: under which name the counts are stated; None for the account on GitHub.
    is_sample: sample data is served instead of anything real.
    first_reach: how far back the first collection goes.
    sentence: what was chosen and why, to print.
    """

    login: str | None
    token: str
    graphql_url: str | None = None
    clones: tuple[Path, ...] = ()
    authors: tuple[str, ...] = ()
    source: str | None = None
    is_sample: bool = False
    first_reach: timedelta = _YEAR
    sentence: str

    def identity(self) -> dict[str, object]:
        """What makes it another picture: with a changed one, the year is collected again."""
        return {
            "github": self.graphql_url,
            "clones": sorted(shown(clone) for clone in self.clones),
            "authors": sorted(self.authors),
        }


def choose_input(
    environment: Mapping[str, str],
    *,
    repositories: Sequence[str] = (),
    authors: Sequence[str] = (),
) -> Input:
    """GitHub where there is a token and no clones are named; else the clones, or this checkout.

    Raises NeverWorks where clones cannot be read, or none is there to read.
    """
    token = environment.get("GITHUB_TOKEN", "").strip()
    if token and not repositories:
        login = environment.get("GITHUB_LOGIN", "").strip() or None
        url = environment.get("GITHUB_GRAPHQL_URL", "").strip() or GITHUB_GRAPHQL_URL
        return Input(
            login=login, token=token, graphql_url=url,
            sentence=f"GitHub, as {login or 'the owner of GITHUB_TOKEN'}",
        )  # fmt: skip
    return _clones(repositories, authors)


def sample_input() -> Input:
    """Two years of a person who does not exist."""
    return Input(
        login=SAMPLE_LOGIN,
        token=EMULATOR_TOKEN,
        authors=(SAMPLE_EMAIL,),
        is_sample=True,
        first_reach=SAMPLE_REACH,
        sentence="sample data: three repositories of a person who does not exist",
    )


def _clones(repositories: Sequence[str], authors: Sequence[str]) -> Input:
    if not repositories and not (home() / ".git").exists():
        raise NeverWorks(
            f"{home()} is no git repository to count in: name clones with --repositories DIR, "
            "or set GITHUB_TOKEN to count on GitHub"
        )
    clones = expand_clones(repositories or [str(home())])
    chosen = choose_authors(clones, authors)
    names = ", ".join(clone.repository for clone in clones[:3])
    more = f" and {len(clones) - 3} more" if len(clones) > 3 else ""
    who = ", ".join(chosen.emails)
    return Input(
        login=_login(chosen.emails[0]),
        token=EMULATOR_TOKEN,
        clones=tuple(clone.path for clone in clones),
        authors=chosen.emails,
        source=source_of_this_machine(),
        sentence=f"local clones ({names}{more}), commits by {who} ({chosen.reason})",
    )


def _login(email: str) -> str:
    """A login for a person known by address: the part before the @, as GitHub spells logins."""
    kept = "".join(c if c.isascii() and c.isalnum() else "-" for c in email.partition("@")[0])
    return kept.strip("-")[:39].strip("-") or "local"
