#!/usr/bin/env python3
"""Intrinsic dimensions of the 24 benchmark manifolds of scikit-dimension, true and estimated.

    bench/dimension_manifolds.py [--program PROGRAM | --analyses RUNS] [--seeds 5] [--first-seed 0] [--points 2500] [--folder FOLDER]

Writes every manifold as NAME_sSEED.npy ([points x features], float64) to the folder and prints a table: truth, TwoNN
without correction, the calibrated estimate with its interval, and how many seeds have the right whole number. Two ways to
estimate:

--program PROGRAM  is run with all files as arguments and prints a line for each: file name, TwoNN, value, low, high.
--analyses RUNS    reads RUNS/NAME_sSEED/analysis.json instead, its field neighbour_dimension with two_nn, value, low
                   and high; what made these files is the caller's business.

Without either only the files are written. Needs scikit-dimension (pip install scikit-dimension).
"""
import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
try:
    from skdim.datasets import BenchmarkManifolds
except ImportError:
    sys.exit("dimension_manifolds.py needs scikit-dimension: pip install scikit-dimension")

TRUTH = {"M1": 10, "M2": 3, "M3": 4, "M4": 4, "M5a": 1, "M5b": 2, "M6": 6, "M7": 2, "M8": 12, "M9": 20, "M10a": 10,
         "M10b": 17, "M10c": 24, "M10d": 70, "M11": 2, "M12": 20, "M13a": 2, "M13b": 1, "Mbeta": 10, "Mn1": 18,
         "Mn2": 24, "Mp1": 3, "Mp2": 6, "Mp3": 9}


def write_manifolds(folder, seeds, points):
    """The files written, by manifold."""
    files = {name: [] for name in TRUTH}
    for seed in seeds:
        for long_name, values in BenchmarkManifolds(random_state=seed).generate(n=points).items():
            name = long_name.split("_")[0]
            path = folder / f"{name}_s{seed}.npy"
            np.save(path, np.ascontiguousarray(values, dtype=np.float64))
            files[name].append(path)
    return files


def estimates_of_program(program, paths):
    output = subprocess.run([program, *map(str, paths)], check=True, capture_output=True, text=True).stdout
    estimates = {}
    for line in output.splitlines():
        file, *numbers = line.split()
        estimates[Path(file).stem] = [float(number) for number in numbers[:4]]
    return estimates


def estimates_of_analyses(runs, paths):
    estimates = {}
    for path in paths:
        found = json.loads((runs / path.stem / "analysis.json").read_text())["neighbour_dimension"]
        estimates[path.stem] = [found[key] for key in ("two_nn", "value", "low", "high")]
    return estimates


def print_table(files, estimates):
    print("| manifold | truth | TwoNN | calibrated | interval | right |\n|---|---|---|---|---|---|")
    right, held, errors, raw_right, raw_errors = [], [], [], [], []
    for name, paths in files.items():
        truth, rows = TRUTH[name], [estimates[path.stem] for path in paths]
        means = [statistics.mean(column) for column in zip(*rows)]
        hits = [round(row[1]) == truth for row in rows]
        right += hits
        raw_right += [round(row[0]) == truth for row in rows]
        held += [row[2] <= truth <= row[3] for row in rows]
        errors += [abs(row[1] / truth - 1) for row in rows]
        raw_errors += [abs(row[0] / truth - 1) for row in rows]
        print(f"| {name} | {truth} | {means[0]:.2f} | {means[1]:.2f} | {means[2]:.2f} to {means[3]:.2f} | "
              f"{sum(hits)} of {len(hits)} |")
    print(f"\nRight: {24 * statistics.mean(right):.1f} of 24 (TwoNN {24 * statistics.mean(raw_right):.1f}); mean error "
          f"{statistics.mean(errors):.1%} (TwoNN {statistics.mean(raw_errors):.1%}); the interval holds the truth in "
          f"{statistics.mean(held):.0%}.")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", help="prints TwoNN, value, low and high of every file")
    parser.add_argument("--analyses", type=Path, help="folder of runs that hold analysis.json")
    parser.add_argument("--folder", type=Path, help="where the files go; a temporary one without")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--points", type=int, default=2500)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.folder or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        files = write_manifolds(folder, range(arguments.first_seed, arguments.first_seed + arguments.seeds), arguments.points)
        paths = [path for of_manifold in files.values() for path in of_manifold]
        if arguments.program:
            print_table(files, estimates_of_program(arguments.program, paths))
        elif arguments.analyses:
            print_table(files, estimates_of_analyses(arguments.analyses, paths))


if __name__ == "__main__":
    main()
