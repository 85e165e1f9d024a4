"""The tool that makes mistakes makes real ones, everywhere, and none twice."""

import json

from tests.terraform.mutate import AREAS, mistakes


def test_every_file_is_gone_over() -> None:
    """Each gets mistakes, each of which changes it; JSON stays JSON, or it would be too easy."""
    for file in AREAS:
        text = file.read_text(encoding="utf-8")
        made = list(mistakes(file))
        assert made, file
        assert all(mistake.text != text for mistake in made)
        if file.suffix in (".json", ".tftpl"):
            for mistake in made:
                json.loads(mistake.text)


def test_what_is_said_is_what_was_done() -> None:
    """A line that is named as gone is in the file one time less."""
    for file in AREAS:
        before = file.read_text(encoding="utf-8").splitlines()
        for mistake in mistakes(file):
            if mistake.what.startswith("gone: "):
                assert before[mistake.line - 1].strip() == mistake.what.removeprefix("gone: ")
                assert len(mistake.text.splitlines()) < len(before)
