#!/usr/bin/env python3
"""Predicts the wall time of configs/paper/all.json on one GPU from the host's parts, measured on this machine.

usage: predict_wall.py [--program build/release/symscan] [--context SECONDS] [--rates STEPS_PER_SECOND,...]
                       [--run DIRECTORY] [--device-run DIRECTORY]

Two runs are timed by what they write into timings.json, unless their directories are given: all.json on the CPU (data,
ledger, analysis, files, report; its training is not used) and, on the emulated device, all.json with one seed and one beta
and one epoch (preparing, adding, making results; per replica, so scaled to 1200). The training itself is predicted: steps
over a rate, 2.4 to 5 million steps/s. The creation of a CUDA context, 0.4 to 0.9 s, runs beside the data.

A stage is taken as the processor time of its threads over their number, so that other work on the machine does not
count; waiting for the disk is not in it.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONFIG = ROOT / "configs/paper/all.json"
REPLICAS, STEPS, DATASETS = 1200, 2556000, 6


def train(program, out, arguments, environment=()):
    command = [program, "train", str(CONFIG), "--out", str(out), "--quiet", *arguments]
    subprocess.run(command, check=True, env={**os.environ, **dict(environment)})


def read(run):
    timings = json.loads((Path(run) / "timings.json").read_text())
    timings["stages"] = {stage["stage"]: stage for stage in timings["stages"]}
    return timings


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=str(ROOT / "build/release/symscan"))
    parser.add_argument("--context", type=float, default=0.65, help="seconds to create a CUDA context (measured on none here)")
    parser.add_argument("--rates", default="2.4e6,5e6")
    parser.add_argument("--run", help="a run directory of all.json on the CPU")
    parser.add_argument("--device-run", help="a run directory of the small sweep on the emulated device")
    options = parser.parse_args()
    program = str(Path(options.program).resolve())
    with tempfile.TemporaryDirectory() as scratch:
        host, device = options.run, options.device_run
        if host is None:
            host = Path(scratch) / "host"
            train(program, host, ["--device", "cpu"])
        if device is None:
            plugin = Path(program).parent / "libsymscan_emulated.so"
            if not plugin.exists():
                sys.exit(f"there is no {plugin}; build the target symscan_emulated")
            device = Path(scratch) / "device"
            train(program, device, ["seeds=[1]", "loss.beta=[0.1]", "train.epochs=1", "--device", "cuda", "--no-analysis",
                                    "--no-report"], {"SYMSCAN_DEVICE_PLUGIN": str(plugin)}.items())
        host, device = read(host), read(device)
    cpu = {name: stage.get("cpu_seconds", stage["seconds"]) for name, stage in host["stages"].items()}
    threads = host["threads"]
    scale = REPLICAS / device["replicas"]
    parts = device["device_seconds"]
    analysis_threads = min(threads, DATASETS)
    rows = [("data (context creation beside it)", max(cpu["data"], options.context)),
            ("training", None),
            ("ledger read", cpu["read ledger"]),
            (f"analysis, files ({analysis_threads} threads)", cpu["analysis"] / analysis_threads),
            ("report", cpu["report"])]
    rates = [float(rate) for rate in options.rates.split(",")]
    print(f"host parts measured with {threads} threads; predicted, not run on a GPU\n")
    print("| part | " + " | ".join(f"{rate / 1e6:g} M steps/s" for rate in rates) + " |")
    print("| --- |" + " ---: |" * len(rates))
    totals = [0.0] * len(rates)
    for name, seconds in rows:
        values = [STEPS / rate if seconds is None else seconds for rate in rates]
        totals = [total + value for total, value in zip(totals, values)]
        print(f"| {name} | " + " | ".join(f"{value:.2f} s" for value in values) + " |")
    print("| **wall time** | " + " | ".join(f"**{total:.2f} s**" for total in totals) + " |")
    print(f"\nbeside the training, on the host: preparing {scale * parts['prepare_beside']:.2f} s of threads' time, "
          f"adding {scale * parts['add']:.2f} s, making results {scale * parts['results']:.2f} s")


if __name__ == "__main__":
    main()
