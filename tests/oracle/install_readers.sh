#!/bin/sh
# Makes a virtual environment build/readers with the Python packages that read the files of other tools, or ours, and run
# exported models; oracle tests compare with them, and are skipped without. Does nothing if it is there, or was tried before.
# Returns 0 also where it cannot: no pip, no network. Takes under a minute.
#   install_readers.sh [FOLDER]
folder=${1:-build/readers}
packages="uproot awkward pyarrow pandas tables pylhe pyhepmc h5py numpy"
result_packages="onnx onnxruntime tensorboard phik"
[ -e "$folder/.complete" ] && exit 0
[ -e "$folder.tried" ] && exit 0
mkdir -p "$(dirname "$folder")"
: > "$folder.tried"
log="$folder.log"
install() {
  "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary :all: --retries 1 --timeout 15 \
    "$@" >> "$log" 2>&1
}
# shellcheck disable=SC2086  # lists of names
if python3 -m venv "$folder" > "$log" 2>&1 && install $packages; then
  install $result_packages ||
    echo "packages for oracle tests of results could not be installed ($log); these tests are skipped" >&2
  : > "$folder/.complete"
else
  rm -rf "$folder"
  echo "packages for oracle tests of file formats could not be installed ($log); these tests are skipped" >&2
fi
exit 0
