"""The card of `Today` that ranks the repositories of the last 30 days."""

from write_sheet.dashboard.today.card import (
    ROW_PIXELS,
    WIDTH,
    Card,
    Content,
    Facts,
    Place,
    pixels_of,
)
from write_sheet.dashboard.today.text_width import shortened
from write_sheet.sheets_api import cells as typed
from write_sheet.sheets_api.requests import Request
from write_sheet.sheets_api.style import GREEN, merged, short_count, styled
from write_sheet.sheets_api.tab import Tab

_LIST = 1
_COUNT, _BAR = 10, 12
_NAME_POINTS = 10
# A bar's last block is filled by eighths.
_BAR_LENGTH = 4
_BLOCKS = " ▏▎▍▌▋▊▉█"


class RankingCard(Card):
    """A title and up to ten repositories: name, commits, a bar; the last row sums up the rest."""

    rows = 11

    def format(self, place: Place) -> list[Request]:
        """Three cells a row."""
        tab, rows = Tab.TODAY, place.rows(_LIST, self.rows)
        return [
            merged(tab, place.row(0), (0, WIDTH)),
            styled(tab, place.rows(0, 1), (0, WIDTH), bold=True),
            *(
                merged(tab, row, columns)
                for row in range(*rows)
                for columns in ((0, _COUNT), (_COUNT, _BAR), (_BAR, WIDTH))
            ),
            styled(tab, rows, (0, _COUNT), size=_NAME_POINTS, wrap="CLIP"),
            styled(
                tab,
                rows,
                (_COUNT, _BAR),
                bold=True,
                align="RIGHT",
                number_format=short_count(10_000),
            ),
            styled(tab, rows, (_BAR, WIDTH), size=8, foreground=GREEN, wrap="CLIP"),
        ]

    def fill(self, content: Content, facts: Facts) -> None:
        """Rows without a repository are hidden."""
        labels, ranked = facts.labels, facts.summary.repositories
        room = self.rows - _LIST
        shown = ranked if len(ranked) <= room else ranked[: room - 1]
        lines, rest = list(shown), ranked[len(shown) :]
        if rest:
            others = labels.others.format(count=len(rest))
            lines.append((others, sum(commits for _, commits in rest)))
        content.say(0, 0, labels.repositories)
        if not ranked:
            content.say(_LIST, 0, labels.nothing)
        most = ranked[0][1] if ranked else 0
        room_for_name = pixels_of((0, _COUNT))
        for row, (name, commits) in enumerate(lines, _LIST):
            content.say(row, 0, shortened(name, room_for_name, points=_NAME_POINTS))
            content.set(row, _COUNT, typed.number(commits))
            content.say(row, _BAR, _bar(commits / most))
        used = max(len(lines), 1)
        for row in range(room):
            content.set_height(_LIST + row, ROW_PIXELS if row < used else None)


def _bar(share: float) -> str:
    """A bar of at least an eighth of a block; full where the rest is more than the first."""
    eighths = min(8 * _BAR_LENGTH, max(1, round(8 * _BAR_LENGTH * share)))
    return (_BLOCKS[8] * (eighths // 8) + _BLOCKS[eighths % 8]).rstrip()
