#!/bin/bash
# Installs what `make bench` compares symscan with, PyTorch and JAX, into a Python virtual environment:
#   bench/install_peers.sh [DIRECTORY]      default build/peers; nothing is done where it is complete
# What an interpreter of SYMSCAN_PEERS_PYTHON (several are separated by colons) or python3 can import is not installed
# again. Exit status 1 where something is missing; the benchmark then goes on without it.
set -uo pipefail

directory=${1:-build/peers}
python=$directory/bin/python
log=$directory.log
mkdir -p "$(dirname "$directory")"
IFS=: read -r -a interpreters <<< "${SYMSCAN_PEERS_PYTHON:-}:python3:$python"

# Whether one interpreter has the package together with numpy.
have() {
  local interpreter
  for interpreter in "${interpreters[@]}"; do
    [ -n "$interpreter" ] && "$interpreter" -c "import numpy, $1" > /dev/null 2>&1 && return
  done
  return 1
}

fail() {
  echo "install_peers: $1 (see $log)" >&2
  tail -n 3 "$log" >&2
}

missing=""
for package in torch jax; do have $package || missing+=" $package"; done
[ -z "$missing" ] && exit 0

echo "installing into $directory:$missing"
if [ ! -x "$python" ] || ! "$python" -m pip --version > /dev/null 2>&1; then
  if ! python3 -m venv --clear "$directory" > "$log" 2>&1; then
    fail "no virtual environment could be made; on Debian and Ubuntu the package python3-venv does that"
    exit 1
  fi
fi

gpu=""
[ -n "$(command -v nvidia-smi)" ] && nvidia-smi -L > /dev/null 2>&1 && gpu=yes
install() { "$python" -m pip install --quiet --disable-pip-version-check "$@" >> "$log" 2>&1; }

status=0
install numpy || { fail "numpy could not be installed"; status=1; }
for package in $missing; do
  case $package in
    torch)
      # The small build without CUDA where there is no GPU and its index answers, else the one of the default index.
      { [ -z "$gpu" ] && install --retries 0 --timeout 15 --index-url https://download.pytorch.org/whl/cpu torch; } ||
        install torch || { fail "PyTorch could not be installed"; status=1; } ;;
    jax)
      { [ -n "$gpu" ] && install 'jax[cuda12]'; } || install jax || { fail "JAX could not be installed"; status=1; } ;;
  esac
done
exit $status
