"""One collection from a command line, backfills included."""
