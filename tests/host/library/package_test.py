#!/usr/bin/env python3
"""The library as another project uses it: installed, found with find_package, compiled, run.

package_test.py CMAKE BUILD SOURCE FLAGS [PLUGIN]: FLAGS are compiler flags of the build (sanitizers); PLUGIN is a device
backend that takes the place of the CUDA plugin in the prefix.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile


def run(*command, **options):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\nexit code {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def check(holds, sentence):
    if not holds:
        sys.exit(f"FAILED: {sentence}")


def check_headers(include):
    headers = list(include.rglob("*.hpp"))
    check(include / "symscan/symscan.hpp" in headers, "symscan/symscan.hpp is not installed")
    for header in headers:
        for used in re.findall(r'#include [<"]([^>"]+)', header.read_text()):
            check("nlohmann" not in used and "Eigen" not in used, f"{header} includes {used}")


def check_output(text, backend):
    check(re.search(rf"trained by: {backend} ", text), f"not trained by {backend}:\n{text}")
    check(text.count("active latents") == 4, f"not four replicas:\n{text}")
    check("degrees of freedom: 1\n" in text, f"an ellipse has one degree of freedom:\n{text}")
    check("symmetry: so(2)\n" in text, f"an ellipse has one rotation:\n{text}")


def main():
    cmake, build, source, flags = sys.argv[1:5]
    plugin = sys.argv[5] if len(sys.argv) > 5 else None
    with tempfile.TemporaryDirectory(prefix="symscan-package-") as folder:
        folder = pathlib.Path(folder)
        prefix, example = folder / "prefix", folder / "example"
        run(cmake, "--install", build, "--prefix", prefix)
        check_headers(prefix / "include")
        run(cmake, "-S", pathlib.Path(source) / "docs/examples", "-B", example, "-DCMAKE_BUILD_TYPE=Release",
            f"-DCMAKE_PREFIX_PATH={prefix}", f"-DCMAKE_CXX_FLAGS={flags} -Wall -Wextra -Wshadow -Werror")
        run(cmake, "--build", example)
        environment = {key: value for key, value in os.environ.items() if key != "SYMSCAN_DEVICE_PLUGIN"}
        environment["CUDA_VISIBLE_DEVICES"] = ""
        check_output(run(example / "library", cwd=folder, env=environment), "cpu")
        if plugin is None:
            return
        # The library finds the plugin in its own prefix.
        place = prefix / "lib/symscan"
        place.mkdir(parents=True, exist_ok=True)
        shutil.copy(plugin, place / "libsymscan_cuda.so")
        check_output(run(example / "library", cwd=folder, env=environment), "cuda")


main()
