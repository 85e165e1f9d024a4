"""`./dev doctor` names what is wrong and what helps, and advises nothing that does not."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from commit_counts.inspection import Finding, Verdict
from emulators.faults import Fault
from emulators.github import GitHubEmulator, Repository, commits_in_memory
from emulators.monitoring import MonitoringEmulator
from emulators.sheets import SheetsEmulator
from own_dashboard.doctor.examine import examine
from own_dashboard.stack.pipeline import load_pipeline
from tests.support.collect import serving
from tests.support.pubsub import Clients, connected, running, subscribe
from tests.support.repositories import ME, History
from tests.support.sheets import running_sheets
from tests.support.stack import RunningStack, clean_environment, command

SHEET_ID = "1AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdefg"
CELL = '{"date": "2026-11-01", "repository": "by/hand", "commits": 7}'
TOKEN = "t" * 40
SUBSCRIPTIONS = load_pipeline().wanted({}).subscriptions


def looked_at(state: Path, **environment: str) -> Mapping[str, Finding]:
    """Subject to finding; of several findings of one subject, the gravest; no wait in between."""
    gravity = (Verdict.GOOD, Verdict.NOTE, Verdict.FAULT)
    settings = {"TIME_ZONE": "Etc/UTC", **environment}
    found = list(examine(settings, state, sleep=lambda _: None))
    return {f.subject: f for f in sorted(found, key=lambda f: gravity.index(f.verdict))}


@pytest.fixture
def monitoring(tmp_path: Path) -> Iterator[MonitoringEmulator]:
    emulator = MonitoringEmulator(state=tmp_path / "monitoring")
    emulator.start()
    yield emulator
    emulator.stop()


@pytest.mark.parametrize(
    ("code", "fix", "not_said"),
    [
        ("UNAVAILABLE", "try again later", "log in"),
        ("INTERNAL", "try again later", "log in"),
        ("DEADLINE_EXCEEDED", "try again later", "log in"),
        ("RESOURCE_EXHAUSTED", "try again later", "log in"),
        ("PERMISSION_DENIED", "roles/monitoring.viewer", "log in"),
        ("UNAUTHENTICATED", "log in with `gcloud auth", "later"),
    ],
)
def test_each_failure_of_monitoring_gets_the_advice_that_helps(
    tmp_path: Path, monitoring: MonitoringEmulator, code: str, fix: str, not_said: str
) -> None:
    """Whoever logs in again because of an outage has lost a quarter of an hour."""
    monitoring.calls.inject(Fault(kind=code))
    environment = {
        "GOOGLE_CLOUD_PROJECT": "here", "MONITORING_EMULATOR_HOST": monitoring.address,
        "PUBSUB_EMULATOR_HOST": "127.0.0.1:1",
    }  # fmt: skip
    finding = looked_at(tmp_path, **environment)["metrics"]
    assert finding.verdict is Verdict.FAULT
    assert fix in finding.fix
    assert not_said not in finding.fix


@pytest.fixture
def sheets(tmp_path: Path) -> Iterator[SheetsEmulator]:
    """With a Sheet that write_sheet has made."""
    with running_sheets(tmp_path / "sheets") as emulator:
        emulator.create_spreadsheet(SHEET_ID, title="Commits", time_zone="Etc/UTC")
        done = command("write_sheet", CELL, environment=clean_environment(**sheet(emulator)))
        assert done.returncode == 0, done.stderr
        yield emulator


def sheet(emulator: SheetsEmulator) -> dict[str, str]:
    host = emulator.url.removeprefix("http://")
    return {"SHEET_ID": SHEET_ID, "SHEETS_EMULATOR_HOST": host}


def test_a_sheet_as_it_should_be(tmp_path: Path, sheets: SheetsEmulator) -> None:
    """No finding about it is a fault."""
    found = looked_at(tmp_path, **sheet(sheets))
    about = [finding for subject, finding in found.items() if subject.startswith("Sheet, ")]
    assert len(about) > 3
    assert {finding.verdict for finding in about} == {Verdict.GOOD}, about


def test_a_share_that_may_only_read(tmp_path: Path, sheets: SheetsEmulator) -> None:
    """Reading it goes well: the doctor has to see that writing would not."""
    sheets.share(SHEET_ID, view_only=True)
    finding = looked_at(tmp_path, **sheet(sheets))["Sheet, sharing"]
    assert finding.verdict is Verdict.FAULT
    assert "may read the spreadsheet and not change it" in finding.text
    assert "Editor" in finding.fix
    refused = command(
        "write_sheet", CELL.replace("7", "8"), environment=clean_environment(**sheet(sheets))
    )
    assert refused.returncode == 1
    assert "Editor" in refused.stderr


def test_a_sheet_that_is_not_shared(tmp_path: Path, sheets: SheetsEmulator) -> None:
    """With whom to share it, and as what."""
    sheets.unshare(SHEET_ID)
    finding = looked_at(tmp_path, **sheet(sheets))["Sheet, sharing"]
    assert finding.verdict is Verdict.FAULT
    assert "Editor" in finding.text + finding.fix


def test_a_sheet_that_is_out_of_reach(tmp_path: Path, sheets: SheetsEmulator) -> None:
    """An outage is no reason to share or to log in."""
    sheets.calls.inject(Fault(kind="503", times=None))
    finding = looked_at(tmp_path, **sheet(sheets))["Sheet"]
    assert finding.verdict is Verdict.FAULT
    assert "Share" not in finding.text + finding.fix
    assert "gcloud" not in finding.text + finding.fix


def github(*, saml: bool = False, token: str = TOKEN) -> GitHubEmulator:
    now = datetime.now(UTC)
    names = ("octocat/app", "acme/walled")
    return GitHubEmulator(
        authors=[ME],
        token=token,
        repositories=[
            Repository(
                name=name,
                commits=commits_in_memory(name, now - timedelta(hours=1), 2),
                saml_protected=saml and name == "acme/walled",
            )
            for name in names
        ],
    )


def test_a_token_that_sees_everything(tmp_path: Path) -> None:
    """Whose it is, how much it finds, and how much of the limit is left."""
    with serving(github()) as served:
        found = looked_at(tmp_path, GITHUB_TOKEN=TOKEN, GITHUB_GRAPHQL_URL=served.url)["GitHub"]
    assert found.verdict is Verdict.GOOD, found
    assert "octocat: 2 repositories" in found.text
    assert "points left" in found.text


def test_a_token_that_github_does_not_know(tmp_path: Path) -> None:
    """What to do, and not a letter of the token."""
    with serving(github(token="another")) as served:
        found = looked_at(tmp_path, GITHUB_TOKEN=TOKEN, GITHUB_GRAPHQL_URL=served.url)["GitHub"]
    assert found.verdict is Verdict.FAULT
    assert "token" in (found.text + found.fix).lower()
    assert TOKEN not in found.text + found.fix


def test_a_token_that_is_not_authorised_for_an_organisation(tmp_path: Path) -> None:
    """Single sign-on is named, since a new token alone would not help."""
    with serving(github(saml=True)) as served:
        found = looked_at(tmp_path, GITHUB_TOKEN=TOKEN, GITHUB_GRAPHQL_URL=served.url)["GitHub"]
    assert found.verdict is Verdict.FAULT
    assert "SSO" in found.text + found.fix or "single sign-on" in found.text + found.fix


def test_github_out_of_reach(tmp_path: Path) -> None:
    """It is told as such, not as a wrong token."""
    url = "http://127.0.0.1:1/graphql"
    found = looked_at(tmp_path, GITHUB_TOKEN=TOKEN, GITHUB_GRAPHQL_URL=url)["GitHub"]
    assert found.verdict is Verdict.FAULT
    assert "scope" not in found.text + found.fix


@pytest.fixture
def pubsub(tmp_path: Path) -> Iterator[tuple[dict[str, str], Clients]]:
    """The variables that lead to an empty Pub/Sub, and clients to fill it."""
    with running(tmp_path / "pubsub") as emulator, connected(emulator.address) as clients:
        yield (
            {"GOOGLE_CLOUD_PROJECT": "here", "PUBSUB_EMULATOR_HOST": emulator.address,
             "MONITORING_EMULATOR_HOST": "127.0.0.1:1"},
            clients,
        )  # fmt: skip


def test_nothing_deployed(tmp_path: Path, pubsub: tuple[dict[str, str], Clients]) -> None:
    """Topic, each subscription and the dead letters are missed by name."""
    environment, _ = pubsub
    found = looked_at(tmp_path, **environment)
    names = [f"subscription {s.name}" for s in SUBSCRIPTIONS]
    for subject in ("topic", *names, "dead letters"):
        assert found[subject].verdict is Verdict.FAULT, subject
        assert "terraform apply" in found[subject].fix


def test_a_subscription_that_lost_its_policies(
    tmp_path: Path, pubsub: tuple[dict[str, str], Clients]
) -> None:
    """What it has no more is listed."""
    environment, clients = pubsub
    topic = "projects/here/topics/commit-counts"
    clients.publisher.create_topic(request={"name": topic})
    name = SUBSCRIPTIONS[0].name
    subscribe(clients, topic, name=f"projects/here/subscriptions/{name}")
    found = looked_at(tmp_path, **environment)
    assert "has no schema" in found["topic"].text
    assert "has no push address and no " in found[f"subscription {name}"].text


def test_no_topic_at_all(tmp_path: Path) -> None:
    """Without a project and a stack there is something to start, and nothing broken."""
    found = looked_at(tmp_path)
    assert found["pipeline"].verdict is Verdict.NOTE
    assert {f.verdict for f in found.values()} == {Verdict.GOOD, Verdict.NOTE}


def test_a_time_zone_that_is_none(tmp_path: Path) -> None:
    """It is a finding, beside the others."""
    found = looked_at(tmp_path, TIME_ZONE="Mars/Phobos")
    assert found["time zone"].verdict is Verdict.FAULT
    assert len(found) > 1


def test_a_running_stack_is_well(tmp_path: Path) -> None:
    """Status 0; a function that ended for good is a fault, and status 1."""
    history = History()
    history.commit(datetime.now(UTC))
    clone = history.write(tmp_path / "app")
    state = tmp_path / "state"
    arguments = ("--repositories", str(clone), "--every", "3600")
    with RunningStack(state, *arguments, environment=clean_environment()) as stack:
        stack.wait_for_line("sheet written")
        stack.wait_for_line("metric written")
        done = command("doctor", "--state", str(state))
        assert done.returncode == 0, done.stdout
        assert "FAULT" not in done.stdout
        assert done.stdout.count("which answers") == len(SUBSCRIPTIONS)
