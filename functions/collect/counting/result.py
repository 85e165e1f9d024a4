"""What a run did: as the function answers it, as the log tells it, and as people read it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from collect.counting.source import Report
from commit_counts.event import Window, format_instant


@dataclass(frozen=True, kw_only=True)
class Summary:
    """One run.

    repositories: how many were read whole. commits: how many were counted. events: how many were
    published. unknown: name to reason of those that could not be read.
    """

    login: str
    window: Window
    collected_at: datetime
    repositories: int
    commits: int
    events: int
    unknown: Mapping[str, str]
    report: Report

    def to_json(self) -> dict[str, object]:
        """The answer's body."""
        retry_at = self.report.retry_at
        return {
            "login": self.login,
            "since": self.window.since.isoformat(),
            "until": self.window.until.isoformat(),
            "collected_at": format_instant(self.collected_at),
            "repositories": self.repositories,
            "commits": self.commits,
            "events": self.events,
            "requests": self.report.requests,
            "points_used": self.report.points_used,
            "points_left": self.report.points_left,
            "token_days_left": self.report.token_days_left,
            "unknown_repositories": dict(self.unknown),
            "notices": list(self.report.notices),
            **({"retry_at": format_instant(retry_at)} if retry_at else {}),
        }

    def facts(self) -> dict[str, object]:
        """The fields of the log line: the numbers, and no repository's name."""
        fields = self.to_json()
        fields["unknown_repositories"] = len(self.unknown)
        fields["notices"] = len(self.report.notices)
        return {name: value for name, value in fields.items() if value is not None}
