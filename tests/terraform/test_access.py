"""Who may do what: exactly what the guide lists, and as little as each needs."""

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from own_dashboard.stack.pipeline import Function, load_pipeline
from tests.support.terraform import read, sources
from tests.support.terraform_access import GRANTED_ON, Permission, documented, permission_of
from tests.support.terraform_run import CHOSEN, GIVEN, NUMBER, Deployment, account_of

FUNCTIONS = load_pipeline().wanted(GIVEN).functions
_SECRETS = re.compile(
    r"\bghp_\w{8,}|\bgithub_pat_\w{8,}|\bxox[abp]-[\w-]{8,}|\bAIza\w{8,}|-----BEGIN|\bya29\.\w+"
)
_SECRET_NAME = re.compile(r"token|secret|password|credential", re.IGNORECASE)


def test_permissions_are_exactly_those_documented(chosen: Deployment, defaults: Deployment) -> None:
    """No line more, no line less; some are there with a watched address only."""
    assert granted(chosen) == sorted(documented())
    assert granted(defaults) == sorted(documented(watch=False))
    assert len(documented()) > len(documented(watch=False)) > 10


def granted(deployment: Deployment) -> list[Permission]:
    """Every permission, with the guide's words for the project."""
    return sorted(_permission(r) for r in deployment.resources if "_iam_" in str(r["type"]))


def _permission(resource: Mapping[str, Any]) -> Permission:
    text = json.dumps(resource["values"])
    for value, word in {
        CHOSEN["project_id"]: "PROJECT_ID",
        NUMBER: "PROJECT_NUMBER",
        CHOSEN["region"]: "REGION",
        "asia-northeast1": "REGION",
    }.items():
        text = text.replace(value, word)
    values = json.loads(text)
    if "location" in values:
        assert values["location"] == "REGION"
    return permission_of(
        resource["type"],
        granted_on=values[GRANTED_ON[resource["type"]][1]],
        role=values["role"],
        member=values["member"],
        condition=(values.get("condition") or [{"expression": ""}])[0]["expression"],
    )


def test_a_condition_holds_a_role_to_one_bucket(chosen: Deployment) -> None:
    """The bucket that Cloud Functions makes itself, by the beginning of its name."""
    (condition,) = chosen["google_project_iam_member.build_reads_sources"]["condition"]

    assert condition["expression"] == (
        f'resource.name.startsWith("projects/_/buckets/gcf-v2-sources-{NUMBER}-{CHOSEN["region"]}")'
    )
    assert condition["title"]


def test_nobody_is_public_and_no_role_is_wide(chosen: Deployment) -> None:
    """Single members on single resources; no basic role, no administrator, nobody acts as another.

    Pub/Sub alone makes identity tokens, as the callers, which may do nothing else.
    """
    for resource in chosen.resources:
        if "_iam_" not in resource["type"]:
            continue
        role, member = resource["values"]["role"], resource["values"]["member"]
        assert resource["type"] in GRANTED_ON, resource["address"]
        assert member.startswith("serviceAccount:"), resource["address"]
        assert role not in ("roles/owner", "roles/editor", "roles/viewer")
        assert not re.search(r"admin$|serviceAccountUser|serviceAccountTokenCreator", role, re.I)
        if "TokenCreator" in role:
            assert role == "roles/iam.serviceAccountOpenIdTokenCreator"
            assert "/call-" in resource["values"]["service_account_id"]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.step)
def test_each_function_has_two_accounts(function: Function, chosen: Deployment) -> None:
    """One that it runs as and one that calls it, named after it; the caller runs nothing."""
    name = function.step.replace("_", "-")
    account = chosen[f'google_service_account.step["{function.step}"]']
    caller = chosen[f'google_service_account.caller["{function.step}"]']
    invoker = chosen[f'google_cloud_run_v2_service_iam_member.caller["{function.step}"]']

    assert account["account_id"] == account_of(function.step)
    assert caller["account_id"] == f"call-{name}"
    assert function.step in account["display_name"]
    assert function.step in caller["display_name"]
    assert not account["disabled"]
    assert not caller["disabled"]
    assert invoker["member"] == caller["member"]
    assert invoker["name"] == name


def test_builds_have_an_account_of_their_own(chosen: Deployment) -> None:
    """Not the project's default one, which may do nearly everything."""
    accounts = {a["account_id"] for a in chosen.of_type("google_service_account.").values()}

    assert chosen["google_service_account.build"]["account_id"] == "build-functions"
    assert len(accounts) == 2 * len(FUNCTIONS) + 1


def test_no_secret_has_a_value_in_the_state(chosen: Deployment) -> None:
    """Only places for secrets are made; the Slack token alone is there, as the guide says."""
    types = {resource["type"] for resource in chosen.resources}
    assert not types & {"google_secret_manager_secret_version", "google_service_account_key"}

    holders = [
        resource["address"]
        for resource in chosen.resources
        if CHOSEN["slack_auth_token"] in json.dumps(resource["values"])
    ]
    assert holders == ['google_monitoring_notification_channel.slack["#commits"]']
    secrets = {s for function in FUNCTIONS for s in function.secrets.values()}
    assert {
        values["secret_id"] for values in chosen.of_type("google_secret_manager_secret.").values()
    } == secrets


def test_no_secret_stands_in_a_file() -> None:
    """No literal token in the configuration; a variable that holds one is never printed."""
    configuration = read(sources())

    assert _SECRETS.findall(configuration.text) == []
    for name, body in configuration.variables.items():
        assert bool(_SECRET_NAME.search(name)) == (body.get("sensitive") is True), name
