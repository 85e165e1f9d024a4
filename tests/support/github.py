"""Talks to the GitHub emulator as any client does: over a socket, in JSON."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from emulators.github import GitHubEmulator
from tests.support.processes import MOST_SECONDS

ALL_AFFILIATIONS = "[OWNER, COLLABORATOR, ORGANIZATION_MEMBER]"


class GitHubClient:
    """Sends queries to one emulator."""

    def __init__(self, emulator: GitHubEmulator, *, token: str = "t0ken") -> None:
        self.emulator = emulator
        self.http = httpx.Client(headers={"Authorization": f"bearer {token}"}, timeout=MOST_SECONDS)

    def send(self, query: str, **variables: Any) -> httpx.Response:
        """One GraphQL request, whatever comes of it."""
        body = {"query": query, "variables": variables}
        return self.http.post(self.emulator.url, json=body)

    def ask(self, query: str, **variables: Any) -> Any:
        """The `data` of an answer that must have no errors."""
        response = self.send(query, **variables)
        assert response.status_code == 200, response.text
        answer = response.json()
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    def errors(self, query: str, **variables: Any) -> list[dict[str, Any]]:
        """The `errors` of an answer with HTTP 200 that must have some."""
        response = self.send(query, **variables)
        assert response.status_code == 200, response.text
        errors: list[dict[str, Any]] = response.json()["errors"]
        return errors


@contextmanager
def running(emulator: GitHubEmulator) -> Iterator[GitHubClient]:
    """A client of the emulator, which runs meanwhile."""
    emulator.start()
    client = GitHubClient(emulator)
    try:
        yield client
    finally:
        client.http.close()
        emulator.stop()


def walk(client: GitHubClient, name: str, arguments: str, *, size: int = 100) -> list[Any]:
    """A repository's whole history, page after page; `name` has no owner, or is `owner/name`."""
    query = f"""query($owner: String!, $name: String!, $after: String) {{
      repository(owner: $owner, name: $name) {{ defaultBranchRef {{ target {{ ... on Commit {{
        history(first: {size}, after: $after{arguments}) {{
          totalCount pageInfo {{ hasNextPage endCursor }}
          nodes {{ oid authoredDate committedDate author {{ date email name }} }}
        }} }} }} }} }} }}"""
    owner, _, last = name.rpartition("/")
    found: list[Any] = []
    after = None
    while True:
        data = client.ask(query, owner=owner or "octocat", name=last, after=after)
        history = data["repository"]["defaultBranchRef"]["target"]["history"]
        found += history["nodes"]
        if not history["pageInfo"]["hasNextPage"]:
            assert history["totalCount"] == len(found)
            return found
        after = history["pageInfo"]["endCursor"]
