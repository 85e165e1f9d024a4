"""One request to a URL: what each kind of answer and failure becomes."""

import json
import ssl
import time
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from commit_counts.check import Check, Outcome, parse_check
from commit_counts.tls import trusted_authorities
from tests.support.ports import unused_port
from tests.watch.conftest import DAYS_LEFT, Service
from watch.probe import Rules, probe
from watch.target import Target, is_public, read_targets

RULES = Rules(timeout_seconds=0.5, allow_private=True)
PATIENT = Rules(timeout_seconds=30, allow_private=True)


def check(url: str, rules: Rules = PATIENT) -> Check:
    (target,) = read_targets([url])
    return probe(target, rules, trusted_authorities(trust_env=False))


def test_an_answer_is_timed(service: Service) -> None:
    """Status, milliseconds to the headers and in all, and the instant of the beginning."""
    before = datetime.now(UTC)
    found = check(service.url)
    assert (found.outcome, found.status) == (Outcome.OK, 200)
    assert before <= found.checked_at <= datetime.now(UTC)
    assert found.first_byte_ms is not None
    assert found.total_ms is not None
    assert 0 <= found.first_byte_ms <= found.total_ms
    assert found.certificate_days_left is None
    assert parse_check(found.to_json()) == found


def test_a_time_is_that_of_the_service_alone(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What comes before its request, such as making a client, is ours."""
    ready: list[float] = []

    class SlowlyMade(httpx.Client):
        def __init__(self, **options: Any) -> None:
            super().__init__(**options)
            time.sleep(0.1)
            ready.append(time.monotonic())

    monkeypatch.setattr(httpx, "Client", SlowlyMade)
    total_ms = check(service.url).total_ms
    assert total_ms is not None
    assert total_ms <= (time.monotonic() - ready[0]) * 1000 + 1


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(204, Outcome.OK), (301, Outcome.OK), (399, Outcome.OK), (400, Outcome.STATUS)],
)
def test_a_status_from_400_on_is_a_failure(service: Service, status: int, outcome: Outcome) -> None:
    """An answer that came is timed all the same."""
    found = check(f"{service.url}/status/{status}")
    assert (found.outcome, found.status) == (outcome, status)
    assert found.total_ms is not None


@pytest.mark.parametrize(
    ("path", "outcome"),
    [
        ("hang", Outcome.TIMEOUT),
        ("drip", Outcome.TIMEOUT),
        ("loop", Outcome.REDIRECTS),
        ("close", Outcome.CONNECTION),
    ],
)
def test_a_failure_has_its_kind_and_no_time(service: Service, path: str, outcome: Outcome) -> None:
    """No answer, no milliseconds: a time-out must not look like a slow answer."""
    found = check(f"{service.url}/{path}", RULES if outcome is Outcome.TIMEOUT else PATIENT)
    assert (found.outcome, found.status) == (outcome, None)
    assert (found.first_byte_ms, found.total_ms) == (None, None)


def test_a_port_where_nobody_listens_is_refused() -> None:
    """Told apart from a host that does not answer."""
    assert check(f"http://127.0.0.1:{unused_port()}/").outcome is Outcome.REFUSED


def test_a_name_that_does_not_resolve_is_dns() -> None:
    """The top-level domain is reserved for that (RFC 6761)."""
    assert check("http://nobody.invalid/").outcome is Outcome.DNS


def test_redirects_are_followed_as_configured(service: Service) -> None:
    """The last answer counts; without following, the first one does."""
    url = f"{service.url}/redirect/status/503"
    assert check(url).status == 503
    rules = Rules(timeout_seconds=30, follow_redirects=False, allow_private=True)
    assert check(url, rules).status == 302


def test_a_certificate_that_nobody_trusts_is_a_failure(tls_service: Service) -> None:
    """Of the kind tls; nothing is sent over such a connection."""
    assert check(tls_service.url).outcome is Outcome.TLS
    assert tls_service.seen == []


def test_the_days_of_a_certificate_are_counted(
    tls_service: Service, trusting: ssl.SSLContext
) -> None:
    """Whole days until it expires."""
    (target,) = read_targets([tls_service.url])
    found = probe(target, PATIENT, trusting)
    assert (found.outcome, found.certificate_days_left) == (Outcome.OK, DAYS_LEFT)


@pytest.mark.parametrize("path", ["", "/away/127.0.0.1:1"])
def test_a_private_address_is_not_asked(service: Service, path: str) -> None:
    """Neither by name, nor by address: nothing is sent to it."""
    port = service.url.rpartition(":")[2]
    found = check(f"http://localhost:{port}{path}", Rules(timeout_seconds=30))
    assert found.outcome is Outcome.FORBIDDEN_ADDRESS
    assert service.seen == []


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0", "224.0.0.1", "::1", "fe80::1%eth0", "fd00::1", "fd20:ce::254",
        "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:7f00:1::",
    ],
)  # fmt: skip
def test_private_addresses_are_known(address: str) -> None:
    """Those of clouds' metadata servers, and every way to write one in IPv6."""
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "64:ff9b::5db8:d822"])
def test_the_open_internet_is_public(address: str) -> None:
    """Also through the translation of IPv4 into IPv6."""
    assert is_public(address)


def test_credentials_are_sent_and_never_shown(service: Service) -> None:
    """Not in the event, nor in a repr; the query may hold a key, so it is not shown either."""
    secret = service.url.replace("://", "://me:pass-word@") + "/private?key=to-ken#frag"
    (target,) = read_targets([secret])
    found = probe(target, PATIENT, trusted_authorities(trust_env=False))
    assert found.url == f"{service.url}/private"
    assert service.seen[0][0] == "/private?key=to-ken"
    assert (service.seen[0][1] or "").startswith("Basic ")
    for text in (found.to_json(), json.dumps(found.attributes()), repr(found), repr(target)):
        assert "pass-word" not in text
        assert "to-ken" not in text


def test_labels_are_plain() -> None:
    """Lower-case host, the path as it is."""
    urls = ["HTTPS://Example.COM", "http://[2606:2800::1]:8080/A/b"]
    assert [t.label for t in read_targets(urls)] == [
        "https://example.com/",
        "http://[2606:2800::1]:8080/A/b",
    ]
    assert isinstance(read_targets(urls)[0], Target)
