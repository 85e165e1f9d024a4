# What cloud and laptop must agree on stands in pipeline.json; both read it. Everything below is
# derived from its entries, so that a new function needs its folder and its entry only.

locals {
  entries = jsondecode(file("${path.module}/pipeline.json"))
  labels  = merge(var.labels, { app = "own-dashboard" })

  # A function that needs a setting is there once that is given, and its topic with it.
  pipeline = merge(local.entries, {
    functions = {
      for step, function in local.entries.functions : step => merge(function, {
        subscriptions = [
          for subscription in try(function.subscriptions, []) : subscription
          if !contains(local.unwanted_topics, subscription.topic)
        ]
      }) if !contains(local.unwanted_topics, try(function.publishes, ""))
    }
    topics = {
      for name, topic in local.entries.topics : name => topic
      if !contains(local.unwanted_topics, name)
    }
  })

  unwanted_topics = [
    for function in local.entries.functions : function.publishes
    if try(local.values[function.environment[function.needs].variable] == "", false)
  ]

  source_root = "${path.module}/../functions"

  # One name a step: its folder, its entry point and its key here. Services take no underscores.
  names = { for step in keys(local.pipeline.functions) : step => replace(step, "_", "-") }

  # Subscription's name => its settings, and the function that it calls.
  subscriptions = merge([
    for step, function in local.pipeline.functions : {
      for subscription in try(function.subscriptions, []) :
      subscription.name => merge(subscription, { step = step })
    }
  ]...)

  publishers = {
    for step, function in local.pipeline.functions : step => function.publishes
    if can(function.publishes)
  }

  schedules = {
    for step, function in local.pipeline.functions : step => function.schedule
    if can(function.schedule)
  }

  # "step/secret" => both. Two functions may read one secret.
  secret_readers = merge([
    for step, function in local.pipeline.functions : {
      for secret in values(try(function.secrets, {})) :
      "${step}/${secret}" => { step = step, secret = secret }
    }
  ]...)

  # "step/role" => both.
  project_roles = merge([
    for step, function in local.pipeline.functions : {
      for role in try(function.project_roles, []) : "${step}/${role}" => { step = step, role = role }
    }
  ]...)

  # What {"variable": "…"} of an entry's environment stands for.
  values = {
    project_id          = var.project_id
    time_zone           = var.time_zone
    log_level           = var.log_level
    github_login        = var.github_login
    github_graphql_url  = var.github_graphql_url
    collect_forks       = tostring(var.collect.forks)
    collect_include     = join(",", var.collect.include)
    collect_exclude     = join(",", var.collect.exclude)
    collect_skip_hidden = tostring(var.collect.skip_hidden)
    collect_emails      = join(",", var.collect.emails)
    collect_source      = var.collect.source
    sheet_id            = var.sheet_id
    language            = var.language
    evening_hour        = tostring(var.evening_hour)
    metric_repositories = tostring(var.metric_repositories)

    watch_urls             = join(" ", var.watch.urls)
    watch_timeout_seconds  = tostring(var.watch.timeout_seconds)
    watch_follow_redirects = tostring(var.watch.follow_redirects)
    watch_allow_private    = tostring(var.watch.allow_private)
  }

  # Every function is told how long it may run, and one that publishes, where to. Empty values are
  # left out: a function takes them for absent anyway.
  environment = {
    for step, function in local.pipeline.functions : step => merge(
      {
        for name, value in merge(local.pipeline.environment, try(function.environment, {})) :
        name => try(local.values[value.variable], tostring(value))
        if try(local.values[value.variable], value) != ""
      },
      { TIMEOUT_SECONDS = tostring(function.timeout_seconds) },
      can(function.publishes) ? { TOPIC = google_pubsub_topic.events[function.publishes].name } : {},
    )
  }
}
