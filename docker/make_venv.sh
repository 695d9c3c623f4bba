#!/bin/sh
# Makes a virtual environment with Python packages that are done without where they cannot be had (no pip, no network): then
# one line says so. Tried once per checkout.
#   make_venv.sh FOLDER WHAT PACKAGE...     "packages for WHAT"; exit status 0 where they are there
folder=$1 what=$2
shift 2
[ -e "$folder/.complete" ] && exit 0
[ -e "$folder.tried" ] && exit 1
mkdir -p "$(dirname "$folder")"
: > "$folder.tried"
log="$folder.log"
if python3 -m venv "$folder" > "$log" 2>&1 &&
  "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary :all: --retries 1 --timeout 15 \
    "$@" >> "$log" 2>&1; then
  : > "$folder/.complete"
else
  rm -rf "$folder"
  echo "packages for $what could not be installed ($log)" >&2
  exit 1
fi
