# The whole deployment against mocked providers: no account, no credentials, no network.
#   terraform init -backend=false && terraform test
# The project's own tests read the state that this leaves, and compare who may do what in it with
# README.md: so the mocks keep the accounts apart.

mock_provider "google" {
  mock_data "google_project" {
    defaults = { number = "123456789012" }
  }

  mock_resource "google_cloudfunctions2_function" {
    defaults = {
      service_config = { uri = "https://mocked-an.a.run.app" }
    }
  }

  override_resource {
    target = google_service_account.step["collect"]
    values = {
      email  = "collect@demo-project.iam.gserviceaccount.com"
      member = "serviceAccount:collect@demo-project.iam.gserviceaccount.com"
    }
  }

  override_resource {
    target = google_service_account.step["write_sheet"]
    values = {
      email  = "write-sheet@demo-project.iam.gserviceaccount.com"
      member = "serviceAccount:write-sheet@demo-project.iam.gserviceaccount.com"
    }
  }

  override_resource {
    target = google_service_account.step["write_metric"]
    values = {
      email  = "write-metric@demo-project.iam.gserviceaccount.com"
      member = "serviceAccount:write-metric@demo-project.iam.gserviceaccount.com"
    }
  }

  override_resource {
    target = google_service_account.caller["collect"]
    values = {
      email  = "call-collect@demo-project.iam.gserviceaccount.com"
      member = "serviceAccount:call-collect@demo-project.iam.gserviceaccount.com"
    }
  }

  override_resource {
    target = google_service_account.caller["write_sheet"]
    values = {
      email  = "call-write-sheet@demo-project.iam.gserviceaccount.com"
      member = "serviceAccount:call-write-sheet@demo-project.iam.gserviceaccount.com"
    }
  }

  override_resource {
    target = google_service_account.caller["write_metric"]
    values = {
      email  = "call-write-metric@demo-project.iam.gserviceaccount.com"
      member = "serviceAccount:call-write-metric@demo-project.iam.gserviceaccount.com"
    }
  }

  override_resource {
    target = google_service_account.build
    values = {
      id     = "projects/demo-project/serviceAccounts/build-functions@demo-project.iam.gserviceaccount.com"
      email  = "build-functions@demo-project.iam.gserviceaccount.com"
      member = "serviceAccount:build-functions@demo-project.iam.gserviceaccount.com"
    }
  }
}

mock_provider "archive" {}

variables {
  project_id = "demo-project"
  time_zone  = "Asia/Tokyo"
  sheet_id   = "1AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdefg"
}

run "deployment" {
  assert {
    condition     = toset(keys(google_pubsub_subscription.events)) == toset(["write-metric", "write-sheet"])
    error_message = "Each subscriber has a push subscription, and collect has none."
  }

  assert {
    condition = alltrue([
      for subscription in google_pubsub_subscription.events :
      subscription.push_config[0].push_endpoint == "https://mocked-an.a.run.app" &&
      subscription.push_config[0].oidc_token[0].audience == subscription.push_config[0].push_endpoint
    ])
    error_message = "Pushes go to the function's run.app address, with a token made for it."
  }

  assert {
    condition = alltrue([
      for name, subscription in google_pubsub_subscription.events :
      subscription.ack_deadline_seconds > google_cloudfunctions2_function.step[local.subscriptions[name].step].service_config[0].timeout_seconds
    ])
    error_message = "A function is never still at work when its message is delivered anew."
  }

  assert {
    condition = alltrue([
      for subscription in google_pubsub_subscription.events :
      subscription.dead_letter_policy[0].dead_letter_topic == google_pubsub_topic.dead_letters.id &&
      subscription.dead_letter_policy[0].max_delivery_attempts >= 5
    ])
    error_message = "What cannot be written goes to the dead-letter topic."
  }

  assert {
    condition = alltrue([
      for subscription in concat(values(google_pubsub_subscription.events), [google_pubsub_subscription.dead_letters]) :
      subscription.expiration_policy[0].ttl == ""
    ])
    error_message = "No subscription expires in a quiet month."
  }

  assert {
    condition     = google_pubsub_subscription.dead_letters.topic == google_pubsub_topic.dead_letters.id
    error_message = "The dead-letter topic has a subscription, or it drops what it gets."
  }

  assert {
    condition = alltrue([
      for function in google_cloudfunctions2_function.step :
      function.service_config[0].ingress_settings == "ALLOW_INTERNAL_ONLY" &&
      function.service_config[0].min_instance_count == 0 &&
      function.service_config[0].max_instance_count <= 3
    ])
    error_message = "No function is reachable from outside, costs while idle, or grows without bound."
  }

  assert {
    condition = (
      google_cloudfunctions2_function.step["write_sheet"].service_config[0].max_instance_count == 1 &&
      google_cloudfunctions2_function.step["write_sheet"].service_config[0].max_instance_request_concurrency == 1
    )
    error_message = "One writer at a time for the Sheet."
  }

  assert {
    condition = (
      google_cloudfunctions2_function.step["collect"].service_config[0].secret_environment_variables[0].key == "GITHUB_TOKEN" &&
      !contains(keys(google_cloudfunctions2_function.step["collect"].service_config[0].environment_variables), "GITHUB_TOKEN")
    )
    error_message = "The token reaches collect by reference only."
  }

  assert {
    condition = (
      length(google_cloudfunctions2_function.step["write_sheet"].service_config[0].secret_environment_variables) == 0 &&
      length(google_cloudfunctions2_function.step["write_metric"].service_config[0].secret_environment_variables) == 0
    )
    error_message = "Nobody else gets it."
  }

  assert {
    condition     = !contains(keys(google_cloudfunctions2_function.step["collect"].service_config[0].environment_variables), "GITHUB_LOGIN")
    error_message = "What is not set is left out."
  }

  assert {
    condition = alltrue([
      for step, files in local.archive_files :
      contains(keys(files), "main.py") && contains(keys(files), "requirements.txt") &&
      contains(keys(files), "commit_counts/__init__.py") && contains(keys(files), "${step}/__init__.py") &&
      !contains(keys(files), "${step}/main.py")
    ])
    error_message = "main.py at the root, beside the step's package and the shared one."
  }

  assert {
    condition = alltrue([
      for step, object in google_storage_bucket_object.archive :
      object.name == "${step}-${local.archive_hashes[step]}.zip"
    ])
    error_message = "An archive is named by its content, so that only a changed function is built again."
  }

  assert {
    condition     = google_cloud_scheduler_job.this["collect"].time_zone == "Asia/Tokyo"
    error_message = "The schedule is meant in the person's zone."
  }

  assert {
    condition = (
      tonumber(trimsuffix(google_cloud_scheduler_job.this["collect"].attempt_deadline, "s")) >=
      google_cloudfunctions2_function.step["collect"].service_config[0].timeout_seconds
    )
    error_message = "The scheduler waits as long as collect may take."
  }

  assert {
    condition     = google_cloud_scheduler_job.this["collect"].http_target[0].oidc_token[0].audience == google_cloud_scheduler_job.this["collect"].http_target[0].uri
    error_message = "The scheduler's token is made for the address that it calls."
  }

  assert {
    condition     = length(google_monitoring_alert_policy.this) == 0
    error_message = "Alerts cost money: none is on until somebody switches it on."
  }

  assert {
    condition = alltrue([
      for step, function in google_cloudfunctions2_function.step :
      function.service_config[0].service_account_email == "${local.names[step]}@demo-project.iam.gserviceaccount.com"
    ])
    error_message = "Each function runs as its own account."
  }

  assert {
    condition = alltrue([
      for name, subscription in google_pubsub_subscription.events :
      subscription.push_config[0].oidc_token[0].service_account_email == "call-${local.names[local.subscriptions[name].step]}@demo-project.iam.gserviceaccount.com"
    ])
    error_message = "Each subscription calls its function as that function's caller."
  }
}

run "what_is_set_reaches_the_function_and_the_backfill" {
  command = plan

  variables {
    collect = { forks = true, include = ["octocat/*", "acme/*"], emails = ["octocat@example.com"] }
  }

  assert {
    condition = (
      google_cloudfunctions2_function.step["collect"].service_config[0].environment_variables["REPOSITORIES_INCLUDE"] == "octocat/*,acme/*" &&
      google_cloudfunctions2_function.step["collect"].service_config[0].environment_variables["COLLECT_FORKS"] == "true"
    )
    error_message = "The function counts what is chosen."
  }

  assert {
    condition     = strcontains(output.backfill, "TIME_ZONE=Asia/Tokyo COLLECT_FORKS='true' GITHUB_EMAILS='octocat@example.com' REPOSITORIES_INCLUDE='octocat/*,acme/*' ")
    error_message = "A backfill from this machine counts the same."
  }
}

run "alerts_can_be_switched_on" {
  variables {
    alerts = {
      evening_without_commits = true
      no_data                 = true
      sheet_not_written       = true
      dead_letters            = true
      dead_letters_expiring   = true
      function_failing        = true
      github_points_low       = true
      github_token_refused    = true
      down                    = true
      slow                    = true
      certificate             = true
    }
    alert_emails     = ["octocat@example.com"]
    slack_channel    = "#commits"
    slack_auth_token = "mocked"
    repository_url   = "https://github.com/octocat/own_dashboard"
  }

  assert {
    condition     = toset(keys(google_monitoring_alert_policy.this)) == toset([for name, alert in local.alerts : name if !try(alert.watch, false)])
    error_message = "Every alert is on, but those on addresses that nobody watches."
  }

  assert {
    condition = alltrue([
      for name, policy in google_monitoring_alert_policy.this :
      length(policy.notification_channels) == 2 &&
      strcontains(policy.documentation[0].content, "**What it means.**") &&
      policy.documentation[0].links[0].url == "https://github.com/octocat/own_dashboard/blob/main/docs/runbooks/${name}.md"
    ])
    error_message = "Each alert reaches all channels, says what to do, and links to its runbook."
  }
}

run "a_slack_channel_needs_its_token" {
  command = plan

  variables {
    slack_channel = "#commits"
  }

  expect_failures = [google_monitoring_notification_channel.slack]
}
