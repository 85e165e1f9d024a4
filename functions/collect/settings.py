"""The settings of the function `collect`, from environment variables."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from collect.counting.selection import Selection
from commit_counts.errors import InvalidSettings
from commit_counts.settings import LOOPBACK, Variables

GITHUB_URL = "https://api.github.com/graphql"
LONGEST_TIMEOUT_SECONDS = 3600
LONGEST_SOURCE = 256  # by the event's schema
# Whatever else a token holds would break the header, and the error would quote it.
_TOKEN = re.compile(r"[A-Za-z0-9_.~+/=-]+")


@dataclass(frozen=True, kw_only=True)
class GitHubSettings:
    """How to read GitHub.

    login: whose commits; None for the token's owner.
    emails: further author addresses, for commits that are not linked to the account.
    skip_hidden: go on where an organisation hides repositories from the token.
    """

    token: str = field(repr=False)
    url: str
    login: str | None
    emails: tuple[str, ...]
    selection: Selection
    skip_hidden: bool


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All that the function needs.

    source: the name under which is stated what is counted; None for the account on GitHub.
    emulator_host: `host:port` of a Pub/Sub emulator; None for the real service.
    timeout_seconds: after so long the platform ends the function.
    """

    github: GitHubSettings
    source: str | None
    time_zone: ZoneInfo
    project: str
    topic: str
    emulator_host: str | None
    timeout_seconds: int


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Raises InvalidSettings with everything that is missing or wrong."""
    variables = Variables(environment)
    settings = Settings(
        github=read_github(variables),
        source=read_source(variables),
        time_zone=variables.time_zone(),
        project=variables.text("GOOGLE_CLOUD_PROJECT", example="my-project"),
        topic=variables.text("TOPIC", example="commit-counts"),
        emulator_host=variables.optional("PUBSUB_EMULATOR_HOST"),
        timeout_seconds=variables.integer(
            "TIMEOUT_SECONDS", default=540, minimum=1, maximum=LONGEST_TIMEOUT_SECONDS
        ),
    )
    variables.check()
    check_github(settings.github)
    return settings


def read_source(variables: Variables) -> str | None:
    """The name under which is stated what is counted, where one is chosen."""
    return variables.label("SOURCE", longest=LONGEST_SOURCE)


def read_github(variables: Variables) -> GitHubSettings:
    """The variables about GitHub; faults gather in `variables`."""
    return GitHubSettings(
        token=variables.text("GITHUB_TOKEN", example="ghp_…"),
        url=variables.optional("GITHUB_GRAPHQL_URL") or GITHUB_URL,
        login=variables.optional("GITHUB_LOGIN"),
        emails=variables.words("GITHUB_EMAILS"),
        selection=Selection(
            forks=variables.flag("COLLECT_FORKS"),
            include=variables.words("REPOSITORIES_INCLUDE"),
            exclude=variables.words("REPOSITORIES_EXCLUDE"),
        ),
        skip_hidden=variables.flag("SKIP_HIDDEN_REPOSITORIES"),
    )


def check_github(settings: GitHubSettings) -> None:
    """Raises InvalidSettings for a token or an address that must not be sent; never quotes it."""
    if not _TOKEN.fullmatch(settings.token):
        raise InvalidSettings(
            "GITHUB_TOKEN: expected letters, digits and _ only, got something else (it is not "
            "shown)",
            fix="copy the token again, without quotation marks or line breaks",
        )
    try:
        parts = urlsplit(settings.url)
        secure = parts.scheme == "https" and bool(parts.hostname)
        local = parts.scheme == "http" and parts.hostname in LOOPBACK
    except ValueError:
        secure = local = False
    if not (secure or local):
        raise InvalidSettings(
            f"GITHUB_GRAPHQL_URL: expected an https:// address (http:// on this machine only, as "
            f"the token travels with it), got {settings.url!r}"
        )
