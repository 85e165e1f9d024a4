#!/usr/bin/env bash
# Asks a public database whether anything that is pinned has a known vulnerability. It needs the network:
# where the database is out of reach it says so and ends with status 2; 1 means that something was found.
set -uo pipefail
cd "$(dirname "$0")/.."

python3 -m venv --clear .venv-audit
.venv-audit/bin/python -m pip install --quiet --disable-pip-version-check pip-audit==2.10.1 || {
  echo "audit: pip-audit cannot be had here; nothing was audited"
  exit 2
}
files=()
for file in requirements.lock functions/*/requirements.txt; do
  files+=(--requirement "$file")
done
said=$(.venv-audit/bin/pip-audit --disable-pip --require-hashes --progress-spinner off "${files[@]}" 2>&1)
status=$?
echo "$said"
if grep -q 'could not be audited' <<<"$said"; then
  echo "audit: the database of vulnerabilities does not answer here; not all was audited"
  exit 2
fi
if [ "$status" != 0 ] && ! grep -q 'Found [0-9]* known vulnerabilit' <<<"$said"; then
  echo "audit: the database of vulnerabilities is out of reach here; nothing was audited"
  exit 2
fi
exit "$status"
