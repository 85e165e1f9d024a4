"""Emulators of Pub/Sub, Google Sheets, Cloud Monitoring and GitHub for the real clients."""
