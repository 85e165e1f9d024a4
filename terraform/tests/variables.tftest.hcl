# Each wrong value is refused with a sentence, before anything is made.

mock_provider "google" {
  mock_data "google_project" {
    defaults = { number = "123456789012" }
  }
}

mock_provider "archive" {}

variables {
  project_id = "demo-project"
  time_zone  = "Asia/Tokyo"
  sheet_id   = "1AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdefg"
}

run "wrong_values" {
  command = plan

  variables {
    project_id          = "123456789012"
    region              = "asia-northeast1-a"
    time_zone           = "JST"
    sheet_id            = "https://docs.google.com/spreadsheets/d/1AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdefg/edit"
    language            = "jp"
    github_login        = "@octocat"
    github_graphql_url  = "http://github.example.com/api/graphql"
    collect             = { include = ["octocat/*, acme/*"] }
    evening_hour        = 24
    metric_repositories = 0
    log_level           = "info"
    alert_emails        = ["octocat"]
    slack_channel       = "commits"
    repository_url      = "https://github.com/octocat/own_dashboard/"
    labels              = { Owner = "octocat" }
  }

  expect_failures = [
    var.project_id,
    var.region,
    var.time_zone,
    var.sheet_id,
    var.language,
    var.github_login,
    var.github_graphql_url,
    var.collect,
    var.evening_hour,
    var.metric_repositories,
    var.log_level,
    var.alert_emails,
    var.slack_channel,
    var.repository_url,
    var.labels,
  ]
}

run "wrong_in_another_way" {
  command = plan

  variables {
    project_id          = "My Project"
    time_zone           = "+09:00"
    sheet_id            = ""
    collect             = { emails = ["octocat"] }
    evening_hour        = 20.5
    metric_repositories = 1001
    labels              = { owner = "Octocat" }
  }

  expect_failures = [
    var.project_id,
    var.time_zone,
    var.sheet_id,
    var.collect,
    var.evening_hour,
    var.metric_repositories,
    var.labels,
  ]
}
