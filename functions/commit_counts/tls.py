"""The authorities that TLS trusts, loaded once a process.

There are over a hundred, and httpx loads them for each client anew: 20 ms of processor time, and
memory that is given back in pieces.
"""

import ssl
from functools import cache

import httpx


@cache
def trusted_authorities(*, trust_env: bool) -> ssl.SSLContext:
    """What httpx trusts by default; trust_env: or whom SSL_CERT_FILE or SSL_CERT_DIR names."""
    return httpx.create_ssl_context(trust_env=trust_env)
