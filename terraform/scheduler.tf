resource "google_cloud_scheduler_job" "collect" {
  name             = local.names["collect"]
  description      = "own_dashboard: count commits and publish them"
  region           = var.region
  schedule         = local.pipeline.schedule.cron
  time_zone        = var.time_zone
  attempt_deadline = "${local.pipeline.schedule.attempt_deadline_seconds}s"

  retry_config {
    retry_count          = local.pipeline.schedule.retry_count
    min_backoff_duration = "${local.pipeline.schedule.minimum_backoff_seconds}s"
    max_backoff_duration = "${local.pipeline.schedule.maximum_backoff_seconds}s"
  }

  # With internal ingress only the run.app address accepts the scheduler of the same project.
  # https://cloud.google.com/run/docs/securing/ingress
  http_target {
    uri         = google_cloudfunctions2_function.step["collect"].service_config[0].uri
    http_method = "POST"

    oidc_token {
      service_account_email = google_service_account.caller["collect"].email
      audience              = google_cloudfunctions2_function.step["collect"].service_config[0].uri
    }
  }

  depends_on = [google_cloud_run_v2_service_iam_member.caller]
}
