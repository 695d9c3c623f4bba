"""The Python packages that read the files of other tools and run exported models, from this interpreter or from build/readers
(install_readers.sh)."""
import importlib.util
import os
import pathlib
import sys

READERS = pathlib.Path(__file__).resolve().parents[2] / "build/readers/bin/python"


def need(*packages):
    """Goes on with the interpreter of build/readers, or ends with exit code 77, if a package is missing here. symscan, when it
    is started from here, uses the same packages."""
    missing = [name for name in packages if importlib.util.find_spec(name) is None]
    if missing and READERS.exists() and pathlib.Path(sys.prefix).resolve() != READERS.parent.parent:
        os.execv(READERS, [str(READERS), *sys.argv])
    if missing:
        print(f"skipped: the Python packages {', '.join(missing)} are not installed; tests/oracle/install_readers.sh installs them")
        sys.exit(77)
    os.environ["SYMSCAN_PYTHON"] = sys.executable
