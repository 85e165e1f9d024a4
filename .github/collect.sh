#!/usr/bin/env bash
# Counts, and writes the Sheet, without Pub/Sub. Everybody reads the log of a public repository: so it
# says that a step failed, and names no repository, unless SHOW_ERRORS is true.
set -uo pipefail
cd "$(dirname "$0")/.."

log=$(mktemp)
trap 'rm -f "$log"' EXIT
window=()
if [ -n "${SINCE:-}" ]; then
  window=(--since "$SINCE")
fi

./dev collect --format json "${window[@]}" 2>>"$log" | ./dev write_sheet - >>"$log" 2>&1
statuses=("${PIPESTATUS[@]}")
if [ "${SHOW_ERRORS:-}" = true ]; then
  cat "$log"
fi
if [ "${statuses[*]}" != "0 0" ]; then
  echo "not written: collect ended with status ${statuses[0]}, write_sheet with ${statuses[1]};" \
    "run this workflow by hand with \"Show what went wrong\", or both commands on your machine"
  exit 1
fi
echo "collected and written"
