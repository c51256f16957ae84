# Building and testing; sourced by ./dev and the scripts beside this one.

export CCACHE_DIR="${CCACHE_DIR:-$PWD/build/ccache}"
# The presets share what they compile alike, wherever they build.
export CCACHE_NOHASHDIR=1

# build PRESET TARGET…
build() {
  local preset=$1
  shift
  mkdir -p build
  local log=build/$preset.log
  echo "building ($preset; minutes the first time, build/$preset.log tells)…" >&2
  if ! { cmake --preset "$preset" -DCMAKE_CXX_COMPILER_LAUNCHER=ccache &&
    cmake --build --preset "$preset" --target "$@"; } >"$log" 2>&1; then
    grep -E 'error|Error|FAILED' "$log" | head -n 40 >&2
    echo "dev: the $preset build failed; all of it is in $log" >&2
    return 1
  fi
}

# Our own C++ files.
code_files() {
  git ls-files '*.cpp' '*.hpp'
}

# run_tests [--long] [RE]: builds debug, runs CTest, ends with "N passed, N failed".
run_tests() {
  local long=no filter=()
  for argument in "$@"; do
    case "$argument" in
      --long) long=yes ;;
      *) filter=(-R "$argument") ;;
    esac
  done
  build debug all
  local failed=0
  run_ctest debug "${filter[@]}" || failed=1
  if [ "$long" = yes ]; then
    build release all
    toolchains/dev/long.sh || failed=1
  fi
  return $failed
}

# run_ctest PRESET ARG…: the sum of doctest's cases, failed programs told with their output.
run_ctest() {
  local preset=$1 status=0
  shift
  local folder=build/$preset
  (cd "$folder" && ctest --output-on-failure --no-tests=error "$@") || status=$?
  awk -v status="$status" '
    /^\[doctest\] test cases:/ {
      gsub(/\|/, " ")
      for (i = 1; i <= NF; ++i) {
        if ($i == "passed") passed += $(i - 1)
        if ($i == "failed") failed += $(i - 1)
      }
    }
    END {
      if (status != 0 && failed == 0) failed = 1
      printf "%d passed, %d failed\n", passed, failed
    }' "$folder/Testing/Temporary/LastTest.log"
  return "$status"
}
