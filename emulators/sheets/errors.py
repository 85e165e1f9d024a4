"""The one error that the emulator answers with, in the shape of Google's JSON APIs.

    {"error": {"code": 400, "message": "…", "status": "INVALID_ARGUMENT", "details": […]}}

Source: https://cloud.google.com/apis/design/errors
"""

from emulators.sheets.resource import Resource

STATUS_OF_CODE = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    503: "UNAVAILABLE",
}


class ApiError(Exception):
    """A refusal as the service words it.

    code: the HTTP status; message: what the caller reads; details: further `google.rpc` objects.
    """

    def __init__(self, code: int, message: str, *, details: list[Resource] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = details or []

    def resource(self) -> Resource:
        """The answer's body."""
        error: Resource = {
            "code": self.code,
            "message": self.message,
            "status": STATUS_OF_CODE[self.code],
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
    details: list[Resource] = [
        {"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [violation]}
    ]
    return ApiError(400, headline or message, details=details)


def not_found() -> ApiError:
    """404: no spreadsheet has this id."""
    return ApiError(404, "Requested entity was not found.")


def permission_denied() -> ApiError:
    """403: the spreadsheet is not shared with the caller."""
    return ApiError(403, "The caller does not have permission")
