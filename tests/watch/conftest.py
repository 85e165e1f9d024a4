"""A web service that answers, is slow, fails, redirects, hangs and breaks TLS, at its paths."""

import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAYS_LEFT = 40


@dataclass
class Service:
    """A running service. url: without a path. seen: the headers of each request, by path."""

    url: str
    seen: list[tuple[str, str | None]] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)


class _Handler(BaseHTTPRequestHandler):
    service: Service
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """By the first part of the path."""
        self.service.seen.append((self.path, self.headers.get("Authorization")))
        first, _, rest = self.path.strip("/").partition("/")
        match first.partition("?")[0]:
            case "status":
                self._answer(int(rest))
            case "redirect":
                self._answer(302, location=f"/{rest}")
            case "loop":
                self._answer(302, location="/loop")
            case "away":
                self._answer(302, location=f"http://{rest}/")
            case "hang":
                self.service.release.wait()
            case "drip":
                self._drip()
            case "close":
                self.close_connection = True
            case _:
                self._answer(200)

    def _answer(self, status: int, *, location: str | None = None) -> None:
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def _drip(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000000")
        self.end_headers()
        try:
            while not self.service.release.wait(0.02):
                self.wfile.write(b".")
        except OSError:
            pass  # the client gave up, as it should

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


def serving(context: ssl.SSLContext | None = None) -> Iterator[Service]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a broken handshake
    scheme = "http"
    if context:
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
        scheme = "https"
    service = Service(url=f"{scheme}://127.0.0.1:{server.server_address[1]}")
    server.RequestHandlerClass = type("Handler", (_Handler,), {"service": service})
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield service
    finally:
        service.release.set()
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def service() -> Iterator[Service]:
    """Over plain HTTP."""
    yield from serving()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1, with its key: it signs itself and is valid for 40 days."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=DAYS_LEFT, hours=3))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "certificate.pem"
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return file


@pytest.fixture
def tls_service(certificate: Path) -> Iterator[Service]:
    """Over TLS, with a certificate that only `trusting` trusts."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    yield from serving(context)


@pytest.fixture
def trusting(certificate: Path) -> ssl.SSLContext:
    """A client's side that trusts the certificate."""
    return ssl.create_default_context(cafile=str(certificate))
