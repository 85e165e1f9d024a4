# What cloud and laptop must agree on stands in pipeline.json; both read it.

locals {
  pipeline = jsondecode(file("${path.module}/pipeline.json"))
  labels   = merge(var.labels, { app = "own-dashboard" })

  source_root = "${path.module}/../functions"

  # One name a step: its folder, its entry point and its key here. Services take no underscores.
  names = { for step in keys(local.pipeline.functions) : step => replace(step, "_", "-") }

  subscriptions = {
    for step, function in local.pipeline.functions : step => function.subscription
    if can(function.subscription)
  }

  # Empty ones are left out: a function takes them for absent anyway.
  environment = {
    collect = {
      TOPIC                    = google_pubsub_topic.events.name
      GITHUB_LOGIN             = var.github_login
      GITHUB_GRAPHQL_URL       = var.github_graphql_url
      COLLECT_FORKS            = tostring(var.collect.forks)
      REPOSITORIES_INCLUDE     = join(",", var.collect.include)
      REPOSITORIES_EXCLUDE     = join(",", var.collect.exclude)
      SKIP_HIDDEN_REPOSITORIES = tostring(var.collect.skip_hidden)
      GITHUB_EMAILS            = join(",", var.collect.emails)
      TIMEOUT_SECONDS          = tostring(local.pipeline.functions.collect.timeout_seconds)
    }
    write_sheet = {
      SHEET_ID = var.sheet_id
      LANGUAGE = var.language
    }
    write_metric = {
      EVENING_HOUR        = tostring(var.evening_hour)
      METRIC_REPOSITORIES = tostring(var.metric_repositories)
    }
  }

  shared_environment = {
    GOOGLE_CLOUD_PROJECT = var.project_id
    TIME_ZONE            = var.time_zone
    LOG_LEVEL            = var.log_level
  }

  # Secrets by reference: variable name => secret.
  secrets = {
    collect = { GITHUB_TOKEN = google_secret_manager_secret.github_token.secret_id }
  }
}
