resource "google_cloud_scheduler_job" "this" {
  for_each = local.schedules

  name             = local.names[each.key]
  description      = "own_dashboard: calls ${each.key}"
  region           = var.region
  schedule         = each.value.cron
  time_zone        = var.time_zone
  attempt_deadline = "${each.value.attempt_deadline_seconds}s"

  retry_config {
    retry_count          = each.value.retry_count
    min_backoff_duration = "${each.value.minimum_backoff_seconds}s"
    max_backoff_duration = "${each.value.maximum_backoff_seconds}s"
  }

  # With internal ingress only the run.app address accepts the scheduler of the same project.
  # https://cloud.google.com/run/docs/securing/ingress
  http_target {
    uri         = google_cloudfunctions2_function.step[each.key].service_config[0].uri
    http_method = "POST"

    oidc_token {
      service_account_email = google_service_account.caller[each.key].email
      audience              = google_cloudfunctions2_function.step[each.key].service_config[0].uri
    }
  }

  depends_on = [google_cloud_run_v2_service_iam_member.caller]
}
