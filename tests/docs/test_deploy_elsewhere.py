"""The pipeline without Google's functions: workflow, cron and systemd, as far as one machine can.

GitHub and Google Sheets are emulators; commands, scripts and their order are those that are given.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from emulators.github import GitHubEmulator, Repository, commits_in_memory
from emulators.sheets import SheetsEmulator
from tests.support.collect import TOKEN, serving
from tests.support.repositories import ME
from tests.support.sheets import running_sheets
from tests.support.stack import ROOT, clean_environment, sheet_cells

SECRET_NAME = "octocat/very-secret"
SHEET = "1AbCdEfGhIjKlMnOpQrStUvWxYz"
PAGES = ROOT / "docs" / "deploy"


@dataclass(frozen=True, kw_only=True)
class Services:
    """What the commands speak to."""

    github: GitHubEmulator
    sheets: SheetsEmulator

    def environment(self, **added: str) -> dict[str, str]:
        """That of a runner or a shell, with the emulators in place of the services."""
        return clean_environment(
            GITHUB_GRAPHQL_URL=self.github.url,
            SHEETS_EMULATOR_HOST=self.sheets.url.removeprefix("http://"),
            PATH=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            **added,
        )

    def written(self) -> dict[tuple[str, str], int]:
        """The tab `data`."""
        return sheet_cells(self.sheets.url, SHEET)


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    newest = datetime.now(UTC) - timedelta(minutes=1)
    commits = commits_in_memory("app", newest, 3, step=timedelta(days=1))
    secret = Repository(name=SECRET_NAME, commits=commits)
    github = GitHubEmulator(authors=[ME], token=TOKEN, repositories=[secret])
    with serving(github), running_sheets(tmp_path / "sheets") as sheets:
        sheets.create_spreadsheet(SHEET, title="mine", time_zone="Etc/UTC")
        yield Services(github=github, sheets=sheets)


def shell(command: str, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """As a runner, cron or systemd starts it."""
    return subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", command],
        env=dict(environment), cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip


def run_workflow(services: Services, values: Mapping[str, str]) -> tuple[int, str]:
    """Run the steps of the job that are commands, in order, as GitHub fills them in; its log."""
    text = (ROOT / ".github" / "workflows" / "collect.yml").read_text(encoding="utf-8")
    steps: list[dict[str, Any]] = yaml.safe_load(text)["jobs"]["collect"]["steps"]
    log = ""
    for step in (step for step in steps if "run" in step):
        given = {
            name: re.sub(r"\$\{\{ ([\w.]+) \}\}", lambda m: values.get(m[1], ""), str(value))
            for name, value in step.get("env", {}).items()
        }
        done = shell(step["run"], services.environment(**given))
        log += done.stdout + done.stderr
        if done.returncode:
            return done.returncode, log
    return 0, log


VALUES = {
    "secrets.COLLECT_TOKEN": TOKEN,
    "vars.SHEET_ID": SHEET,
    "vars.TIME_ZONE": "Etc/UTC",
    "vars.LANGUAGE": "en",
}


def test_the_workflow_writes_the_sheet_and_its_log_names_no_repository(services: Services) -> None:
    """Every commit is on the Sheet; everybody may read the log."""
    status, log = run_workflow(services, VALUES)
    assert status == 0, log
    assert sum(services.written().values()) == 3
    assert {name for _, name in services.written()} == {SECRET_NAME}
    assert "very-secret" not in log
    assert TOKEN not in log


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"secrets.COLLECT_TOKEN": "ghp_wrong"}, "collect ended with status 1"),
        ({"vars.SHEET_ID": "1NoSuchSheet"}, "write_sheet with 1"),
        ({"vars.TIME_ZONE": "Mars/Base"}, "collect ended with status 1"),
    ],
)
def test_a_run_that_fails_says_so_and_shows_why_where_that_is_wanted(
    services: Services, wrong: Mapping[str, str], said: str
) -> None:
    """The step is red; the reason, which may name a repository, is shown on request only."""
    status, quiet = run_workflow(services, {**VALUES, **wrong})
    assert status == 1
    assert said in quiet
    assert "very-secret" not in quiet
    if "vars.TIME_ZONE" in wrong:  # the way is the same for all
        loud = {**VALUES, **wrong, "inputs.show_errors": "true"}
        status, log = run_workflow(services, loud)
        assert status == 1
        assert "Mars/Base" in log
        assert "Mars/Base" not in quiet
        assert TOKEN not in log


def test_a_longer_look_back_is_one_input(services: Services) -> None:
    """Also before the last 35 days."""
    services.github.calls.clear_faults()
    since = (datetime.now(UTC) - timedelta(days=400)).date().isoformat()
    status, log = run_workflow(services, {**VALUES, "inputs.since": since})
    assert status == 0, log
    assert sum(services.written().values()) == 3


def lines_of(page: str) -> dict[str, str]:
    """The commands of the page for a laptop, by what starts them."""
    text = (PAGES / page).read_text(encoding="utf-8")
    cron = re.search(r"^5 \* \* \* \* cd ~/own_dashboard && (.*)$", text, re.MULTILINE)
    systemd = re.search(r"^ExecStart=/bin/sh -c '(.*)'$", text, re.MULTILINE)
    hand = re.search(r"^```sh\n(\./dev collect.*)\n```", text, re.MULTILINE)
    assert cron
    assert systemd
    assert hand
    return {"cron": cron[1], "systemd": systemd[1], "hand": hand[1]}


def test_the_line_of_cron_writes_the_sheet(services: Services, tmp_path: Path) -> None:
    """With the settings of a `.env`; systemd and a person run the same, without its log."""
    lines = lines_of("laptop.md")
    assert re.sub(r" 2?>>\S+( 2>&1)?", "", lines["cron"]) == lines["systemd"] == lines["hand"]
    settings = tmp_path / "env"
    settings.write_text(
        f"GITHUB_TOKEN={TOKEN}\nTIME_ZONE=Etc/UTC\nSHEET_ID={SHEET}\n", encoding="utf-8"
    )
    environment = services.environment(ENV_FILE=str(settings), HOME=str(tmp_path))
    del environment["TIME_ZONE"]
    done = shell(lines["cron"], environment)
    assert done.returncode == 0, (tmp_path / "own_dashboard.log").read_text()
    assert sum(services.written().values()) == 3


def workflow(name: str) -> dict[Any, Any]:
    parsed: dict[Any, Any] = yaml.safe_load(
        (ROOT / ".github" / "workflows" / f"{name}.yml").read_text(encoding="utf-8")
    )
    return parsed


@pytest.mark.parametrize("name", ["audit", "collect", "container"])
def test_what_a_workflow_runs_is_pinned(name: str) -> None:
    """Actions by commit, with the release beside it; the machine by version."""
    text = (ROOT / ".github" / "workflows" / f"{name}.yml").read_text(encoding="utf-8")
    assert len(re.findall(r"uses: [\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+\n", text)) == text.count(
        "uses:"
    )
    for job in workflow(name)["jobs"].values():
        assert job["runs-on"] == "ubuntu-24.04"
        assert job["timeout-minutes"] <= 30
        checkout = job["steps"][0]
        assert checkout["with"]["persist-credentials"] is False


def test_the_collecting_workflow_does_nothing_until_it_is_set_up() -> None:
    """Every fork has it; the token reaches one step, and only the account that writes is used."""
    found = workflow("collect")
    (job,) = found["jobs"].values()
    assert job["if"] == "vars.SHEET_ID != ''"
    assert found["permissions"] == {"contents": "read"}
    assert job["permissions"] == {"contents": "read", "id-token": "write"}
    assert found[True]["schedule"] == [{"cron": "23 * * * *"}]
    assert found["concurrency"] == {"group": "collect", "cancel-in-progress": False}
    (auth,) = (
        s for s in job["steps"] if s.get("uses", "").startswith("google-github-actions/auth")
    )
    assert auth["with"]["service_account"].startswith("write-sheet@")
    entrusted = [step for step in job["steps"] if "secrets." in str(step)]
    assert [step["run"] for step in entrusted] == ["bash .github/collect.sh"]


def test_the_guide_sets_what_the_workflow_reads() -> None:
    """Every variable and secret, by its name; only the branch main may act as the account."""
    text = (PAGES / "github-actions.md").read_text(encoding="utf-8")
    file = (ROOT / ".github" / "workflows" / "collect.yml").read_text(encoding="utf-8")
    assert set(re.findall(r"vars\.(\w+)", file)) == set(re.findall(r"gh variable set (\w+)", text))
    assert set(re.findall(r"secrets\.(\w+)", file)) == set(re.findall(r"gh secret set (\w+)", text))
    assert "assertion.repository_id == '$ID' && assertion.ref == 'refs/heads/main'" in text
    assert len(re.findall(r"^## \d\. ", text, re.MULTILINE)) == 5
    assert "billing projects link" not in text


def test_the_core_knows_none_of_these() -> None:
    """No function, nor the emulators, name a platform that only starts them."""
    words = re.compile(r"github actions|systemd|\bcron\b|docker|kubernetes", re.IGNORECASE)
    for folder in ("functions", "emulators"):
        for file in (ROOT / folder).rglob("*.py"):
            assert not words.search(file.read_text(encoding="utf-8")), file
