#!/usr/bin/env bash
# ./dev test --long: what takes minutes: 200 kills under load, 500 while keys are
# written and removed, ten minutes of full load, every fuzzer for 60 s.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

failed=0
run() {
  echo "== $*"
  "$@" || failed=1
}
run build/release/tests/long/crash_test 200
run build/release/tests/long/key_crash_test 500
run build/release/tests/long/soak_test 10
run toolchains/dev/fuzz.sh 60
exit $failed
