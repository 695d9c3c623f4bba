#!/bin/sh
# Checks and times symscan on a GPU machine, from inside a bundle (gpu/make_bundle.sh).
#   ./run_gpu_checks.sh [--budget SECONDS]     default 330
# What is done, what is written where, and the exit status: checks/run_checks.py, or --help.
if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 9))' 2> /dev/null; then
  echo "run_gpu_checks.sh needs python3, 3.9 or newer: install it and start again" >&2
  exit 2
fi
PYTHONDONTWRITEBYTECODE=1 exec python3 "$(dirname "$0")/checks/run_checks.py" "$@"
