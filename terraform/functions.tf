# A new function is one new folder under functions/ and one entry in pipeline.json.

resource "google_artifact_registry_repository" "images" {
  #checkov:skip=CKV_GCP_84:Google's own encryption suffices for images of open code; a key of one's own costs money every month
  repository_id = "functions"
  format        = "DOCKER"
  location      = var.region
  description   = "Images of the functions, as their builds leave them."

  # Old images are what costs money in practice.
  cleanup_policies {
    id     = "delete-old"
    action = "DELETE"

    condition {
      tag_state  = "ANY"
      older_than = "604800s"
    }
  }

  # Wins over delete-old: the image in use stays, however old.
  cleanup_policies {
    id     = "keep-latest"
    action = "KEEP"

    most_recent_versions {
      keep_count = 1
    }
  }

  depends_on = [google_project_service.this]
}

resource "google_cloudfunctions2_function" "step" {
  for_each = local.pipeline.functions

  name        = local.names[each.key]
  location    = var.region
  description = "own_dashboard: ${each.key}"

  build_config {
    runtime           = local.pipeline.runtime
    entry_point       = each.key
    docker_repository = google_artifact_registry_repository.images.id
    service_account   = google_service_account.build.id

    source {
      storage_source {
        bucket = google_storage_bucket.archives.name
        object = google_storage_bucket_object.archive[each.key].name
      }
    }
  }

  service_config {
    service_account_email            = google_service_account.step[each.key].email
    ingress_settings                 = "ALLOW_INTERNAL_ONLY"
    available_memory                 = "${each.value.memory_mb}M"
    timeout_seconds                  = each.value.timeout_seconds
    min_instance_count               = 0
    max_instance_count               = each.value.max_instances
    max_instance_request_concurrency = each.value.concurrency
    all_traffic_on_latest_revision   = true

    environment_variables = local.environment[each.key]

    dynamic "secret_environment_variables" {
      for_each = try(each.value.secrets, {})

      content {
        key        = secret_environment_variables.key
        project_id = var.project_id
        secret     = google_secret_manager_secret.this[secret_environment_variables.value].secret_id
        version    = "latest"
      }
    }
  }

  depends_on = [
    google_artifact_registry_repository_iam_member.build_writes_images,
    google_project_iam_member.build_reads_sources,
    google_project_iam_member.build_writes_logs,
    google_secret_manager_secret_iam_member.reader,
    google_storage_bucket_iam_member.build_reads_archives,
  ]
}
