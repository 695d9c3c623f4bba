#!/usr/bin/env python3
"""bench/scale_model.py: nothing of the work or of the GPUs' time is lost, the same numbers each time, the tables of docs/scale.md."""
import argparse
import json
import pathlib
import random
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench"))
import scale_model as model  # noqa: E402  after the path

problems = []


def expect(condition, text):
    if not condition:
        problems.append(text)


def near(a, b, tolerance=1e-9):
    return abs(a - b) <= tolerance * max(abs(a), abs(b))


def tick_by_tick(lengths, gpu):
    """The same as training_seconds, another way: what is left of each replica, from one end to the next."""
    waiting, left, seconds = list(lengths), [], 0.0
    while waiting or left:
        while waiting and len(left) < gpu.slots:
            left.append(waiting.pop(0))
        each = gpu.rate(len(left)) / len(left)
        step = min(left)
        seconds += step / each
        left = [x - step for x in left if x - step > 1e-9]
    return seconds


def check_gpu():
    gpu = model.Gpu([(1, 20.0), (4, 60.0), (10, 100.0)], 8)
    rng = random.Random(3)
    for count in (1, 5, 8, 9, 200):
        lengths = [rng.uniform(1, 50) for _ in range(count)]
        expect(near(model.training_seconds(lengths, gpu), tick_by_tick(lengths, gpu), 1e-6), f"{count} trainings: another time")
        expect(model.training_seconds(lengths, gpu) >= sum(lengths) / gpu.full, f"{count} trainings: faster than a full GPU")
    expect(near(model.training_seconds([3, 4, 5], model.Gpu([(1, 2.0)], 1)), 6.0), "one replica at a time: not the sum of its steps")
    read = model.read_gpu()
    expect(read.slots == 396 and 3e6 < read.full < 4e6 and 2e4 < read.rate(1) < 2.5e4, f"rates of the GPU: {read.points}")


def options(**more):
    return argparse.Namespace(**{"start": 30.0, "preemptions": 0.5, "requeue": 120.0, "checkpoint": 10.0, "price": 3.0, "seed": 1,
                                 "runs": 20, **more})


def check_cluster():
    gpu = model.Gpu([(1, 10.0), (8, 50.0)], 8)
    lengths = random.Random(5).choices([100, 1000, 5000], k=4000)
    for ways in (1, 4, "mpi"):
        row = model.predict(lengths, gpu, 4, ways, options())
        expect(near(sum(row["parts"].values()), 4 * row["seconds"]), f"{ways}: parts are not the GPUs' time")
        expect(near(row["parts"]["work"], sum(lengths) / gpu.full), f"{ways}: work was lost")
        expect(all(x >= -1e-6 for x in row["parts"].values()), f"{ways}: a part is negative: {row['parts']}")
        expect(row["gpu_seconds"] <= 4 * row["seconds"] * (1 + 1e-9), f"{ways}: more is paid than the GPUs' time")
        calm = model.predict(lengths, gpu, 4, ways, options(preemptions=0.0))
        expect(calm["seconds"] < row["seconds"] and calm["cost"] < row["cost"], f"{ways}: preemption costs nothing")
        expect(calm["parts"]["preemption"] == 0, f"{ways}: preemption without preemptions")
    alone = model.predict(lengths, gpu, 1, 1, options(preemptions=0.0))
    expect(near(alone["seconds"], 30 + model.training_seconds(lengths, gpu)), "one shard on one GPU: not its start and its training")


def tables(*arguments):
    done = subprocess.run([sys.executable, ROOT / "bench/scale_model.py", *arguments], capture_output=True, text=True, check=True)
    return done.stdout


def check_output():
    small = ["--trainings", "3000", "--runs", "5", "--json"]
    first = tables(*small)
    expect(first == tables(*small), "two runs differ")
    expect(json.loads(first)["rows"] != json.loads(tables(*small, "--seed", "2"))["rows"], "the seed changes nothing")
    page = (ROOT / "docs/scale.md").read_text()
    expect(f"<!-- bench/scale_model.py -->\n{tables().strip()}\n<!-- end -->" in page,
           "docs/scale.md does not hold what bench/scale_model.py prints")


def check_measured():
    inputs = json.loads(model.INPUTS.read_text())
    check = inputs["check"]
    end, _ = model.predict_check(check)
    busiest = max(sum(x["cpu_seconds"] for x in check["shards"] if x["worker"] == w) for w in range(check["workers"]))
    expect(near(end, busiest, 0.25), f"two processes: predicted {end:.1f} s, measured {busiest:.1f}")


check_gpu()
check_cluster()
check_measured()
check_output()
print("\n".join(problems) or "the model loses nothing, and its page is up to date")
sys.exit(1 if problems else 0)
