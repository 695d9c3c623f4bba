#!/usr/bin/env python3
"""What the Python module costs beside the program: the same sweep, the same files written, in turn. Prints the seconds of every
pair and the median of the ratios. Both are whole processes: start of the interpreter, import and reading of the file count.

    python_call.py PROGRAM [--pairs 7] [--seeds 24] [--json FILE]

Started with an interpreter that finds the module (PYTHONPATH=build/release/python)."""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

CALL = """
import sys, numpy as np, symscan
symscan.train(np.load("ring.npy"), latent_dim=[1, 2, 4], beta=0.1, seeds=range(1, int(sys.argv[1]) + 1), epochs=40, out="python",
              overwrite=True, progress=False)
"""


def seconds(command, folder):
    begin = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - begin


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--seeds", type=int, default=24)
    parser.add_argument("--json", type=pathlib.Path)
    given = parser.parse_args()
    import numpy as np

    program = str(given.program.resolve())
    seeds = ",".join(str(seed) for seed in range(1, given.seeds + 1))
    train = [program, "train", "--data", "ring.npy", "model.latent_dim=[1,2,4]", "loss.beta=0.1", f"seeds=[{seeds}]", "train.epochs=40",
             "--out", "program", "--overwrite", "--quiet", "--no-report", "--no-analysis"]
    call = [sys.executable, "-c", CALL, str(given.seeds)]
    environment_path = os.environ.get("PYTHONPATH", "")
    if environment_path:
        os.environ["PYTHONPATH"] = os.pathsep.join(str(pathlib.Path(x).resolve()) for x in environment_path.split(os.pathsep))
    pairs = []
    with tempfile.TemporaryDirectory() as folder:
        angle = np.random.default_rng(1).uniform(0, 2 * np.pi, 10000)
        np.save(pathlib.Path(folder) / "ring.npy", np.column_stack([np.cos(angle), np.sin(angle)]))
        for number in range(given.pairs):
            order = (train, call) if number % 2 == 0 else (call, train)
            taken = [seconds(command, folder) for command in order]
            pairs.append(tuple(taken) if number % 2 == 0 else tuple(reversed(taken)))
            print(f"program {pairs[-1][0]:.2f} s, Python {pairs[-1][1]:.2f} s", flush=True)
        same = json.loads((pathlib.Path(folder) / "program/summary.json").read_text())["replicas"]
        other = json.loads((pathlib.Path(folder) / "python/summary.json").read_text())["replicas"]
        assert [x["loss"] for x in same] == [x["loss"] for x in other], "the two trained different models"
    ratio = statistics.median(python / plain for plain, python in pairs)
    print(f"{3 * given.seeds} trainings: Python takes {100 * (ratio - 1):+.1f} % (median of {given.pairs} pairs)")
    if given.json:
        given.json.write_text(json.dumps({"pairs": pairs, "ratio": ratio, "trainings": 3 * given.seeds}) + "\n")
    return 0


sys.exit(main())
