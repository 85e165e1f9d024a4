"""What is installed and what is committed: pinned by hash, and no secret among it."""

import re
import subprocess
from pathlib import Path

import pytest

from own_dashboard.stack.pipeline import load_pipeline

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ["requirements.lock"] + [
    f"functions/{function.step}/requirements.txt" for function in load_pipeline().functions
]
# The forms of the keys that this project could come to hold.
SECRETS = re.compile(
    r"gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60,}|AIza[A-Za-z0-9_-]{35}"
    r"|xox[abprs]-[0-9]+-[A-Za-z0-9-]{20,}|ya29\.[A-Za-z0-9_-]{30,}"
    r"|-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\n[A-Za-z0-9+/]"
    r'|"private_key_id": *"[0-9a-f]{40}"'
)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_pinned_by_hash(lock: str) -> None:
    """The installer takes nothing else, wherever it comes from; and nothing says where from."""
    text = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    entries = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    assert entries
    for entry in entries:
        assert re.match(r"[a-z0-9._-]+==\S+ ", entry), entry
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry
    assert "://" not in text


def test_a_function_installs_what_was_resolved_for_all() -> None:
    """The same versions as in requirements.lock, so that what is tested is what runs."""
    pins = [dict(re.findall(r"^([\w.-]+)==([^\s;]+)", _text(lock), re.MULTILINE)) for lock in LOCKS]
    whole = pins[0]
    for lock, own in zip(LOCKS[1:], pins[1:], strict=True):
        assert {n: v for n, v in own.items() if whole.get(n) != v} == {}, lock


def test_nothing_that_is_committed_is_a_secret() -> None:
    """Neither in a test nor in an example."""
    files = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    found = []
    for name in filter(None, files):
        if (ROOT / name).is_file():
            text = (ROOT / name).read_text(encoding="utf-8", errors="replace")
            found += [f"{name}: {secret[:8]}…" for secret in SECRETS.findall(text)]
    assert found == []


def test_the_scan_would_see_one() -> None:
    """A scan that finds nothing proves little."""
    assert SECRETS.search("ghp_" + "a1" * 18)
    assert SECRETS.search("-----BEGIN PRIVATE " + "KEY-----\nMIIE")


def test_the_audit_says_when_it_cannot_run() -> None:
    """Nothing that was not audited counts as audited: its own status, and a sentence."""
    script = (ROOT / ".github" / "audit.sh").read_text(encoding="utf-8")
    assert len(re.findall(r"(?:nothing|not all) was audited\"\n +exit 2\n", script)) == 3
    for lock in ("requirements.lock", "functions/*/requirements.txt"):
        assert lock in script


def _text(lock: str) -> str:
    return (ROOT / lock).read_text(encoding="utf-8")
