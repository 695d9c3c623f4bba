#!/usr/bin/env python3
"""Predicts time and cost of a large sweep in shards on several GPUs, with stragglers, starts and preemption.

    bench/scale_model.py                     prints the tables of docs/scale.md
    bench/scale_model.py --trainings 50000 --gpus 4,16 --price 2.5 --preemptions 0.1
    bench/scale_model.py --measure build/release/symscan    measures scale_inputs.json anew (minutes; run on free cores)

Measured inputs: the GPU's rates (results/gpu_*.json), what share of them a whole sweep reached, lengths of trainings, and a
sweep in shards on two processes (scale_inputs.json). Everything else is an assumption and an option. A GPU trains `slots`
replicas at one time and takes the next from its shard when one is done; with few left it is slower (measured rates of 1, 8, 132
and 1056 replicas), which is what the longest trainings of a shard cost. Shards wait in a queue and go to the GPU that is free
first. A preemption comes at random times, costs what was done since the last checkpoint, then the shard waits for a GPU and
starts anew; means over 200 runs. `mpi` is one job over all GPUs with one queue of replicas: no shard is longer than another, but
it ends, and starts again, when any GPU is lost.
"""
import argparse
import heapq
import json
import random
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
INPUTS = FOLDER / "scale_inputs.json"
GPU_RESULTS = FOLDER / "results/gpu_nvidia_h100_80gb_hbm3.json"
PARTS = ("work", "tails", "starts", "preemption", "idle")


class Gpu:
    """Rates of one GPU: steps/s of all replicas together, by how many there are."""

    def __init__(self, points, slots):
        self.points, self.slots = sorted(points), slots
        self.full = self.rate(slots)

    def slower(self, share):
        return Gpu([(x, y * share) for x, y in self.points], self.slots)

    def rate(self, active):
        below = max((x for x in self.points if x[0] <= active), default=None)
        above = min((x for x in self.points if x[0] > active), default=None)
        if below is None or above is None:
            return (below or above)[1]
        return below[1] + (above[1] - below[1]) * (active - below[0]) / (above[0] - below[0])


def read_gpu(path=GPU_RESULTS, hidden=(64, 32), tier="streamed"):
    """Three blocks share a multiprocessor where one thousand replicas were timed: so many train at one time."""
    points, slots = [], 1
    for step in json.loads(Path(path).read_text())["steps"]:
        for row in (step["result"] or {}).get("rows", []) if step["stage"] == "speed" else []:
            if row["precision"] == "fp32" and row["tier"] == tier and row["hidden"] == list(hidden) and row.get("steps_per_second"):
                at_once = min(row["replicas"], row["blocks_per_multiprocessor"] * step["result"]["multiprocessors"])
                if row["replicas"] <= 1056:
                    points.append((at_once, row["steps_per_second"]))
                slots = max(slots, at_once)
    if not points:
        sys.exit(f"{path} has no rates of {tier}, hidden layers {list(hidden)}")
    best = {}
    for at_once, rate in points:
        best[at_once] = max(rate, best.get(at_once, 0))
    return Gpu(best.items(), slots)


def training_seconds(lengths, gpu, gpus=1):
    """Seconds until all of a list of trainings (steps) are done on GPUs that take the next of the list when one is done.

    All that train at one time are equally fast, so they end in the order of their lengths plus what each of them had to wait for:
    a heap of these sums, and one clock for the progress that they have in common.
    """
    slots = gpus * gpu.slots
    active = list(lengths[:slots])
    heapq.heapify(active)
    for steps in lengths[slots:]:
        heapq.heapreplace(active, active[0] + steps)
    seconds, done = 0.0, 0.0
    for ended, end in enumerate(sorted(active)):
        left = len(active) - ended
        seconds += (end - done) * left / (gpus * gpu.rate(left / gpus))
        done = end
    return seconds


def run_shards(durations, gpus, options, rng, at_once=1):
    """Shards of these seconds on so many GPUs; `at_once`: GPUs of one shard. Seconds of GPUs by part, and the time of all.

    `away` is the part of the preemption in which there is no GPU, so that none is paid.
    """
    parts, away = dict.fromkeys(PARTS, 0.0), 0.0
    free = [(0.0, x) for x in range(gpus // at_once)]
    hazard = options.preemptions / 3600 * at_once
    for duration in durations:
        now, place = heapq.heappop(free)
        now += options.start
        parts["starts"] += options.start * at_once
        left = duration
        while hazard and (until := rng.expovariate(hazard)) < left:
            lost = min(until, rng.uniform(0, options.checkpoint))
            left -= until - lost
            now += until + options.requeue + options.start
            parts["preemption"] += (lost + options.requeue + options.start) * at_once
            away += options.requeue * at_once
        heapq.heappush(free, (now + left, place))
    end = max(free)[0]
    parts["idle"] = sum(end - x for x, _ in free) * at_once
    return parts, away, end


def predict(lengths, gpu, gpus, per_gpu, options):
    """`per_gpu`: shards per GPU, or "mpi". Means over many runs: seconds, GPU-seconds paid, cost, parts of the GPUs' time."""
    rng = random.Random(options.seed)
    at_once = gpus if per_gpu == "mpi" else 1
    shards = 1 if per_gpu == "mpi" else gpus * per_gpu
    durations = [training_seconds(lengths[x::shards], gpu, at_once) for x in range(shards)]
    work = sum(lengths) / gpu.full
    parts, paid, ends = dict.fromkeys(PARTS, 0.0), 0.0, []
    for _ in range(options.runs):
        once, away, end = run_shards(durations, gpus, options, rng, at_once)
        once["work"], once["tails"] = work, sum(durations) * at_once - work
        for name in PARTS:
            parts[name] += once[name] / options.runs
        # A GPU is given back when no shard is left for it.
        paid += (end * gpus - once["idle"] - away) / options.runs
        ends.append(end)
    return {"gpus": gpus, "shards": "mpi" if per_gpu == "mpi" else shards, "seconds": sum(ends) / len(ends),
            "nine_of_ten": sorted(ends)[len(ends) * 9 // 10], "gpu_seconds": paid, "cost": paid / 3600 * options.price, "parts": parts}


def draw_lengths(inputs, trainings, seed):
    return random.Random(seed).choices(inputs["lengths"]["steps"], k=trainings)


def share_of_rates(inputs, gpu):
    """A sweep also looks at its replicas and writes them down: its measured time against that of the rates alone."""
    sweep = inputs["gpu_sweep"]
    lengths = draw_lengths(inputs, sweep["trainings"], 1)
    scale = sweep["steps"] / sum(lengths)
    return training_seconds([x * scale for x in lengths], gpu) / sweep["seconds"]


# ---- tables

def span(seconds):
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.1f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def print_inputs(inputs, gpu, wide, share, options):
    lengths = inputs["lengths"]["steps"]
    mean, sweep = sum(lengths) / len(lengths), inputs["gpu_sweep"]
    print(f"""| input | value | measured or assumed |
|---|---|---|
| rate of a full GPU, hidden layers 64, 32 | {gpu.full / 1e6:.2f} million steps/s | measured, H100 (bench/RESULTS.md) |
| hidden layers 256, 128 | {wide.full / 1e6:.2f} million steps/s | measured, H100 |
| with one replica left | {gpu.rate(1) / 1e3:.1f} thousand steps/s | measured, H100 |
| what a sweep reaches of these rates | {100 * share:.0f} % | measured, H100: {sweep['trainings']} trainings, \
{sweep['steps'] / 1e6:.1f} million steps in {sweep['seconds']} s (bench/attempts.md); for 256, 128 assumed |
| replicas at one time | {gpu.slots} and {wide.slots} | measured, H100 (blocks per multiprocessor) |
| steps of a training | {mean:,.0f} in the mean, {min(lengths):,} to {max(lengths):,} | measured, {len(lengths)} trainings on a CPU |
| start of a shard | {options.start:g} s | assumed: 0.3 s of symscan (measured) and a scheduler with the image at hand |
| preemptions | {options.preemptions:g} per GPU and hour | assumed |
| until the shard has a GPU again | {options.requeue:g} s | assumed |
| lost at a preemption | up to {options.checkpoint:g} s | interval of checkpoints; without a warning |
| price | {options.price:g} USD per GPU and hour | assumed: list prices for an H100 in 2026 are 2 to 4 on demand, about half on spot |
""")


def print_predictions(title, rows):
    print(f"""{title}

| GPUs | shards | time, mean | 9 of 10 within | GPU-hours | cost, USD | work | tails | starts | preemption | idle |
|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|""")
    for row in rows:
        whole = sum(row["parts"].values())
        shares = " | ".join(f"{100 * row['parts'][x] / whole:.1f} %" for x in PARTS)
        print(f"| {row['gpus']} | {row['shards']} | {span(row['seconds'])} | {span(row['nine_of_ten'])} "
              f"| {row['gpu_seconds'] / 3600:.2f} | {row['cost']:.2f} | {shares} |")
    print()


def predict_check(check):
    """The measured sweep in shards on two processes, from its lengths and the rate of the same sweep in one process."""
    one = Gpu([(1, check["steps_per_second"])], 1)
    durations = [check["start"] + training_seconds(x["steps"], one) for x in check["shards"]]
    options = argparse.Namespace(start=0.0, preemptions=0.0, requeue=1.0, checkpoint=0.0)
    return run_shards(durations, check["workers"], options, random.Random(1))[2], durations


def print_check(inputs):
    check = inputs["check"]
    end, durations = predict_check(check)
    measured = [x["cpu_seconds"] for x in check["shards"]]
    busiest = max(sum(x["cpu_seconds"] for x in check["shards"] if x["worker"] == w) for w in range(check["workers"]))
    print(f"""| {check['trainings']} trainings in {len(measured)} shards on {check['workers']} processes | predicted | measured |
|---|---:|---:|
| shortest shard, processor seconds | {min(durations):.2f} | {min(measured):.2f} |
| longest shard | {max(durations):.2f} | {max(measured):.2f} |
| the process that worked longest | {end:.2f} | {busiest:.2f} |
| wall time, seconds (load {check['load']:.1f} of other programs) | - | {check['wall_seconds']:.1f} |
""")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trainings", type=int, default=1_000_000)
    parser.add_argument("--gpus", default="1,8,64")
    parser.add_argument("--shards-per-gpu", default="1,4,16")
    parser.add_argument("--start", type=float, default=30.0, help="seconds from a free GPU to the first step")
    parser.add_argument("--preemptions", type=float, default=0.05, help="per GPU and hour")
    parser.add_argument("--requeue", type=float, default=120.0, help="seconds until a preempted shard has a GPU again")
    parser.add_argument("--checkpoint", type=float, default=10.0, help="seconds between checkpoints")
    parser.add_argument("--price", type=float, default=3.0, help="USD per GPU and hour")
    parser.add_argument("--runs", type=int, default=200, help="runs of the cluster, whose means are printed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="the predictions as JSON")
    parser.add_argument("--measure", metavar="SYMSCAN")
    options = parser.parse_args()
    if options.measure:
        from scale_measure import measure
        inputs = {**json.loads(INPUTS.read_text()), **measure(options.measure)}
        INPUTS.write_text(json.dumps(inputs) + "\n")
        return
    inputs = json.loads(INPUTS.read_text())
    gpu, wide = read_gpu(), read_gpu(hidden=(256, 128), tier="cached")
    share = share_of_rates(inputs, gpu)
    lengths = draw_lengths(inputs, options.trainings, options.seed)
    counts = [int(x) for x in options.gpus.split(",")]
    ways = [int(x) for x in options.shards_per_gpu.split(",")]
    rows = [predict(lengths, gpu.slower(share), x, y, options) for x in counts for y in [*ways, *(["mpi"] if x > 1 else [])]]
    wide_rows = [predict(lengths, wide.slower(share), x, ways[0], options) for x in counts]
    if options.json:
        print(json.dumps({"rows": rows, "wide_rows": wide_rows}))
        return
    print_inputs(inputs, gpu, wide, share, options)
    print_predictions(f"Predicted: {options.trainings:,} trainings, hidden layers 64, 32", rows)
    print_predictions(f"Predicted: {options.trainings:,} trainings, hidden layers 256, 128", wide_rows)
    print_check(inputs)


if __name__ == "__main__":
    main()
