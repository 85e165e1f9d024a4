"""Log lines: JSON with severity and trace in the cloud, plain text at a terminal.

A line is a fixed phrase with facts as fields: `log(logger, "event written", {"rows": 3})`.
Tokens and payloads never belong in either.
https://cloud.google.com/logging/docs/structured-logging
"""

import json
import logging
import os
import re
import sys
from collections.abc import Mapping
from contextvars import ContextVar

_FIELDS = "dashboard_fields"
# Cloud Run sets this in every function; nothing on a laptop does.
_CLOUD_MARK = "K_SERVICE"

_STEERING = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)

trace: ContextVar[str | None] = ContextVar("trace", default=None)


def configure(variables: Mapping[str, str] = os.environ) -> None:
    """Send all log lines to standard error in the form that fits the place; idempotent."""
    in_cloud = _CLOUD_MARK in variables
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        JsonFormatter(variables.get("GOOGLE_CLOUD_PROJECT")) if in_cloud else TextFormatter()
    )
    root = logging.getLogger()
    root.handlers = [handler]
    level = variables.get("LOG_LEVEL", "").strip().upper() or "INFO"
    known = level in logging.getLevelNamesMapping()
    root.setLevel(level if known else "INFO")
    # They log every request with its address, and every answer with its headers.
    for library in ("httpx", "httpcore"):
        logging.getLogger(library).setLevel("WARNING")
    if not known:
        root.warning("LOG_LEVEL is no level of Python's logging; INFO is used instead")


def log(
    logger: logging.Logger,
    phrase: str,
    fields: Mapping[str, object],
    *,
    level: int = logging.INFO,
) -> None:
    """One line: a fixed phrase, and the facts of this occasion as fields."""
    logger.log(level, phrase, extra={_FIELDS: fields})


def trace_of(header: str | None) -> str | None:
    """The trace id in an `X-Cloud-Trace-Context` header (`TRACE/SPAN;o=1`)."""
    return (header or "").partition("/")[0] or None


def printable(text: str) -> str:
    """The text with what would steer a terminal, or make another line, as `\\uXXXX`.

    Names and texts come from strangers: control characters of both sets, separators of lines,
    marks that turn the direction of writing, and bytes that are no UTF-8.
    """
    return _STEERING.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


class TextFormatter(logging.Formatter):
    """`phrase key=value …`, with the level where it is more than information."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, and the traceback behind it where there is one."""
        fields = getattr(record, _FIELDS, {})
        words = [] if record.levelno <= logging.INFO else [f"{record.levelname}:"]
        words += [record.getMessage(), *(f"{name}={value}" for name, value in fields.items())]
        line = printable(" ".join(words))
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


class JsonFormatter(logging.Formatter):
    """One JSON object a line, as Cloud Logging parses it."""

    def __init__(self, project: str | None) -> None:
        super().__init__()
        self._project = project

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON; a traceback becomes part of the message, as error reporting reads."""
        message = record.getMessage()
        if record.exc_info:
            message += "\n" + self.formatException(record.exc_info)
        line = {
            **getattr(record, _FIELDS, {}),
            "severity": record.levelname,
            "message": message,
            "logger": record.name,
        }
        if self._project and trace.get():
            line["logging.googleapis.com/trace"] = f"projects/{self._project}/traces/{trace.get()}"
        return json.dumps(line, ensure_ascii=False, default=str)
