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
    watch               = { urls = ["example.com"] }
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
    var.watch,
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

run "the_least_that_is_accepted" {
  command = plan

  variables {
    project_id          = "a-1234"
    region              = "a-b1"
    time_zone           = "UTC"
    sheet_id            = "abcdefghij0123456789"
    evening_hour        = 0
    metric_repositories = 1
    github_login        = "a"
    log_level           = "DEBUG"
    watch               = { urls = ["http://a"], timeout_seconds = 1, slow_ms = 1 }
    labels              = { a = "" }
  }
}

run "the_most_that_is_accepted" {
  command = plan

  variables {
    project_id          = "a23456789012345678901234567890"
    region              = "northamerica-northeast12"
    time_zone           = "America/Argentina/Buenos_Aires"
    sheet_id            = "A-_bcdefghij0123456789klmnopqrstuvwxyzABCDEFGHIJ"
    evening_hour        = 23
    metric_repositories = 1000
    github_login        = "a23456789-123456789-123456789-123456789"
    log_level           = "ERROR"
    watch               = { urls = [for number in range(50) : "https://example.com/${number}?a=b"], timeout_seconds = 30, slow_ms = 30000 }
    labels              = { a23456789-123456789-123456789_123456789_123456789_123456789-123 = "1-_b56789-123456789-123456789_123456789_123456789_123456789-123" }
  }
}

run "just_beyond" {
  command = plan

  variables {
    project_id          = "a2345678901234567890123456789-1"
    sheet_id            = "abcdefghij012345678"
    evening_hour        = -1
    metric_repositories = 1000.5
    watch               = { timeout_seconds = 31 }
    github_login        = "a23456789-123456789-123456789-1234567890"
    labels              = { a = "1-_b56789-123456789-123456789_123456789_123456789_123456789-1234" }
  }

  expect_failures = [
    var.project_id,
    var.sheet_id,
    var.evening_hour,
    var.metric_repositories,
    var.watch,
    var.github_login,
    var.labels,
  ]
}

run "just_beyond_on_the_other_side" {
  command = plan

  variables {
    project_id   = "a2345"
    region       = "asia-northeast"
    evening_hour = 24
    watch        = { slow_ms = 0 }
    labels       = { a23456789-123456789-123456789_123456789_123456789_123456789-1234 = "a" }
  }

  expect_failures = [
    var.project_id,
    var.region,
    var.evening_hour,
    var.watch,
    var.labels,
  ]
}

run "too_much_to_watch" {
  command = plan

  variables {
    watch = { urls = [for number in range(51) : "https://example.com/${number}"] }
  }

  expect_failures = [var.watch]
}

run "watched_with_impossible_times" {
  command = plan

  variables {
    watch = { timeout_seconds = 0, slow_ms = 30001 }
  }

  expect_failures = [var.watch]
}
