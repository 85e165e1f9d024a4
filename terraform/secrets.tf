# Only the places: the values are added by hand (docs/deploy/google-cloud.md), so that no state and no file of
# variables ever holds them.
resource "google_secret_manager_secret" "this" {
  for_each = toset([for reader in local.secret_readers : reader.secret])

  secret_id           = each.value
  deletion_protection = false

  replication {
    auto {}
  }

  depends_on = [google_project_service.this]
}
