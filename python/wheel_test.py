"""The wheel in a virtual environment of its own, on a PATH without compilers, from another folder: it trains, analyses, reads
and writes. Exit code 77: what makes wheels is missing.
    wheel_test.py MAKE SOURCE"""
import os
import pathlib
import subprocess
import sys
import tempfile

USE = """
import os, shutil, sys
assert not any(shutil.which(name) for name in ("c++", "g++", "cc", "cmake", "make")), "the PATH has compilers"
import numpy as np
import symscan
assert os.path.dirname(symscan.__file__).startswith(sys.prefix), symscan.__file__
run = symscan.train("circle", seeds=[1, 2, 3], latent_dim=2, beta=0.1, epochs=10, out="run")
assert run.findings.dimension.value == 1 and "1 degree of freedom" in str(run.findings)
assert run.best.encode(np.eye(2)).shape == (2, 2)
assert os.path.exists(run.report().path)
assert symscan.load_table("circle", n=10).values.shape == (10, 2)
print(symscan.__version__)
"""


def main(make, source):
    packages = pathlib.Path(source) / "build/python/bin/python"
    if not packages.exists():
        print("skipped: python/install_packages.sh has not installed what makes wheels")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "dist"
        made = subprocess.run([str(pathlib.Path(source) / "python/make_wheel.sh"), make, str(packages.parents[1]), str(out)],
                              cwd=source, capture_output=True, text=True)
        if made.returncode != 0:
            print(made.stdout, made.stderr)
            return 1
        (wheel,) = out.glob("*.whl")
        clean = pathlib.Path(folder) / "clean"
        subprocess.run([str(packages), "-m", "venv", str(clean)], check=True)
        # The packages beside the wheel are those that are installed for the tests: no network is needed.
        numpy = subprocess.run([str(packages), "-c", "import numpy; print(numpy.__path__[0])"], capture_output=True, text=True,
                               check=True).stdout.strip()
        pip = [str(clean / "bin/python"), "-m", "pip", "--disable-pip-version-check", "--quiet"]
        subprocess.run([*pip, "install", "--no-deps", "--no-index", str(wheel)], check=True)
        site = next((clean / "lib").glob("python*/site-packages"))
        for name in ("numpy", "numpy.libs"):
            original = pathlib.Path(numpy).parent / name
            if original.exists():
                os.symlink(original, site / name)
        away = pathlib.Path(folder) / "away"
        away.mkdir()
        used = subprocess.run([str(clean / "bin/python"), "-c", USE], cwd=away, env={"PATH": str(clean / "bin"), "HOME": folder})
        return used.returncode


sys.exit(main(*sys.argv[1:]))
