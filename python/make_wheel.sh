#!/bin/sh
# A wheel of the module that the build folder holds, with the shared libraries that it needs beside it.
#   make_wheel.sh BUILD VENV OUT
set -eu
build=$(cd "$1" && pwd) venv=$2 out=$3
[ -e "$venv/.complete" ] || { echo "$venv lacks the packages that make wheels: python/install_packages.sh tells why" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$venv/bin/python" -m pip wheel . --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir "$work/plain" \
  -C "cmake.define.SYMSCAN_PREBUILT=$build" -C "build-dir=$work/build"
# Copies the libraries of this distribution into the wheel. NVIDIA's driver is opened when the module runs, not linked.
PATH="$(cd "$venv/bin" && pwd):$PATH" "$venv/bin/python" -m auditwheel repair --wheel-dir "$work/whole" "$work"/plain/*.whl > "$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
mkdir -p "$out"
rm -f "$out"/symscan-*.whl
cp "$work"/whole/*.whl "$out"
ls "$out"/symscan-*.whl
