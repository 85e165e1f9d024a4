"""The one error that the emulator answers with, in the shape of Google's JSON APIs.

    {"error": {"code": 400, "message": "…", "status": "INVALID_ARGUMENT", "details": […]}}

Source: https://cloud.google.com/apis/design/errors
"""

from typing import Any

STATUS_OF_CODE = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ABORTED",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    503: "UNAVAILABLE",
}


class ApiError(Exception):
    """A refusal as the service words it.

    code: the HTTP status; message: what the caller reads; status: its name, where it is not the
    usual one of the code; details: further `google.rpc` objects.
    """

    def __init__(
        self,
        code: int,
        message: str,
        *,
        status: str | None = None,
        details: list[dict[str, Any]] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status or STATUS_OF_CODE[code]
        self.details = details or []

    def resource(self) -> dict[str, Any]:
        """The answer's body."""
        error: dict[str, Any] = {
            "code": self.code,
            "message": self.message,
            "status": self.status,
        }
        if self.details:
            error["details"] = self.details
        return {"error": error}


def invalid(message: str) -> ApiError:
    """400: the request asks for something that the service refuses."""
    return ApiError(400, message)


def bad_field(message: str, *, field: str, headline: str | None = None) -> ApiError:
    """400 with the violated field in the details, as the service's own parser words it."""
    violation = {"field": field, "description": message} if field else {"description": message}
    details: list[dict[str, Any]] = [
        {"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [violation]}
    ]
    return ApiError(400, headline or message, details=details)


def not_found() -> ApiError:
    """404: no spreadsheet has this id."""
    return ApiError(404, "Requested entity was not found.")


def internal() -> ApiError:
    """500: the service fails over what it was asked."""
    return ApiError(500, "Internal error encountered.")


def office_file() -> ApiError:
    """400: the id is that of an uploaded Excel file.

    Source: https://github.com/theoephraim/node-google-spreadsheet/issues/651
    """
    return ApiError(
        400,
        "This operation is not supported for this document. The document must not be an Office "
        "file.",
        status="FAILED_PRECONDITION",
    )


def permission_denied() -> ApiError:
    """403: the spreadsheet is not shared with the caller."""
    return ApiError(403, "The caller does not have permission")
