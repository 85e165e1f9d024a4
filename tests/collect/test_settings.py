"""collect's settings: what is there, what is missing, and what must not be sent."""

import pytest

from collect.settings import GITHUB_URL, read_settings
from commit_counts.errors import InvalidSettings

NEEDED = {
    "GITHUB_TOKEN": "ghp_" + "s" * 36,
    "TIME_ZONE": "Asia/Tokyo",
    "GOOGLE_CLOUD_PROJECT": "somebody",
    "TOPIC": "commit-counts",
}


def test_what_is_needed_suffices() -> None:
    """Everything else has a default; the token is not part of what a settings object shows."""
    settings = read_settings(NEEDED)
    assert settings.github.url == GITHUB_URL
    assert settings.github.login is None
    assert settings.github.selection.forks is False
    assert settings.source is None
    assert settings.timeout_seconds == 540
    assert NEEDED["GITHUB_TOKEN"] not in repr(settings)


def test_everything_can_be_chosen() -> None:
    """Lists are parted by commas or spaces."""
    settings = read_settings(
        NEEDED
        | {
            "GITHUB_LOGIN": "mona",
            "GITHUB_EMAILS": "a@x, b@y",
            "COLLECT_FORKS": "yes",
            "REPOSITORIES_INCLUDE": "acme/* me/*",
            "REPOSITORIES_EXCLUDE": "me/dot*",
            "GITHUB_GRAPHQL_URL": "http://127.0.0.1:99/graphql",
            "SKIP_HIDDEN_REPOSITORIES": "true",
            "SOURCE": "github/work",
            "TIMEOUT_SECONDS": "60",
            "PUBSUB_EMULATOR_HOST": "127.0.0.1:8085",
        }
    )
    assert settings.github.emails == ("a@x", "b@y")
    assert settings.github.selection.include == ("acme/*", "me/*")
    assert settings.github.selection.exclude == ("me/dot*",)
    assert settings.github.selection.forks is True
    assert settings.github.skip_hidden is True
    assert settings.source == "github/work"
    assert (settings.timeout_seconds, settings.emulator_host) == (60, "127.0.0.1:8085")


@pytest.mark.parametrize("token", ["two words", "line\nbreak", "‘quoted’", "naïve", '"x"'])
def test_a_token_that_no_header_can_hold_is_refused_unseen(token: str) -> None:
    """The HTTP library's own error would quote it."""
    with pytest.raises(InvalidSettings, match="GITHUB_TOKEN: expected") as failure:
        read_settings(NEEDED | {"GITHUB_TOKEN": token})
    assert token not in str(failure.value)


@pytest.mark.parametrize(
    "url", ["http://github.example/graphql", "ftp://x", "github.example", "https://", "http://[::1"]
)
def test_an_address_that_would_show_the_token_to_others_is_refused(url: str) -> None:
    """https only, except on this machine."""
    with pytest.raises(InvalidSettings, match="GITHUB_GRAPHQL_URL: expected an https"):
        read_settings(NEEDED | {"GITHUB_GRAPHQL_URL": url})


def test_every_fault_is_told_at_once() -> None:
    """Nobody fixes one variable after another."""
    with pytest.raises(InvalidSettings) as failure:
        read_settings({"TIME_ZONE": "Tokyo", "TIMEOUT_SECONDS": "soon", "SOURCE": "x" * 257})
    for name in (
        "SOURCE",
        "GITHUB_TOKEN",
        "TIME_ZONE",
        "GOOGLE_CLOUD_PROJECT",
        "TOPIC",
        "TIMEOUT_SECONDS",
    ):
        assert name in str(failure.value)
