"""The step `write_sheet`: brings the Google Sheet up to date with an event."""
