#!/usr/bin/env python3
"""Time, memory and sizes of sweeps of many tiny replicas.

    bench/large_runs.py SYMSCAN [--json FILE] [--most 100000]

Each is a process of its own: `train circle` with a network of four neurons and 6 steps, many seeds of one group and many
betas; and `--dry-run` of a million replicas. Peak memory is that of the process (getrusage). Copy FILE to bench/results/large_runs.json and run results_page.py.
"""
import argparse
import json
import os
import pathlib
import platform
import re
import subprocess
import tempfile
import time

TINY = {"dataset": {"kind": "circle", "n": 200}, "model": {"hidden": [4], "latent_dim": 1},
        "train": {"steps": 4, "batch_size": 64}}
SEEDS_OF_GROUP = 20


def measured(command):
    """(seconds, peak resident memory in MB) of a command that succeeds."""
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = process.stderr.read().decode("utf-8", "replace")
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command)[:300]}: exit code {process.returncode}: {errors[-500:]}")
    return time.monotonic() - start, usage.ru_maxrss / 1024


def config_file(folder, settings):
    path = folder / "sweep.json"
    path.write_text(json.dumps(TINY | settings))
    return str(path)


def train(program, settings, folder):
    out = folder / "run"
    command = [program, "train", config_file(folder, settings), "--out", str(out), "--threads", "2", "--quiet", "--overwrite"]
    seconds, megabytes = measured(command)
    found = {"seconds": seconds, "peak_mb": megabytes}
    timings = json.loads((out / "timings.json").read_text())
    found["training_seconds"] = timings["training_seconds"]
    for name in ("results.sqlite", "summary.json", "replicas.csv", "metrics.jsonl", "models.safetensors", "report.html"):
        found[name] = (out / name).stat().st_size / 1e6 if (out / name).exists() else 0.0
    return found


def measure(program, most):
    results = []
    counts = [count for count in (10_000, 100_000, 1_000_000) if count <= most]
    with tempfile.TemporaryDirectory(prefix="symscan-large-") as name:
        folder = pathlib.Path(name)
        for count in counts:
            results.append({"sweep": f"{count} seeds", "replicas": count, **train(program, {"seeds": f"1..{count}"}, folder)})
            groups = count // SEEDS_OF_GROUP
            betas = [round(0.0001 * (i + 1), 6) for i in range(groups)]
            results.append({"sweep": f"{groups} betas x {SEEDS_OF_GROUP} seeds", "replicas": count,
                            **train(program, {"loss": {"beta": betas}, "seeds": f"1..{SEEDS_OF_GROUP}"}, folder)})
        seconds, megabytes = measured([program, "train", config_file(folder, {"seeds": "1..1000000"}), "--dry-run"])
        results.append({"sweep": "1000000 seeds, --dry-run", "replicas": 1_000_000, "seconds": seconds, "peak_mb": megabytes})
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--most", type=int, default=100_000, help="replicas of the largest sweep that is trained")
    arguments = parser.parse_args()
    program = str(pathlib.Path(arguments.program).resolve())
    load = os.getloadavg()[0]
    results = measure(program, arguments.most)
    commit = subprocess.run(["git", "-C", str(pathlib.Path(__file__).parent), "rev-parse", "--short", "HEAD"],
                            capture_output=True, text=True, check=False).stdout.strip()
    cpu = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    document = {"kind": "large_runs", "commit": commit, "machine": {"cpu": cpu.group(1) if cpu else platform.machine(),
                "cores": os.cpu_count()}, "load_before": load, "results": results}
    for entry in results:
        print(f"{entry['sweep']:28} {entry['seconds']:8.1f} s {entry['peak_mb']:8.0f} MB", flush=True)
    if arguments.json:
        arguments.json.write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()
