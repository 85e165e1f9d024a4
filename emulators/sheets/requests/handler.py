"""What the handlers of all families share: their type, masks of updates, ids, protection."""

from collections.abc import Callable

from emulators.sheets.errors import invalid
from emulators.sheets.ranges import Box
from emulators.sheets.resource import Mask, Resource
from emulators.sheets.rules import check_field_mask
from emulators.sheets.workbook import Sheet, Workbook

Handler = Callable[[Workbook, Resource], Resource]


def update_mask(body: Resource, schema: str) -> Mask:
    """The request's field mask, checked against the schema of what it updates."""
    fields = body.get("fields")
    if not fields:
        raise invalid(
            "At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)"
        )
    return check_field_mask(schema, fields)


def check_editable(workbook: Workbook, sheet: Sheet, box: Box) -> None:
    """ApiError 400 where a protection keeps the caller from editing a cell of the box.

    A protection that only warns never does, nor does one that the caller made: the service counts
    its maker among the editors.
    """
    for protection in sheet.objects.get("protectedRanges", ()):
        if protection.get("warningOnly") or protection.get("requestingUserCanEdit"):
            continue
        free = [sheet.box_of(range_) for range_ in protection.get("unprotectedRanges") or ()]
        protected = _protected_box(workbook, sheet, protection)
        if protected.overlaps(box) and not any(part.contains(box) for part in free):
            raise invalid(
                "You are trying to edit a protected cell or object. Please contact the "
                "spreadsheet owner to remove protection if you need to edit."
            )


def _protected_box(workbook: Workbook, sheet: Sheet, protection: Resource) -> Box:
    named = protection.get("namedRangeId")
    for range_ in workbook.named_ranges:
        if named and range_["namedRangeId"] == named:
            return sheet.box_of(range_["range"])
    return sheet.box_of(protection.get("range") or {})


def canonical_range(range_: Resource) -> Resource:
    """A GridRange as the service gives it back: without nulls, and sheet 0 unsaid."""
    return {
        name: value
        for name, value in range_.items()
        if value is not None and not (name == "sheetId" and value == 0)
    }


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
