#!/bin/sh
# Installs the Debian/Ubuntu packages that symscan needs; does nothing when they are there.
#   install_packages.sh build    compiler and libraries
#   install_packages.sh test     the above, and what the tests use
#   install_packages.sh runtime  the shared libraries of a built symscan
set -eu

build="ca-certificates g++ make cmake ninja-build pkg-config nlohmann-json3-dev libcli11-dev libeigen3-dev
  libsqlite3-dev libhdf5-dev libzip-dev zlib1g-dev libxxhash-dev python3-plotly"
test="libgtest-dev librandom123-dev python3 python3-jsonschema chromium sqlite3"
runtime="libsqlite3-0 libhdf5-103-1 libzip4 zlib1g libxxhash0 libstdc++6"

case "${1:-build}" in
  build) wanted=$build ;;
  test) wanted="$build $test" ;;
  runtime) wanted=$runtime ;;
  *) echo "usage: $0 build|test|runtime" >&2; exit 2 ;;
esac

missing=""
for package in $wanted; do
  [ "$package" = chromium ] && command -v chromium-browser google-chrome >/dev/null 2>&1 && continue
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q "install ok installed" || missing="$missing $package"
done
[ -z "$missing" ] && exit 0

echo "installing:$missing"
root=""
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null 2>&1; then
    echo "these packages are missing and you are neither root nor have sudo; ask an administrator for:$missing" >&2
    exit 1
  fi
  root=sudo
fi
if ! command -v apt-get >/dev/null 2>&1; then
  echo "this script knows Debian and Ubuntu (apt-get); install the equivalents of:$missing" >&2
  exit 1
fi
$root apt-get update -qq
DEBIAN_FRONTEND=noninteractive $root apt-get install -y -qq --no-install-recommends $missing
