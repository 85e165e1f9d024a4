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

run "project_number" {
  command = plan
  variables {
    project_id = "123456789012"
  }
  expect_failures = [var.project_id]
}

run "zone_for_region" {
  command = plan
  variables {
    region = "asia-northeast1-a"
  }
  expect_failures = [var.region]
}

run "abbreviated_time_zone" {
  command = plan
  variables {
    time_zone = "JST"
  }
  expect_failures = [var.time_zone]
}

run "whole_address_of_the_sheet" {
  command = plan
  variables {
    sheet_id = "https://docs.google.com/spreadsheets/d/1AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdefg/edit"
  }
  expect_failures = [var.sheet_id]
}

run "unknown_language" {
  command = plan
  variables {
    language = "jp"
  }
  expect_failures = [var.language]
}

run "login_with_at" {
  command = plan
  variables {
    github_login = "@octocat"
  }
  expect_failures = [var.github_login]
}

run "plain_http" {
  command = plan
  variables {
    github_graphql_url = "http://github.example.com/api/graphql"
  }
  expect_failures = [var.github_graphql_url]
}

run "glob_with_a_space_and_a_name_for_an_address" {
  command = plan
  variables {
    collect = { include = ["octocat/*, acme/*"], emails = ["octocat"] }
  }
  expect_failures = [var.collect]
}

run "hour_24" {
  command = plan
  variables {
    evening_hour = 24
  }
  expect_failures = [var.evening_hour]
}

run "level_in_lower_case" {
  command = plan
  variables {
    log_level = "info"
  }
  expect_failures = [var.log_level]
}

run "name_for_an_e_mail_address" {
  command = plan
  variables {
    alert_emails = ["octocat"]
  }
  expect_failures = [var.alert_emails]
}

run "channel_without_hash" {
  command = plan
  variables {
    slack_channel = "commits"
  }
  expect_failures = [var.slack_channel]
}

run "repository_with_a_slash_at_its_end" {
  command = plan
  variables {
    repository_url = "https://github.com/octocat/own_dashboard/"
  }
  expect_failures = [var.repository_url]
}

run "label_in_capitals" {
  command = plan
  variables {
    labels = { Owner = "octocat" }
  }
  expect_failures = [var.labels]
}
