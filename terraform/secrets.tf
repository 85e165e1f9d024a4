# Only the place: the value is added by hand (README.md), so that no state and no file of
# variables ever holds it.
resource "google_secret_manager_secret" "github_token" {
  secret_id           = "github-token"
  deletion_protection = false

  replication {
    auto {}
  }

  depends_on = [google_project_service.this]
}
