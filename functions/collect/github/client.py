"""One run's conversation with GitHub: one request after another, waiting as GitHub asks.

Its wishes: serial requests; after a limit wait until the time it names, else at least a minute and
then exponentially longer; never past the run's own deadline.
https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
"""

import logging
from collections.abc import Mapping
from importlib import resources

from collect.github.classify import classify
from collect.github.responses import Answer, Limited, Outcome, Overloaded, Refused
from collect.github.token import token_days_left, token_notices
from collect.github.transport import ANSWER_SECONDS, Interrupted, Transport, Unreachable
from commit_counts import logs
from commit_counts.errors import NeverWorks, RetryLater
from commit_counts.retry import Deadline, Retries, RetryPolicy

logger = logging.getLogger(__name__)

# Not a second less than a minute: GitHub asks for that where it names no time.
LIMITS = RetryPolicy(attempts=7, first_seconds=60.0, longest_seconds=3600.0, jitter=0.0)
CONNECTIONS = RetryPolicy(attempts=4, first_seconds=1.0)


def query_text(name: str) -> str:
    """The text of `queries/NAME.graphql`, which is what is sent."""
    return (
        resources.files("collect.github").joinpath("queries", f"{name}.graphql").read_text("utf-8")
    )


class Forbidden(NeverWorks):
    """GitHub hides from the token what this request is about."""


class TooMuch(RetryLater):
    """GitHub could not answer this request; a smaller one may pass."""


class Session:
    """Sends queries, honours limits, and counts what it used.

    requests, points_used, points_left: so far; points are None where the server keeps no limit.
    """

    def __init__(self, transport: Transport, *, token: str, deadline: Deadline) -> None:
        self._transport = transport
        self._token = token
        self.deadline = deadline
        self.requests = 0
        self.points_used: int | None = None
        self.points_left: int | None = None
        self.token_days_left: int | None = None
        self.notices: dict[str, None] = {}

    def ask(self, query: str, variables: Mapping[str, object]) -> Answer:
        """The answer to a query (the name of its file), however long its limits make it wait.

        Raises TooMuch where a smaller request may pass; RetryLater where the deadline comes first
        or GitHub is out of reach; NeverWorks where it refuses.
        """
        limits = Retries(LIMITS, self.deadline)
        while True:
            outcome = self._send(query_text(query), variables)
            match outcome:
                case Answer():
                    return self._taken(outcome)
                case Overloaded():
                    raise TooMuch(outcome.reason)
                case Refused():
                    kind = Forbidden if outcome.forbidden else NeverWorks
                    raise kind(outcome.reason, fix=outcome.fix)
                case Limited():
                    logs.log(logger, "waiting for GitHub", {"reason": outcome.reason})
                    limits.wait(outcome.reason, retry_at=outcome.until)

    def _send(self, query: str, variables: Mapping[str, object]) -> Outcome:
        connections = Retries(CONNECTIONS, self.deadline)
        while True:
            seconds = connections.bound(ANSWER_SECONDS)
            self.requests += 1
            try:
                response = self._transport.send(query, variables, seconds)
            except Interrupted as error:
                return Overloaded(reason=f"no whole answer from GitHub ({error})")
            except Unreachable as error:
                connections.wait(f"GitHub is out of reach: {error}")
            else:
                outcome = classify(response, now=self.deadline.now(), token=self._token)
                left = response.headers.get("x-ratelimit-remaining", "").strip()
                if isinstance(outcome, Limited) and left.isdecimal():
                    self.points_left = int(left)
                return outcome

    def _taken(self, answer: Answer) -> Answer:
        if answer.cost is not None:
            self.points_used = (self.points_used or 0) + answer.cost
        if answer.points_left is not None:
            self.points_left = answer.points_left
        now = self.deadline.now()
        self.token_days_left = token_days_left(answer.headers, now)
        self.notices |= dict.fromkeys(token_notices(answer.headers, now))
        return answer
