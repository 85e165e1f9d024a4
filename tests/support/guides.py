"""The texts for people: which there are, and what stands in them, to be held against the code."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.support.terraform import ROOT

DOCS = ROOT / "docs"
READMES = (ROOT / "README.md", ROOT / "README.ja.md")
# How to deploy, in both languages.
DEPLOY = (DOCS / "deploy" / "google-cloud.md", DOCS / "ja" / "deploy" / "google-cloud.md")
RUNBOOKS = tuple(sorted((DOCS / "runbooks").glob("*.md")))
_IN_ENGLISH = (
    "data-formats.md",
    "operate-the-cloud.md",
    "sources.md",
    "deploy/*.md",
    "runbooks/*.md",
)
# What a user needs, in English and in Japanese.
TRANSLATED = (
    READMES,
    *(
        (page, DOCS / "ja" / page.relative_to(DOCS))
        for pattern in _IN_ENGLISH
        for page in sorted(DOCS.glob(pattern))
    ),
)
GUIDES = tuple(page for pair in TRANSLATED for page in pair)
# And what only those need who change it.
PAGES = (
    *GUIDES,
    *(ROOT / name for name in ("CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")),
    ROOT / "emulators" / "README.md",
    *sorted(DOCS.glob("*.md")),
    *sorted(DOCS.glob("decisions/*.md")),
)
_FENCED = re.compile(r"^```(\w+)\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)


def text_of(guide: Path) -> str:
    """All of it."""
    return guide.read_text(encoding="utf-8")


def blocks(guide: Path) -> list[str]:
    """The fenced blocks that are there to be copied; pictures and outputs are not."""
    return [block for kind, block in _FENCED.findall(text_of(guide)) if kind != "text"]


def name_of(guide: Path) -> str:
    """Where it lies, as tests name it."""
    return guide.relative_to(ROOT).as_posix()


def code(guide: Path) -> Iterator[str]:
    """Lines of fenced blocks, indented lines, and what stands between backticks."""
    for block in blocks(guide):
        yield from block.splitlines()
    yield from re.findall(r"^ {4,}([^`\s][^`\n]*)$", prose(guide), flags=re.MULTILINE)
    yield from (" ".join(inline.split()) for inline in re.findall(r"`([^`]+)`", prose(guide)))


def prose(guide: Path) -> str:
    """The text without its fenced blocks."""
    return _FENCED.sub("", text_of(guide))


def anchors(guide: Path) -> set[str]:
    """What GitHub calls the headings: lower case, without punctuation, hyphens for blanks."""
    headings = re.findall(r"^#+ (.+)$", prose(guide), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for text in headings}
