"""docs/reliability.md is what its runs say."""

from tests.faults.report import PAGE, run


def test_the_page_is_written_by_the_runs() -> None:
    """Its faults and guarantees are those of the plans; only the figures differ."""

    def shape(page: str) -> list[str]:
        rows = [line.split("|") for line in page.splitlines() if line.startswith("|")]
        return [row[1] for row in rows]

    assert shape(run(3)) == shape(PAGE.read_text(encoding="utf-8"))
