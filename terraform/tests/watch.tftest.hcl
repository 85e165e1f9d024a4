# watch is there only where a URL is: the whole deployment with and without.

mock_provider "google" {
  mock_data "google_project" {
    defaults = { number = "123456789012" }
  }

  mock_resource "google_cloudfunctions2_function" {
    defaults = {
      service_config = { uri = "https://mocked-an.a.run.app" }
    }
  }
}

mock_provider "archive" {
  mock_data "archive_file" {
    defaults = {
      output_path         = "/dev/null"
      output_base64sha256 = "bW9ja2Vk"
    }
  }
}

variables {
  project_id = "demo-project"
  time_zone  = "Asia/Tokyo"
  sheet_id   = "1AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdefg"
}

run "without_a_url_there_is_nothing_of_it" {
  command = plan

  assert {
    condition     = toset(keys(google_cloudfunctions2_function.step)) == toset(["collect", "write_sheet", "write_metric"])
    error_message = "Expected the three functions only."
  }

  assert {
    condition     = keys(google_pubsub_topic.events) == ["commit-counts"] && keys(google_pubsub_schema.events) == ["commit-counts"]
    error_message = "Expected no topic and no schema of checks."
  }

  assert {
    condition     = toset(keys(google_pubsub_subscription.events)) == toset(["write-metric", "write-sheet"])
    error_message = "Expected no subscription to checks."
  }

  assert {
    condition     = toset(keys(google_monitoring_metric_descriptor.commits)) == toset(["commits_today", "commits_today_by_repository", "evening_without_commits"])
    error_message = "Expected no metric of checks."
  }

  assert {
    condition     = keys(google_cloud_scheduler_job.this) == ["collect"]
    error_message = "Expected no schedule of watch."
  }
}

run "two_urls_bring_all_of_it" {
  command = plan

  variables {
    watch  = { urls = ["https://example.com", "https://example.org/health"], timeout_seconds = 5 }
    alerts = { down = true, slow = true, certificate = true }
  }

  assert {
    condition     = toset(keys(google_monitoring_alert_policy.this)) == toset(["certificate", "down", "slow"])
    error_message = "Expected the alerts of checks, once they are switched on."
  }

  assert {
    condition = google_cloudfunctions2_function.step["watch"].service_config[0].environment_variables == tomap({
      GOOGLE_CLOUD_PROJECT   = "demo-project"
      LOG_LEVEL              = "INFO"
      TIME_ZONE              = "Asia/Tokyo"
      TIMEOUT_SECONDS        = "60"
      TOPIC                  = "checks"
      WATCH_ALLOW_PRIVATE    = "false"
      WATCH_FOLLOW_REDIRECTS = "true"
      WATCH_TIMEOUT_SECONDS  = "5"
      WATCH_URLS             = "https://example.com https://example.org/health"
    })
    error_message = "Expected watch's own environment and nothing else."
  }

  assert {
    condition     = length(google_cloudfunctions2_function.step["watch"].service_config[0].secret_environment_variables) == 0
    error_message = "Expected no secret for watch."
  }

  assert {
    condition     = google_cloud_scheduler_job.this["watch"].schedule == "* * * * *" && one(google_cloud_scheduler_job.this["watch"].retry_config).retry_count == 0
    error_message = "Expected a check every minute, and none that is repeated: the next one is near."
  }

  assert {
    condition     = google_pubsub_subscription.events["write-metric-checks"].name == "write-metric-checks" && toset(keys(google_pubsub_topic.events)) == toset(["checks", "commit-counts"])
    error_message = "Expected a topic of checks, and write_metric's subscription to it."
  }

  assert {
    condition     = google_pubsub_topic_iam_member.publisher["watch"].topic == "checks" && google_pubsub_topic_iam_member.publisher["collect"].topic == "commit-counts"
    error_message = "Expected each producer to publish to its own topic only."
  }

  assert {
    condition     = length(setintersection(["certificate_days_left", "response_time", "up"], keys(google_monitoring_metric_descriptor.commits))) == 3
    error_message = "Expected the metrics of checks."
  }
}
