"""Resources that lie in a tab's list under a numeric id which is unique in the spreadsheet."""

from emulators.sheets.errors import invalid
from emulators.sheets.workbook import Sheet, Workbook


def new_number(workbook: Workbook, name: str, id_name: str, given: int | None, noun: str) -> int:
    """The given id, or a new one; ApiError 400 where it is taken."""
    used = {resource[id_name] for _, resource in workbook.with_ids(name)}
    number = given or workbook.new_id(used)
    if number in used:
        raise invalid(f"A {noun} with id: {number} already exists.")
    return number


def find(
    workbook: Workbook, name: str, id_name: str, number: int | None, noun: str
) -> tuple[Sheet, int]:
    """The tab and the place in its list; ApiError 400 where no resource has the id."""
    for sheet in workbook.sheets:
        for index, resource in enumerate(sheet.objects.get(name, ())):
            if resource[id_name] == number:
                return sheet, index
    raise invalid(f"No {noun} with id: {number or 0}")
