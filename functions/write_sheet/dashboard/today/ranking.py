"""The card of `Today` that ranks the repositories of the last 30 days."""

from write_sheet.dashboard.today.card import ROW_PIXELS, WIDTH, Card, Content, Facts, Place
from write_sheet.sheets_api import cells as typed
from write_sheet.sheets_api.requests import Request
from write_sheet.sheets_api.style import COUNT, GREEN, merged, styled
from write_sheet.sheets_api.tab import Tab

_LIST = 1
_COUNT, _BAR = 8, 10
_BAR_LENGTH = 6


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
            styled(tab, rows, (0, _COUNT), wrap="CLIP"),
            styled(tab, rows, (_COUNT, _BAR), bold=True, align="RIGHT", number_format=COUNT),
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
        for row, (name, commits) in enumerate(lines, _LIST):
            content.say(row, 0, name)
            content.set(row, _COUNT, typed.number(commits))
            bar = max(1, round(_BAR_LENGTH * min(commits, most) / most))
            content.say(row, _BAR, "█" * bar)
        used = max(len(lines), 1)
        for row in range(room):
            content.set_height(_LIST + row, ROW_PIXELS if row < used else None)
