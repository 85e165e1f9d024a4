"""Mistakes in who may do what, and in what is watched; the key says what would be wrong."""

from tests.support.terraform_checks import Mistake

MISTAKES = {
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
    "an alert that is on without its switch": Mistake(
        file="alerts.tf", old=" if tomap(var.alerts)[name]", new=""
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
