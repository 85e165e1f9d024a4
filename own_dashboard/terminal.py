"""Text for a terminal: names of repositories and texts of services are shown, never obeyed."""

from typing import TYPE_CHECKING

from commit_counts.logs import printable as printable

if TYPE_CHECKING:
    from rich.console import Console


def console(*, to_stderr: bool = False) -> "Console":
    """Rich's console, which takes no markup, emoji name or number in a text for its own."""
    from rich.console import Console

    return Console(stderr=to_stderr, markup=False, emoji=False, highlight=False)


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 row`, `2,000 rows`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
