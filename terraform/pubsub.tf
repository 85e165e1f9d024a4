# A malformed message is refused when it is published, with a reason that a person can read.
resource "google_pubsub_schema" "events" {
  for_each = local.pipeline.topics

  name       = each.value.schema
  type       = "PROTOCOL_BUFFER"
  definition = file("${local.source_root}/${each.value.definition}")
  depends_on = [google_project_service.this]
}

resource "google_pubsub_topic" "events" {
  #checkov:skip=CKV_GCP_83:Google's own encryption suffices for commit counts; a key of one's own costs money every month
  for_each = local.pipeline.topics

  name                       = each.key
  message_retention_duration = "${each.value.retention_seconds}s"

  schema_settings {
    schema   = google_pubsub_schema.events[each.key].id
    encoding = "JSON"
  }
}

# No schema here: whatever could not be written must find room.
resource "google_pubsub_topic" "dead_letters" {
  #checkov:skip=CKV_GCP_83:Google's own encryption suffices for commit counts; a key of one's own costs money every month
  name       = local.pipeline.dead_letters.topic
  depends_on = [google_project_service.this]
}

# A topic without a subscription drops what it gets: this one keeps dead letters for `replay`.
resource "google_pubsub_subscription" "dead_letters" {
  name                       = local.pipeline.dead_letters.subscription
  topic                      = google_pubsub_topic.dead_letters.id
  message_retention_duration = "${local.pipeline.dead_letters.retention_seconds}s"
  ack_deadline_seconds       = 60

  expiration_policy {
    ttl = ""
  }
}

# The subscribers' own push subscriptions: a function's own trigger takes no dead-letter policy.
resource "google_pubsub_subscription" "events" {
  for_each = local.subscriptions

  name                       = each.value.name
  topic                      = google_pubsub_topic.events[each.value.topic].id
  filter                     = try(each.value.filter, null)
  ack_deadline_seconds       = each.value.ack_deadline_seconds
  message_retention_duration = "${local.pipeline.topics[each.value.topic].retention_seconds}s"

  # With internal ingress only the run.app address accepts pushes from the same project.
  # https://cloud.google.com/run/docs/securing/ingress
  push_config {
    push_endpoint = google_cloudfunctions2_function.step[each.value.step].service_config[0].uri

    oidc_token {
      service_account_email = google_service_account.caller[each.value.step].email
      audience              = google_cloudfunctions2_function.step[each.value.step].service_config[0].uri
    }
  }

  retry_policy {
    minimum_backoff = "${each.value.minimum_backoff_seconds}s"
    maximum_backoff = "${each.value.maximum_backoff_seconds}s"
  }

  dead_letter_policy {
    dead_letter_topic     = google_pubsub_topic.dead_letters.id
    max_delivery_attempts = each.value.max_delivery_attempts
  }

  expiration_policy {
    ttl = ""
  }

  depends_on = [
    google_cloud_run_v2_service_iam_member.caller,
    google_pubsub_subscription.dead_letters,
    google_pubsub_topic_iam_member.agent_publishes_dead_letters,
    google_service_account_iam_member.agent_signs_as_caller,
  ]
}
