"""Channels to Google's services, for a module that calls a method or two of one of them.

The messages are the client library's, the credentials google-auth's; the library's client, which
loads every service that it knows in three forms, stays out (see `partial_import`).
"""

from collections.abc import Sequence
from urllib.parse import quote

import grpc

# As the client libraries ask for; what an account may do is a matter of its roles.
_SCOPES = ("https://www.googleapis.com/auth/cloud-platform",)


def open_channel(
    host: str,
    *,
    emulator_host: str | None,
    options: Sequence[tuple[str, int]] = (),
) -> grpc.Channel:
    """A channel to a service, with the credentials of this place; to an emulator without any.

    Raises google.auth's DefaultCredentialsError where there are none.
    """
    if emulator_host:
        return grpc.insecure_channel(emulator_host, options=options)
    from google.api_core import grpc_helpers  # what the client libraries make theirs with

    channel: grpc.Channel = grpc_helpers.create_channel(
        f"{host}:443", default_scopes=_SCOPES, default_host=host, options=options
    )
    return channel


def routing(field: str, value: str) -> tuple[tuple[str, str], ...]:
    """The metadata by which Google's front end finds the resource that a request is about.

    https://google.aip.dev/client-libraries/4222
    """
    return (("x-goog-request-params", f"{field}={quote(value)}"),)
