"""The table of the API's methods that the emulator serves, each with all that serving it takes."""

from dataclasses import dataclass

from emulators.sheets import service, values_service
from emulators.sheets.service import Method


@dataclass(frozen=True, kw_only=True)
class Served:
    """One method.

    rule: its path below `/v4/spreadsheets`, in the router's notation.
    body, answer: the schemas of its body (empty for none) and of its answer.
    root: what the service calls the body in the paths of its errors.
    """

    verb: str
    rule: str
    serve: Method
    answer: str
    body: str = ""
    root: str = ""

    @property
    def kind(self) -> str:
        """Whose quota it spends."""
        reading = self.verb == "GET" or self.rule.endswith(("ByDataFilter", ":search"))
        return "Read" if reading else "Write"


_ONE = "/<spreadsheet_id>"
_RANGE = "/<spreadsheet_id>/values/<path:range_text>"

# By the names that faults and counts use; `spreadsheets.` is left out before `values`.
METHODS: dict[str, Served] = {
    "spreadsheets.create": Served(
        verb="POST", rule="", serve=service.create, body="Spreadsheet", answer="Spreadsheet"
    ),
    "spreadsheets.get": Served(verb="GET", rule=_ONE, serve=service.get, answer="Spreadsheet"),
    "spreadsheets.getByDataFilter": Served(
        verb="POST",
        rule=f"{_ONE}:getByDataFilter",
        serve=service.get_by_data_filter,
        body="GetSpreadsheetByDataFilterRequest",
        answer="Spreadsheet",
    ),
    "spreadsheets.batchUpdate": Served(
        verb="POST",
        rule=f"{_ONE}:batchUpdate",
        serve=service.batch_update,
        body="BatchUpdateSpreadsheetRequest",
        answer="BatchUpdateSpreadsheetResponse",
    ),
    "sheets.copyTo": Served(
        verb="POST",
        rule=f"{_ONE}/sheets/<int:number>:copyTo",
        serve=service.copy_to,
        body="CopySheetToAnotherSpreadsheetRequest",
        answer="SheetProperties",
    ),
    "developerMetadata.get": Served(
        verb="GET",
        rule=f"{_ONE}/developerMetadata/<int:number>",
        serve=service.get_metadata,
        answer="DeveloperMetadata",
    ),
    "developerMetadata.search": Served(
        verb="POST",
        rule=f"{_ONE}/developerMetadata:search",
        serve=service.search_metadata,
        body="SearchDeveloperMetadataRequest",
        answer="SearchDeveloperMetadataResponse",
    ),
    "values.get": Served(verb="GET", rule=_RANGE, serve=values_service.get, answer="ValueRange"),
    "values.batchGet": Served(
        verb="GET",
        rule=f"{_ONE}/values:batchGet",
        serve=values_service.batch_get,
        answer="BatchGetValuesResponse",
    ),
    "values.update": Served(
        verb="PUT",
        rule=_RANGE,
        serve=values_service.update,
        body="ValueRange",
        root="data",
        answer="UpdateValuesResponse",
    ),
    "values.batchUpdate": Served(
        verb="POST",
        rule=f"{_ONE}/values:batchUpdate",
        serve=values_service.batch_update,
        body="BatchUpdateValuesRequest",
        answer="BatchUpdateValuesResponse",
    ),
    "values.append": Served(
        verb="POST",
        rule=f"{_RANGE}:append",
        serve=values_service.append,
        body="ValueRange",
        root="data",
        answer="AppendValuesResponse",
    ),
    "values.clear": Served(
        verb="POST",
        rule=f"{_RANGE}:clear",
        serve=values_service.clear,
        body="ClearValuesRequest",
        answer="ClearValuesResponse",
    ),
    "values.batchClear": Served(
        verb="POST",
        rule=f"{_ONE}/values:batchClear",
        serve=values_service.batch_clear,
        body="BatchClearValuesRequest",
        answer="BatchClearValuesResponse",
    ),
}


def method_id(name: str) -> str:
    """The discovery document's name of a method, below `sheets.spreadsheets`."""
    return name.removeprefix("spreadsheets.")
