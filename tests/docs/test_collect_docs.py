"""The example in docs/sources.md is a source that works."""

import re
from pathlib import Path

from collect.counting.source import Source
from tests.support.collect import run_step, window_of

DOCS = Path(__file__).resolve().parent.parent.parent / "docs" / "sources.md"


def test_the_third_source_of_the_documentation_counts(tmp_path: Path) -> None:
    """As it stands on the page."""
    (code,) = re.findall(r"```python\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, type] = {}
    exec(code, names)
    export = tmp_path / "export"
    export.write_text("forge/app a 2026-03-01T23:00:00+09:00\nforge/app b 2026-03-01T16:00:00Z\n")
    source: Source = names["ExportSource"](export, login="me")
    run = run_step(source, window_of("2026-03-01", "2026-03-02"))
    assert [(str(day), name, n) for (day, name), n in run.cells.items()] == [
        ("2026-03-01", "forge/app", 1),
        ("2026-03-02", "forge/app", 1),
    ]
