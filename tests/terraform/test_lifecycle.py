"""What is switched on, kept, cleaned up, labelled, and taken away again."""

import re

from tests.support.terraform import read, sources
from tests.support.terraform_run import CHOSEN, Deployment

# By how a resource's type begins. cloudbuild builds, sheets is what write_sheet calls, and
# cloudresourcemanager knows the project's number.
SERVICES = {
    "google_artifact_registry_": "artifactregistry",
    "google_cloud_run_": "run",
    "google_cloud_scheduler_": "cloudscheduler",
    "google_cloudfunctions2_": "cloudfunctions",
    "google_logging_": "logging",
    "google_monitoring_": "monitoring",
    "google_project_": "cloudresourcemanager",
    "google_pubsub_": "pubsub",
    "google_secret_manager_": "secretmanager",
    "google_service_account": "iam",
    "google_storage_": "storage",
}
BESIDES = ("cloudbuild", "sheets")


def test_every_service_that_is_used_is_on(chosen: Deployment) -> None:
    """And no other; what somebody else may use too is not switched off at the end."""
    used = {
        service
        for resource in chosen.resources
        for beginning, service in SERVICES.items()
        if resource["type"].startswith(beginning)
    }
    services = chosen.of_type("google_project_service.").values()

    assert {s["service"] for s in services} == {f"{s}.googleapis.com" for s in {*used, *BESIDES}}
    assert all(s["disable_on_destroy"] is False for s in services)


def test_archives_cost_nothing_when_they_are_gone(chosen: Deployment) -> None:
    """A private bucket in the chosen region that goes with the deployment, and keeps no copies."""
    bucket = chosen["google_storage_bucket.archives"]

    assert bucket["name"] == f"{CHOSEN['project_id']}-archives"
    assert bucket["location"] == CHOSEN["region"]
    assert bucket["uniform_bucket_level_access"] is True
    assert bucket["public_access_prevention"] == "enforced"
    assert bucket["force_destroy"] is True
    assert [p["retention_duration_seconds"] for p in bucket["soft_delete_policy"]] == [0]


def test_images_do_not_pile_up(chosen: Deployment) -> None:
    """Old ones are deleted after a week, and the newest of each function stays, however old."""
    images = chosen["google_artifact_registry_repository.images"]
    policies = {policy["action"]: policy for policy in images["cleanup_policies"]}

    assert images["format"] == "DOCKER"
    assert images["location"] == CHOSEN["region"]
    assert images["repository_id"] == "functions"
    assert set(policies) == {"DELETE", "KEEP"}
    (condition,) = policies["DELETE"]["condition"]
    assert condition["tag_state"] == "ANY"
    assert condition["older_than"] == f"{7 * 86400}s"
    assert not any(condition[field] for field in ("tag_prefixes", "package_name_prefixes"))
    (kept,) = policies["KEEP"]["most_recent_versions"]
    assert kept["keep_count"] == 1
    assert not kept["package_name_prefixes"]
    assert "dry_run" not in sources()["functions.tf"]
    assert len({policy["id"] for policy in images["cleanup_policies"]}) == 2


def test_it_can_be_taken_down(chosen: Deployment) -> None:
    """Nothing refuses to be destroyed."""
    text = read(sources()).text
    secrets = chosen.of_type("google_secret_manager_secret.").values()

    assert "prevent_destroy" not in text
    assert '"PREVENT"' not in text
    assert "abandon" not in text.lower()
    assert [s["deletion_protection"] for s in secrets] == [False for _ in secrets]
    assert all(s["replication"][0]["auto"] for s in secrets)


def test_everything_carries_labels(chosen: Deployment) -> None:
    """The provider labels what it can; what monitoring makes is labelled by itself."""
    labels = {"owner": "octocat", "app": "own-dashboard"}
    watched = [
        *chosen.of_type("google_monitoring_alert_policy.").values(),
        *chosen.of_type("google_monitoring_notification_channel.").values(),
    ]
    provider = read(sources()).provider

    assert len(watched) == 14
    assert all(values["user_labels"] == labels for values in watched)
    assert provider["default_labels"] == "${local.labels}"
    assert provider["project"] == "${var.project_id}"
    assert provider["region"] == "${var.region}"


def test_the_provider_is_of_one_major_version() -> None:
    """A new major version may replace what stands; the lock file pins the rest."""
    text = sources()["versions.tf"]

    assert 'source  = "hashicorp/google"\n      version = "~> 8.0"' in text
    assert 'source  = "hashicorp/archive"\n      version = "~> 2.7"' in text
    assert 'required_version = ">= 1.7"' in text


def test_each_variable_is_explained() -> None:
    """By a description, a type and in the example; a secret is given in the environment."""
    example = sources()["terraform.tfvars.example"]
    for name, body in read(sources()).variables.items():
        assert len(str(body.get("description", ""))) > 20, name
        assert "type" in body, name
        assert (f"TF_VAR_{name}" in example) == (body.get("sensitive") is True), name


def test_all_is_off_until_it_is_switched_on(defaults: Deployment) -> None:
    """Alerts cost money."""
    assert defaults.of_type("google_monitoring_alert_policy.") == {}
    assert defaults.of_type("google_monitoring_notification_channel.") == {}


def test_everything_says_what_it_is_for(chosen: Deployment) -> None:
    """Who meets it in the console reads a sentence, and so does who reads an output."""
    described = (
        "google_artifact_registry_repository.",
        "google_cloud_scheduler_job",
        "google_cloudfunctions2_function",
        "google_logging_metric",
    )
    titled = ("google_service_account.",)
    outputs = re.findall(r'^output "\w+" \{\n  description = "(.*)"$', _outputs(), re.MULTILINE)

    for pattern in described:
        assert all(" " in v["description"] for v in chosen.of_type(pattern).values()), pattern
    for pattern in titled:
        assert all(" " in v["display_name"] for v in chosen.of_type(pattern).values()), pattern
    assert len(outputs) == len(chosen.outputs)
    assert all(" " in text for text in outputs)


def _outputs() -> str:
    return sources()["outputs.tf"]
