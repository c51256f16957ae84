# What Debian 12 packages each command needs; `need GROUP…` installs what is missing.
# Sourced by ./dev and the scripts beside this one.

packages_build="clang-19 lld-19 cmake ninja-build pkg-config ccache libc6-dev libstdc++-12-dev
  libclang-rt-19-dev
  libboost1.81-dev libboost-json1.81-dev libboost-url1.81-dev libsqlite3-dev libmodbus-dev
  libpaho-mqttpp-dev libpaho-mqtt-dev libssl-dev libmbedtls-dev libtomlplusplus-dev libcli11-dev
  libhowardhinnant-date-dev libqrencode-dev libpng-dev doctest-dev"
packages_run="mosquitto python3 python3-jsonschema python3-paho-mqtt python3-jwcrypto tzdata"
packages_check="clang-format-19 clang-tidy-19 llvm-19"
packages_cross="mmdebstrap qemu-user-static"

# What the ARM targets are built against (toolchains/cross.cmake).
packages_sysroot="libc6-dev libstdc++-12-dev libgcc-12-dev linux-libc-dev libboost1.81-dev
  libboost-json1.81-dev libboost-url1.81-dev libsqlite3-dev libmodbus-dev libpaho-mqttpp-dev
  libpaho-mqtt-dev libssl-dev libmbedtls-dev libtomlplusplus-dev libcli11-dev
  libhowardhinnant-date-dev libqrencode-dev libpng-dev doctest-dev"

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

need() {
  local group list missing=""
  for group in "$@"; do
    list="packages_$group"
    for package in ${!list}; do
      dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
        missing="$missing $package"
    done
  done
  [ -z "$missing" ] && return 0
  echo "installing:$missing"
  as_root apt-get update -qq
  # Debian's mosquitto would start a broker of its own; ours run only while a test does.
  local policy=/usr/sbin/policy-rc.d own_policy=no
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod +x "$policy"
    own_policy=yes
  fi
  # shellcheck disable=SC2086
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    $missing >/dev/null || { echo "dev: apt-get could not install:$missing" >&2; exit 1; }
  if [ "$own_policy" = yes ]; then as_root rm -f "$policy"; fi
}
