"""The watched URLs: which are taken, and under which name each is shown; pure."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from commit_counts.errors import InvalidSettings

LONGEST_URL = 1024


@dataclass(frozen=True, kw_only=True)
class Target:
    """One watched URL.

    url: what is requested, which may hold credentials and is never shown. label: the same without
    credentials, query and fragment, which is how events, metrics and logs call it.
    """

    url: str = field(repr=False)
    label: str


def read_targets(words: Sequence[str]) -> tuple[Target, ...]:
    """The targets of WATCH_URLS. Raises InvalidSettings, which names all that is wrong."""
    targets, faults = [], []
    for number, word in enumerate(words, start=1):
        try:
            targets.append(_target(word))
        except ValueError as error:
            # The address is not quoted: a password may stand anywhere in a broken one.
            faults.append(f"WATCH_URLS: address {number} of {len(words)}: {error}")
    labels = [target.label for target in targets]
    faults += [
        f"WATCH_URLS: {label} is there twice; expected addresses that differ in more than "
        "credentials and query"
        for label in dict.fromkeys(labels)
        if labels.count(label) > 1
    ]
    if faults:
        raise InvalidSettings("; ".join(faults))
    return tuple(targets)


def _target(url: str) -> Target:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("expected http:// or https:// and a host")
    if not url.isprintable() or len(url) > LONGEST_URL:
        raise ValueError(f"expected at most {LONGEST_URL} printable characters")
    port = f":{parts.port}" if parts.port is not None else ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return Target(url=url, label=f"{parts.scheme}://{host}{port}{parts.path or '/'}")


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet.

    Private networks, loopback, link-local (where clouds answer with credentials) and the like are
    not, nor is an IPv6 form of one of them. https://www.iana.org/assignments/iana-ipv4-special-registry
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    embedded = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    if embedded is not None:
        return is_public(str(embedded))
    nat64 = ipaddress.ip_network("64:ff9b::/96")
    if ip.version == 6 and ip in nat64:
        return is_public(str(ipaddress.ip_address(int(ip) & 0xFFFFFFFF)))
    return ip.is_global and not ip.is_multicast
