#!/usr/bin/env bash
# ./dev test --long: what takes minutes: 200 kills under load, 500 while keys are
# written and removed, ten minutes of full load, every fuzzer for 60 s, and a year of
# keys for 1,000 seeds (about an hour on two cores).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

failed=0
run() {
  echo "== $*"
  "$@" || failed=1
}
run build/release/tests/long/crash_test 200
run build/release/tests/long/key_crash_test 500
run build/release/tests/long/cloud_fault_test
run build/release/tests/long/fleet_test 2000
run build/release/tests/long/soak_test 10
run toolchains/dev/fuzz.sh 60

# Two at once; each seed is alone in its process's one thread.
model=build/release/tests/model/genkan-model
echo "== $model, 1,000 seeds"
"$model" 500 1 &
first_half=$!
"$model" 500 501 || failed=1
wait "$first_half" || failed=1
exit $failed
