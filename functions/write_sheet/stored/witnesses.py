"""Which rows of `data` tell, after a batch was written, whether it hit the rows that it meant."""

from collections.abc import Collection, Sequence
from datetime import date

from write_sheet.stored.rows import DataRows, Key
from write_sheet.stored.write import RowChanges

_MOST_BESIDE = 24


def witnesses(changes: RowChanges, found: DataRows, *, is_sorted: bool) -> dict[int, Key]:
    """Rows that the batch does not write, by where they stand after it, as told from the reading.

    Where they stand elsewhere, somebody sorted or moved rows meanwhile, and the batch hit others.
    """
    removed, end = set(changes.removed), found.end + len(changes.added)
    order: Sequence[int] = range(found.top + (found.header != "missing"), end)
    if removed:
        order = [row for row in order if row not in removed]
    if is_sorted:
        in_order = _rows_in_order(changes, found, removed)
        if len(in_order) < len(order):
            return {}
        order = in_order
    ours = bytearray(end)
    for of_day in found.rows.values():
        for row in of_day.values():
            ours[row] = True
    for row in (*changes.rewritten, *found.nonstandard):
        ours[row] = False
    kept = bytes([ours[row] for row in order])
    beside = {
        near
        for place, is_kept in enumerate(kept)
        if not is_kept
        for near in (place - 1, place + 1)
        if 0 <= near < len(kept) and kept[near]
    }
    spread = [place for place in range(0, len(order), len(order) // 8 + 1) if kept[place]]
    places = (*sorted(beside)[-_MOST_BESIDE:], *spread)
    chosen = {order[place]: found.top + 1 + place for place in places}
    return {
        chosen[row]: (day, name)
        for day, of_day in found.rows.items()
        for name, row in of_day.items()
        if row in chosen
    }


def _rows_in_order(changes: RowChanges, found: DataRows, removed: Collection[int]) -> list[int]:
    """Our rows by day and repository; an added one is known by its place at the end.

    A key for each row at once would be the largest thing in memory.
    """
    added: dict[date, dict[str, int]] = {}
    for row, ((day, name), _) in enumerate(changes.added, found.end):
        added.setdefault(day, {})[name] = row
    return [
        row
        for day in sorted(found.rows.keys() | added.keys())
        for _, row in sorted({**found.rows.get(day, {}), **added.get(day, {})}.items())
        if row not in removed
    ]
