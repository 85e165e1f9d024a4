"""A further function is one folder under `functions/` and one entry in pipeline.json."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.support.terraform_run import (
    VARIABLES,
    deployments,
    initialised_copy,
    mocked_providers,
    variables,
)

STEP = "append_ndjson"
ADDRESS = f"https://{STEP}.a.run.app"
ENTRY = {
    "memory_mb": 128,
    "timeout_seconds": 30,
    "max_instances": 2,
    "concurrency": 1,
    "environment": {"FILE": "/tmp/events.ndjson", "TIME_ZONE": {"variable": "time_zone"}},
    "secrets": {"KEY": "signing-key", "GITHUB_TOKEN": "github-token"},
    "project_roles": ["roles/cloudtrace.agent"],
    "subscriptions": [
        {
            "topic": "commit-counts",
            "name": "append-ndjson",
            "ack_deadline_seconds": 40,
            "minimum_backoff_seconds": 11,
            "maximum_backoff_seconds": 120,
            "max_delivery_attempts": 12,
            "filter": 'attributes.source = "hand"',
        }
    ],
}


@pytest.fixture(scope="module")
def resources(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """Address to values, of a deployment with a third sink and no line of HCL for it."""
    folder = initialised_copy(tmp_path_factory.mktemp("registry"))
    step = folder.parent / "functions" / STEP
    step.mkdir()
    for name in ("__init__.py", "main.py", "requirements.txt"):
        (step / name).write_text("", encoding="utf-8")
    file = folder / "pipeline.json"
    pipeline = json.loads(file.read_text(encoding="utf-8"))
    pipeline["functions"][STEP] = ENTRY
    file.write_text(json.dumps(pipeline), encoding="utf-8")
    written = mocked_providers(pipeline["functions"]) + variables(VARIABLES)
    (deployment,) = deployments(folder, f'{written}run "deployment" {{}}\n')
    return deployment.of_type("")


def test_its_function_is_made_from_its_entry(resources: Mapping[str, Any]) -> None:
    """Limits, environment and secrets; its account and its archive are its own."""
    function = resources[f'google_cloudfunctions2_function.step["{STEP}"]']
    service = function["service_config"][0]

    assert function["name"] == "append-ndjson"
    assert function["build_config"][0]["entry_point"] == STEP
    assert service["available_memory"] == "128M"
    assert service["timeout_seconds"] == 30
    assert service["max_instance_count"] == 2
    assert service["environment_variables"] == {
        "FILE": "/tmp/events.ndjson",
        "TIME_ZONE": "Asia/Tokyo",
        "LOG_LEVEL": "INFO",
        "GOOGLE_CLOUD_PROJECT": "demo-project",
        "TIMEOUT_SECONDS": "30",
    }
    secrets = {s["key"]: s["secret"] for s in service["secret_environment_variables"]}
    assert secrets == ENTRY["secrets"]
    archive = resources[f'data.archive_file.step["{STEP}"]']
    names = {source["filename"] for source in archive["source"]}
    assert {"main.py", "requirements.txt", f"{STEP}/__init__.py"} <= names
    assert not any(name.startswith("write_sheet/") for name in names)


def test_its_subscription_calls_it_and_sets_aside(resources: Mapping[str, Any]) -> None:
    """It is pushed to, with its filter and back-off, and what fails goes to the dead letters."""
    subscription = resources['google_pubsub_subscription.events["append-ndjson"]']
    function = resources[f'google_cloudfunctions2_function.step["{STEP}"]']

    topic = resources['google_pubsub_topic.events["commit-counts"]']
    assert subscription["topic"] == topic["id"]
    assert subscription["filter"] == 'attributes.source = "hand"'
    assert subscription["ack_deadline_seconds"] == 40
    assert subscription["retry_policy"] == [{"minimum_backoff": "11s", "maximum_backoff": "120s"}]
    assert subscription["dead_letter_policy"] == [
        {
            "dead_letter_topic": resources["google_pubsub_topic.dead_letters"]["id"],
            "max_delivery_attempts": 12,
        }
    ]
    push = subscription["push_config"][0]
    caller = resources[f'google_service_account.caller["{STEP}"]']
    assert push["push_endpoint"] == function["service_config"][0]["uri"] == ADDRESS
    assert push["oidc_token"][0]["service_account_email"] == caller["email"]


def test_it_may_do_what_its_entry_says_and_no_more(resources: Mapping[str, Any]) -> None:
    """Its caller calls it, it reads its secrets and has its roles; it publishes nothing."""
    own = resources[f'google_service_account.step["{STEP}"]']["member"]
    caller = resources[f'google_service_account.caller["{STEP}"]']["member"]
    granted = [
        (address, values["role"])
        for address, values in resources.items()
        if values.get("member") in (own, caller) and "_iam_member." in address
    ]

    assert sorted(granted) == [
        (
            f'google_cloud_run_v2_service_iam_member.caller["{STEP}"]',
            "roles/run.invoker",
        ),
        (
            f'google_project_iam_member.step["{STEP}/roles/cloudtrace.agent"]',
            "roles/cloudtrace.agent",
        ),
        (
            f'google_secret_manager_secret_iam_member.reader["{STEP}/github-token"]',
            "roles/secretmanager.secretAccessor",
        ),
        (
            f'google_secret_manager_secret_iam_member.reader["{STEP}/signing-key"]',
            "roles/secretmanager.secretAccessor",
        ),
    ]
    acknowledges = 'google_pubsub_subscription_iam_member.agent_acknowledges["append-ndjson"]'
    assert resources[acknowledges]["subscription"] == "append-ndjson"
    assert 'google_secret_manager_secret.this["signing-key"]' in resources
