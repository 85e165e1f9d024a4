"""Loading the authorities of TLS is slow: a process does it once for all that it requests."""

import ssl
from pathlib import Path

import certifi
import pytest

from collect.github.transport import GitHub
from commit_counts.tls import trusted_authorities
from watch.probe import Rules
from watch.run import run
from watch.target import read_targets


@pytest.fixture(name="loaded")
def _loaded(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """The file of each loading from now on, of a process that has loaded none."""
    files: list[str | None] = []
    load = ssl.create_default_context

    def remember(*, cafile: str | None = None) -> ssl.SSLContext:
        files.append(cafile)
        return load(cafile=cafile)

    trusted_authorities.cache_clear()
    monkeypatch.setattr(ssl, "create_default_context", remember)
    return files


def test_many_urls_share_what_was_loaded(loaded: list[str | None]) -> None:
    """Of one run and of the next."""
    targets = read_targets([f"https://127.0.0.1:1/{number}" for number in range(5)])
    rules = Rules(timeout_seconds=10, allow_private=True)
    for _ in range(2):
        assert len(run(targets, rules, lambda _: None).down) == 5
    assert len(loaded) == 1


def test_runs_of_collect_share_what_was_loaded(loaded: list[str | None]) -> None:
    """Each has a client of its own."""
    for _ in range(2):
        with GitHub(url="https://api.github.com/graphql", token="ghp_1"):
            pass
    assert len(loaded) == 1


def test_a_person_may_name_other_authorities(
    loaded: list[str | None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """For GitHub, behind a proxy that opens TLS; a watched URL is judged by the usual ones."""
    own = tmp_path / "authorities.pem"
    own.write_bytes(Path(certifi.where()).read_bytes())
    monkeypatch.setenv("SSL_CERT_FILE", str(own))
    with GitHub(url="https://api.github.com/graphql", token="ghp_1"):
        pass
    run(read_targets(["https://127.0.0.1:1/"]), Rules(timeout_seconds=10), lambda _: None)
    assert loaded == [str(own), certifi.where()]
