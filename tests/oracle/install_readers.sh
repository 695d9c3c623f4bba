#!/bin/sh
# Makes virtual environments with the Python packages that oracle tests compare with, unless they are there or were tried
# before: build/readers with those that read the files of other tools, and beside them those that read ours and run exported
# models. The tests are skipped without. Returns 0 also where it cannot: no pip, no network. Takes under a minute.
#   install_readers.sh [FOLDER]
folder=${1:-build/readers}
docker/make_venv.sh "$folder" "oracle tests of file formats, which are skipped," \
  uproot awkward pyarrow pandas tables pylhe pyhepmc h5py numpy || exit 0
[ -e "$folder/.results" ] || [ -e "$folder/.results.tried" ] && exit 0
: > "$folder/.results.tried"
if "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary :all: --retries 1 --timeout 15 \
  onnx onnxruntime tensorboard phik >> "$folder.log" 2>&1; then
  : > "$folder/.results"
else
  echo "packages for oracle tests of results, which are skipped, could not be installed ($folder.log)" >&2
fi
exit 0
