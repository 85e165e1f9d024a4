"""Talks to the GitHub stand-in as any client does: over a socket, in JSON."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from local.github import GitHubStandIn

ALL_AFFILIATIONS = "[OWNER, COLLABORATOR, ORGANIZATION_MEMBER]"


class GitHubClient:
    """Sends queries to one stand-in."""

    def __init__(self, stand_in: GitHubStandIn, *, token: str = "t0ken") -> None:
        self.stand_in = stand_in
        self.http = httpx.Client(headers={"Authorization": f"bearer {token}"}, timeout=5)

    def send(self, query: str, **variables: Any) -> httpx.Response:
        """One GraphQL request, whatever comes of it."""
        body = {"query": query, "variables": variables}
        return self.http.post(self.stand_in.url, json=body)

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
def running(stand_in: GitHubStandIn) -> Iterator[GitHubClient]:
    """A client of the stand-in, which runs meanwhile."""
    stand_in.start()
    client = GitHubClient(stand_in)
    try:
        yield client
    finally:
        client.http.close()
        stand_in.stop()


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
