"""Every page: its links lead somewhere, its commands exist, both languages tell the same."""

import re
import shlex
from pathlib import Path

import pytest

from own_dashboard.cli import COMMANDS, command_parser
from tests.support.guides import (
    DOCS,
    PAGES,
    READMES,
    RUNBOOKS,
    TRANSLATED,
    anchors,
    blocks,
    code,
    name_of,
    prose,
    text_of,
)
from tests.support.terraform import ROOT

_COMMAND = re.compile(r"\./dev ([a-z_]+)((?: (?:'[^']*'|[^\s|>&`'])+)*)")
_INDENTED = re.compile(
    r"^ {4,}((?:[A-Z_]+=|gcloud |terraform |git |gh |cp |for |done)[^`\n]*)$", re.MULTILINE
)
_SHELL = re.compile(r"(?:\./dev|gcloud|terraform|gh|docker|systemctl|git|rm) .+")


@pytest.mark.parametrize("page", sorted(set(PAGES)), ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    """Each link to a file of the repository, and to a heading of it, has its target."""
    lost = []
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", prose(page)):
        name, _, heading = target.partition("#")
        file = page.parent / name if name else page
        if not file.exists() or (heading and heading not in anchors(file)):
            lost.append(target)
    assert lost == []


@pytest.mark.parametrize("page", sorted(set(PAGES)), ids=name_of)
def test_commands_are_those_that_there_are(page: Path) -> None:
    """Each `./dev …` is a command with arguments that its own parser takes."""
    for line in code(page):
        for command, words in _COMMAND.findall(re.sub(r"\d?>>?\S+", "", line)):
            assert command in {*COMMANDS, "help"}, line
            arguments = [word for word in shlex.split(words) if word != "…"]
            files = [word for word in arguments if word.startswith("tests/")]
            assert [name for name in files if not (ROOT / name).exists()] == []
            if arguments and command not in ("test", "help"):
                command_parser(command).parse_args(arguments)


@pytest.mark.parametrize("pair", TRANSLATED, ids=lambda pair: name_of(pair[0]))
def test_both_languages_tell_the_same(pair: tuple[Path, Path]) -> None:
    """Every block to copy is there letter by letter, and every command in a sentence."""
    english, japanese = pair
    assert blocks(japanese) == blocks(english)
    assert _commands_of(japanese) == _commands_of(english)
    assert _INDENTED.findall(prose(japanese)) == _INDENTED.findall(prose(english))
    assert len(_headings(japanese)) == len(_headings(english))
    assert len(_rows(japanese)) == len(_rows(english))


def _commands_of(page: Path) -> set[str]:
    inline = (" ".join(words.split()) for words in re.findall(r"`([^`]+)`", prose(page)))
    return {words for words in inline if _SHELL.fullmatch(words)}


def _headings(page: Path) -> list[str]:
    return re.findall(r"^#+ ", prose(page), re.MULTILINE)


def _rows(page: Path) -> list[str]:
    return re.findall(r"^\|", prose(page), re.MULTILINE)


@pytest.mark.parametrize("pair", TRANSLATED, ids=lambda pair: name_of(pair[0]))
def test_each_language_leads_to_the_other(pair: tuple[Path, Path]) -> None:
    """On top of the page. A runbook is an alert's text as it stands, where no such link leads."""
    for page, other in (pair, pair[::-1]):
        if page in RUNBOOKS:
            continue
        head = "\n".join(text_of(page).splitlines()[:6])
        links = re.findall(r"\[(?:日本語|English)\]\(([^)]+)\)", head)
        assert [(page.parent / link).resolve() for link in links] == [other]


def test_no_page_in_japanese_is_without_its_original() -> None:
    """A page that is renamed is renamed in both."""
    translated = {japanese for _, japanese in TRANSLATED}
    assert set((DOCS / "ja").rglob("*.md")) <= translated


@pytest.mark.parametrize("readme", READMES, ids=name_of)
def test_a_newcomer_reads_little(readme: Path) -> None:
    """What is longer lies under docs/; what it is and the first command are at the top."""
    lines = text_of(readme).splitlines()
    assert len(lines) < 250
    assert lines.index("$ ./dev up --once") < 35
