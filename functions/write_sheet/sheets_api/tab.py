"""The tabs that this program makes: their ids, titles and what is read of each.

The ids are fixed, so that two writers that make the layout at once cannot make it twice: the
service refuses an id that is taken, and with it the whole batch. A tab is known by its id; the
person may rename and move it.
"""

from collections.abc import Mapping
from enum import Enum


class Tab(Enum):
    """Id, title in English, the columns that are read, rows and columns at its making.

    Without columns all is read: an older program made the tab narrower than this one does.
    """

    TODAY = (726_001, "Today", "A1", 64, 14)
    MONTHS = (726_002, "Months", "A1", 80, 5)
    SETTINGS = (726_003, "Settings", "A:C", 40, 3)
    DATA = (726_004, "data", "A:H", 100, 8)
    DAYS = (726_005, "days", "", 100, 21)

    def __init__(self, sheet_id: int, title: str, columns: str, rows: int, width: int) -> None:
        self.sheet_id = sheet_id
        self.title = title
        self.columns = columns
        self.rows = rows
        self.width = width

    def range_under(self, title: str) -> str:
        """What is read of this tab, in A1 notation, where the person calls it `title`."""
        return f"{quoted(title)}!{self.columns}" if self.columns else quoted(title)


def quoted(title: str) -> str:
    """A tab's title as A1 notation wants it, whatever characters it has."""
    return "'" + title.replace("'", "''") + "'"


# What a new Sheet's tabs are called, by the person's language.
TITLES: Mapping[str, Mapping[Tab, str]] = {
    "en": {tab: tab.title for tab in Tab},
    "ja": {
        Tab.TODAY: "今日",
        Tab.MONTHS: "月と週",
        Tab.SETTINGS: "設定",
        Tab.DATA: "データ",
        Tab.DAYS: "日別(内部用)",
    },
}
TAB_OF_ID = {tab.sheet_id: tab for tab in Tab}
