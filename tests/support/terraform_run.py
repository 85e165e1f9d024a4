"""The terraform program on a copy of the deployment, where this machine can run it offline."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support.terraform import ROOT, TERRAFORM

VARIABLES = {
    "project_id": "demo-project",
    "time_zone": "Asia/Tokyo",
    "sheet_id": "1AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdefg",
}


def initialised_copy(scratch: Path) -> Path:
    """`terraform/` with all that it reads, initialised, in a folder of its own.

    The providers come from the checkout's own `.terraform`, or from a mirror that the file named
    by TF_CLI_CONFIG_FILE has; never from the network. Skips the test where there are neither.
    """
    if not shutil.which("terraform"):
        pytest.skip("there is no terraform on PATH")
    ready = TERRAFORM / ".terraform" / "providers"
    if not ready.is_dir() and not _has_mirror():
        pytest.skip("no providers: `terraform -chdir=terraform init -backend=false` fetches them")
    for name in ("terraform", "functions", "docs"):
        unwanted = shutil.ignore_patterns(".terraform*", "*.tfstate*", ".build", "__pycache__")
        shutil.copytree(ROOT / name, scratch / name, ignore=unwanted)
    plugins = [f"-plugin-dir={ready}"] if ready.is_dir() else []
    folder = scratch / "terraform"
    run(folder, "init", "-backend=false", "-input=false", "-no-color", *plugins)
    return folder


def _has_mirror() -> bool:
    file = Path(os.environ.get("TF_CLI_CONFIG_FILE", ""))
    return file.is_file() and "_mirror" in file.read_text(encoding="utf-8")


def mocked_providers(steps: Iterable[str]) -> str:
    """HCL of providers that answer by themselves, with accounts and addresses kept apart."""
    accounts = {
        "google_service_account.build": "build-functions",
        **{f'google_service_account.step["{step}"]': step.replace("_", "-") for step in steps},
        **{
            f'google_service_account.caller["{step}"]': f"call-{step.replace('_', '-')}"
            for step in steps
        },
    }
    blocks = [_ACCOUNT.format(target=target, name=name) for target, name in accounts.items()]
    blocks += [_FUNCTION.format(step=step) for step in steps]
    return _GOOGLE.format(blocks="".join(blocks))


_GOOGLE = """
mock_provider "google" {{
  mock_data "google_project" {{
    defaults = {{ number = "123456789012" }}
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


def run(folder: Path, *arguments: str, typed: str = "") -> str:
    """One command of terraform; its standard output. Fails the test with its words."""
    done = subprocess.run(
        ["terraform", f"-chdir={folder}", *arguments],
        env={**os.environ, "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"},
        input=typed,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def evaluated(folder: Path, expression: str) -> Any:
    """What terraform makes of one expression of the configuration."""
    given = [f"-var={name}={value}" for name, value in VARIABLES.items()]
    output = run(folder, "console", *given, typed=f"jsonencode({expression})\n")
    return json.loads(json.loads(output))


def states_after_tests(folder: Path) -> list[Mapping[str, Any]]:
    """Runs the deployment's own tests, on mocked providers; what each run leaves applied."""
    output = run(folder, "test", "-json", "-verbose")
    messages = [json.loads(line) for line in output.splitlines()]
    return [message["test_state"] for message in messages if message["type"] == "test_state"]
