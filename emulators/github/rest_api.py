"""The two REST calls that a simple counter would make, for comparing against.

`GET /users/{login}/repos` and `GET /repos/{owner}/{repository}/commits`: 30 a page unless asked
for up to 100, the next page in the `Link` header, 409 for an empty repository.

https://docs.github.com/en/rest/repos/repos#list-repositories-for-a-user
https://docs.github.com/en/rest/commits/commits#list-commits
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from flask import Request, Response

from emulators.github.errors import GitHubError
from emulators.github.faults import as_json
from emulators.github.rules import in_utc, parse_instant
from emulators.github.store import Commit, Repository, View, ascii_lower, database_id

_DEFAULT_PER_PAGE = 30
_MOST_PER_PAGE = 100


def list_repositories(view: View, request: Request, login: str) -> Response:
    """The account's own public repositories, by name unless `sort=pushed`."""
    if view.person_by_login(login) is None:
        return _problem(HTTPStatus.NOT_FOUND, "Not Found")
    owned = [
        repository
        for repository in view.repositories
        if not repository.is_private
        and ascii_lower(view.owner_login(repository)) == ascii_lower(login)
    ]
    by_push = request.args.get("sort") == "pushed"
    order = {"field": "PUSHED_AT" if by_push else "NAME", "direction": "DESC" if by_push else "ASC"}
    found = view.ordered(owned, order)[0]
    return _page(request, [_repository(view, repository) for repository in found])


def list_commits(view: View, request: Request, owner: str, name: str) -> Response:
    """The default branch's commits; `since` and `until` filter the committer date."""
    repository = view.repository_by_name(owner, name)
    if repository is not None:
        return _commits_of(view, request, repository)
    return _problem(HTTPStatus.NOT_FOUND, "Not Found")


def _commits_of(view: View, request: Request, repository: Repository) -> Response:
    history = view.history(repository)
    if history.problem:
        return _problem(HTTPStatus.SERVICE_UNAVAILABLE, history.problem)
    if not history.commits:
        return _problem(HTTPStatus.CONFLICT, "Git Repository is empty.")
    try:
        since, until = (_instant(request, name) for name in ("since", "until"))
    except GitHubError as error:
        return _problem(HTTPStatus.UNPROCESSABLE_ENTITY, error.message)
    author = request.args.get("author")
    emails = _emails(view, author) if author else None
    found = [
        _commit(view, commit)
        for commit in history.commits
        if (since is None or commit.committed_at >= since)
        and (until is None or commit.committed_at <= until)
        and (emails is None or ascii_lower(commit.author_email) in emails)
    ]
    return _page(request, found)


def _emails(view: View, author: str) -> set[str]:
    """`author` is a login or an e-mail address."""
    person = view.person_by_login(author)
    return {ascii_lower(email) for email in (person.emails if person else (author,))}


def _instant(request: Request, name: str) -> datetime | None:
    text = request.args.get(name)
    return None if text is None else parse_instant(text)


def _page(request: Request, items: Sequence[Mapping[str, Any]]) -> Response:
    size = min(_MOST_PER_PAGE, max(1, request.args.get("per_page", _DEFAULT_PER_PAGE, type=int)))
    number = max(1, request.args.get("page", 1, type=int))
    last = max(1, -(-len(items) // size))
    links = {"prev": number - 1, "next": number + 1, "last": last, "first": 1}
    if number >= last:
        del links["next"], links["last"]
    if number == 1:
        del links["prev"], links["first"]
    shown = ", ".join(f'<{_address(request, page)}>; rel="{name}"' for name, page in links.items())
    body = list(items[(number - 1) * size : number * size])
    return as_json(HTTPStatus.OK, body, {"Link": shown} if shown else None)


def _address(request: Request, page: int) -> str:
    return f"{request.base_url}?{urlencode({**request.args.to_dict(), 'page': page})}"


def _repository(view: View, repository: Repository) -> dict[str, Any]:
    history = view.history(repository)
    login = view.owner_login(repository)
    return {
        "id": database_id(repository.global_id),
        "node_id": repository.global_id,
        "name": repository.name.rpartition("/")[2],
        "full_name": repository.name,
        "private": repository.is_private,
        "owner": {"login": login},
        "fork": repository.is_fork,
        "archived": repository.is_archived,
        "pushed_at": history.pushed_at and in_utc(history.pushed_at),
        "default_branch": history.branch,
    }


def _commit(view: View, commit: Commit) -> dict[str, Any]:
    person = view.person_by_email(commit.author_email)
    return {
        "sha": commit.oid,
        "commit": {
            "author": {
                "name": commit.author_name,
                "email": commit.author_email,
                "date": in_utc(commit.authored_at),
            },
            "committer": {"date": in_utc(commit.committed_at)},
        },
        "author": {"login": person.login} if person else None,
        "parents": [{"sha": oid} for oid in commit.parents],
    }


def _problem(status: HTTPStatus, message: str) -> Response:
    return as_json(status, {"message": message, "status": str(status.value)})
