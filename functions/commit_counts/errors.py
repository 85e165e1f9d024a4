"""What can go wrong, sorted by the one question that a caller has: is it worth another try?

    DashboardError
    ├── RetryLater           try again later: a quota, an outage, a lost race
    └── NeverWorks           never will work as it stands: somebody has to change something
        ├── InvalidEvent     a message that breaks the event contract
        ├── InvalidRequest   an HTTP call whose body is wrong
        └── InvalidSettings  environment variables that are missing or wrong

Every error has a problem (what was expected, and what came), and where there is one a fix: what to
do next. Inside a function, raising any of them means that the message is not acknowledged.
"""

from datetime import datetime


class DashboardError(Exception):
    """Base of every expected failure; its text, problem and fix, is made for a person.

    facts: what the log line is to say beside it; whoever knows adds them on the way up.
    """

    def __init__(self, problem: str, *, fix: str | None = None) -> None:
        super().__init__(f"{problem}; {fix}" if fix else problem)
        self.problem = problem
        self.fix = fix
        self.facts: dict[str, object] = {}


class RetryLater(DashboardError):
    """The same request may succeed later.

    retry_at: when it is worth trying again, where the service said so; else None.
    """

    def __init__(
        self, problem: str, *, fix: str | None = None, retry_at: datetime | None = None
    ) -> None:
        super().__init__(problem, fix=fix)
        self.retry_at = retry_at


class NeverWorks(DashboardError):
    """The same request fails again until somebody changes something."""


class InvalidEvent(NeverWorks):
    """A message that breaks the event contract: names the field, the value and the rule."""


class InvalidRequest(NeverWorks):
    """What a caller asked for makes no sense: names the field and the rule."""


class InvalidSettings(NeverWorks):
    """Environment variables that are missing or wrong: names all of them at once."""
