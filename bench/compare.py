#!/usr/bin/env python3
"""How long do symscan, PyTorch and JAX take for the same training, on the same cores or the same GPU?

    bench/compare.py [--seconds 1] [--rounds 5] [--peers torch_eager,jax_scan] [--device auto|cpu|cuda] [--json FILE]

The training is configs/bench/reference.json: the network 2-64-32-4, batches of 128, Adam, the circle of 10 000 rows, beta
0.1. Peers train on the rows that `symscan generate` writes. Before it is timed, each peer trains 8 seeds to the end and
must reach symscan's loss, KL, relevances and active latents within the scatter of seeds (peers/common.py, TOLERANCE).

Then symscan and the peers train in turn, several rounds, every other round in reverse order; who waits does not compute.
Places:
    one core    every program is pinned to the same core and has one thread; one replica, and 8 at once
    all cores   8 and 64 replicas at once: symscan's threads share out the replicas, the peers stack the models (vmap)
    gpu         the peers add CUDA graphs; replicas as given by --gpu-replicas

What is timed. symscan: `training_seconds` of the real program's timings.json (compare_symscan.py says what that holds: more
than steps, so it is a slight disadvantage). Peers: the training loop alone, compiled and warm. A symscan epoch has 79
steps, the last of 16 rows; the peers drop these rows and do 78. Ratios are peer time / symscan time for one epoch of one
replica, taken in each round; the median, the smallest and the largest are shown. The spread is (slowest - fastest) /
median of the rounds. "From a standing start" counts everything once: process start, imports, compilation and 8
trainings; symscan's also holds its analysis and report.

Prints tables, writes JSON, and ends with one line of JSON on standard output. ratio_torch_vmap and ratio_jax_vmap are the
smallest of the ratios of all stacked variants and numbers of replicas, thus what the peer does best; the others are those
of one core (or GPU) and one replica. What could not be measured is null; the reason is in the file and on standard error.
"""
import argparse
import datetime
import json
import os
import platform
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from compare_peers import Peer, PeerFailed, environment, find_interpreters
from compare_symscan import ROOT, Symscan, share_of_sgemm_peak

sys.path.insert(0, str(Path(__file__).resolve().parent / "peers"))
from run_peers import MODULES, write_json  # noqa: E402

CHECK_SEEDS = list(range(1, 9))
STACKED = [name for name in MODULES if "vmap" in name]
SUMMARY = {"ratio_torch_eager": ["torch_eager"], "ratio_torch_compile": ["torch_compile"],
           "ratio_torch_vmap": [name for name in STACKED if name.startswith("torch")], "ratio_jax_scan": ["jax_scan"],
           "ratio_jax_vmap": ["jax_vmap_scan"]}


def warn(text):
    print(f"compare: {text}", file=sys.stderr, flush=True)


def run_in_scratch(measure, options, prefix):
    """measure(options, folder) with a folder that is gone afterwards, also when the program is ended."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix=prefix) as scratch:
        try:
            measure(options, scratch)
        except (RuntimeError, OSError) as error:
            warn(error)
            sys.exit(1)


def gpu_name():
    """The first GPU's name, or None."""
    try:
        names = subprocess.run(["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"], capture_output=True,
                               text=True, check=True, timeout=60).stdout.splitlines()
    except (OSError, subprocess.SubprocessError):
        return None
    return names[0].strip() if names else None


def cpu_name():
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.machine()


def commit():
    try:
        return subprocess.run(["git", "-C", str(ROOT), "describe", "--always", "--dirty"], capture_output=True, text=True,
                              check=True).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return None


def plan(device, cores, names, gpu_replicas):
    """What is compared with what: groups of programs that train the same on the same cores."""
    stacked = [name for name in names if name in STACKED and (device == "cuda" or "cuda" not in name)]
    single = [name for name in names if name not in STACKED and (device == "cuda" or "cuda" not in name)]
    if device == "cuda":
        return [{"place": "gpu", "replicas": replicas, "cores": cores, "peers": single if replicas == 1 else stacked}
                for replicas in gpu_replicas]
    one = cores[-1:]
    groups = [{"place": "one core", "replicas": 1, "cores": one, "peers": single},
              {"place": "one core", "replicas": 8, "cores": one, "peers": stacked}]
    if len(cores) == 1:
        return groups + [{"place": "one core", "replicas": 64, "cores": one, "peers": stacked}]
    return groups + [{"place": "all cores", "replicas": replicas, "cores": cores, "peers": stacked}
                     for replicas in (8, 64)]


class Comparison:
    def __init__(self, options, scratch):
        self.options, self.scratch = options, Path(scratch)
        self.end = time.monotonic() + options.budget
        cores = sorted(os.sched_getaffinity(0))
        self.groups = plan(options.device, cores, options.peers, options.gpu_replicas)
        self.cores = cores
        self.symscan = Symscan(options.symscan, scratch, options.device)
        self.peers = {}   # (place, name) -> Peer
        self.checks = []  # what each peer reached
        self.reasons = {}
        self.times = []   # [round] -> {(group index, program): turn}
        self.two_threads = []

    def give_up(self, what, reason):
        self.reasons[what] = reason
        warn(f"{what}: {reason}")

    def prepare(self):
        """Checks and compiles every peer, one after the other."""
        data = self.scratch / "circle.npy"
        self.symscan.write_dataset(data)
        interpreters = find_interpreters(self.options.peers_python)
        places = {group["place"]: group["cores"] for group in self.groups}
        for place, cores in places.items():
            runs = [self.symscan.train(len(CHECK_SEEDS), len(cores), cores, everything=True) for _ in range(3)]
            reference = self.symscan.reference()
            self.checks.append(reference | {"program": "symscan", "place": place,
                                            "standing_start_seconds": statistics.median(r["wall_seconds"] for r in runs)})
            for name in dict.fromkeys(name for group in self.groups if group["place"] == place for name in group["peers"]):
                counts = [group["replicas"] for group in self.groups if group["place"] == place and name in group["peers"]]
                try:
                    self.prepare_peer(place, cores, name, counts, interpreters, data, reference)
                except PeerFailed as error:
                    self.give_up(f"{name}, {place}", str(error))

    def prepare_peer(self, place, cores, name, counts, interpreters, data, reference):
        package = "jax" if name.startswith("jax") else "torch"
        if not interpreters[package]:
            raise PeerFailed(f"no Python with numpy and {package} (bench/install_peers.sh installs one; "
                             "SYMSCAN_PEERS_PYTHON names one)")
        left = self.end - time.monotonic() - self.options.budget / 2
        if left < 5:
            raise PeerFailed("no time left to prepare it")
        print(f"checking {name} on {place}", flush=True)
        variables = environment(cores, self.options.device, data, self.scratch / "inductor" / place.replace(" ", "_"))
        peer = Peer(name, interpreters[package], self.options.device, cores, variables)
        self.peers[place, name] = peer
        check = peer.ask({"do": "check", "seeds": CHECK_SEEDS, "reference": reference}, max(left, 60))
        seconds = time.perf_counter() - peer.started
        self.checks.append(check | {"program": name, "place": place, "standing_start_seconds": seconds})
        if check["disagreement"]:
            peer.fail(f"trains something else: {check['disagreement']}")
        for count in counts:
            answer = peer.ask({"do": "prepare", "replicas": count, "seconds": self.options.seconds}, max(left, 60))
            peer.steps_per_epoch = answer["steps_per_epoch"]

    def turn(self, group, program):
        if program == "symscan":
            return self.symscan.turn(group["replicas"], len(group["cores"]), group["cores"], self.options.seconds)
        answer = self.peers[group["place"], program].ask({"do": "turn", "replicas": group["replicas"]},
                                                         60 + 20 * self.options.seconds)
        return {"seconds": answer["seconds"] / (answer["epochs"] * group["replicas"]),
                "steps_per_epoch": self.peers[group["place"], program].steps_per_epoch}

    def alive(self, group, name):
        return (group["place"], name) in self.peers and f"{name}, {group['place']}" not in self.reasons

    def rounds(self):
        longest = 0
        for number in range(self.options.rounds):
            begin = time.monotonic()
            if number >= 2 and begin + longest > self.end:
                warn(f"the time is over after {number} of {self.options.rounds} rounds")
                break
            print(f"round {number + 1} of {self.options.rounds}", flush=True)
            turns = [(index, program) for index, group in enumerate(self.groups) for program in ["symscan", *group["peers"]]]
            found = {}
            for index, program in turns if number % 2 == 0 else reversed(turns):
                group = self.groups[index]
                if program != "symscan" and not self.alive(group, program):
                    continue
                try:
                    found[index, program] = self.turn(group, program)
                except PeerFailed as error:
                    self.give_up(f"{program}, {group['place']}", str(error))
            self.times.append(found)
            if self.options.device == "cpu" and len(self.cores) > 1:
                order = (1, 2) if number % 2 == 0 else (2, 1)
                seconds = {threads: self.symscan.turn(8, threads, self.cores[-2:], self.options.seconds)["seconds"]
                           for threads in order}
                self.two_threads.append(seconds[1] / seconds[2])
            longest = max(longest, time.monotonic() - begin)
        for (place, name), peer in self.peers.items():
            if f"{name}, {place}" not in self.reasons:
                try:
                    peer.ask({"do": "finite"}, 60)
                except PeerFailed as error:
                    self.give_up(f"{name}, {place}", str(error))

    def results(self):
        """One entry for each group and program that could be timed in every round."""
        entries = []
        for index, group in enumerate(self.groups):
            for program in ["symscan", *group["peers"]]:
                if program != "symscan" and not self.alive(group, program):
                    continue
                turns = [found[index, program] for found in self.times]
                ours = [found[index, "symscan"]["seconds"] for found in self.times]
                seconds = [turn["seconds"] for turn in turns]
                ratios = [theirs / own for theirs, own in zip(seconds, ours)]
                entry = {"place": group["place"], "cores": len(group["cores"]), "replicas": group["replicas"],
                         "program": program, "seconds_per_replica_epoch": spread_of(seconds),
                         "steps_per_second": turns[0]["steps_per_epoch"] / statistics.median(seconds),
                         "steps_per_epoch": turns[0]["steps_per_epoch"], "ratio": spread_of(ratios)}
                if program == "symscan":
                    entry["whole_process_seconds_per_replica_epoch"] = spread_of([t["wall_seconds"] for t in turns])
                    entry["backend"] = turns[0]["backend"]
                entries.append(entry)
        return entries


def spread_of(values):
    return {"median": statistics.median(values), "smallest": min(values), "largest": max(values), "rounds": values}


def print_tables(entries, checks):
    for place, replicas in dict.fromkeys((entry["place"], entry["replicas"]) for entry in entries):
        print(f"\n{place}, {replicas} replica{'s at once' if replicas > 1 else ''}")
        print(f"  {'program':30} {'steps/s':>10} {'ms per epoch':>13} {'spread':>8}   ratio to symscan (smallest - largest)")
        for entry in entries:
            if (entry["place"], entry["replicas"]) != (place, replicas):
                continue
            time_, ratio = entry["seconds_per_replica_epoch"], entry["ratio"]
            spread = (time_["largest"] - time_["smallest"]) / time_["median"]
            print(f"  {entry['program']:30} {entry['steps_per_second']:10,.0f} {1e3 * time_['median']:13.3f} "
                  f"{100 * spread:6.1f} %   {ratio['median']:.2f} ({ratio['smallest']:.2f} - {ratio['largest']:.2f})")
            if "whole_process_seconds_per_replica_epoch" in entry:
                whole = entry["whole_process_seconds_per_replica_epoch"]["median"]
                print(f"  {'  its whole process':30} {entry['steps_per_epoch'] / whole:10,.0f} {1e3 * whole:13.3f}"
                      f" {'':8}   {whole / time_['median']:.2f}")
    print(f"\n{len(CHECK_SEEDS)} trainings from a standing start, once; and what they reached (means)")
    print(f"  {'program':30} {'place':10} {'seconds':>8} {'loss':>8} {'KL':>7}  relevances")
    for check in checks:
        relevances = " ".join(f"{value:.3f}" for value in check["relevances"])
        print(f"  {check['program']:30} {check['place']:10} {check['standing_start_seconds']:8.2f} {check['loss']:8.4f} "
              f"{check['kl']:7.3f}  {relevances}{'   ' + check['disagreement'] if check.get('disagreement') else ''}")


def summarise(entries, names, device, reasons):
    """The last line of output."""
    line = {}
    for key, programs in SUMMARY.items():
        ratios = [entry["ratio"]["median"] for entry in entries if entry["program"] in programs]
        line[key] = round(min(ratios), 3) if ratios else None
        if not ratios and not set(programs) & set(names):
            reasons[key] = "not asked for (--peers)"
        elif not ratios:
            reasons[key] = "; ".join(f"{what}: {why}" for what, why in reasons.items() if what.split(",")[0] in programs)
    return line | {"share_of_sgemm_peak": None, "speedup_two_threads": None, "device": device}


def measure(options, scratch):
    load = os.getloadavg()[0]
    if load > 0.5:
        warn(f"other programs use this machine (load {load:.1f}): figures will be noisy")
    device = gpu_name() if options.device == "cuda" else f"{cpu_name()}, {len(os.sched_getaffinity(0))} cores"
    bench, share, no_share = share_of_sgemm_peak(options.cpu_bench, scratch)
    comparison = Comparison(options, scratch)
    try:
        comparison.prepare()
        comparison.rounds()
    finally:
        for peer in comparison.peers.values():
            peer.stop()
    entries, reasons = comparison.results(), comparison.reasons
    print_tables(entries, comparison.checks)
    line = summarise(entries, options.peers, device, reasons)
    line["share_of_sgemm_peak"] = share
    if share is None:
        comparison.give_up("share_of_sgemm_peak", no_share)
    if comparison.two_threads:
        line["speedup_two_threads"] = round(statistics.median(comparison.two_threads), 3)
        print(f"\nsymscan, 8 replicas, two threads against one: {line['speedup_two_threads']:.2f} times as fast")
    else:
        comparison.give_up("speedup_two_threads", "measured on CPUs with two cores or more")
    write_json(options.json, {
        "kind": "compare", "schema": 1, "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "commit": commit(), "machine": {"cpu": cpu_name(), "cores": len(os.sched_getaffinity(0)), "gpu": gpu_name()},
        "load_before": load,
        "rounds": len(comparison.times), "seconds_per_turn": options.seconds, "summary": line, "results": entries,
        "checks": comparison.checks, "two_threads": comparison.two_threads, "reasons": reasons, "cpu_bench": bench})
    print(f"\n{options.json}")
    for key, value in line.items():
        if value is None and key in SUMMARY:
            warn(f"{key} is null: {reasons[key]}")
    print(json.dumps(line), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", choices=["auto", "cpu", "cuda"], default="auto", help="auto: a GPU where there is one")
    parser.add_argument("--seconds", type=float, default=1, help="of one program's turn in a round, about")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--budget", type=float, default=540, help="seconds for everything, about")
    parser.add_argument("--peers", default=",".join(MODULES), help="names, separated by commas; none: symscan alone")
    parser.add_argument("--gpu-replicas", default="1,8,64,1056", help="numbers of replicas on a GPU")
    parser.add_argument("--symscan", default=str(ROOT / "build/release/symscan"), help="program")
    parser.add_argument("--cpu-bench", default=str(ROOT / "build/release/cpu_bench"), help="program")
    parser.add_argument("--peers-python", default=str(ROOT / "build/peers/bin/python"), help="tried after "
                        "SYMSCAN_PEERS_PYTHON and before the Python that runs this")
    parser.add_argument("--json", default=str(ROOT / "build/compare.json"), help="file to write")
    options = parser.parse_args()
    options.peers = [name for name in options.peers.split(",") if name and name != "none"]
    unknown = [name for name in options.peers if name not in MODULES]
    if unknown:
        parser.error(f"no such peer: {', '.join(unknown)}; there are {', '.join(MODULES)}")
    if options.rounds < 1 or not options.seconds > 0:
        parser.error("--rounds and --seconds must be positive")
    try:
        options.gpu_replicas = [int(text) for text in options.gpu_replicas.split(",")]
    except ValueError:
        parser.error("--gpu-replicas needs numbers, separated by commas")
    if options.device == "auto":
        options.device = "cuda" if gpu_name() else "cpu"
    run_in_scratch(measure, options, "symscan_compare_")


if __name__ == "__main__":
    main()
