"""The cards of `Today` that list sentences: what could not be read, and what the person can fix.

A card without a sentence is not shown. Merged cells do not grow with their text by themselves, so
the lines that a sentence takes are counted here.
"""

from abc import abstractmethod
from collections.abc import Sequence

from write_sheet.dashboard.labels import Labels
from write_sheet.dashboard.today.card import (
    ROW_PIXELS,
    WIDTH,
    WIDTH_PIXELS,
    Card,
    Content,
    Facts,
    Place,
)
from write_sheet.dashboard.today.text_width import line_count
from write_sheet.history.problems import Problem, ProblemKind
from write_sheet.sheets_api.requests import FORMAT, ROOM, SORT, TIME_ZONE, Request
from write_sheet.sheets_api.style import merged, styled
from write_sheet.sheets_api.tab import Tab

_LIST = 1
_POINTS = 9
_LINE_PIXELS, _MARGIN_PIXELS = 15, 5


class TextCard(Card):
    """A title and up to five sentences; the last row counts those that had no place."""

    rows = 6

    @abstractmethod
    def title(self, labels: Labels) -> str:
        """What stands above the sentences."""

    @abstractmethod
    def sentences(self, facts: Facts) -> Sequence[str]:
        """All of them, the most important first."""

    def format(self, place: Place) -> list[Request]:
        """One wide cell a row."""
        tab = Tab.TODAY
        return [
            *(merged(tab, row, (0, WIDTH)) for row in range(*place.rows(0, self.rows))),
            styled(tab, place.rows(0, 1), (0, WIDTH), bold=True),
            styled(tab, place.rows(_LIST, self.rows), (0, WIDTH), size=_POINTS, wrap="WRAP"),
        ]

    def fill(self, content: Content, facts: Facts) -> None:
        """As many rows as there are sentences, each as tall as its own needs."""
        shown = _cut(self.sentences(facts), self.rows - _LIST, facts.labels)
        content.set_height(0, ROW_PIXELS if shown else None)
        if shown:
            content.say(0, 0, self.title(facts.labels))
        for row in range(_LIST, self.rows):
            content.set_height(row, None)
        for row, words in enumerate(shown, _LIST):
            content.say(row, 0, words)
            lines = line_count(words, WIDTH_PIXELS, points=_POINTS)
            content.set_height(row, _LINE_PIXELS * lines + _MARGIN_PIXELS)


class UnknownCard(TextCard):
    """The repositories that could not be read, each with the reason."""

    def title(self, labels: Labels) -> str:
        """In the person's language."""
        return labels.unknown

    def sentences(self, facts: Facts) -> Sequence[str]:
        """One for each repository, with the source where there are several."""
        labels, sources = facts.labels, facts.summary.sources
        told = []
        for source in sources:
            for name, reason in source.unknown.items():
                shown = labels.in_words(name)
                if len(sources) > 1:
                    shown = labels.source_of.format(name=shown, source=source.name)
                told.append(f"{shown}: {labels.in_words(reason) or labels.no_reason}")
        return told


class ProblemsCard(TextCard):
    """What is wrong on the Sheet."""

    def title(self, labels: Labels) -> str:
        """In the person's language."""
        return labels.problems

    def sentences(self, facts: Facts) -> Sequence[str]:
        """One for each problem."""
        return [_told(problem, facts) for problem in facts.problems]


def _told(problem: Problem, facts: Facts) -> str:
    labels = facts.labels
    if problem.kind is ProblemKind.REFUSED:
        return _refused(problem.found, facts)
    texts = {
        ProblemKind.NOT_A_COUNT: labels.problem_not_a_count,
        ProblemKind.NO_ROW_OF_OURS: labels.problem_no_row_of_ours,
        ProblemKind.CHANGED_BY_HAND: labels.problem_changed_by_hand,
        ProblemKind.TWO_PEOPLE: labels.problem_two_people,
        ProblemKind.LOST_SOURCES: labels.problem_lost_sources,
        ProblemKind.MANY_ROWS: labels.problem_many_rows,
    }
    days = labels.between(problem.since, problem.until) if problem.since and problem.until else ""
    return texts[problem.kind].format(
        data=facts.titles[Tab.DATA],
        row=problem.row,
        found=problem.found,
        expected=problem.expected,
        days=days,
    )


def _refused(part: str, facts: Facts) -> str:
    """Parts of one tab bear the title that it has in English, whatever the person calls it."""
    labels = facts.labels
    if part == TIME_ZONE:
        return labels.refused_zone
    if part == SORT:
        return labels.refused_sort.format(tab=facts.titles[Tab.DATA])
    name = Tab.TODAY.title if part == ROOM else part.removeprefix(FORMAT)
    words = labels.refused_format if part.startswith(FORMAT) else labels.refused_tab
    return words.format(tab=next(title for tab, title in facts.titles.items() if tab.title == name))


def _cut(sentences: Sequence[str], rows: int, labels: Labels) -> list[str]:
    if len(sentences) <= rows:
        return list(sentences)
    return [*sentences[: rows - 1], labels.more.format(count=len(sentences) - rows + 1)]
