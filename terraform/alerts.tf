# Off by default: conditions are billed. Each carries its runbook, docs/runbooks/<name>.md, whole.
# An alert on silence begins anew when its policy is made or edited, its runbook's text included:
# https://docs.cloud.google.com/monitoring/alerts/metric-absence

locals {
  runbooks = "${path.module}/../docs/runbooks"

  commits_today = "resource.type=\"generic_task\" AND metric.type=\"${local.metrics["commits_today"].type}\""
  dead_letters  = "resource.type=\"pubsub_subscription\" AND resource.labels.subscription_id=\"${local.pipeline.dead_letters.subscription}\""
  pushes        = "resource.type=\"pubsub_subscription\" AND resource.labels.subscription_id=one_of(${join(", ", [for name in keys(local.subscriptions) : jsonencode(name)])}) AND metric.type=\"pubsub.googleapis.com/subscription/push_request_count\""

  # collect logs one number a run, every hour: two hours always hold one, and the lower one counts.
  lowest_reading = {
    comparison     = "COMPARISON_LT"
    aligner        = "ALIGN_PERCENTILE_05"
    reducer        = "REDUCE_MIN"
    period_seconds = 7200
  }

  # watch measures every minute; what it has no reading of is neither slow nor expiring.
  each_check = {
    aligner        = "ALIGN_MAX"
    group_by       = ["metric.labels.url"]
    period_seconds = 60
    without_data   = "EVALUATION_MISSING_DATA_INACTIVE"
  }

  # Alert => what a person is told, and its conditions; one is enough to open an incident.
  alerts = {
    evening_without_commits = {
      title    = "No commits today"
      severity = "WARNING"
      conditions = [{
        title          = "An evening without commits"
        filter         = "resource.type=\"generic_task\" AND metric.type=\"${local.metrics["evening_without_commits"].type}\""
        comparison     = "COMPARISON_GT"
        threshold      = 0
        aligner        = "ALIGN_MAX"
        reducer        = "REDUCE_MIN" # over the sources: a commit that one of them saw is a commit
        period_seconds = 3600
      }]
    }

    no_data = {
      title    = "No data for three hours"
      severity = "ERROR"
      conditions = [{
        title          = "No metric was written"
        filter         = local.commits_today
        absent_seconds = 3 * 3600
        aligner        = "ALIGN_MAX"
        reducer        = "REDUCE_MAX"
        period_seconds = 300
      }]
    }

    # A day is longer than Cloud Monitoring remembers: 23.5 hours are the most.
    sheet_not_written = {
      title    = "The Sheet has not been written for a day"
      severity = "ERROR"
      conditions = [{
        title          = "write_sheet acknowledged nothing"
        filter         = "resource.type=\"pubsub_subscription\" AND resource.labels.subscription_id=\"${local.pipeline.functions.write_sheet.subscriptions[0].name}\" AND metric.type=\"pubsub.googleapis.com/subscription/push_request_count\" AND metric.labels.response_class=\"ack\""
        absent_seconds = 84600
        aligner        = "ALIGN_DELTA"
        reducer        = "REDUCE_SUM"
        period_seconds = 300
      }]
    }

    dead_letters = {
      title    = "Dead letters are waiting"
      severity = "ERROR"
      conditions = [{
        title          = "Undelivered messages"
        filter         = "${local.dead_letters} AND metric.type=\"pubsub.googleapis.com/subscription/num_undelivered_messages\""
        comparison     = "COMPARISON_GT"
        threshold      = 0
        aligner        = "ALIGN_MAX"
        reducer        = "REDUCE_MAX"
        period_seconds = 300
      }]
    }

    dead_letters_expiring = {
      title    = "Dead letters are lost within a week"
      severity = "ERROR"
      conditions = [{
        title          = "The oldest one's age"
        filter         = "${local.dead_letters} AND metric.type=\"pubsub.googleapis.com/subscription/oldest_unacked_message_age\""
        comparison     = "COMPARISON_GT"
        threshold      = local.pipeline.dead_letters.retention_seconds - 7 * 86400
        aligner        = "ALIGN_MAX"
        reducer        = "REDUCE_MAX"
        period_seconds = 300
      }]
    }

    # One refusal is no failure: deliveries and the schedule are tried again. 429 is Cloud Run's word
    # that the one instance was busy. A call that is not let in (403) is in no request_count, hence
    # the second condition: for ten minutes, not one push of the last hour was accepted.
    function_failing = {
      title    = "A function keeps failing"
      severity = "ERROR"
      conditions = [
        {
          title          = "More than three calls failed within an hour"
          filter         = "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=one_of(${join(", ", [for name in values(local.names) : jsonencode(name)])}) AND metric.type=\"run.googleapis.com/request_count\" AND metric.labels.response_code_class!=\"2xx\" AND metric.labels.response_code!=\"429\""
          comparison     = "COMPARISON_GT"
          threshold      = 3
          duration       = "60s"
          without_data   = "EVALUATION_MISSING_DATA_INACTIVE"
          aligner        = "ALIGN_DELTA"
          reducer        = "REDUCE_SUM"
          group_by       = ["resource.labels.service_name"]
          period_seconds = 3600
        },
        {
          title          = "Every push of the last hour was refused"
          filter         = "${local.pushes} AND metric.labels.response_class!=\"ack\""
          denominator    = local.pushes
          comparison     = "COMPARISON_GT"
          threshold      = 0.99
          duration       = "600s"
          without_data   = "EVALUATION_MISSING_DATA_INACTIVE"
          aligner        = "ALIGN_DELTA"
          reducer        = "REDUCE_SUM"
          group_by       = ["resource.labels.subscription_id"]
          period_seconds = 3600
        },
      ]
    }

    github_points_low = {
      title    = "GitHub rate-limit points are running out"
      severity = "WARNING"
      conditions = [merge(local.lowest_reading, {
        title     = "Points left after a run"
        filter    = "resource.type=\"cloud_run_revision\" AND metric.type=\"logging.googleapis.com/user/${google_logging_metric.collect["github_points_left"].name}\""
        threshold = 500
      })]
    }

    github_token_refused = {
      title    = "The GitHub token is about to be refused"
      severity = "WARNING"
      conditions = [merge(local.lowest_reading, {
        title     = "Days until it expires"
        filter    = "resource.type=\"cloud_run_revision\" AND metric.type=\"logging.googleapis.com/user/${google_logging_metric.collect["github_token_days_left"].name}\""
        threshold = 7
      })]
    }

    # One check a minute: two in a row that failed.
    down = {
      title    = "A watched address is down"
      severity = "ERROR"
      watch    = true
      conditions = [merge(local.each_check, {
        title      = "Two checks in a row failed"
        filter     = "resource.type=\"generic_task\" AND metric.type=\"${local.every_metric["up"].type}\""
        comparison = "COMPARISON_LT"
        threshold  = 1
        reducer    = "REDUCE_MIN"
        duration   = "60s"
      })]
    }

    slow = {
      title    = "A watched address is slow"
      severity = "WARNING"
      watch    = true
      conditions = [merge(local.each_check, {
        title      = "Every check of ten minutes was slow"
        filter     = "resource.type=\"generic_task\" AND metric.type=\"${local.every_metric["response_time"].type}\""
        comparison = "COMPARISON_GT"
        threshold  = var.watch.slow_ms
        reducer    = "REDUCE_MAX"
        duration   = "600s"
      })]
    }

    certificate = {
      title    = "A certificate is about to expire"
      severity = "WARNING"
      watch    = true
      conditions = [merge(local.each_check, {
        title      = "Days until it expires"
        filter     = "resource.type=\"generic_task\" AND metric.type=\"${local.every_metric["certificate_days_left"].type}\""
        comparison = "COMPARISON_LT"
        threshold  = 14
        reducer    = "REDUCE_MIN"
        duration   = "60s"
      })]
    }
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
  for_each = {
    for name, alert in local.alerts : name => alert
    if tomap(var.alerts)[name] && (local.watched || !try(alert.watch, false))
  }

  display_name = "own_dashboard: ${each.value.title}"
  combiner     = "OR"
  severity     = each.value.severity
  user_labels  = local.labels

  notification_channels = concat(
    [for channel in google_monitoring_notification_channel.email : channel.name],
    [for channel in google_monitoring_notification_channel.slack : channel.name],
  )

  dynamic "conditions" {
    for_each = each.value.conditions

    content {
      display_name = conditions.value.title

      dynamic "condition_threshold" {
        for_each = can(conditions.value.threshold) ? [conditions.value] : []

        content {
          filter                  = condition_threshold.value.filter
          denominator_filter      = try(condition_threshold.value.denominator, null)
          comparison              = condition_threshold.value.comparison
          threshold_value         = condition_threshold.value.threshold
          duration                = try(condition_threshold.value.duration, "0s")
          evaluation_missing_data = try(condition_threshold.value.without_data, null)

          aggregations {
            alignment_period     = "${condition_threshold.value.period_seconds}s"
            per_series_aligner   = condition_threshold.value.aligner
            cross_series_reducer = condition_threshold.value.reducer
            group_by_fields      = try(condition_threshold.value.group_by, [])
          }

          dynamic "denominator_aggregations" {
            for_each = can(condition_threshold.value.denominator) ? [condition_threshold.value] : []

            content {
              alignment_period     = "${denominator_aggregations.value.period_seconds}s"
              per_series_aligner   = denominator_aggregations.value.aligner
              cross_series_reducer = denominator_aggregations.value.reducer
              group_by_fields      = denominator_aggregations.value.group_by
            }
          }
        }
      }

      dynamic "condition_absent" {
        for_each = can(conditions.value.absent_seconds) ? [conditions.value] : []

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
