#!/usr/bin/env python3
"""Binaries run no code from the current directory and are hardened.

hardening_test.py PROGRAM [--plain] BINARY...

PROGRAM is started in a folder with libraries of the names that it loads; none of them may run. Of every BINARY the
dynamic section is read. --plain: built with a sanitizer, without the flags of the hardening.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

HOSTILE = """
#include <stdio.h>
__attribute__((constructor)) static void run(void) { FILE* f = fopen("taken", "w"); if (f) fclose(f); }
"""


def readelf(option, binary):
    return subprocess.run(["readelf", option, "-W", binary], capture_output=True, text=True, check=True).stdout


def search_path_faults(binary):
    """Entries of RPATH and RUNPATH that are empty or relative."""
    faults = []
    for kind, entries in re.findall(r"\((RPATH|RUNPATH)\).*\[(.*)\]", readelf("-d", binary)):
        for entry in entries.split(":"):
            if not entry.startswith(("/", "$ORIGIN")):
                faults.append(f"{binary}: {kind} has the entry '{entry}' in '{entries}'")
    return faults


def hardening_faults(binary):
    dynamic, segments = readelf("-d", binary), readelf("-l", binary)
    symbols = readelf("--dyn-syms", binary)
    wanted = {
        "bound at start (BIND_NOW)": "BIND_NOW" in dynamic or re.search(r"FLAGS_1.*NOW", dynamic),
        "position independent": "DYN" in readelf("-h", binary),
        "read-only relocations": "GNU_RELRO" in segments,
        "a stack that is not executable": re.search(r"GNU_STACK.*RW ", segments),
        "stack protector": "__stack_chk_fail" in symbols,
    }
    return [f"{binary}: not {what}" for what, found in wanted.items() if not found]


def hostile_folder_faults(program):
    needed = re.findall(r"\(NEEDED\).*\[(.*)\]", readelf("-d", program))
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("c++")
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, "hostile.c")
        with open(source, "w") as file:
            file.write(HOSTILE)
        library = os.path.join(folder, "hostile.so")
        subprocess.run([compiler, "-x", "c", "-shared", "-fPIC", "-o", library, source], check=True)
        for name in [*needed, "libsymscan_cuda.so", "libcuda.so.1", "libcublas.so.13", "libcublasLt.so.13"]:
            shutil.copy(library, os.path.join(folder, name))
        environment = {key: value for key, value in os.environ.items()
                       if key not in ("LD_LIBRARY_PATH", "SYMSCAN_DEVICE_PLUGIN", "LD_PRELOAD")}
        for arguments in (["--version"], ["doctor"]):
            status = subprocess.run([program, *arguments], cwd=folder, env=environment, capture_output=True).returncode
            if status != 0 or os.path.exists(os.path.join(folder, "taken")):
                return [f"{program} {arguments[0]} ran a library of the current directory"]
    return []


def main():
    arguments = sys.argv[1:]
    plain = "--plain" in arguments
    program, *binaries = [os.path.abspath(argument) for argument in arguments if argument != "--plain"]
    if shutil.which("readelf") is None:
        print("readelf (package binutils) is missing")
        return 77
    faults = [] if plain else hostile_folder_faults(program)
    for binary in [program, *binaries]:
        faults += search_path_faults(binary)
        if not plain:
            faults += hardening_faults(binary)
    print("\n".join(faults) or f"{1 + len(binaries)} binaries are as they should be")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
