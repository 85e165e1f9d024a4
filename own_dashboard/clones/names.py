"""What a local clone is called: `owner/name` from its origin, as the repository's host calls it.

Git's forms of an address: https://git-scm.com/docs/git-clone#_git_urls
"""

import re
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_SCP_LIKE = re.compile(r"(?:[^/@:]+@)?(?:\[[^\]/]+\]|[^/:\[]{2,}):(?P<path>.+)")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]+")


def name_of_origin(url: str) -> str:
    """`owner/name` of a remote address; of a local path its last part; "" where it names nothing.

    A path on a host that is deeper than two parts (a group within a group) keeps the last two.
    """
    if _URL.match(url):
        parts = urlsplit(url)
        local = parts.scheme.lower() == "file"
        path = unquote(parts.path)
    elif scp := _SCP_LIKE.fullmatch(url):
        local, path = False, scp["path"]
    else:
        local, path = True, url.replace("\\", "/")
    names = [name for name in path.split("/") if name not in ("", ".", "..", ".git")]
    kept = names[-1:] if local else names[-2:]
    return _clean("/".join(kept).removesuffix(".git"))


def name_of_folder(git_directory: Path) -> str:
    """The name of a repository without an origin: its folder's, whatever working tree is used."""
    path = PurePosixPath(git_directory)
    folder = path.parent.name if path.name == ".git" else path.name.removesuffix(".git")
    return _clean(folder) or "repository"


def _clean(name: str) -> str:
    return _UNPRINTABLE.sub(" ", name).strip()
