#!/usr/bin/env bash
# ./dev fuzz SECONDS [NAME]: every fuzzer, or one, for so long each, under ASan and UBSan.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. toolchains/dev/packages.sh
. toolchains/dev/build.sh

seconds=${1:-}
[[ "$seconds" =~ ^[1-9][0-9]*$ ]] || { echo "dev fuzz: say for how many seconds each" >&2; exit 2; }
only=${2:-}

build fuzz fuzzers
failed=0
for program in build/fuzz/tests/fuzz/*_fuzz; do
  name=$(basename "$program" _fuzz)
  [ -z "$only" ] || [ "$only" = "$name" ] || continue
  corpus=build/corpus/$name
  mkdir -p "$corpus"
  seeds=tests/fuzz/seeds/$name
  log=build/fuzz-$name.log
  if "$program" -max_total_time="$seconds" -timeout=5 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="build/fuzz-$name-" "$corpus" $([ -d "$seeds" ] && echo "$seeds") >"$log" 2>&1; then
    echo "clean   $name: $(awk '/number_of_executed_units/ {print $2}' "$log") runs in $seconds s"
  else
    echo "FAILED  $name; the end of $log:"
    tail -n 30 "$log"
    failed=1
  fi
done
exit $failed
