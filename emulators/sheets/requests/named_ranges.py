"""Named ranges: id and name are each unique; that is what makes a compare-and-set of them.

Source: https://support.google.com/docs/answer/63175 (what a name may be)
"""

import re

from emulators.sheets.errors import invalid
from emulators.sheets.requests.handler import Handler, canonical_range, update_mask
from emulators.sheets.resource import Resource, merge
from emulators.sheets.workbook import Workbook

_NAME = re.compile(r"^[^\W\d]\w{0,249}$")
_TAKEN_FORMS = re.compile(r"^([A-Za-z]{1,3}[0-9]+|[Rr][0-9]*[Cc][0-9]*|(true|false).*)$", re.I)


def _add(workbook: Workbook, body: Resource) -> Resource:
    given = body.get("namedRange") or {}
    name = _checked_name(workbook, given.get("name"))
    named_id = given.get("namedRangeId") or str(workbook.new_id(set()))
    if any(other["namedRangeId"] == named_id for other in _all(workbook)):
        raise invalid(
            f"Cannot add named range with id {named_id}, a named range with that id already exists."
        )
    workbook.resolve(given.get("range"))
    named = {
        "namedRangeId": named_id,
        "name": name,
        "range": canonical_range(given["range"]),
    }
    workbook.named_ranges.append(named)
    return {"addNamedRange": {"namedRange": named}}


def _update(workbook: Workbook, body: Resource) -> Resource:
    mask = update_mask(body, "NamedRange")
    given = body.get("namedRange") or {}
    index = _index(workbook, given.get("namedRangeId"))
    old = workbook.named_ranges[index]
    new = {**merge(old, given, mask), "namedRangeId": old["namedRangeId"]}
    if new.get("name") != old["name"]:
        _checked_name(workbook, new.get("name"))
    workbook.resolve(new.get("range"))
    workbook.named_ranges[index] = {**new, "range": canonical_range(new["range"])}
    return {}


def _delete(workbook: Workbook, body: Resource) -> Resource:
    wanted = body.get("namedRangeId")
    lost = [item for item in workbook.lost_names if item["namedRangeId"] == wanted]
    if lost:
        workbook.lost_names.remove(lost[0])
    else:
        del workbook.named_ranges[_index(workbook, wanted)]
    return {}


def _index(workbook: Workbook, named_id: str | None) -> int:
    for index, named in enumerate(workbook.named_ranges):
        if named["namedRangeId"] == named_id:
            return index
    raise invalid(f"No NamedRange with id: {named_id or ''}")


def _all(workbook: Workbook) -> list[Resource]:
    return workbook.named_ranges + workbook.lost_names


def _checked_name(workbook: Workbook, name: str | None) -> str:
    if not name or not _NAME.match(name) or _TAKEN_FORMS.match(name):
        raise invalid(f"The name '{name or ''}' is not a valid name for a named range.")
    if any(other["name"].casefold() == name.casefold() for other in _all(workbook)):
        raise invalid(
            f"Cannot add named range with name: {name}. A named range with that name already "
            "exists."
        )
    return name


HANDLERS: dict[str, Handler] = {
    "addNamedRange": _add,
    "updateNamedRange": _update,
    "deleteNamedRange": _delete,
}
