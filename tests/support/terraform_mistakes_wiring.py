"""Mistakes in how the deployment joins its parts; the key says what would be wrong."""

from tests.support.terraform_checks import Mistake

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
    "a variable that nobody can set": Mistake(
        file="locals.tf", old="METRIC_REPOSITORIES = tostring(var.metric_repositories)\n", new=""
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
}
