"""The requests of `spreadsheets.batchUpdate`: one family a module, one handler a request."""
