"""Which clones a command line means, what they are called, and whose commits count."""

from pathlib import Path

import pytest

from commit_counts.errors import NeverWorks
from emulators.github.clones import name_of_origin, open_clone
from own_dashboard.clones.choose import choose_authors, expand_clones
from tests.support.repositories import ME, History, add_worktree, git


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://github.com/octocat/hello.git", "octocat/hello"),
        ("https://github.com/octocat/hello", "octocat/hello"),
        ("https://user:secret@github.com:443/octocat/hello.git/", "octocat/hello"),
        ("git@github.com:octocat/hello.git", "octocat/hello"),
        ("github.com:octocat/hello", "octocat/hello"),
        ("git@[::1]:octocat/hello.git", "octocat/hello"),
        ("ssh://git@github.com:22/octocat/hello.git", "octocat/hello"),
        ("git://example.com/octocat/hello.git", "octocat/hello"),
        ("https://gitlab.com/group/team/hello.git", "team/hello"),
        ("https://dev.example.com/My%20Team/hello", "My Team/hello"),
        ("git@example.com:hello.git", "hello"),
        ("/srv/git/hello.git", "hello"),
        ("../upstream/hello/.git", "hello"),
        ("file:///srv/git/hello.git", "hello"),
        (r"C:\sources\hello.git", "hello"),
        ("https://github.com/octocat/.github.git", "octocat/.github"),
        ("git@github.com:octocat/a:b.git", "octocat/a:b"),
        ("https://example.com/octocat/line%0Abreak", "octocat/line break"),
        ("https://example.com/octocat/a%C2%9B31mb", "octocat/a 31mb"),
        ("https://example.com/octocat/a%E2%80%AEgpj", "octocat/a gpj"),
        (
            "https://example.com/octocat/日本　語%F0%9F%91%A9%E2%80%8D%F0%9F%92%BB",
            "octocat/日本　語👩‍💻",
        ),
        ("https://example.com/", ""),
    ],
)
def test_the_name_is_that_of_the_origin(url: str, name: str) -> None:
    """`owner/name` of every form of address that git knows; a local path's last part."""
    assert name_of_origin(url) == name


@pytest.mark.parametrize(
    ("folder", "bare", "origin", "name"),
    [
        ("app", False, None, "app"),
        ("app.git", True, None, "app"),
        ("app", False, "git@github.com:octocat/hello.git", "octocat/hello"),
        ("日本語 1/2".replace("/", "-"), False, None, "日本語 1-2"),
        ("-rf", False, None, "-rf"),
        ("app", False, "https://example.com/", "app"),
    ],
)
def test_without_an_origin_the_folder_gives_the_name(
    tmp_path: Path, folder: str, bare: bool, origin: str | None, name: str
) -> None:
    """Also for odd folder names, and for an origin that names nothing."""
    path = History().write(tmp_path / folder, bare=bare, origin=origin)
    assert open_clone(path).repository == name


def test_globs_take_the_clones_among_what_they_match(tmp_path: Path) -> None:
    """Bare clones too; files and plain folders are passed over; each repository comes once."""
    history = History()
    history.commit("2026-01-01T00:00:00Z")
    app = history.write(tmp_path / "app")
    git(app, "branch", "other")
    add_worktree(app, tmp_path / "second-tree", branch="other")
    History().write(tmp_path / "bare.git", bare=True)
    (tmp_path / "notes").mkdir()
    (tmp_path / "file.txt").write_text("no repository")
    found = expand_clones([str(tmp_path / "app"), str(tmp_path / "*")])
    assert [clone.repository for clone in found] == ["app", "bare"]


def test_a_folder_whose_name_looks_like_a_glob_is_that_folder(tmp_path: Path) -> None:
    """What exists is taken at its word."""
    History().write(tmp_path / "app[1]")
    assert [c.repository for c in expand_clones([str(tmp_path / "app[1]")])] == ["app[1]"]


def test_a_home_folder_is_spelled_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`~` works also where no shell has seen the argument."""
    History().write(tmp_path / "src" / "app")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert [clone.repository for clone in expand_clones(["~/src/*"])] == ["app"]


def test_arguments_that_name_no_clone_are_errors(tmp_path: Path) -> None:
    """A misspelled folder, a plain folder, and a glob without any clone."""
    with pytest.raises(NeverWorks, match="is not a folder"):
        expand_clones([str(tmp_path / "nowhere")])
    with pytest.raises(NeverWorks, match="is not a git repository"):
        expand_clones([str(tmp_path)])
    with pytest.raises(NeverWorks, match="no git clone matches"):
        expand_clones([str(tmp_path / "*")])


def written_by(path: Path, *emails: str) -> Path:
    """A repository with one commit by each address, in this order."""
    history = History()
    for minute, email in enumerate(emails):
        history.commit(f"2026-01-01T00:{minute:02}:00Z", email=email)
    return history.write(path)


def test_the_author_named_is_taken(tmp_path: Path) -> None:
    """In any case of its letters, where one of those named has commits, and in an empty clone."""
    clones = expand_clones([str(written_by(tmp_path / "app", "busy@x.org", "busy@x.org", ME))])
    named = ("ME@Example.com", "new@example.com")
    chosen = choose_authors(clones, named)
    assert chosen.emails == named
    assert chosen.reason == "named on the command line; no commit is by new@example.com"
    assert choose_authors(clones, [ME, "busy@x.org"]).reason == "named on the command line"
    empty = expand_clones([str(History().write(tmp_path / "new"))])
    assert choose_authors(empty, ["new@example.com"]).emails == ("new@example.com",)


@pytest.mark.parametrize("name", ["nobody", "Me", "straße@x.org"])
def test_an_author_whom_nobody_is_is_refused_with_those_there_are(
    tmp_path: Path, name: str
) -> None:
    """Zero commits would replace numbers that are right; a name is no address, and ß is not ss."""
    emails = ["a@x.org", *["A@x.org"] * 2, "strasse@x.org", *(f"{n}@x.org" for n in range(5))]
    clones = expand_clones([str(written_by(tmp_path / "app", *emails))])
    with pytest.raises(NeverWorks, match=r"a@x\.org \(3\), .* and 2 more") as caught:
        choose_authors(clones, [name])
    assert name in str(caught.value)


def test_a_clone_that_cannot_be_read_does_not_stop_the_choice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others choose; where it is the only one, its problem is the error."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    good = written_by(tmp_path / "app", ME)
    odd = written_by(tmp_path / "odd\nname", ME)
    clones = expand_clones([str(odd), str(good)])
    assert choose_authors(clones).emails == (ME,)
    assert choose_authors(clones[:1], ["somebody@x.org"]).emails == ("somebody@x.org",)
    with pytest.raises(NeverWorks, match=r"me@example.com \(1\); the path .* line break"):
        choose_authors(clones, ["somebody@x.org"])
    with pytest.raises(NeverWorks, match="line break"):
        choose_authors(clones[:1])


def test_gits_own_address_is_taken_where_it_occurs(tmp_path: Path) -> None:
    """In every spelling that occurs, and even where others commit more."""
    path = written_by(tmp_path / "app", "busy@x.org", "busy@x.org", "Me@X.org", "me@x.org")
    git(path, "config", "user.email", "ME@x.org")
    authors = choose_authors(expand_clones([str(path)]))
    assert authors.emails == ("Me@X.org", "me@x.org")
    assert "user.email" in authors.reason


def test_else_the_most_frequent_author_over_all_clones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Spellings of one address are added up; of equals the first in the alphabet is taken."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    one = written_by(tmp_path / "one", "b@x.org", "a@x.org", "a@x.org", "C@x.org")
    two = written_by(tmp_path / "two", "b@x.org", "c@x.org")
    authors = choose_authors(expand_clones([str(one), str(two)]))
    assert authors.emails == ("a@x.org",)
    assert authors.reason == "the most frequent author"
    three = written_by(tmp_path / "three", "c@x.org")
    authors = choose_authors(expand_clones([str(path) for path in (one, two, three)]))
    assert authors.emails == ("C@x.org", "c@x.org")


def test_without_any_commit_an_author_must_be_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody can be the most frequent of nobody."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    with pytest.raises(NeverWorks, match="name one"):
        choose_authors(expand_clones([str(History().write(tmp_path / "new"))]))
