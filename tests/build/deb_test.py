"""The Debian package: its fields, and its files unpacked into an empty directory tree, where the program trains and the
manual page and the headers lie. Exit code 77: a tool of Debian is missing.
    deb_test.py CPACK BUILD"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile


def main(cpack, build):
    for tool in ("dpkg-deb", "dpkg-shlibdeps"):
        if shutil.which(tool) is None:
            print(f"skipped: there is no {tool} (package dpkg-dev)")
            return 77
    with tempfile.TemporaryDirectory() as folder:
        made = subprocess.run([cpack, "--config", f"{build}/CPackConfig.cmake", "-B", folder], capture_output=True, text=True)
        if made.returncode != 0:
            print(made.stdout, made.stderr)
            return 1
        (package,) = pathlib.Path(folder).glob("*.deb")
        depends = subprocess.run(["dpkg-deb", "--field", package, "Depends"], capture_output=True, text=True, check=True).stdout
        for library in ("libsqlite3-0", "libhdf5", "libzip", "libc6"):
            assert library in depends, depends
        root = pathlib.Path(folder) / "root"
        subprocess.run(["dpkg-deb", "--extract", package, root], check=True)
        for file in ("usr/bin/symscan", "usr/lib/libsymscan.so.0.2", "usr/include/symscan/symscan.hpp",
                     "usr/lib/cmake/symscan/symscanConfig.cmake"):
            assert (root / file).exists(), f"{file} is not in the package"
        files = [str(path.relative_to(root)) for path in root.rglob("*") if not path.is_dir()]
        assert all(file.startswith("usr/") for file in files), files
        assert any(file.endswith("man1/symscan.1") or file.endswith("man1/symscan.1.gz") for file in files), files
        assert not any("_core" in file for file in files), "the Python module is in the package"
        away = pathlib.Path(folder) / "away"
        away.mkdir()
        program = [str(root / "usr/bin/symscan")]
        environment = {"PATH": "/usr/bin:/bin", "HOME": folder}
        subprocess.run([*program, "doctor"], cwd=away, env=environment, check=True)
        subprocess.run([*program, "train", "circle", "train.epochs=2", "seeds=[1]", "--quiet"], cwd=away, env=environment, check=True)
        assert (away / "runs/circle/report.html").exists()
    return 0


sys.exit(main(*sys.argv[1:]))
