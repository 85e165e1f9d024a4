# The templates name no metric and no function itself: they come from where they are made.

locals {
  # Cloud Monitoring's names in PromQL: https://cloud.google.com/monitoring/promql/promql-mapping
  promql_metrics = {
    for name, metric in local.metrics : "promql_${name}" =>
    replace(replace(metric.type, "/^([^/]+)\\//", "$1:"), "/[^A-Za-z0-9_:]/", "_")
  }

  dashboard_words = merge(
    { for name, metric in local.every_metric : name => metric.type },
    { for name, metric in google_logging_metric.collect : name => "logging.googleapis.com/user/${metric.name}" },
    local.promql_metrics,
    {
      services                 = join("\\\", \\\"", values(local.names))
      subscriptions            = join("\\\", \\\"", keys(local.subscriptions))
      dead_letter_subscription = local.pipeline.dead_letters.subscription
      sheet_url                = local.sheet_url
    },
  )
}

locals {
  dashboard = jsondecode(templatefile("${path.module}/dashboard.json.tftpl", local.dashboard_words))

  watch_tiles = [
    for tile in jsondecode(templatefile("${path.module}/dashboard_watch.json.tftpl", local.dashboard_words)).tiles :
    tile if local.watched
  ]
}

resource "google_monitoring_dashboard" "this" {
  dashboard_json = jsonencode(merge(local.dashboard, {
    mosaicLayout = merge(local.dashboard.mosaicLayout, {
      tiles = concat(local.dashboard.mosaicLayout.tiles, local.watch_tiles)
    })
  }))
  depends_on = [google_monitoring_metric_descriptor.commits]
}
