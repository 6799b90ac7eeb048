#!/bin/bash
# Integrates four simulators into a clone of Proxima, one branch each, and checks every one of them.
#
#   bench/real-proxima.sh DIR [--python PATH] [--again] [--no-host-tests]
#
#   DIR              a clean clone of Proxima; it gets the branches graft/<backend>
#   --python PATH    a Python 3.11 or newer that has Proxima's requirements, pytest, pytest-asyncio and
#                    pytest-mock; without it, an environment is made once (about 1 GB) and kept
#   --again          delete every branch graft/* of DIR first, as an earlier run left them
#   --no-host-tests  leave out Proxima's own tests, which take several minutes and run twice
#
# Checked: `BackendRegistry().discover()` offers the backend · `quantum_runner` gives right counts for bell, ghz and
# teleport · the backend's own tests pass · the contract's tests pass · all branches merge into one · Proxima's own
# tests have no failure on that merge which they do not have without it. Leave Graft's own files alone meanwhile: branches
# made with different bridges do not merge. Prints a table; exit code 1 when anything fails.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
packages=(qulacs quimb amazon-braket-default-simulator blueqat)
export OMP_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE=1

fail() {
  echo "real-proxima: $1" >&2
  exit 1
}

dir='' python='' again=no host_tests=yes
while (($#)); do
  case $1 in
    --python) python=${2:?--python needs a path} && shift ;;
    --again) again=yes ;;
    --no-host-tests) host_tests=no ;;
    -*) fail "unknown option $1; see the head of this file" ;;
    *) dir=$1 ;;
  esac
  shift
done
[ -n "$dir" ] || fail 'give the folder of a clone of Proxima'
dir=$(cd "$dir" 2>/dev/null && pwd) || fail 'the folder does not exist'
[ -f "$dir/src/proxima/backends/registry.py" ] || fail "$dir is not a clone of Proxima"

work=$(mktemp -d)
clean_up() {
  for tree in "$work"/tree-*; do
    if [ -d "$tree" ]; then git -C "$dir" worktree remove --force "$tree"; fi
  done
  rm -rf "$work"
}
trap clean_up EXIT

if [ -z "$python" ]; then
  kept=${XDG_CACHE_HOME:-$HOME/.cache}/graft/real-proxima
  python=$kept/bin/python
  if [ ! -f "$kept/complete" ]; then
    echo "Making an environment with Proxima's requirements in $kept ..."
    python3 -m venv --clear "$kept"
    "$python" "$root/bench/real_proxima.py" dependencies "$dir/pyproject.toml" > "$work/needs.txt"
    "$python" -m pip install --quiet -r "$work/needs.txt" pytest pytest-asyncio pytest-mock
    touch "$kept/complete"
  fi
fi
"$python" -c 'import cirq, pytest' || fail "$python has no cirq or no pytest"

base=$(git -C "$dir" rev-parse HEAD)
if [ $again = yes ]; then
  git -C "$dir" for-each-ref --format='%(refname:short)' refs/heads/graft/ | xargs -r git -C "$dir" branch --quiet -D
fi
failed=0
branches=()
rows=()

# pytest in a checkout: CHECKOUT EXTRA_PATH REPORT ARGS...; its output goes beside the report.
run_pytest() {
  local checkout=$1 extra=$2 report=$3
  shift 3
  (cd "$checkout" && PYTHONPATH="$checkout/src${extra:+:$extra}" \
    "$python" -m pytest -q --tb=short -p no:cacheprovider --junitxml="$report" "$@" > "$report.log" 2>&1 < /dev/null)
}

# Numbers of a JUnit report: "passed/failed/skipped".
summary() {
  "$python" - "$1" <<'PYTHON'
import sys
from xml.etree import ElementTree
suite = next(ElementTree.parse(sys.argv[1]).getroot().iter("testsuite"))
tests, failures, errors, skipped = (int(suite.get(k)) for k in ("tests", "failures", "errors", "skipped"))
print(f"{tests - failures - errors - skipped}/{failures + errors}/{skipped}")
PYTHON
}

for package in "${packages[@]}"; do
  echo "Integrating $package ..."
  begin=$SECONDS
  result=$work/$package.json
  code=0
  (cd "$root" && npx graft integrate "$package" --repo "$dir" --json) > "$result" || code=$?
  seconds=$((SECONDS - begin))
  read -r backend branch verdict < <("$python" -c '
import json, sys
try:
    value = json.load(open(sys.argv[1]))
except ValueError:
    value = {}
print(value.get("backend", "-"), value.get("branch", "-"), value.get("verdict", "error"))' "$result")
  if [ "$code" != 0 ] || [ "$branch" = - ]; then
    rows+=("$package|$backend|$verdict|$seconds|-|-|-")
    failed=1
    echo "$package: exit code $code; $(head -c 2000 "$result")" >&2
    continue
  fi
  branches+=("$branch")
  tree=$work/tree-$backend
  libraries=$work/libraries-$backend
  git -C "$dir" worktree add --quiet --detach "$tree" "$branch"
  # As a user would: the versions and hashes that were measured, over what Proxima needs anyway.
  if ! "$python" -m pip install --quiet --disable-pip-version-check --target "$libraries" --no-deps \
    --only-binary :all: --require-hashes -r "$tree/src/proxima/backends/$backend/requirements.txt"; then
    rows+=("$package|$backend|$verdict, cannot be installed|$seconds|-|-|-")
    failed=1
    continue
  fi
  runs=ok own=- contract=-
  if ! (cd "$work" && PYTHONPATH="$tree/src:$libraries" "$python" "$root/bench/real_proxima.py" check "$backend" \
    > /dev/null 2> "$work/check.log"); then
    runs=FAILED failed=1
    tail -n 20 "$work/check.log" >&2
  fi
  if run_pytest "$tree" "$libraries" "$work/own.xml" "tests/backends/test_$backend.py"; then
    own=$(summary "$work/own.xml")
    # A suite that skips everything passes too, but shows nothing.
    [[ $own != 0/* ]] || failed=1
  else
    own="FAILED $(summary "$work/own.xml" || true)" failed=1
    tail -n 20 "$work/own.xml.log" >&2
  fi
  if run_pytest "$tree" "$libraries" "$work/contract.xml" -c /dev/null --rootdir "$root/templates/target" \
    "$root/templates/target/tests/contract"; then
    contract=$(summary "$work/contract.xml")
  else
    contract=FAILED failed=1
    tail -n 20 "$work/contract.xml.log" >&2
  fi
  rows+=("$package|$backend|$verdict|$seconds|$runs|$own|$contract")
done

merged=ok
git -C "$dir" worktree add --quiet --detach "$work/tree-merged" "$base"
for branch in "${branches[@]}"; do
  git -C "$work/tree-merged" -c user.name=bench -c user.email=bench@localhost -c commit.gpgsign=false \
    merge --quiet --no-edit "$branch" > "$work/merge.log" 2>&1 || {
    merged="FAILED at $branch" failed=1
    cat "$work/merge.log" >&2
    git -C "$work/tree-merged" merge --abort
    break
  }
done

host='left out'
if [ $host_tests = yes ] && ((${#branches[@]})); then
  git -C "$dir" worktree add --quiet --detach "$work/tree-base" "$base"
  for which in base merged; do
    echo "Running Proxima's own tests ($which) ..."
    # Proxima's tests fail in places without any of this: only the difference counts.
    run_pytest "$work/tree-$which" '' "$work/host-$which.xml" --continue-on-collection-errors || true
    "$python" "$root/bench/real_proxima.py" failures "$work/host-$which.xml" > "$work/host-$which.txt"
  done
  new=$(comm -13 "$work/host-base.txt" "$work/host-merged.txt")
  host="$(summary "$work/host-base.xml") before, $(summary "$work/host-merged.xml") after"
  if [ -n "$new" ]; then
    host="$host, NEW FAILURES" failed=1
    echo "$new" >&2
  fi
fi

echo
{
  echo 'package|backend|verdict|seconds|discover and runner|own tests|contract'
  for row in "${rows[@]}"; do echo "$row"; done
} | column -t -s '|'
echo
echo "numbers: passed/failed/skipped"
echo "all branches merged: $merged"
echo "Proxima's own tests: $host"
exit $failed
