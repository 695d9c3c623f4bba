#!/usr/bin/env python3
"""Did a commit make training faster or slower? Builds two commits and times them against each other.

    bench/check_regression.py [--base HEAD~1] [--head HEAD] [--blocks 8] [--programs train,step] [--json FILE]

Both commits are checked out as git worktrees under build/bench_check and built there (Release, without CUDA and tests);
what is built already is used again. Then blocks of four runs alternate as base, head, head, base, or head, base, base,
head, so that a drift of the machine's speed cancels; every run is pinned to the same core. Timed are
    train     `symscan train` of configs/bench/reference.json with 8 seeds and one thread: training_seconds of timings.json
    step ...  step_bench's microseconds per step of each network, on the fastest instruction set of the machine (a run
              takes a quarter of a minute; --programs train leaves it out)
One block gives one ratio head / base (below 1: faster). Shown are the median over the blocks, its 95 % bootstrap confidence
interval, and as a control the same for base / base within the blocks, which shows what noise alone does. "faster" and
"slower" are said where the interval leaves out 1.

Exit status 0, whatever the ratio; 1 where a commit could not be built or run. The last line of output is JSON.
"""
import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from compare_symscan import ROOT, Symscan

sys.path.insert(0, str(Path(__file__).resolve().parent / "peers"))
from run_peers import write_json  # noqa: E402

FOLDER = ROOT / "build/bench_check"
DRAWS = 10000


class CannotRun(Exception):
    pass


def run(command, **options):
    result = subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)
    if result.returncode:
        text = (result.stderr.strip() or result.stdout.strip())[-2000:]
        raise CannotRun(f"{' '.join(map(str, command))}: exit status {result.returncode}\n{text}")
    return result.stdout


def build(revision, jobs):
    """The folder of the commit's programs, and its short name."""
    name = run(["git", "-C", ROOT, "rev-parse", "--short=12", "--verify", f"{revision}^{{commit}}"]).strip()
    source, binaries = FOLDER / name, FOLDER / f"{name}.build"
    if not (source / "CMakeLists.txt").exists():
        run(["git", "-C", ROOT, "worktree", "prune"])
        run(["git", "-C", ROOT, "worktree", "add", "--force", "--detach", source, name])
    print(f"building {name}", flush=True)
    run(["cmake", "-S", source, "-B", binaries, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release", "-DSYMSCAN_CUDA=OFF",
         "-DSYMSCAN_TESTS=OFF"])
    run(["cmake", "--build", binaries, "-j", jobs, "--target", "symscan", "step_bench"])
    return binaries, name


def time_once(binaries, scratch, core, programs):
    """{what: seconds or microseconds} of one run of the programs."""
    times = {}
    if "train" in programs:
        times["train"] = Symscan(binaries / "symscan", scratch, "cpu").train(8, 1, {core})["training_seconds"]
    if "step" not in programs:
        return times
    output = run([binaries / "step_bench"], preexec_fn=lambda: os.sched_setaffinity(0, {core}))
    for row in json.loads(output.strip().splitlines()[-1]):
        what = f"step {row['network']}"
        times[what] = min(times.get(what, float("inf")), row["microseconds_per_step"])
    return times


def interval(ratios, generator):
    """The median and its 95 % bootstrap confidence interval."""
    medians = sorted(statistics.median(generator.choices(ratios, k=len(ratios))) for _ in range(DRAWS))
    return {"median": statistics.median(ratios), "low": medians[int(0.025 * DRAWS)],
            "high": medians[int(0.975 * DRAWS)], "blocks": ratios}


def compare(blocks):
    """Per quantity: head / base, and the control. blocks: [{"base": [run, run], "head": [run, run]}]."""
    generator = random.Random(1)
    found = {}
    for what in blocks[0]["base"][0]:
        if not all(what in times for block in blocks for side in block.values() for times in side):
            continue  # one of the commits does not time it
        ratios, control = [], []
        for number, block in enumerate(blocks):
            base, head = ([times[what] for times in block[side]] for side in ("base", "head"))
            ratios.append(sum(head) / sum(base))
            control.append(base[1] / base[0] if number % 2 == 0 else base[0] / base[1])
        found[what] = interval(ratios, generator) | {"control": interval(control, generator)}
        low, high = found[what]["low"], found[what]["high"]
        found[what]["verdict"] = "faster" if high < 1 else "slower" if low > 1 else "no difference seen"
    return found


def print_table(found):
    print(f"\n{'':34} {'head / base':>11}  {'95 % interval':17} {'base / base':17}")
    for what, row in found.items():
        control = row["control"]
        print(f"{what:34} {row['median']:11.4f}  {row['low']:.4f} - {row['high']:.4f}   "
              f"{control['low']:.4f} - {control['high']:.4f}   {row['verdict']}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", default="HEAD~1")
    parser.add_argument("--head", default="HEAD")
    parser.add_argument("--blocks", type=int, default=8)
    parser.add_argument("--programs", default="train,step")
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--json", default=str(ROOT / "build/bench_check.json"), help="file to write")
    options = parser.parse_args()
    if options.blocks < 2:
        parser.error("--blocks must be at least 2")
    timed = set(options.programs.split(","))
    if not timed or timed - {"train", "step"}:
        parser.error("--programs takes train, step or both, separated by a comma")
    FOLDER.mkdir(parents=True, exist_ok=True)
    core = max(os.sched_getaffinity(0))
    try:
        base, base_name = build(options.base, options.jobs)
        head, head_name = build(options.head, options.jobs)
        programs = {"base": base, "head": head}
        blocks = []
        with tempfile.TemporaryDirectory(prefix="symscan_check_") as scratch:
            for program in programs.values():
                time_once(program, scratch, core, timed)
            for number in range(options.blocks):
                print(f"block {number + 1} of {options.blocks}", flush=True)
                block = {"base": [], "head": []}
                for side in ("base", "head", "head", "base") if number % 2 == 0 else ("head", "base", "base", "head"):
                    block[side].append(time_once(programs[side], scratch, core, timed))
                blocks.append(block)
    except (CannotRun, RuntimeError, OSError, ValueError) as error:
        print(f"check_regression: {error}", file=sys.stderr)
        sys.exit(1)
    found = compare(blocks)
    print_table(found)
    result = {"kind": "check_regression", "base": base_name, "head": head_name, "results": found}
    write_json(options.json, result)
    print(json.dumps({"base": base_name, "head": head_name} |
                     {what: {key: round(row[key], 4) for key in ("median", "low", "high")} for what, row in found.items()}))


if __name__ == "__main__":
    main()
