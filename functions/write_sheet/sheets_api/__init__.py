"""The Sheets API as this step uses it: readings, requests, errors. Knows nothing of commits."""
