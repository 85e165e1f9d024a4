# Who may do what. docs/deploy/google-cloud.md lists every line; a test compares it with this. Resources are
# named by their names, not their ids, so that a plan shows every line before anything is made.

locals {
  pubsub_agent = "serviceAccount:service-${data.google_project.this.number}@gcp-sa-pubsub.iam.gserviceaccount.com"
}

# Each function runs as an account of its own.
resource "google_service_account" "step" {
  for_each = local.names

  account_id   = length(each.value) < 6 ? "run-${each.value}" : each.value # Google wants 6 characters
  display_name = "own_dashboard: runs ${each.key}"
  depends_on   = [google_project_service.this]
}

# Each function is called by an account of its own, which may do nothing else.
resource "google_service_account" "caller" {
  for_each = local.names

  account_id   = "call-${each.value}"
  display_name = "own_dashboard: calls ${each.key}"
  depends_on   = [google_project_service.this]
}

resource "google_service_account" "build" {
  account_id   = "build-functions"
  display_name = "own_dashboard: builds the functions"
  depends_on   = [google_project_service.this]
}

# A function is a Cloud Run service of the same name, and that is where callers are let in.
resource "google_cloud_run_v2_service_iam_member" "caller" {
  for_each = local.names

  name     = google_cloudfunctions2_function.step[each.key].name
  location = var.region
  role     = "roles/run.invoker"
  member   = google_service_account.caller[each.key].member
}

resource "google_pubsub_topic_iam_member" "publisher" {
  for_each = local.publishers

  topic  = google_pubsub_topic.events[each.value].name
  role   = "roles/pubsub.publisher"
  member = google_service_account.step[each.key].member
}

resource "google_secret_manager_secret_iam_member" "reader" {
  for_each = local.secret_readers

  secret_id = google_secret_manager_secret.this[each.value.secret].secret_id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.step[each.value.step].member
}

# What has no resource that is narrower than the project: writing time series, for example.
resource "google_project_iam_member" "step" {
  for_each = local.project_roles

  project = var.project_id
  role    = each.value.role
  member  = google_service_account.step[each.value.step].member
}

# Dead-lettering: Pub/Sub itself publishes to the dead-letter topic and acknowledges the original.
resource "google_pubsub_topic_iam_member" "agent_publishes_dead_letters" {
  topic  = google_pubsub_topic.dead_letters.name
  role   = "roles/pubsub.publisher"
  member = local.pubsub_agent
}

resource "google_pubsub_subscription_iam_member" "agent_acknowledges" {
  for_each = local.subscriptions

  subscription = google_pubsub_subscription.events[each.key].name
  role         = "roles/pubsub.subscriber"
  member       = local.pubsub_agent
}

# Pushes carry a token that Pub/Sub's own agent makes as the subscription's caller. An agent that was
# made on request has no role yet, and without this one every push is refused with no message at all.
# The role makes identity tokens only, and on this one account only.
resource "google_service_account_iam_member" "agent_signs_as_caller" {
  for_each = toset([for subscription in local.subscriptions : subscription.step])

  service_account_id = "projects/${var.project_id}/serviceAccounts/${google_service_account.caller[each.key].email}"
  role               = "roles/iam.serviceAccountOpenIdTokenCreator"
  member             = local.pubsub_agent
}

# Builds: read the archive, write the image, write the log.
resource "google_storage_bucket_iam_member" "build_reads_archives" {
  bucket = google_storage_bucket.archives.name
  role   = "roles/storage.objectViewer"
  member = google_service_account.build.member
}

resource "google_artifact_registry_repository_iam_member" "build_writes_images" {
  repository = google_artifact_registry_repository.images.repository_id
  location   = var.region
  role       = "roles/artifactregistry.writer"
  member     = google_service_account.build.member
}

# Cloud Functions hands the archive to the build through a bucket that it makes itself, at the first
# deployment; the condition holds the role to that bucket.
resource "google_project_iam_member" "build_reads_sources" {
  project = var.project_id
  role    = "roles/storage.objectViewer"
  member  = google_service_account.build.member

  condition {
    title      = "archives-of-functions"
    expression = "resource.name.startsWith(\"projects/_/buckets/gcf-v2-sources-${data.google_project.this.number}-${var.region}\")"
  }
}

# Log entries have no resource that is narrower than the project.
resource "google_project_iam_member" "build_writes_logs" {
  project = var.project_id
  role    = "roles/logging.logWriter"
  member  = google_service_account.build.member
}
