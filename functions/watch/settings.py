"""The settings of the function `watch`, from environment variables."""

from collections.abc import Mapping
from dataclasses import dataclass

from commit_counts.errors import InvalidSettings
from commit_counts.settings import Variables
from watch.probe import Rules
from watch.target import Target, read_targets

MOST_URLS = 50
TIMEOUT_SECONDS = 10


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All that the function needs; emulator_host is None for the real Pub/Sub."""

    targets: tuple[Target, ...]
    rules: Rules
    project: str
    topic: str
    emulator_host: str | None


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Raises InvalidSettings with everything that is missing or wrong; shows no credentials."""
    variables = Variables(environment)
    words = variables.words("WATCH_URLS")
    settings = Settings(
        targets=read_targets(words),
        rules=read_rules(variables),
        project=variables.text("GOOGLE_CLOUD_PROJECT", example="my-project"),
        topic=variables.text("TOPIC", example="checks"),
        emulator_host=variables.optional("PUBSUB_EMULATOR_HOST"),
    )
    variables.check()
    if not 1 <= len(words) <= MOST_URLS:
        raise InvalidSettings(
            f"WATCH_URLS: expected 1 to {MOST_URLS} addresses, got {len(words)}",
            fix="set it, for example WATCH_URLS=https://example.com",
        )
    return settings


def read_rules(variables: Variables) -> Rules:
    """How a URL is requested; faults gather in `variables`."""
    return Rules(
        timeout_seconds=variables.integer(
            "WATCH_TIMEOUT_SECONDS", default=TIMEOUT_SECONDS, minimum=1, maximum=30
        ),
        follow_redirects=variables.flag("WATCH_FOLLOW_REDIRECTS", default=True),
        allow_private=variables.flag("WATCH_ALLOW_PRIVATE"),
    )
