#!/usr/bin/env python3
"""What `make run` and `make build` build, with nvcc and without, and what is installed.

usage: makefile_test.py CMAKE SOURCE_DIR BUILD_DIR cuda|no-cuda      BUILD_DIR is built; Ninja and make must be there
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

cmake, source, build, cuda = sys.argv[1:]
PLUGIN = "libsymscan_cuda.so"
for tool in ("make", "ninja"):
    if shutil.which(tool) is None:
        print(f"there is no {tool}")
        sys.exit(77)
# Without the variables of a make that runs this test, and with no compiler but those that the test names.
environment = {name: value for name, value in os.environ.items() if not re.match("MAKE|MFLAGS|CUDA|NVCC", name)}


def run(*command, env=environment, cwd=source):
    done = subprocess.run(command, capture_output=True, text=True, env=env, cwd=cwd)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def expect(truth, what):
    if not truth:
        sys.exit(what)


def made_by(goal, *variables):
    """Commands that make would run, PRESET's folder does not matter."""
    return run("make", "-n", goal, *variables)


def files_of(folder, target):
    """Everything that Ninja would make for a target."""
    return run("ninja", "-C", folder, "-t", "graph", target)


def configure(folder, *options, **variables):
    return run(cmake, "-G", "Ninja", "-S", source, "-B", folder, "-DSYMSCAN_TESTS=OFF", *options, env=dict(environment, **variables))


def check_makefile():
    for goal in ("run", "build", "truth-table"):
        commands = made_by(goal)
        targets = re.findall(r"cmake --build \S+ .*--target (.*)", commands)
        expect(targets == ["programs"], f"make {goal} builds {targets}, not the target programs:\n{commands}")
        expect("-DSYMSCAN_CUDA_ARCHS=native" in commands, f"make {goal} does not compile for the GPU that is there")
    expect("-DSYMSCAN_CUDA_ARCHS=all" in made_by("build", "CUDA_ARCHS=all"), "make build CUDA_ARCHS=all does not pass it on")


def check_build(folder, with_plugin):
    files = files_of(folder, "programs")
    expect(re.search(r'label="symscan"', files), "the target programs does not make symscan")
    expect((PLUGIN in files) == with_plugin,
           f"the target programs {'does not make' if with_plugin else 'makes'} {PLUGIN} ({folder})")


def places_of_nvcc():
    """Folders that CMake must not look into to find none."""
    places = os.environ["PATH"].split(":") + ["/usr/local/cuda/bin", "/opt/cuda/bin", "/usr/local/bin", "/usr/bin", "/bin"]
    places = [place for place in places if os.path.exists(os.path.join(place, "nvcc"))]
    for place in places:
        if any(os.path.exists(os.path.join(place, tool)) for tool in ("ninja", "c++", "pkg-config")):
            print(f"{place} has nvcc and what else a build needs: it cannot be hidden from CMake")
            sys.exit(77)
    return places


def check_compilers():
    """One build folder: no nvcc, one that does not work, then the machine's own, then other architectures."""
    with tempfile.TemporaryDirectory() as folder:
        output = configure(folder, "-DCMAKE_IGNORE_PATH=" + ";".join(places_of_nvcc()))
        expect("no nvcc" in output, "a folder without nvcc could not be configured:\n" + output)
        check_build(folder, False)
        broken = os.path.join(folder, "broken-nvcc")
        with open(broken, "w") as file:
            file.write("#!/bin/sh\nexit 1\n")
        os.chmod(broken, 0o755)
        expect("does not compile" in configure(folder, CUDACXX=broken), "a broken nvcc is not told")
        check_build(folder, False)
        if cuda != "cuda":
            return
        # nvcc is installed later, off the PATH where it is in its usual place.
        configure(folder, "-DCMAKE_IGNORE_PATH=", "-DSYMSCAN_CUDA_ARCHS=80")
        check_build(folder, True)
        rules = open(os.path.join(folder, "build.ninja")).read()
        expect("compute_80" in rules and "compute_90" not in rules, "SYMSCAN_CUDA_ARCHS=80 is not what is compiled")
        configure(folder, "-DSYMSCAN_CUDA_ARCHS=90")
        rules = open(os.path.join(folder, "build.ninja")).read()
        expect("compute_90" in rules and "compute_80" not in rules, "another SYMSCAN_CUDA_ARCHS does not change what is compiled")


def check_installation():
    with tempfile.TemporaryDirectory() as prefix:
        run(cmake, "--install", build, "--prefix", prefix)
        doctor = run(os.path.join(prefix, "bin/symscan"), "doctor",
                     env={name: value for name, value in environment.items() if name != "SYMSCAN_DEVICE_PLUGIN"})
        plugin = os.path.join(os.path.realpath(prefix), "lib/symscan", PLUGIN)
        if cuda == "cuda":
            expect(f"({plugin})" in doctor, f"the installed program does not find {plugin}:\n{doctor}")
        else:
            expect("cuda: not used" in doctor, doctor)


check_makefile()
check_build(build, cuda == "cuda")
check_compilers()
check_installation()
print("make run and make build build what a user runs")
