"""The settings of `watch`: everything that is wrong is told at once, and no secret is."""

import pytest

from commit_counts.errors import InvalidSettings
from watch.settings import read_settings

GOOD = {
    "GOOGLE_CLOUD_PROJECT": "p",
    "TOPIC": "checks",
    "WATCH_URLS": "https://example.com, http://example.org/health",
}


def test_the_settings_are_read() -> None:
    """With what a person leaves out as documented."""
    settings = read_settings(GOOD)
    assert [t.label for t in settings.targets] == [
        "https://example.com/",
        "http://example.org/health",
    ]
    assert settings.rules.timeout_seconds == 10
    assert settings.rules.follow_redirects
    assert not settings.rules.allow_private


@pytest.mark.parametrize(
    ("urls", "said"),
    [
        ("", "expected 1 to 50 addresses, got 0"),
        (" ".join(f"http://h{n}/" for n in range(51)), "expected 1 to 50 addresses, got 51"),
        ("ftp://me:secret@h/", "address 1 of 1: expected http:// or https:// and a host"),
        ("https://ok/ example.com", "address 2 of 2: expected http:// or https:// and a host"),
        ("http://[::1/", "address 1 of 1: "),
        ("http://h:99999/", "address 1 of 1: "),
        ("http://a/?secret=1 http://a/?secret=2", "http://a/ is there twice"),
        ("http://h/" + "x" * 1024, "at most 1024 printable characters"),
    ],
)
def test_a_wrong_address_is_named_without_its_text(urls: str, said: str) -> None:
    """A password may stand anywhere in it."""
    with pytest.raises(InvalidSettings) as raised:
        read_settings({**GOOD, "WATCH_URLS": urls})
    assert said in str(raised.value)
    assert "secret" not in str(raised.value)
