#!/usr/bin/env python3
"""cmake/cuda_architectures.cmake with an nvidia-smi and an nvcc made for the test.

usage: architectures_test.py CMAKE SOURCE_DIR
"""
import os
import subprocess
import sys
import tempfile
import time

cmake, source = sys.argv[1:]
NEW = "sm_75 sm_80 sm_86 sm_89 sm_90 sm_100 sm_103 sm_120"


def script(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w") as file:
        file.write("#!/bin/sh\n" + text + "\n")
    os.chmod(path, 0o755)
    return path


def architectures(smi=None, wanted="native", known=NEW, detected=""):
    """Exit code, last line of the output. `smi` is a shell command; None: there is no nvidia-smi."""
    with tempfile.TemporaryDirectory() as folder:
        nvcc = script(folder, "nvcc", "for code in %s; do echo $code; done" % known)
        script(folder, "nvidia-smi", smi or "exit 127")
        run = subprocess.run([cmake, "-DWANTED=" + wanted, "-DNVCC=" + nvcc, "-DDETECTED=" + detected, "-DPATIENCE=1", "-P",
                              os.path.join(source, "cmake/cuda_architectures.cmake")],
                             env=dict(os.environ, PATH=folder + ":" + os.environ["PATH"]), capture_output=True, text=True)
        lines = run.stdout.strip().splitlines()
        return run.returncode, lines[-1] if lines else "", run.stdout + run.stderr


def expect(wanted_list, **how):
    code, line, output = architectures(**how)
    if code != 0 or line != wanted_list:
        sys.exit(f"{how}: '{line}' (exit code {code}) instead of '{wanted_list}'\n{output}")


expect("90")
expect("90", smi="echo NVIDIA-SMI has failed; exit 9")
expect("90", smi="echo 'No devices were found'")
expect("80", smi="echo 8.0")
expect("90", smi="echo 9.0; echo 9.0; echo 9.0")
expect("80-real;120", smi="echo 12.0; echo 8.0")
expect("100", smi="echo 10.0; echo 6.1")                   # one too old for symscan
expect("90", smi="echo 6.1")
expect("120", smi="echo 12.1")                             # machine code of 12.0 runs there
expect("89", smi="echo 10.0", known="sm_80 sm_86 sm_89")   # nvcc is older than the GPU
expect("80-real;90-real;100-real;120", wanted="all")
expect("80-real;90", wanted="all", known="sm_80 sm_86 sm_90")
expect("80;90", wanted="80,90")
expect("80;90a-real", wanted="sm_80 90a-real")
expect("80", detected="80")                                # the GPU of an earlier time is away
expect("90", detected="80", smi="echo 9.0")

start = time.time()
expect("90", smi="sleep 60 & sleep 60")
if time.time() - start > 30:
    sys.exit("a nvidia-smi that hangs was waited for")

code, _, output = architectures(wanted="newest")
if code == 0 or "CUDA_ARCHS is 'newest'" not in output:
    sys.exit("an architecture that is none was not refused: " + output)
print("architectures follow the GPUs")
