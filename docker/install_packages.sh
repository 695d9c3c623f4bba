#!/bin/sh
# Installs the Debian/Ubuntu packages that symscan needs; does nothing when they are there.
#   install_packages.sh build    compiler and libraries
#   install_packages.sh test     the above, and what the tests use
#   install_packages.sh cluster  Slurm, for tests/cluster/slurm_test.py
#   install_packages.sh bench    those of build, and what the benchmarks use
#   install_packages.sh runtime  the shared libraries of a built symscan
set -eu

build="ca-certificates g++ make cmake ninja-build pkg-config nlohmann-json3-dev libcli11-dev libeigen3-dev
  libsqlite3-dev libhdf5-dev libzip-dev zlib1g-dev libbz2-dev liblzma-dev libzstd-dev libxxhash-dev"
test="libgtest-dev libboost-context-dev librandom123-dev python3 dpkg-dev file"
# Their names differ between Debian 12, Ubuntu 24.04 and Debian 13: the first that the distribution has is taken.
runtime="libsqlite3-0 libhdf5-103-1|libhdf5-103-1t64|libhdf5-310 libzip4|libzip4t64|libzip5 zlib1g libbz2-1.0 liblzma5 libzstd1 libxxhash0 libduktape207 libstdc++6"
# Done without where a distribution has none: figures as files, or tests and benchmarks that say why they skip.
build_optional="duktape-dev node-typescript librsvg2-2"
test_optional="libopenmpi-dev openmpi-bin python3-jsonschema python3-sklearn python3-venv chromium poppler-utils python3-pil mkdocs python3-pygments"
cluster_optional="slurmctld slurmd slurm-client munge"
runtime_optional="librsvg2-2 fonts-dejavu-core"
bench_optional="libbenchmark-dev libopenblas-dev python3-venv"

optional=""
case "${1:-build}" in
  build) wanted=$build optional=$build_optional ;;
  test) wanted="$build $test" optional="$build_optional $test_optional" ;;
  cluster) wanted="" optional=$cluster_optional ;;
  bench) wanted=$build optional="$build_optional $bench_optional" ;;
  runtime) wanted=$runtime optional=$runtime_optional ;;
  *) echo "usage: $0 build|test|bench|cluster|runtime" >&2; exit 2 ;;
esac

# Both take a name or alternatives: a|b|c.
installed() {
  for name in $(echo "$1" | tr '|' ' '); do
    dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q "install ok installed" && return
  done
  return 1
}
first_available() {
  for name in $(echo "$1" | tr '|' ' '); do
    [ -z "$(apt-cache show "$name" 2>/dev/null)" ] || { echo "$name"; return; }
  done
}

missing=""
for package in $wanted; do installed "$package" || missing="$missing $package"; done
missing_optional=""
for package in $optional; do installed "$package" || missing_optional="$missing_optional $package"; done
# Nothing needed: quick, without asking the package lists. Optional packages are tried once per checkout.
tried=build/.optional-packages-${1:-build}
[ -z "$missing" ] && { [ -z "$missing_optional" ] || [ -e "$tried" ]; } && exit 0

root=""
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null 2>&1; then
    [ -z "$missing" ] && exit 0
    echo "these packages are missing and you are neither root nor have sudo; ask an administrator for:$missing" >&2
    exit 1
  fi
  root=sudo
fi
if ! command -v apt-get >/dev/null 2>&1; then
  [ -z "$missing" ] && exit 0
  echo "this script knows Debian and Ubuntu (apt-get); install the equivalents of:$missing" >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
$root apt-get update -qq
needed=""
for package in $missing; do
  name=$(first_available "$package")
  needed="$needed ${name:-$package}"  # apt-get says what is wrong with a name that nobody knows
done
available=""
for package in $missing_optional; do
  name=$(first_available "$package")
  available="$available${name:+ $name}"
done
echo "installing:$needed$available"
# shellcheck disable=SC2086  # lists of names
[ -z "$needed" ] || $root apt-get install -y -qq --no-install-recommends $needed
# shellcheck disable=SC2086
[ -z "$available" ] || $root apt-get install -y -qq --no-install-recommends $available ||
  echo "optional packages could not be installed:$available" >&2
mkdir -p build && : > "$tried"
