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
  # Only the release itself, from where this machine has it: the security suite's armhf index is at
  # times stale on mirrors, and what is built here runs against the board's own, updated libraries.
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Codename: bookworm' |
    head -n 1)
  mmdebstrap --quiet --variant=extract --skip=check/qemu --architectures="$target" \
    --include="${wanted// /,}" bookworm "$sysroot" "deb $mirror bookworm main"
  echo "$wanted" >"$sysroot.packages"
fi

build "$target" all
run_ctest "$target" -L unit
