"""Where browsers find the page: on this machine only, or, with `--host`, on a phone beside it.

Off this machine the page lies below a random code, new at every start: whoever does not have the
address learns nothing. It is not encrypted.
"""

import io
import ipaddress
import secrets
import socket
from dataclasses import dataclass

from emulators.http_guard import LOOPBACK

WARNING = (
    "open to other devices: whoever has this address reads the names of repositories and all "
    "numbers, and edits what is editable on the page; nothing is encrypted, so use it in networks "
    "that you trust"
)
# Nothing is sent there (https://www.rfc-editor.org/rfc/rfc5737); it only makes the system choose.
_ELSEWHERE = ("192.0.2.1", 9)


@dataclass(frozen=True, kw_only=True)
class PageAddress:
    """host: what is bound. shown: what a browser is given. names: what a browser may ask for.

    code: the secret part of the path; empty on this machine only.
    """

    host: str
    shown: str
    names: tuple[str, ...] = ()
    code: str = ""

    @property
    def is_open(self) -> bool:
        """Whether other devices reach it."""
        return bool(self.code)

    def url(self, port: int) -> str:
        """What to open."""
        host = f"[{self.shown}]" if ":" in self.shown else self.shown
        return f"http://{host}:{port}" + (f"/{self.code}/" if self.code else "")


def choose_page_address(host: str) -> PageAddress:
    """host: a name or an address of this machine; 0.0.0.0 or :: for all of them."""
    if host == "localhost" or _is(host, "is_loopback"):
        return PageAddress(host=host, shown=host)
    everywhere = _is(host, "is_unspecified")
    shown = _own_address() if everywhere else host
    name = socket.gethostname().lower()
    names = (shown, name, f"{name}.local") if everywhere else (host,)
    bracketed = tuple(f"[{x}]" if ":" in x else x for x in names)
    return PageAddress(host=host, shown=shown, names=bracketed, code=secrets.token_urlsafe(9))


def qr_code(text: str) -> list[str]:
    """Lines of half blocks, all of one width, that a phone's camera reads off a terminal."""
    import segno

    drawn = io.StringIO()
    segno.make(text, error="l", micro=False).terminal(drawn, compact=True, border=2)
    return drawn.getvalue().rstrip("\n").split("\n")


def _is(host: str, kind: str) -> bool:
    try:
        return bool(getattr(ipaddress.ip_address(host), kind))
    except ValueError:
        return False


def _own_address() -> str:
    """The address by which this machine's network knows it; loopback where there is none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_ELSEWHERE)
        except OSError:
            return LOOPBACK
        return str(probe.getsockname()[0])
