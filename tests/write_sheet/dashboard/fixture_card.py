"""A card of somebody else's: the whole module that adding one takes."""

from write_sheet.dashboard.today.card import WIDTH, Card, Content, Facts, Place
from write_sheet.sheets_api.requests import Request
from write_sheet.sheets_api.style import color, merged, styled
from write_sheet.sheets_api.tab import Tab


class QuoteCard(Card):
    """A title and a line that is bold on a colour while it holds anything."""

    rows = 3

    def format(self, place: Place) -> list[Request]:
        """Two wide cells, the second of two rows, and a rule."""
        rule = {
            "ranges": [place.area((1, 3), (0, WIDTH))],
            "booleanRule": {
                "condition": {"type": "NOT_BLANK"},
                "format": {"backgroundColorStyle": color("fff3cd")},
            },
        }
        return [
            merged(Tab.TODAY, place.row(0), (0, WIDTH)),
            merged(Tab.TODAY, place.row(1), (0, WIDTH), rows=2),
            styled(Tab.TODAY, place.rows(0, 1), (0, WIDTH), bold=True),
            {"addConditionalFormatRule": {"rule": rule, "index": 0}},
        ]

    def fill(self, content: Content, facts: Facts) -> None:
        """The same words each day."""
        content.say(0, 0, "Quote")
        content.say(1, 0, f"One more than {facts.summary.today_commits}")
