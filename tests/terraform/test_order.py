"""A first apply needs no second one: what something relies on is made before it."""

import pytest

from tests.support.terraform_run import Deployment

# By the beginning of an address: what must be there, or the first call is refused.
BEFORE = {
    "google_cloudfunctions2_function.step": (
        "google_artifact_registry_repository_iam_member.build_writes_images",
        "google_project_iam_member.build_reads_sources",
        "google_project_iam_member.build_writes_logs",
        "google_secret_manager_secret_iam_member.reader",
        "google_storage_bucket_iam_member.build_reads_archives",
    ),
    "google_pubsub_subscription.events": (
        "google_cloud_run_v2_service_iam_member.caller",
        "google_pubsub_subscription.dead_letters",
        "google_pubsub_topic_iam_member.agent_publishes_dead_letters",
        "google_service_account_iam_member.agent_signs_as_caller",
    ),
    "google_cloud_scheduler_job.this": ("google_cloud_run_v2_service_iam_member.caller",),
    "google_monitoring_dashboard.this": ("google_monitoring_metric_descriptor.commits",),
    "google_monitoring_alert_policy.this": ("google_monitoring_metric_descriptor.commits",),
    "google_pubsub_topic.events": ("google_pubsub_schema.events",),
}
# Neither are made of a service: they switch the services on, or name the project.
FIRST = ("google_project_service.", "data.")


@pytest.mark.parametrize(("address", "needed"), BEFORE.items(), ids=BEFORE.keys())
def test_it_is_made_after_what_it_needs(
    address: str, needed: tuple[str, ...], chosen: Deployment
) -> None:
    """A permission that comes later, or a missing metric, fails the first deployment."""
    instances = chosen.of_type(address)

    assert instances
    for instance in instances:
        assert set(needed) <= chosen.needs(instance), instance


def test_everything_is_made_after_the_services_are_on(chosen: Deployment) -> None:
    """A service that is off refuses what is made of it."""
    late = [
        resource["address"]
        for resource in chosen.resources
        if not resource["address"].startswith(FIRST)
        and "google_project_service.this" not in chosen.needs(resource["address"])
    ]

    assert late == []


def test_a_plan_can_name_everybody(chosen: Deployment) -> None:
    """The project's number waits for nothing, or no plan could name Google's own accounts."""
    assert chosen.needs("data.google_project.this") == set()
    assert chosen["data.google_project.this"]["project_id"] == "demo-project"
