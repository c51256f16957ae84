#!/usr/bin/env bash
# ./dev cross arm64|armhf: a sysroot of Debian packages, the whole build, the unit tests under qemu.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. toolchains/dev/packages.sh
. toolchains/dev/build.sh

target=${1:-}
case "$target" in
  arm64 | armhf) ;;
  *) echo "dev cross: say arm64 or armhf" >&2; exit 2 ;;
esac

sysroot=build/sysroot-$target
# A sysroot belongs to its list of packages; another list, another sysroot.
wanted=$(echo $packages_sysroot)
if [ "$(cat "$sysroot.packages" 2>/dev/null)" != "$wanted" ]; then
  rm -rf "$sysroot" "$sysroot.packages"
  mkdir -p build
  mmdebstrap --quiet --variant=extract --skip=check/qemu --architectures="$target" \
    --include="${wanted// /,}" bookworm "$sysroot"
  echo "$wanted" >"$sysroot.packages"
fi

build "$target" all
run_ctest "$target" -L unit
