# Off by default: conditions are billed. Each carries its runbook, docs/runbooks/<name>.md, whole.

locals {
  runbooks = "${path.module}/../docs/runbooks"

  # A distribution with one reading a run: its mean is that reading.
  latest_reading = { aligner = "ALIGN_DELTA", reducer = "REDUCE_MEAN", period_seconds = 3600 }

  alerts = {
    evening_without_commits = {
      title          = "No commits today"
      severity       = "WARNING"
      filter         = "resource.type=\"generic_task\" AND metric.type=\"${local.metrics["evening_without_commits"].type}\""
      comparison     = "COMPARISON_GT"
      threshold      = 0
      aligner        = "ALIGN_MAX"
      reducer        = "REDUCE_MAX"
      period_seconds = 3600
    }

    no_data = {
      title          = "No data for three hours"
      severity       = "ERROR"
      filter         = "resource.type=\"generic_task\" AND metric.type=\"${local.metrics["commits_today"].type}\""
      absent_seconds = 3 * 3600
      aligner        = "ALIGN_MAX"
      reducer        = "REDUCE_MAX"
      period_seconds = 300
    }

    dead_letters = {
      title          = "Dead letters are waiting"
      severity       = "ERROR"
      filter         = "resource.type=\"pubsub_subscription\" AND resource.labels.subscription_id=\"${local.pipeline.dead_letters.subscription}\" AND metric.type=\"pubsub.googleapis.com/subscription/num_undelivered_messages\""
      comparison     = "COMPARISON_GT"
      threshold      = 0
      aligner        = "ALIGN_MAX"
      reducer        = "REDUCE_MAX"
      period_seconds = 300
    }

    # One refusal is no failure: deliveries and the schedule are tried again. 429 is Cloud Run's word
    # that the one instance was busy.
    function_failing = {
      title          = "A function keeps failing"
      severity       = "ERROR"
      filter         = "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=monitoring.regex.full_match(\"${join("|", values(local.names))}\") AND metric.type=\"run.googleapis.com/request_count\" AND metric.labels.response_code_class!=\"2xx\" AND metric.labels.response_code!=\"429\""
      comparison     = "COMPARISON_GT"
      threshold      = 3
      aligner        = "ALIGN_DELTA"
      reducer        = "REDUCE_SUM"
      group_by       = ["resource.labels.service_name"]
      period_seconds = 3600
    }

    github_points_low = merge(local.latest_reading, {
      title      = "GitHub rate-limit points are running out"
      severity   = "WARNING"
      filter     = "resource.type=\"cloud_run_revision\" AND metric.type=\"logging.googleapis.com/user/${google_logging_metric.collect["github_points_left"].name}\""
      comparison = "COMPARISON_LT"
      threshold  = 500
    })

    github_token_refused = merge(local.latest_reading, {
      title      = "The GitHub token is about to be refused"
      severity   = "WARNING"
      filter     = "resource.type=\"cloud_run_revision\" AND metric.type=\"logging.googleapis.com/user/${google_logging_metric.collect["github_token_days_left"].name}\""
      comparison = "COMPARISON_LT"
      threshold  = 7
    })
  }
}

resource "google_monitoring_notification_channel" "email" {
  for_each = toset(var.alert_emails)

  display_name = "own_dashboard: ${each.value}"
  type         = "email"
  labels       = { email_address = each.value }
  user_labels  = local.labels
  depends_on   = [google_project_service.this]
}

resource "google_monitoring_notification_channel" "slack" {
  for_each = toset(compact([var.slack_channel]))

  display_name = "own_dashboard: ${each.value}"
  type         = "slack"
  labels       = { channel_name = each.value }
  user_labels  = local.labels

  sensitive_labels {
    auth_token = var.slack_auth_token
  }

  lifecycle {
    precondition {
      condition     = var.slack_auth_token != ""
      error_message = "slack_channel needs slack_auth_token: give it as TF_VAR_slack_auth_token."
    }
  }

  depends_on = [google_project_service.this]
}

resource "google_monitoring_alert_policy" "this" {
  for_each = { for name, alert in local.alerts : name => alert if tomap(var.alerts)[name] }

  display_name = "own_dashboard: ${each.value.title}"
  combiner     = "OR"
  severity     = each.value.severity
  user_labels  = local.labels

  notification_channels = concat(
    [for channel in google_monitoring_notification_channel.email : channel.name],
    [for channel in google_monitoring_notification_channel.slack : channel.name],
  )

  conditions {
    display_name = each.value.title

    dynamic "condition_threshold" {
      for_each = can(each.value.threshold) ? [each.value] : []

      content {
        filter          = condition_threshold.value.filter
        comparison      = condition_threshold.value.comparison
        threshold_value = condition_threshold.value.threshold
        duration        = "0s"

        aggregations {
          alignment_period     = "${condition_threshold.value.period_seconds}s"
          per_series_aligner   = condition_threshold.value.aligner
          cross_series_reducer = condition_threshold.value.reducer
          group_by_fields      = try(condition_threshold.value.group_by, [])
        }
      }
    }

    dynamic "condition_absent" {
      for_each = can(each.value.absent_seconds) ? [each.value] : []

      content {
        filter   = condition_absent.value.filter
        duration = "${condition_absent.value.absent_seconds}s"

        aggregations {
          alignment_period     = "${condition_absent.value.period_seconds}s"
          per_series_aligner   = condition_absent.value.aligner
          cross_series_reducer = condition_absent.value.reducer
        }
      }
    }
  }

  documentation {
    subject   = "own_dashboard: ${each.value.title}"
    mime_type = "text/markdown"
    content   = file("${local.runbooks}/${each.key}.md")

    dynamic "links" {
      for_each = compact([var.repository_url])

      content {
        display_name = "Runbook"
        url          = "${links.value}/blob/main/docs/runbooks/${each.key}.md"
      }
    }
  }

  depends_on = [google_monitoring_metric_descriptor.commits]
}
