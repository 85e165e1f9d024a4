# What is deployed: named files only, so that a stray `.env` never leaves the laptop. In an archive
# main.py and requirements.txt stand at the root, beside the step's package and the shared one.

locals {
  archive_files = {
    for step in keys(local.pipeline.functions) : step => merge(
      { for name in ["main.py", "requirements.txt"] : name => "${local.source_root}/${step}/${name}" },
      {
        for path in fileset(local.source_root, "{commit_counts,${step}}/**/*.{${join(",", local.pipeline.archive_suffixes)}}") :
        path => "${local.source_root}/${path}" if path != "${step}/main.py"
      },
    )
  }

  # Of the content alone: an unchanged function keeps its object's name and is not built again.
  archive_hashes = {
    for step, files in local.archive_files :
    step => sha256(jsonencode({ for name, file in files : name => filesha256(file) }))
  }
}

data "archive_file" "step" {
  for_each = local.archive_files

  type             = "zip"
  output_path      = "${path.module}/.build/${each.key}.zip"
  output_file_mode = "0644"

  dynamic "source" {
    for_each = each.value

    content {
      filename = source.key
      content  = file(source.value)
    }
  }
}

resource "google_storage_bucket" "archives" {
  #checkov:skip=CKV_GCP_62:three archives that only a build reads; access logs would need a bucket of their own
  #checkov:skip=CKV_GCP_78:an archive is made from a commit, and its name from its content: no version is ever overwritten
  name                        = "${var.project_id}-archives"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = true

  # Deleted archives are made again from a commit; keeping them would cost.
  soft_delete_policy {
    retention_duration_seconds = 0
  }

  depends_on = [google_project_service.this]
}

resource "google_storage_bucket_object" "archive" {
  for_each = local.archive_files

  name   = "${each.key}-${local.archive_hashes[each.key]}.zip"
  bucket = google_storage_bucket.archives.name
  source = data.archive_file.step[each.key].output_path
}
