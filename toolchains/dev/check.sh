#!/usr/bin/env bash
# ./dev check [layout|format|tidy|asan|tsan]…: all of them, or those named.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. toolchains/dev/packages.sh
. toolchains/dev/build.sh

check_layout() { python3 toolchains/dev/includes.py; }

check_format() {
  code_files | xargs clang-format-19 --dry-run --Werror
}

check_tidy() {
  build debug all
  # Our own units; half the cores each keep a unit's memory in bounds.
  git ls-files '*.cpp' | grep -v '_fuzz.cpp$' |
    xargs -P "$(nproc)" -n 4 clang-tidy-19 -p build/debug --quiet --warnings-as-errors='*' 2>/dev/null
}

check_sanitizer() {
  build "$1" all
  TSAN_OPTIONS="suppressions=$PWD/toolchains/tsan.supp" run_ctest "$1"
}

run() {
  local name=$1
  shift
  local began=$SECONDS
  if "$@" >"build/check-$name.log" 2>&1; then
    echo "ok      $name ($((SECONDS - began)) s)"
  else
    echo "FAILED  $name; the end of build/check-$name.log:"
    tail -n 40 "build/check-$name.log"
    failed=1
  fi
}

mkdir -p build
failed=0
for part in ${*:-layout format tidy asan tsan}; do
  case "$part" in
    layout | format | tidy) run "$part" "check_$part" ;;
    asan | tsan) run "$part" check_sanitizer "$part" ;;
    *) echo "dev check: no part '$part'; parts are layout, format, tidy, asan, tsan" >&2; exit 2 ;;
  esac
done
exit $failed
