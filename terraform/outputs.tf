locals {
  sheet_url  = "https://docs.google.com/spreadsheets/d/${var.sheet_id}/edit"
  example    = jsonencode({ date = "2026-11-23", repository = "me/app", commits = 3 })
  in_project = "--project=${var.project_id}"

  topic = google_pubsub_topic.events[local.publishers["collect"]].name

  # On this machine a command counts what the function counts, if it has the function's variables.
  in_cloud = "GOOGLE_CLOUD_PROJECT=${var.project_id} TOPIC=${local.topic}"
  as_collect = join(" ", concat(
    [local.in_cloud, "TIME_ZONE=${var.time_zone}"],
    [
      for name, value in local.environment["collect"] : "${name}='${value}'"
      if contains(keys(local.pipeline.functions.collect.environment), name)
    ],
  ))
}

output "sheet_url" {
  description = "The dashboard: open it on the phone and add it to the home screen."
  value       = local.sheet_url
}

output "share_sheet_with" {
  description = "Share the Sheet with this address, as Editor."
  value       = google_service_account.step["write_sheet"].email
}

output "dashboard_url" {
  description = "The dashboard in Cloud Monitoring."
  value       = "https://console.cloud.google.com/monitoring/dashboards/builder/${element(split("/", google_monitoring_dashboard.this.id), -1)}?project=${var.project_id}"
}

output "add_token" {
  description = "Reads the GitHub token from the terminal, unseen, and stores it: the first one, and each new one."
  value       = "read -rs TOKEN && printf %s \"$TOKEN\" | gcloud secrets versions add ${google_secret_manager_secret.this["github-token"].secret_id} --data-file=- ${local.in_project}; unset TOKEN"
}

output "collect_now" {
  description = "Collects now instead of at the next full hour."
  value       = "gcloud scheduler jobs run ${google_cloud_scheduler_job.this["collect"].name} --location=${var.region} ${local.in_project}"
}

output "publish_by_hand" {
  description = "States one cell by hand."
  value       = "gcloud pubsub topics publish ${local.topic} --message='${local.example}' ${local.in_project}"
}

output "backfill" {
  description = "Counts past years on this machine, with your own credentials and GITHUB_TOKEN, and publishes them."
  value       = "${local.as_collect} ./dev collect --since 2019-01-01 --publish"
}

output "replay" {
  description = "Brings dead letters back to the topic, with your own credentials."
  value       = "${local.in_cloud} ./dev replay"
}

output "doctor" {
  description = "Checks the deployment with your own credentials, and names each fault and its fix."
  value       = "${local.as_collect} SHEET_ID=${var.sheet_id} ./dev doctor"
}
