"""The terraform program on a copy of the deployment, where this machine can run it offline."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.terraform import ROOT, TERRAFORM

VARIABLES = {
    "project_id": "demo-project",
    "time_zone": "Asia/Tokyo",
    "sheet_id": "1AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdefg",
}
# Every variable, each with a value of its own that is not the default.
CHOSEN: dict[str, Any] = {
    "project_id": "demo-project",
    "region": "asia-east1",
    "time_zone": "America/St_Johns",
    "sheet_id": "1ZyXwVuTsRqPoNmLkJiHgFeDcBa9876543210zyxwvut",
    "language": "ja",
    "github_login": "octocat",
    "github_graphql_url": "https://github.example.com/api/graphql",
    "collect": {
        "forks": True,
        "include": ["octocat/*", "acme/*"],
        "exclude": ["*/dotfiles", "*/notes"],
        "emails": ["octocat@example.com", "octocat@example.org"],
        "skip_hidden": True,
        "source": "github/work",
    },
    "evening_hour": 19,
    "metric_repositories": 7,
    "watch": {
        "urls": ["https://example.com", "http://10.0.0.1/health"],
        "timeout_seconds": 5,
        "follow_redirects": False,
        "allow_private": True,
        "slow_ms": 1500,
    },
    "log_level": "WARNING",
    "alerts": {
        "evening_without_commits": True,
        "no_data": True,
        "sheet_not_written": True,
        "dead_letters": True,
        "dead_letters_expiring": True,
        "function_failing": True,
        "github_points_low": True,
        "github_token_refused": True,
        "down": True,
        "slow": True,
        "certificate": True,
    },
    "alert_emails": ["octocat@example.com", "hubot@example.com"],
    "slack_channel": "#commits",
    "slack_auth_token": "xoxb-mocked",
    "repository_url": "https://github.com/octocat/own_dashboard",
    "labels": {"owner": "octocat"},
}
# What is there where CHOSEN is given.
GIVEN = {"WATCH_URLS": "https://example.com"}
NUMBER = "123456789012"
_UNWANTED = shutil.ignore_patterns(".terraform*", "*.tfstate*", "*.tfplan", ".build", "__pycache__")


def initialised_copy(scratch: Path) -> Path:
    """`terraform/` with all that it reads, initialised, in a folder of its own.

    The providers are those that `terraform init` left in the checkout, or those that terraform's
    own settings lead to: a mirror, a plugin cache. Skips the test where there are none.
    """
    if not shutil.which("terraform"):
        pytest.skip("there is no terraform on PATH")
    ready = TERRAFORM / ".terraform" / "providers"
    if not ready.is_dir() and not _are_configured():
        pytest.skip("no providers: `terraform -chdir=terraform init -backend=false` fetches them")
    for name in ("terraform", "functions", "docs"):
        shutil.copytree(ROOT / name, scratch / name, ignore=_UNWANTED)
    plugins = [f"-plugin-dir={ready}"] if ready.is_dir() else []
    folder = scratch / "terraform"
    run(folder, "init", "-backend=false", "-input=false", "-no-color", *plugins)
    return folder


def _are_configured() -> bool:
    """Whether terraform's settings name a place on this machine that may hold providers."""
    if os.environ.get("TF_PLUGIN_CACHE_DIR"):
        return True
    file = Path(os.environ.get("TF_CLI_CONFIG_FILE", Path.home() / ".terraformrc"))
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    return "_mirror" in text or "plugin_cache_dir" in text


def copy_of(folder: Path, scratch: Path) -> Path:
    """A second copy of an initialised one, to be changed."""
    shutil.copytree(folder.parent, scratch, symlinks=True, dirs_exist_ok=True)
    return scratch / folder.name


def run(folder: Path, *arguments: str, typed: str = "") -> str:
    """One command of terraform; its standard output. Fails the test with its errors."""
    done = subprocess.run(
        ["terraform", f"-chdir={folder}", *arguments],
        env={**os.environ, "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"},
        input=typed,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, _errors(done.stdout) or done.stdout + done.stderr
    return done.stdout


def _errors(output: str) -> str:
    """What terraform's JSON lines say went wrong; empty where the output is no JSON."""
    try:
        messages = [json.loads(line) for line in output.splitlines()]
    except ValueError:
        return ""
    return "\n".join(
        f"{message['@message']}: {message.get('diagnostic', {}).get('detail', '')}"
        for message in messages
        if isinstance(message, dict) and message.get("@level") == "error"
    )


def evaluated(folder: Path, expression: str) -> Any:
    """What terraform makes of one expression of the configuration."""
    given = [f"-var={name}={value}" for name, value in VARIABLES.items()]
    output = run(folder, "console", *given, typed=f"jsonencode({expression})\n")
    return json.loads(json.loads(output))


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """What one apply on mocked providers makes: resources as `terraform show -json` has them."""

    resources: Sequence[Mapping[str, Any]]
    outputs: Mapping[str, Any]

    def of_type(self, pattern: str) -> dict[str, Mapping[str, Any]]:
        """Address to values of the resources whose address begins so."""
        return {
            resource["address"]: resource["values"]
            for resource in self.resources
            if resource["address"].startswith(pattern)
        }

    def __getitem__(self, address: str) -> Mapping[str, Any]:
        """The values of one resource."""
        (found,) = [r["values"] for r in self.resources if r["address"] == address]
        values: Mapping[str, Any] = found
        return values

    def needs(self, address: str) -> set[str]:
        """The resources, without their keys, that are there before this one."""
        (found,) = [r for r in self.resources if r["address"] == address]
        return set(found.get("depends_on", ()))


def deployments(folder: Path, test: str) -> list[Deployment]:
    """Runs the tests of one HCL text, written into the folder; what each of its runs applies."""
    file = folder / "tests" / "generated.tftest.hcl"
    file.write_text(test, encoding="utf-8")
    arguments = ("test", "-json", "-verbose", f"-filter=tests/{file.name}")
    try:
        messages = [json.loads(line) for line in run(folder, *arguments).splitlines()]
    finally:
        file.unlink()
    return [
        Deployment(
            resources=message["test_state"]["root_module"]["resources"],
            outputs={n: o["value"] for n, o in message["test_state"].get("outputs", {}).items()},
        )
        for message in messages
        if message["type"] == "test_state"
    ]


def variables(values: Mapping[str, Any]) -> str:
    """A block of variables; JSON is HCL for values without templates."""
    lines = "".join(f"  {name} = {json.dumps(value)}\n" for name, value in values.items())
    return f"variables {{\n{lines}}}\n"


def account_of(step: str) -> str:
    """The name of the account that a function runs as; Google wants six characters."""
    name = step.replace("_", "-")
    return f"run-{name}" if len(name) < 6 else name


def mocked_providers(steps: Iterable[str]) -> str:
    """HCL of providers that answer by themselves, with accounts and addresses kept apart."""
    steps = list(steps)
    names = [account_of(step) for step in steps]
    calls = [f"call-{step.replace('_', '-')}" for step in steps]
    accounts = {
        "google_service_account.build": "build-functions",
        **{f'google_service_account.step["{s}"]': n for s, n in zip(steps, names, strict=True)},
        **{
            f'google_service_account.caller["{s}"]': call
            for s, call in zip(steps, calls, strict=True)
        },
    }
    blocks = [_ACCOUNT.format(target=target, name=name) for target, name in accounts.items()]
    blocks += [_FUNCTION.format(step=step) for step in steps]
    return _GOOGLE.format(number=NUMBER, blocks="".join(blocks))


_GOOGLE = """
mock_provider "google" {{
  mock_data "google_project" {{
    defaults = {{ number = "{number}" }}
  }}
{blocks}}}
mock_provider "archive" {{}}
"""
_ACCOUNT = """
  override_resource {{
    target = {target}
    values = {{
      id     = "projects/demo-project/serviceAccounts/{name}@demo-project.iam.gserviceaccount.com"
      email  = "{name}@demo-project.iam.gserviceaccount.com"
      member = "serviceAccount:{name}@demo-project.iam.gserviceaccount.com"
    }}
  }}
"""
_FUNCTION = """
  override_resource {{
    target = google_cloudfunctions2_function.step["{step}"]
    values = {{ service_config = {{ uri = "https://{step}.a.run.app" }} }}
  }}
"""
