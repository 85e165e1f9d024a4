# What the functions measure. write_metric sends time series: their names, kinds, units and labels
# stand in its metrics.json, which the function reads too. What collect says of GitHub stands in its
# log line, one a run, and becomes metrics here.

locals {
  every_metric = jsondecode(file("${local.source_root}/write_metric/metrics.json")).metrics

  # Only those of a topic that there is.
  metrics = {
    for name, metric in local.every_metric :
    name => metric if contains(keys(local.pipeline.topics), metric.topic)
  }

  # Whether addresses are watched: their metrics, charts and alerts come and go together.
  watched = contains(keys(local.metrics), "up")

  # Metric => field of collect's log line, and the bounds between which a percentile can tell values
  # apart: where an alert has its threshold there is one.
  log_metrics = {
    github_requests = {
      field  = "requests"
      unit   = "{request}"
      title  = "Requests to GitHub"
      bounds = [0, 3, 10, 30, 100, 300, 1000]
    }
    github_points_left = {
      field  = "points_left"
      unit   = "{point}"
      title  = "GitHub rate-limit points left"
      bounds = [0, 100, 250, 500, 1000, 2500, 5000, 10000, 15000]
    }
    github_token_days_left = {
      field  = "token_days_left"
      unit   = "d"
      title  = "Days until the GitHub token expires"
      bounds = [0, 1, 3, 7, 14, 30, 60, 90, 180, 365]
    }
  }
}

resource "google_monitoring_metric_descriptor" "commits" {
  for_each = local.metrics

  type         = each.value.type
  display_name = each.value.display_name
  description  = each.value.description
  metric_kind  = each.value.metric_kind
  value_type   = each.value.value_type
  unit         = each.value.unit

  dynamic "labels" {
    for_each = each.value.labels

    content {
      key         = labels.value.key
      value_type  = labels.value.value_type
      description = labels.value.description
    }
  }

  depends_on = [google_project_service.this]
}

resource "google_logging_metric" "collect" {
  for_each = local.log_metrics

  name            = "own_dashboard/${each.key}"
  description     = "${each.value.title}, out of collect's log line."
  value_extractor = "EXTRACT(jsonPayload.${each.value.field})"

  filter = join(" AND ", [
    "resource.type=\"cloud_run_revision\"",
    "resource.labels.service_name=\"${local.names["collect"]}\"",
    "jsonPayload.step=\"collect\"",
    "jsonPayload.${each.value.field}:*",
  ])

  bucket_options {
    explicit_buckets {
      bounds = each.value.bounds
    }
  }

  metric_descriptor {
    display_name = each.value.title
    metric_kind  = "DELTA"
    value_type   = "DISTRIBUTION"
    unit         = each.value.unit
  }

  depends_on = [google_project_service.this]
}
