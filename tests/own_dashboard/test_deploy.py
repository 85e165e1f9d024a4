"""`./dev deploy`: what it runs, in which order, what it passes over, how it explains failures."""

import io
import re
import shlex
import shutil
from pathlib import Path

import pytest

from commit_counts.errors import DashboardError, NeverWorks, RetryLater
from own_dashboard.deploy.failures import FAILURES, failure_of
from own_dashboard.deploy.shell import Shell
from own_dashboard.deploy.steps import FIRST, Place, Wish, deploy, read_variables
from tests.support.cloud_programs import calls, install, read, write
from tests.support.guides import DEPLOY, blocks, text_of
from tests.support.stack import ROOT, clean_environment, command

TOKEN = "ghp_" + "0123456789abcdefghijABCDEFGHIJ012345"
SHEET = "1AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdefg"
# Sheet, zone, language, token, apply, shared.
ANSWERS = [f"https://docs.google.com/spreadsheets/d/{SHEET}/edit#gid=0", "", "ja", TOKEN, "yes", ""]


class Deployer:
    """A checkout, the two programs, and a person who types."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.checkout = folder / "checkout"
        (self.checkout / "terraform").mkdir(parents=True)
        shutil.copy(ROOT / "terraform" / "variables.tf", self.checkout / "terraform")
        self.programs = folder / "programs"
        self.waits: list[float] = []
        self._monkeypatch = monkeypatch
        monkeypatch.setenv("PATH", str(self.programs), prepend=":")

    def run(self, answers: list[str], wish: Wish | None = None) -> None:
        """All steps, with what the person types, line by line."""
        typed = io.StringIO("".join(f"{line}\n" for line in answers))
        self._monkeypatch.setattr("sys.stdin", typed)
        wish = wish or Wish(project="my-commits-4711", time_zone="Asia/Tokyo")
        shell = Shell(self.checkout, dry_run=False, wait=self.waits.append)
        deploy(shell, Place(folder=self.checkout, wish=wish))
        assert typed.read() == "", "expected every answer to be asked for"

    @property
    def changes(self) -> list[str]:
        """The calls that do more than look."""
        looks = r" version |output|\blist\b|describe|print-access-token"
        return [call for call in calls(self.programs) if not re.search(looks, call)]


@pytest.fixture(name="deployer")
def _deployer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Deployer:
    deployer = Deployer(tmp_path, monkeypatch)
    install(deployer.programs)
    return deployer


def test_a_first_run_does_everything_in_order(deployer: Deployer) -> None:
    """From nothing to the first collection; every choice reaches terraform's variables."""
    deployer.run(ANSWERS)

    state = read(deployer.programs)
    assert state["projects"] == ["my-commits-4711"]
    assert state["billing"] == {"my-commits-4711": "0A0A0A-0B0B0B-0C0C0C"}
    assert state["token"] == TOKEN
    assert state["applied"] == ["first", "all"]
    assert state["collected"] == 1
    assert [call.partition(" --")[0].partition(" -i")[0] for call in deployer.changes] == [
        "gcloud auth login",
        "gcloud auth application-default login",
        "gcloud projects create my-commits-4711",
        "gcloud billing projects link my-commits-4711",
        "gcloud services enable cloudresourcemanager.googleapis.com serviceusage.googleapis.com "
        "iam.googleapis.com pubsub.googleapis.com",
        "gcloud auth application-default set-quota-project my-commits-4711",
        "gcloud beta services identity create",
        "terraform -chdir=terraform init",
        "terraform -chdir=terraform apply",
        "gcloud secrets versions add github-token",
        "terraform -chdir=terraform plan -out=deploy.tfplan",
        "terraform -chdir=terraform apply",
        "gcloud scheduler jobs run collect",
    ]
    assert "--location=asia-northeast1" in deployer.changes[-1]
    assert read_variables(deployer.checkout / "terraform" / "terraform.tfvars") == {
        "project_id": "my-commits-4711",
        "time_zone": "Asia/Tokyo",
        "sheet_id": SHEET,
        "language": "ja",
        "region": "asia-northeast1",
    }


def test_a_second_run_passes_over_what_is_done(deployer: Deployer) -> None:
    """It plans and applies again, and asks for nothing but that."""
    deployer.run(ANSWERS)
    before = len(deployer.changes)
    variables = (deployer.checkout / "terraform" / "terraform.tfvars").read_text(encoding="utf-8")

    deployer.run(["yes", ""], Wish())

    again = [call.split(" -")[0] for call in deployer.changes[before:]]
    assert again == [
        "gcloud auth application-default set-quota-project my-commits-4711",
        "gcloud beta services identity create",
        "terraform",
        "terraform",
        "terraform",
        "terraform",
        "gcloud scheduler jobs run collect",
    ]
    assert read(deployer.programs)["projects"] == ["my-commits-4711"]
    file = deployer.checkout / "terraform" / "terraform.tfvars"
    assert file.read_text(encoding="utf-8") == variables


def test_it_goes_on_where_it_was_interrupted(deployer: Deployer) -> None:
    """A person who closes the terminal at the token starts the same command again."""
    with pytest.raises(NeverWorks):
        deployer.run(ANSWERS[:3])
    assert read(deployer.programs)["applied"] == ["first"]

    deployer.run([TOKEN, "yes", ""], Wish())

    assert read(deployer.programs)["applied"] == ["first", "first", "all"]
    assert len([call for call in deployer.changes if " create " in call]) == 3


def test_the_token_is_shown_nowhere(deployer: Deployer, capfd: pytest.CaptureFixture[str]) -> None:
    """Neither on the screen nor as a word of a command; a wrong one is not stored or quoted."""
    wrong = [*ANSWERS[:3], "'ghp_ with a blank'"]
    with pytest.raises(NeverWorks, match="expected letters, digits") as error:
        deployer.run(wrong)
    assert "blank" not in str(error.value)
    assert read(deployer.programs)["token"] == ""

    deployer.run([TOKEN, "yes", ""], Wish())

    assert TOKEN not in "".join(capfd.readouterr()) + "".join(calls(deployer.programs))


def test_what_passes_by_itself_is_tried_again(deployer: Deployer) -> None:
    """A minute later, with a new plan for what is left; a person is asked once."""
    state = read(deployer.programs)
    metadata = "Error: Unable to retrieve the repository metadata for projects/p/locations/l"
    switch = "run.googleapis.com has not been used in project 1 before or it is disabled"
    write(deployer.programs, {**state, "failures": [metadata, switch]})

    deployer.run(ANSWERS)

    assert deployer.waits == [60, 60]
    assert read(deployer.programs)["applied"] == ["first", "all"]
    assert len([call for call in deployer.changes if "plan" in call and "tfplan" in call]) == 6


def test_what_does_not_pass_in_minutes_is_said(deployer: Deployer) -> None:
    """After four tries it is the person's turn again, to try later."""
    state = read(deployer.programs)
    write(deployer.programs, {**state, "failures": ["it is disabled: SERVICE_DISABLED"] * 4})

    with pytest.raises(RetryLater, match="wait a minute and run the same command again"):
        deployer.run(ANSWERS)
    assert len(deployer.waits) == 3


@pytest.mark.parametrize(
    ("said", "fix"),
    [
        ("FAILED_PRECONDITION: due to quota restrictions, cannot run builds", "asia-east1"),
        ("Error acquiring the state lock", "force-unlock"),
        ("constraints/iam.disableServiceAccountCreation violates constraint", "organisation"),
        ("Application default credentials have not been set up.", "application-default login"),
        ("something that nobody knows", "something that nobody knows"),
    ],
)
def test_what_never_passes_is_explained_at_once(deployer: Deployer, said: str, fix: str) -> None:
    """With what to do; what is not recognised is quoted."""
    state = read(deployer.programs)
    write(deployer.programs, {**state, "failures": [said]})

    with pytest.raises(DashboardError, match=re.escape(fix)):
        deployer.run(ANSWERS)
    assert deployer.waits == []


def test_an_old_terraform_is_refused_before_anything_is_made(deployer: Deployer) -> None:
    """That of Cloud Shell, in every report found."""
    write(deployer.programs, {**read(deployer.programs), "terraform": "1.5.7"})

    with pytest.raises(NeverWorks, match=r"expected terraform 1.7 or newer, got 1.5.7"):
        deployer.run([])
    assert deployer.changes == []


def test_a_program_that_is_not_there_is_named(
    deployer: Deployer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the page that says how to get it."""
    monkeypatch.setenv("PATH", str(deployer.checkout))

    with pytest.raises(NeverWorks, match=r"terraform cannot be started .*google-cloud\.md"):
        deployer.run([])


def test_a_project_of_somebody_else_is_not_taken(deployer: Deployer) -> None:
    """Project IDs are everybody's; and a checkout deploys one project only."""
    write(deployer.programs, {**read(deployer.programs), "taken": ["my-commits-4711"]})
    with pytest.raises(NeverWorks, match="name another one with --project"):
        deployer.run([])

    deployer.run(ANSWERS, Wish(project="my-commits-4712", time_zone="Asia/Tokyo"))
    with pytest.raises(NeverWorks, match="expected project my-commits-4712"):
        deployer.run([], Wish(project="my-commits-4711"))


def test_one_of_several_billing_accounts_is_chosen(deployer: Deployer) -> None:
    """By the person; without any the page that opens one is named."""
    accounts = ["0A0A0A-0B0B0B-0C0C0C\tMine", "111111-222222-333333\tMy company's"]
    write(deployer.programs, {**read(deployer.programs), "accounts": []})
    with pytest.raises(NeverWorks, match=r"console\.cloud\.google\.com/billing"):
        deployer.run(ANSWERS[:3])

    write(deployer.programs, {**read(deployer.programs), "accounts": accounts})
    deployer.run(["111111-222222-333333", *ANSWERS[3:]], Wish())

    assert read(deployer.programs)["billing"] == {"my-commits-4711": "111111-222222-333333"}


def test_a_run_that_failed_early_leaves_no_second_project_behind(deployer: Deployer) -> None:
    """The ID that nobody named is remembered before anything can fail."""
    accounts = read(deployer.programs)["accounts"]
    write(deployer.programs, {**read(deployer.programs), "accounts": []})
    with pytest.raises(NeverWorks, match="no open billing account"):
        deployer.run([ANSWERS[0], "Asia/Tokyo", "ja"], Wish())

    write(deployer.programs, {**read(deployer.programs), "accounts": accounts})
    deployer.run([TOKEN, "yes", ""], Wish())

    assert len(read(deployer.programs)["projects"]) == 1


def test_who_says_no_gets_nothing_applied(deployer: Deployer) -> None:
    """The plan was shown, and that was all."""
    with pytest.raises(NeverWorks, match="nothing was applied"):
        deployer.run([*ANSWERS[:4], "no"])
    assert read(deployer.programs)["applied"] == ["first"]


@pytest.fixture(name="shown", scope="module")
def _shown() -> list[str]:
    """The commands that a dry run shows, without anything on PATH that could run."""
    environment = clean_environment(PATH="/nowhere")
    done = command("deploy", "--dry-run", "--project", "demo-project", environment=environment)
    assert done.returncode == 0, done.stderr
    return [
        line.strip().removeprefix("$ ").partition("   #")[0]
        for line in done.stdout.splitlines()
        if line.strip().startswith("$ ")
    ]


def test_a_dry_run_shows_what_the_guide_has_people_paste(shown: list[str]) -> None:
    """Each command of the steps, but for what only the command line or only a person does."""
    steps = text_of(DEPLOY[0]).partition("## What a month costs")[0]
    pasted = {
        normal(line.replace("$PROJECT", "demo-project"))
        for block in blocks(DEPLOY[0])
        for line in block.splitlines()
        if line.startswith(("gcloud", "terraform -chdir")) and line in steps
    }
    done = {normal(command) for command in shown}

    assert len(pasted) > 12
    assert pasted - done == set()


def normal(command: str) -> tuple[str, ...]:
    """A command without the options that spare a question, or filter what is only read."""
    ours = ("-input", "-auto-approve", "-out", "--format", "--filter", "deploy.tfplan")
    words = shlex.split(command)
    return tuple(sorted(word for word in words if not word.startswith(ours)))


def test_the_first_apply_is_that_of_the_guide() -> None:
    """In both languages the same targets."""
    for guide in DEPLOY:
        assert re.findall(r"-target=([\w.]+)", text_of(guide)) == list(FIRST)


@pytest.mark.parametrize("guide", DEPLOY, ids=lambda guide: guide.parts[-3])
def test_every_message_of_the_guide_is_explained(guide: Path) -> None:
    """What the guide quotes, the command recognises; so it does what the guide says."""
    table = text_of(guide).partition("\n| ")[2].partition("\n\n")[0]
    quoted = [text for text in re.findall(r"\*([^*]+)\*", table) if len(text) > 12]

    assert len(quoted) >= 7
    assert [message for message in quoted if failure_of(message) is None] == []


def test_each_failure_is_reached_by_some_text() -> None:
    """None is hidden behind one that is asked before it."""
    samples = [
        "due to quota restrictions",
        "or it is disabled",
        "Unable to retrieve the repository metadata",
        "service-1@gcp-sa-pubsub.iam.gserviceaccount.com does not exist",
        "does not have storage.objects.get access",
        "Secret projects/1/secrets/github-token was not found",
        "already in use by another project",
        "Callers must accept Terms of Service",
        "BILLING_DISABLED",
        "Cloud billing quota exceeded",
        "could not find default credentials",
        "Error acquiring the state lock",
        "violates constraint",
        "Cannot find metric(s) that match type",
        "PERMISSION_DENIED",
        "no such host",
    ]

    assert [failure_of(sample) for sample in samples] == list(FAILURES)
