"""GitHub on this machine: its GraphQL API, answered from git clones or other histories.

Kept, as GitHub documents or was seen to do:
- the schema's names, types, nullability and arguments (`schema.graphql`, a subset);
- `history`: default branch, `since` and `until` on the *committer* date, `author.id` before
  `author.emails`, 1 to 100 a page, cursors, `totalCount`;
- `contributionsCollection`: days by the offset recorded in the commit, default branch, linked
  addresses, no forks, at most a year, at most 100 repositories, `occurredAt` as a marker of a date;
- `repositories`: `affiliations` and `ownerAffiliations` must both fit; cursors are the sort key, so
  that a repository that is pushed to while a list by push time is paged is on no further page;
- points and nodes per query, 5,000 points an hour, 500,000 nodes, `first` or `last` wherever a list
  is asked for; the headers `x-ratelimit-*` and `x-oauth-scopes`; private repositories only with the
  scope `repo`;
- a clone that cannot be read is a repository whose branch is null beside an error;
- errors inside HTTP 200 with `type`, `path` and a null in `data`, also the walls of SAML and of
  IP allow lists.

Not kept:
- secondary limits, the ten seconds that a query may take, and the work limit of a query: those
  come as injected faults (`faults`, `BatchLimit`) only;
- whether `since` also stops GitHub's walk at a commit with a slow clock, as it stops git's, is not
  known: here it does so only after `since_stops_walk` was set;
- squares take the ends of a window by their UTC dates, leave out `gh-pages`, and are late only
  where `contributions_late_by` says so;
- what `since` and `until` give outside 1970 to 2099 is not known (GitHub's schema warns of
  unexpected results): here such a history has no commits;
- `pushedAt` is the file time of a clone's newest ref, that is, when the commits were fetched or
  made here, and the newest committer date of a history in memory; it may be overridden;
- other cursors are positions; former names of repositories are not resolved; a clone without
  origin is served under its folder's name alone, without an owner.
"""

from emulators.github.clones import CloneHistory
from emulators.github.service import BatchLimit, GitHubEmulator
from emulators.github.store import (
    Commit,
    History,
    HistorySource,
    Person,
    Repository,
    UnreadableHistory,
    commits_in_memory,
)

__all__ = [
    "BatchLimit",
    "CloneHistory",
    "Commit",
    "GitHubEmulator",
    "History",
    "HistorySource",
    "Person",
    "Repository",
    "UnreadableHistory",
    "commits_in_memory",
]
