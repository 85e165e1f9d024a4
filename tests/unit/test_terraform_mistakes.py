"""The checks are not blind: each of these mistakes, made in the HCL, is noticed by at least one.

A mistake is a text that stands in a file, and what somebody might have written instead.
"""

from dataclasses import dataclass
from functools import cache

import pytest

from tests.support.terraform import read, sources
from tests.unit.test_terraform_checks import CHECKS


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """One text in one file, replaced by another."""

    file: str
    old: str
    new: str


MISTAKES = {
    "a subscription without dead letters": Mistake(
        file="pubsub.tf",
        old="""  dead_letter_policy {
    dead_letter_topic     = google_pubsub_topic.dead_letters.id
    max_delivery_attempts = each.value.max_delivery_attempts
  }
""",
        new="",
    ),
    "dead letters that go back to the topic": Mistake(
        file="pubsub.tf",
        old="dead_letter_topic     = google_pubsub_topic.dead_letters.id",
        new="dead_letter_topic     = google_pubsub_topic.events.id",
    ),
    "a dead-letter topic whose subscription hangs on the wrong topic": Mistake(
        file="pubsub.tf",
        old="topic                      = google_pubsub_topic.dead_letters.id",
        new="topic                      = google_pubsub_topic.events.id",
    ),
    "dead letters that are gone after a day": Mistake(
        file="pipeline.json",
        old='"dead_letter_retention_seconds": 2678400',
        new='"dead_letter_retention_seconds": 86400',
    ),
    "a subscription that expires in a quiet month": Mistake(
        file="pubsub.tf", old='ttl = ""', new='ttl = "2678400s"'
    ),
    "pushes without a token": Mistake(
        file="pubsub.tf",
        old="""    oidc_token {
      service_account_email = google_service_account.caller[each.key].email
      audience              = google_cloudfunctions2_function.step[each.key].service_config[0].uri
    }
""",
        new="",
    ),
    "pushes to the address that internal ingress refuses": Mistake(
        file="pubsub.tf",
        old="push_endpoint = google_cloudfunctions2_function.step[each.key].service_config[0].uri",
        new="push_endpoint = google_cloudfunctions2_function.step[each.key].url",
    ),
    "no back-off": Mistake(
        file="pubsub.tf",
        old='minimum_backoff = "${each.value.minimum_backoff_seconds}s"',
        new="",
    ),
    "an ack deadline shorter than the function may work": Mistake(
        file="pipeline.json", old='"ack_deadline_seconds": 130', new='"ack_deadline_seconds": 60'
    ),
    "giving up after five attempts": Mistake(
        file="pipeline.json", old='"max_delivery_attempts": 20', new='"max_delivery_attempts": 5'
    ),
    "two writers for one Sheet": Mistake(
        file="pipeline.json",
        old='"timeout_seconds": 120,\n      "max_instances": 1,',
        new='"timeout_seconds": 120,\n      "max_instances": 2,',
    ),
    "a topic that takes anything": Mistake(
        file="pubsub.tf",
        old="""  schema_settings {
    schema   = google_pubsub_schema.events.id
    encoding = "JSON"
  }
""",
        new="",
    ),
    "a topic that wants binary messages": Mistake(
        file="pubsub.tf", old='encoding = "JSON"', new='encoding = "BINARY"'
    ),
    "a topic that the laptop calls otherwise": Mistake(
        file="pubsub.tf", old="= local.pipeline.topic\n", new='= "commits"\n'
    ),
    "a function that everybody may call": Mistake(
        file="iam.tf", old="google_service_account.caller[each.key].member", new='"allUsers"'
    ),
    "a function that everybody with a Google account may call": Mistake(
        file="iam.tf",
        old="google_service_account.caller[each.key].member",
        new='"allAuthenticatedUsers"',
    ),
    "a function that is reachable from outside": Mistake(
        file="functions.tf", old="ALLOW_INTERNAL_ONLY", new="ALLOW_ALL"
    ),
    "a wrong role": Mistake(
        file="iam.tf", old="roles/pubsub.publisher", new="roles/pubsub.subscriber"
    ),
    "a basic role": Mistake(file="iam.tf", old="roles/logging.logWriter", new="roles/editor"),
    "a role that administers": Mistake(
        file="iam.tf", old="roles/storage.objectViewer", new="roles/storage.objectAdmin"
    ),
    "a role on the whole project that fits one topic": Mistake(
        file="iam.tf",
        old="""resource "google_pubsub_topic_iam_member" "collect_publishes" {
  topic  = google_pubsub_topic.events.name
""",
        new="""resource "google_project_iam_member" "collect_publishes" {
  project = var.project_id
""",
    ),
    "a binding, which takes the role from everybody else": Mistake(
        file="iam.tf",
        old="""resource "google_pubsub_topic_iam_member" "collect_publishes" {""",
        new="""resource "google_pubsub_topic_iam_binding" "collect_publishes" {""",
    ),
    "the sheet's writer reads the token": Mistake(
        file="iam.tf",
        old="""google_secret_manager_secret.github_token.secret_id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.step["collect"].member""",
        new="""google_secret_manager_secret.github_token.secret_id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.step["write_sheet"].member""",
    ),
    "a caller that mints tokens": Mistake(
        file="iam.tf", old="roles/run.invoker", new="roles/iam.serviceAccountTokenCreator"
    ),
    "builds that read every bucket": Mistake(
        file="iam.tf",
        old="projects/_/buckets/gcf-v2-sources-${data.google_project.this.number}-${var.region}",
        new="projects/_/buckets/",
    ),
    "one account for all functions": Mistake(
        file="functions.tf",
        old="google_service_account.step[each.key].email",
        new='google_service_account.step["collect"].email',
    ),
    "builds as the project's default account": Mistake(
        file="functions.tf",
        old="    service_account   = google_service_account.build.id\n",
        new="",
    ),
    "a key file": Mistake(
        file="secrets.tf",
        old="# Only the place",
        new="""resource "google_service_account_key" "collect" {
  service_account_id = google_service_account.step["collect"].name
}
# Only the place""",
    ),
    "the token's value in the state": Mistake(
        file="secrets.tf",
        old="# Only the place",
        new="""resource "google_secret_manager_secret_version" "token" {
  secret      = google_secret_manager_secret.github_token.id
  secret_data = var.slack_auth_token
}
# Only the place""",
    ),
    "the token as a plain variable of the function": Mistake(
        file="locals.tf",
        old="GITHUB_LOGIN             = var.github_login",
        new="GITHUB_TOKEN = var.github_login",
    ),
    "a token in the code": Mistake(
        file="variables.tf",
        old="sensitive   = true\n",
        new="sensitive   = true # ghp_0123456789abcdefghij0123456789abcdefgh\n",
    ),
    "a secret that a plan would print": Mistake(
        file="variables.tf", old="  sensitive   = true\n", new=""
    ),
    "an archive with everything that lies around": Mistake(
        file="archives.tf",
        old='"{commit_counts,${step}}/**/*.{${join(",", local.pipeline.archive_suffixes)}}"',
        new='"{commit_counts,${step}}/**/*"',
    ),
    "an archive with the other functions": Mistake(
        file="archives.tf", old='"{commit_counts,${step}}/**/*.', new='"**/*.'
    ),
    "an archive without the shared package": Mistake(
        file="archives.tf", old="{commit_counts,${step}}", new="{${step}}"
    ),
    "an archive without its requirements": Mistake(
        file="archives.tf", old='["main.py", "requirements.txt"]', new='["main.py"]'
    ),
    "an archive with two main.py": Mistake(
        file="archives.tf", old=' if path != "${step}/main.py"', new=""
    ),
    "an archive without the queries": Mistake(
        file="pipeline.json", old='["graphql", "json", "py"]', new='["json", "py"]'
    ),
    "archives whose names never change": Mistake(
        file="archives.tf", old="-${local.archive_hashes[each.key]}.zip", new=".zip"
    ),
    "an entry point that is not there": Mistake(
        file="functions.tf", old="entry_point       = each.key", new='entry_point       = "main"'
    ),
    "instances that idle": Mistake(
        file="functions.tf",
        old="min_instance_count               = 0",
        new="min_instance_count               = 1",
    ),
    "any number of instances": Mistake(
        file="functions.tf",
        old="    max_instance_count               = each.value.max_instances\n",
        new="",
    ),
    "a variable that the code does not read": Mistake(
        file="locals.tf", old="REPOSITORIES_INCLUDE ", new="REPOSITORIES_INCLUDED "
    ),
    "a variable that the code needs": Mistake(
        file="locals.tf", old="SHEET_ID = var.sheet_id", new=""
    ),
    "a schedule on London's clock": Mistake(file="scheduler.tf", old="var.time_zone", new='"UTC"'),
    "a scheduler that hangs up early": Mistake(
        file="pipeline.json",
        old='"attempt_deadline_seconds": 600',
        new='"attempt_deadline_seconds": 180',
    ),
    "a scheduler that calls the wrong function": Mistake(
        file="scheduler.tf",
        old='uri         = google_cloudfunctions2_function.step["collect"]',
        new='uri         = google_cloudfunctions2_function.step["write_sheet"]',
    ),
    "a metric with another unit than the code has": Mistake(
        file="metrics.tf",
        old="unit         = each.value.unit",
        new='unit         = "1"',
    ),
    "a chart of a metric that nobody writes": Mistake(
        file="dashboard.json.tftpl",
        old="pubsub.googleapis.com/subscription/push_request_count",
        new="pubsub.googleapis.com/subscription/pushes",
    ),
    "a chart of a word that nothing fills in": Mistake(
        file="dashboard.json.tftpl", old="${commits_today}", new="${commits}"
    ),
    "an alert on a metric that nobody writes": Mistake(
        file="alerts.tf",
        old='local.metrics["evening_without_commits"]',
        new='local.metrics["evening"]',
    ),
    "a log metric of a field that nobody logs": Mistake(
        file="metrics.tf", old='field = "points_left"', new='field = "points"'
    ),
    "an alert that is on, and billed, unasked": Mistake(
        file="variables.tf",
        old="dead_letters            = optional(bool, false)",
        new="dead_letters            = optional(bool, true)",
    ),
    "an alert without a runbook": Mistake(
        file="alerts.tf", old="    dead_letters = {\n", new="    lost_letters = {\n"
    ),
    "a service that is switched off for the whole project": Mistake(
        file="services.tf", old="disable_on_destroy = false", new="disable_on_destroy = true"
    ),
    "a bucket that outlives the deployment": Mistake(
        file="archives.tf", old="force_destroy               = true\n", new="\n"
    ),
    "a bucket that could be made public": Mistake(
        file="archives.tf", old='"enforced"', new='"inherited"'
    ),
    "images that pile up": Mistake(file="functions.tf", old='"DELETE"', new='"KEEP"'),
    "a variable that nobody explains": Mistake(
        file="variables.tf", old='variable "evening_hour"', new='variable "evening"'
    ),
    "resources without labels": Mistake(
        file="versions.tf", old="  default_labels = local.labels\n", new=""
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_noticed(mistake: Mistake) -> None:
    """At least one check says something that it does not say of the files as they are."""
    files = sources()
    assert mistake.old in files[mistake.file]
    files[mistake.file] = files[mistake.file].replace(mistake.old, mistake.new, 1)

    configuration = read(files)

    faults = {fault for check in CHECKS for fault in check(configuration)}
    assert faults - said_of_the_deployment() != set()


@cache
def said_of_the_deployment() -> frozenset[str]:
    """What the checks say where nothing was changed: nothing, as long as they pass."""
    configuration = read(sources())
    return frozenset(fault for check in CHECKS for fault in check(configuration))
