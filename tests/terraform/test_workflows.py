"""The workflows: who starts them, what they may do, and what they run, pinned."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.cloud_programs import calls, install
from tests.support.guides import DEPLOY, DOCS, text_of
from tests.support.terraform import ROOT

GITHUB = ROOT / ".github"
# Where the public repository of each action tells its release's commit, on a Node that still runs.
PINS = {
    "actions/checkout": ("3d3c42e5aac5ba805825da76410c181273ba90b1", "v7.0.1"),
    "actions/setup-python": ("5fda3b95a4ea91299a34e894583c3862153e4b97", "v7.0.0"),
    "google-github-actions/auth": ("7c6bc770dae815cd3e89ee6cdf493a5fab2cc093", "v3.0.0"),
    "hashicorp/setup-terraform": ("dfe3c3f87815947d99a8997f908cb6525fc44e9e", "v4.0.1"),
}
TERRAFORM = "1.11.4"


def text(name: str) -> str:
    """One workflow's file."""
    return (GITHUB / "workflows" / f"{name}.yml").read_text(encoding="utf-8")


def workflow(name: str) -> dict[str, Any]:
    """One workflow, parsed; YAML 1.1 reads the key `on` as true."""
    parsed: dict[str | bool, Any] = yaml.safe_load(text(name))
    return {"on" if isinstance(key, bool) else key: value for key, value in parsed.items()}


def steps(job: dict[str, Any]) -> list[str]:
    """The commands of a job, and its actions without their versions, in order."""
    return [step.get("run") or step["uses"].partition("@")[0] for step in job["steps"]]


def step(job: dict[str, Any], action: str) -> dict[str, Any]:
    """The one step of a job that uses an action."""
    (found,) = [each for each in job["steps"] if each.get("uses", "").startswith(f"{action}@")]
    return dict(found)


def test_every_workflow_is_known() -> None:
    """A further one would be started by somebody, and may do something."""
    names = sorted(file.name for file in (GITHUB / "workflows").iterdir())
    assert {"check.yml", "deploy.yml"} <= set(names)


@pytest.mark.parametrize("name", ["check", "deploy"])
def test_everything_that_runs_is_pinned(name: str) -> None:
    """Actions by commit with the release beside it, the machine and terraform by version."""
    used = re.findall(r"uses: ([\w/-]+)@(\w+) # (\S+)\n", text(name))

    assert used
    assert len(used) == text(name).count("uses:")
    assert all(PINS[action] == (commit, release) for action, commit, release in used)
    for job in workflow(name)["jobs"].values():
        assert job["runs-on"] == "ubuntu-24.04"
        assert 10 <= job["timeout-minutes"] <= 60
        assert step(job, "actions/checkout")["with"]["persist-credentials"] is False
        assert step(job, "hashicorp/setup-terraform")["with"] == {
            "terraform_version": TERRAFORM,
            "terraform_wrapper": False,
        }
    for guide in DEPLOY:
        assert f"/terraform/{TERRAFORM}/terraform_{TERRAFORM}_linux_amd64.zip" in text_of(guide)


def test_checks_run_on_every_change_and_may_only_read() -> None:
    """The one command that runs them all; a newer push ends the checks of the older."""
    check = workflow("check")
    (job,) = check["jobs"].values()

    assert check["on"] == {"push": {"branches": ["main"]}, "pull_request": None}
    assert check["permissions"] == {"contents": "read"}
    assert check["concurrency"] == {
        "group": "check-${{ github.ref }}",
        "cancel-in-progress": True,
    }
    assert set(job) == {"runs-on", "timeout-minutes", "steps"}
    assert steps(job)[-1] == "bash .ci/run"
    assert step(job, "actions/checkout")["with"]["fetch-depth"] == 0
    assert step(job, "actions/setup-python")["with"] == {"python-version": "3.13"}
    assert "secrets." not in text("check")
    assert "vars." not in text("check")


def test_a_deployment_is_started_by_hand_from_main_and_alone() -> None:
    """By nobody's push; two at a time would wait for the state's lock."""
    deploy = workflow("deploy")

    assert deploy["on"] == {"workflow_dispatch": None}
    assert deploy["permissions"] == {"contents": "read"}
    assert deploy["concurrency"] == {"group": "deploy", "cancel-in-progress": False}
    assert set(deploy["jobs"]) == {"plan", "deploy"}
    for job in deploy["jobs"].values():
        assert job["if"] == "github.ref == 'refs/heads/main'"
        assert job["permissions"] == {"contents": "read", "id-token": "write"}
    assert deploy["env"] == {
        "TF_IN_AUTOMATION": "1",
        "TF_INPUT": "0",
        "TF_VAR_repository_url": "${{ github.server_url }}/${{ github.repository }}",
        "TFVARS": "${{ vars.TFVARS }}",
        "STATE_BUCKET": "${{ vars.STATE_BUCKET }}",
    }


def test_a_deployment_signs_in_without_a_key() -> None:
    """GitHub vouches for the workflow; the Slack token is the only secret."""
    for job in workflow("deploy")["jobs"].values():
        project = "${{ vars.GOOGLE_CLOUD_PROJECT }}"
        assert step(job, "google-github-actions/auth")["with"] == {
            "project_id": project,
            "workload_identity_provider": "${{ vars.WORKLOAD_IDENTITY_PROVIDER }}",
            "service_account": f"deploy-from-github@{project}.iam.gserviceaccount.com",
        }
        plan = next(each for each in job["steps"] if each.get("name") == "Plan")
        assert plan["env"] == {"TF_VAR_slack_auth_token": "${{ secrets.SLACK_AUTH_TOKEN }}"}
    assert set(re.findall(r"secrets\.(\w+)", text("deploy"))) == {"SLACK_AUTH_TOKEN"}
    for name in re.findall(r"vars\.(\w+)", text("deploy")):
        assert f"| `{name}` |" in text_of(DOCS / "operate-the-cloud.md")


def test_google_lets_in_one_repository_s_main_branch_only() -> None:
    """By the repository's number: its name could be taken over."""
    guide = text_of(DOCS / "operate-the-cloud.md")
    condition = "assertion.repository_id == '$ID' && assertion.ref == 'refs/heads/main'"

    assert f'--attribute-condition="{condition}"' in guide
    assert "workloadIdentityPools/github/attribute.repository_id/$ID" in guide
    assert "attribute.repository_id=assertion.repository_id" in guide


def test_the_plan_is_shown_before_anybody_is_asked() -> None:
    """The first job may not apply; the second waits for the review of its environment."""
    jobs = workflow("deploy")["jobs"]
    shown = next(each for each in jobs["plan"]["steps"] if each.get("id") == "show")

    assert jobs["plan"]["outputs"] == {"sha256": "${{ steps.show.outputs.sha256 }}"}
    assert "environment" not in jobs["plan"]
    assert "needs" not in jobs["plan"]
    assert not any(" apply" in run for run in steps(jobs["plan"]))
    assert steps(jobs["plan"])[-2:] == ["bash .github/plan.sh", shown["run"]]
    assert "plan.txt; echo '```'; } >> \"$GITHUB_STEP_SUMMARY\"" in shown["run"]
    assert 'sha256=$(sha256sum plan.txt | cut -d \' \' -f 1)" >> "$GITHUB_OUTPUT"' in shown["run"]
    assert jobs["deploy"]["needs"] == "plan"
    assert jobs["deploy"]["environment"] == "production"


def test_what_was_reviewed_is_applied_and_nothing_else() -> None:
    """The second job plans anew, compares, applies that plan, and says where to look."""
    job = workflow("deploy")["jobs"]["deploy"]
    plan, compare, apply, say = job["steps"][-4:]

    assert plan["run"] == "bash .github/plan.sh"
    assert compare["run"] == 'echo "$REVIEWED  plan.txt" | sha256sum --check --strict'
    assert compare["env"] == {"REVIEWED": "${{ needs.plan.outputs.sha256 }}"}
    assert apply["run"] == "terraform -chdir=terraform apply deployment.tfplan"
    for output in ("sheet_url", "dashboard_url"):
        assert f"terraform -chdir=terraform output -raw {output}" in say["run"]
    assert say["run"].endswith('>> "$GITHUB_STEP_SUMMARY"\n')
    assert not any("continue-on-error" in each or "if" in each for each in job["steps"])


@pytest.mark.parametrize("locked", [True, False], ids=["locked", "not_locked"])
def test_the_plan_uses_the_locked_providers_and_the_bucket_s_state(
    locked: bool, tmp_path: Path
) -> None:
    """A provider that is not in the lock file is refused, where there is one."""
    folder, programs = tmp_path / "terraform", tmp_path / "programs"
    folder.mkdir()
    shutil.copy(ROOT / "terraform" / "backend.tf.example", folder)
    if locked:
        (folder / ".terraform.lock.hcl").write_text("", encoding="utf-8")
    install(programs)
    done = subprocess.run(
        ["bash", GITHUB / "plan.sh"],
        cwd=tmp_path,
        env={
            "PATH": f"{programs}:{os.environ['PATH']}",
            "TFVARS": 'project_id = "demo-project"',
            "STATE_BUCKET": "demo-project-state",
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    lock = " -lockfile=readonly" if locked else ""
    assert calls(programs) == [
        f"terraform -chdir=terraform init -backend-config=bucket=demo-project-state{lock}",
        "terraform -chdir=terraform plan -out=deployment.tfplan",
        "terraform -chdir=terraform show -no-color deployment.tfplan",
    ]
    variables = (folder / "terraform.tfvars").read_text(encoding="utf-8")
    assert variables == 'project_id = "demo-project"\n'
    assert (folder / "backend.tf").read_text(encoding="utf-8").count("gcs") == 1
    assert (tmp_path / "plan.txt").read_text(encoding="utf-8") == "show done\n"
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert not [line for line in ignored if "lock.hcl" in line]


def test_a_plan_that_fails_ends_the_job() -> None:
    """Nothing is shown or applied after a command that failed."""
    assert "\nset -euo pipefail\n" in (GITHUB / "plan.sh").read_text(encoding="utf-8")


def test_the_state_s_bucket_has_its_own_room() -> None:
    """The example that the script copies."""
    example = (ROOT / "terraform" / "backend.tf.example").read_text(encoding="utf-8")

    assert re.search(r'backend "gcs" \{\n\s+prefix = "own-dashboard"\n', example)
