#!/bin/sh
# Checks and times symscan on a GPU machine, from inside a bundle (gpu/make_bundle.sh).
#   ./run_gpu_checks.sh [--budget SECONDS]     default 330
# What is done, what is written where, and the exit status: checks/run_checks.py, or --help.
if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 9))' 2> /dev/null; then
  echo "run_gpu_checks.sh needs python3, 3.9 or newer: install it and start again" >&2
  exit 2
fi
here=$(dirname "$0")
if [ ! -e "$here/lib" ] && [ -e "$here/lib.tar.gz" ]; then
  rm -rf "$here/lib.part"
  if ! { mkdir "$here/lib.part" && tar -xzf "$here/lib.tar.gz" -C "$here/lib.part" && mv "$here/lib.part/lib" "$here/lib"; }; then
    echo "the bundle's libraries cannot be unpacked: put it into a folder that you may write to" >&2
    exit 2
  fi
  rmdir "$here/lib.part"
fi
PYTHONDONTWRITEBYTECODE=1 exec python3 "$here/checks/run_checks.py" "$@"
