"""Accounts of many repositories for counting requests: in memory, on the GitHub emulator."""

from datetime import datetime, timedelta

from emulators.github import Repository, commits_in_memory

QUIET_DAYS = 200


def account(
    now: datetime, *, repositories: int, active: int, commits: int = 1, hours_apart: int = 1
) -> list[Repository]:
    """So many repositories of which the first `active` have commits in the last days."""
    made = [
        Repository(
            name=f"octocat/r{number:04}",
            commits=commits_in_memory(
                f"r{number}",
                now - timedelta(minutes=number),
                commits,
                step=timedelta(hours=hours_apart),
            ),
        )
        for number in range(active)
    ]
    quiet = now - timedelta(days=QUIET_DAYS)
    return made + [
        Repository(
            name=f"octocat/r{number:04}",
            commits=commits_in_memory(f"r{number}", quiet - timedelta(minutes=number), 1),
        )
        for number in range(active, repositories)
    ]
