"""The emulator itself: what it is made with, how it starts and stops, and its HTTP endpoints."""

import json
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path

from flask import Flask, Request, Response, request

from emulators.faults import FaultInjector
from emulators.github import faults, rest_api
from emulators.github.clones import served_clone
from emulators.github.faults import AnswerFault
from emulators.github.graphql_api import Operation, Refused, prepare, run
from emulators.github.rules import RateLimit
from emulators.github.store import Commit, Person, RateLimitState, Repository, View, describe
from emulators.http_server import LoopbackServer

GRAPHQL = "graphql"
REST = "rest"
CLASSIC_SCOPES = ("repo", "read:user", "read:org")


@dataclass(frozen=True, kw_only=True)
class BatchLimit:
    """A query that walks more repositories than this ends in a fault, however often it is sent."""

    repositories: int
    kind: str = "502"


class GitHubEmulator:
    """GitHub on this machine. The package's docstring says which of its rules are kept.

    Fields that may be set at any time:
    repositories: what is served, in the order of GitHub's own listing.
    scopes: a classic token's scopes; None for a fine-grained token, which shows none.
    batch_limit: the size from which queries are too heavy; None for no such size.
    since_stops_walk: whether `since` ends a walk at the first older commit, as git's own does, so
        that a commit with a slow clock hides what lies behind it; else it only filters.
    contributions_late_by: contributionsCollection leaves out what was committed in so long before
        now; GitHub says that it may take a day.
    retry_after_seconds: what Retry-After says in the faults that send it.
    after_answer: called when a GraphQL answer is ready to go out, with the number of requests so
        far; for what happens between two requests, such as a push.
    """

    def __init__(
        self,
        *,
        state: Path | None = None,
        clones: Sequence[Path] = (),
        authors: Sequence[str] = (),
        login: str = "octocat",
        token: str | None = None,
        repositories: Sequence[Repository] = (),
        people: Sequence[Person] = (),
        point_limit: int = 5000,
        port: int = 0,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.calls = FaultInjector(operations=(GRAPHQL, REST), kinds=faults.KINDS)
        self.repositories = [*(served_clone(path, login) for path in clones), *repositories]
        self.scopes: Sequence[str] | None = CLASSIC_SCOPES
        self.batch_limit: BatchLimit | None = None
        self.since_stops_walk = False
        self.contributions_late_by = timedelta()
        self.retry_after_seconds = 60
        self.after_answer: Callable[[int], None] | None = None
        self._viewer = Person(login=login, emails=tuple(authors))
        self._people = tuple(people)
        self._token = token
        self._now = now
        self._points = RateLimit(resource=GRAPHQL, limit=point_limit, now=now)
        self._rest_requests = RateLimit(resource="core", limit=point_limit, now=now)
        self._stopping = threading.Event()
        self._server = LoopbackServer(self._application(), port=port)
        self.rest_url = self._server.url
        self.url = f"{self._server.url}/graphql"
        if state is not None:
            describe(state, self._viewer, self.repositories)

    def start(self) -> None:
        """Answer from now on."""
        self._server.start()

    def stop(self) -> None:
        """Stop answering, also those who are kept waiting, and free the port."""
        self._stopping.set()
        self._server.stop()

    def push(self, name: str, *commits: Commit, at: datetime | None = None) -> None:
        """Somebody pushes these commits, newest first, to a repository in memory: now, or `at`."""
        if name not in {repository.name for repository in self.repositories}:
            raise ValueError(f"no repository {name!r} here")
        pushed_at = at or self._now()
        self.repositories[:] = [
            replace(each, commits=(*commits, *each.commits), pushed_at=pushed_at)
            if each.name == name
            else each
            for each in self.repositories
        ]

    def _application(self) -> Flask:
        app = Flask(__name__)
        app.add_url_rule("/graphql", view_func=self._graphql, methods=["POST"])
        app.add_url_rule("/users/<login>/repos", view_func=self._user_repositories)
        app.add_url_rule("/repos/<owner>/<name>/commits", view_func=self._repository_commits)
        return app

    def _graphql(self) -> Response:
        response = self._respond()
        if self.after_answer:
            self.after_answer(self.calls.count(GRAPHQL))
        return response

    def _respond(self) -> Response:
        kind = self.calls.begin(GRAPHQL)
        failed = faults.answer(kind, self._circumstances(self._points)) or self._unauthorised()
        if failed:
            return failed
        try:
            operation = prepare(json.loads(request.get_data()))
        except json.JSONDecodeError:
            return faults.as_json(HTTPStatus.BAD_REQUEST, {"message": "Problems parsing JSON"})
        except Refused as refused:
            return faults.as_json(
                HTTPStatus.OK, {"errors": refused.errors}, self._headers(self._points)
            )
        limit = self.batch_limit
        if limit and operation.cost.batch > limit.repositories:
            kind = limit.kind
        elif not self._points.spend(operation.cost.points):
            kind = "rate_limited"
        whole = faults.answer(kind, self._circumstances(self._points))
        return whole or self._answer(operation, kind)

    def _answer(self, operation: Operation, kind: str | None) -> Response:
        fault = AnswerFault(kind, keep_first_history=operation.cost.batch > 1)
        state = RateLimitState(
            limit=self._points.limit,
            cost=operation.cost.points,
            remaining=self._points.remaining,
            used=self._points.used,
            reset_at=self._points.reset_at,
            node_count=operation.cost.nodes,
        )
        answer = run(operation, self._view(fault, state))
        headers = self._headers(self._points)
        if any(e.get("extensions", {}).get("saml_failure") for e in answer.get("errors", ())):
            headers["x-github-sso"] = "partial-results; organizations=1"
        return faults.as_json(HTTPStatus.OK, answer, headers)

    def _user_repositories(self, login: str) -> Response:
        return self._rest(lambda view, asked: rest_api.list_repositories(view, asked, login))

    def _repository_commits(self, owner: str, name: str) -> Response:
        return self._rest(lambda view, asked: rest_api.list_commits(view, asked, owner, name))

    def _rest(self, answer: Callable[[View, Request], Response]) -> Response:
        kind = self.calls.begin(REST)
        if not self._rest_requests.spend(1):
            kind = "403_primary"
        failed = faults.answer(kind, self._circumstances(self._rest_requests))
        if failed := failed or self._unauthorised():
            return failed
        response = answer(self._view(AnswerFault(None, keep_first_history=False), None), request)
        response.headers.extend(self._headers(self._rest_requests))
        return response

    def _unauthorised(self) -> Response | None:
        if self._token is None:
            return None
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() in ("bearer", "token") and given.strip() == self._token:
            return None
        return faults.bad_credentials()

    def _view(self, fault: AnswerFault, rate_limit: RateLimitState | None) -> View:
        return View(
            viewer=self._viewer,
            people=self._people,
            repositories=tuple(self.repositories),
            scopes=self.scopes,
            since_stops_walk=self.since_stops_walk,
            contributions_late_by=self.contributions_late_by,
            fault=fault,
            rate_limit=rate_limit,
            now=self._now(),
        )

    def _headers(self, rate_limit: RateLimit) -> dict[str, str]:
        headers = rate_limit.headers()
        if self.scopes is not None:
            headers["x-oauth-scopes"] = ", ".join(self.scopes)
        return headers

    def _circumstances(self, rate_limit: RateLimit) -> faults.Circumstances:
        connection: socket.socket = request.environ["werkzeug.socket"]
        return faults.Circumstances(
            rate_limit=rate_limit,
            retry_after_seconds=self.retry_after_seconds,
            authorization=request.headers.get("Authorization", ""),
            connection=connection,
            stopping=self._stopping,
        )
