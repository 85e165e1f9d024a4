"""The texts for people: which there are, and what stands in them, to be held against the code."""

import re
from pathlib import Path

from tests.support.terraform import ROOT

DOCS = ROOT / "docs"
READMES = (ROOT / "README.md", ROOT / "README.ja.md")
# How to deploy, in both languages.
DEPLOY = (DOCS / "deploy" / "google-cloud.md", DOCS / "ja" / "deploy" / "google-cloud.md")
RUNBOOKS = tuple(sorted((DOCS / "runbooks").glob("*.md")))
GUIDES = (*READMES, *DEPLOY, DOCS / "operate-the-cloud.md", *RUNBOOKS)
_FENCED = re.compile(r"^```(\w+)\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)


def text_of(guide: Path) -> str:
    """All of it."""
    return guide.read_text(encoding="utf-8")


def blocks(guide: Path) -> list[str]:
    """The fenced blocks that are there to be copied; pictures and outputs are not."""
    return [block for kind, block in _FENCED.findall(text_of(guide)) if kind != "text"]


def prose(guide: Path) -> str:
    """The text without its fenced blocks."""
    return _FENCED.sub("", text_of(guide))


def anchors(guide: Path) -> set[str]:
    """What GitHub calls the headings: lower case, without punctuation, hyphens for blanks."""
    headings = re.findall(r"^#+ (.+)$", prose(guide), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for text in headings}
