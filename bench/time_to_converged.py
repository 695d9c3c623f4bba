#!/usr/bin/env python3
"""How long until the relevances are what they will be? symscan against the best that PyTorch and JAX are found to do.

    bench/time_to_converged.py [--program build/release/symscan] [--json build/time_to_converged.json] [--quick]

Problems: circle (1 latent), ee_mumu (2), pp_zmumu (6; configs/data, both muons' E, px, py, pz), of 10 000, 10 000 and
5 000 rows, standardised; beta 0.1, loss kind sum, layers 64 and 32, batches of 128, four seeds at once, all cores.

The target of a seed: every relevance (per-latent KL over all rows, sorted) is within 0.02 nats of its value at the end of
the longest training of the same program, setting and seed, and the loss within 1 % of the lowest that any program ended
with. The loss is the mean over 16 samples of z per row, the same for all programs. A seed that is not there at the end of
its longest training does not count; "seeds" says how many do. The time is that of the first look that finds all of these
at the target. So programs are told when to stop, which nobody knows beforehand. "By the rule" does without: it ends when a
round twice as long changed no relevance by more than 0.02 nats and the loss by less than 1 %, for each seed. That is
symscan's default.

Timed is everything from the start of the process: imports, data, compilation (nothing is kept between processes), steps.
symscan: the whole process, relevances and files written, without analysis and report. Peers: until the steps are done;
their looks at relevances are not counted, which is a slight advantage. Processor seconds (user + system, all threads) tell
what a machine without other programs would make of it.

Settings of peers (peers/schedules.py): symscan's rounds, constant 1e-3, cosine from 1e-2. First each is trained once to the
end. The best, that with most seeds at the target, then the fastest, is timed again in turn with symscan; the least of the
times counts. Constant and cosine are trained half as long as rounds at most: what takes longer is not the best. A cosine's
length has to be known, so lengths are halved until one misses the target; only the time of that one training counts.
JAX gets a process with one thread for every core, each with its share of the seeds; PyTorch one process with one thread:
these are the fastest ways found (converged_programs.py). Peers use gelu's approximation by tanh, drop the rows that fill no
batch, and start with their own random numbers.
Single models in a loop are left out: bench/compare.py finds them slower than stacked ones.
"""
import argparse
import datetime
import json
import os
import statistics
import time
from pathlib import Path

from compare import commit, cpu_name, run_in_scratch, warn
from compare_peers import PeerFailed, find_interpreters
from converged_programs import PROBLEMS, ROOT, Peer, Symscan
from convergence import arriving, at_target, best, first_at_target, first_settled
from peers.run_peers import write_json
from peers.schedules import SETTINGS

PEERS = ("jax_vmap_scan", "torch_vmap_compile")


def timed(looks):
    """steps, seconds and processor seconds of a look; None of None."""
    return looks and {key: looks[key] for key in ("steps", "seconds", "cpu_seconds")}


def count_at_target(look, looks, lowest):
    """How many seeds the look finds at the target; looks: of their longest training."""
    return sum(at_target(look, seed, looks[-1], lowest) for seed in range(len(look["losses"]))) if look else 0


class Comparison:
    """One problem. found: what the file says of it, complete after every step."""

    def __init__(self, options, name, scratch, end):
        self.options, self.name, self.scratch, self.end = options, name, scratch, end
        self.symscan = Symscan(options.program, scratch)
        self.data = self.symscan.write_rows(name)
        self.interpreters = find_interpreters(options.peers_python)
        self.trainings, self.reasons = {}, {}  # {program: {setting: looks}}, {"program, setting": text}
        self.own = None

    def give_up(self, program, setting, reason):
        self.reasons[f"{program}, {setting}"] = reason
        warn(f"{self.name}: {program}, {setting}: {reason}")

    def explore(self):
        """Every training to its end. Where time is over, settings other than rounds are left out."""
        print(f"{self.name}: symscan to the end", flush=True)
        self.trainings["symscan"] = {"rounds": self.symscan.rounds(self.name, self.data, self.options.longest)}
        for peer in self.options.peers:
            for setting in SETTINGS:
                try:
                    self.explore_peer(peer, setting)
                except PeerFailed as error:
                    self.give_up(peer, setting, str(error))

    def peer(self, name):
        package = name.split("_")[0]
        if not self.interpreters[package]:
            raise PeerFailed(f"no Python with numpy and {package} (bench/install_peers.sh installs one)")
        return Peer(name, self.interpreters[package], self.name, self.data, self.scratch)

    def explore_peer(self, name, setting):
        peer, known = self.peer(name), self.trainings.setdefault(name, {})
        longest = self.options.longest if setting == "rounds" else self.options.longest // 2
        left = self.end - time.monotonic()
        if setting != "rounds" and ("rounds" not in known or known["rounds"][-1]["seconds"] / 2 > left):
            raise PeerFailed("no time left to try it")
        print(f"{self.name}: {name}, {setting}, {longest} steps", flush=True)
        looks = peer.train(setting, longest, longest, max(left, 600))
        while setting == "cosine" and self.worth_halving(looks, longest):
            longest //= 2
            print(f"{self.name}: {name}, {setting}, {longest} steps", flush=True)
            looks = peer.train(setting, longest, longest, max(left, 600)) + looks
        known[setting] = looks

    def worth_halving(self, looks, longest):
        seeds = arriving(looks, self.lowest(looks))
        shortest = all(at_target(looks[0], seed, looks[-1], self.lowest(looks)) for seed in seeds)
        return seeds and shortest and longest // 2 >= 1000 and time.monotonic() < self.end

    def lowest(self, *more):
        """The lowest loss that any training ended with."""
        ended = [looks for settings in self.trainings.values() for looks in settings.values()] + list(more)
        return min(loss for looks in ended for loss in looks[-1]["losses"])

    def measure(self):
        """Symscan and the best of each peer in turn."""
        lowest = self.lowest()
        chosen = {name: best(self.trainings[name], lowest) for name in self.trainings if name != "symscan"}
        targets = {name: first_at_target(self.trainings[name][setting], lowest) for name, setting in chosen.items() if setting}
        own = first_at_target(self.trainings["symscan"]["rounds"], lowest)
        self.own = {"target": [timed(own)] if own else [], "rule": []}
        self.times = {name: [timed(look)] for name, look in targets.items()}
        for repeat in range(self.options.repeats):
            print(f"{self.name}: timing, {repeat + 1} of {self.options.repeats}", flush=True)
            self.own["rule"].append(self.symscan.train(self.name, {"max_steps": self.options.longest}))
            self.ends = self.symscan.look(self.name, self.data)
            if own and repeat:
                fixed = {"max_steps": own["steps"], "tolerance": 0}
                self.own["target"].append({"steps": own["steps"]} | self.symscan.train(self.name, fixed))
            for name, look in targets.items() if repeat else ():
                self.repeat_peer(name, chosen[name], look["steps"])
        return self.summary(lowest, chosen)

    def repeat_peer(self, name, setting, steps):
        longest = self.options.longest if setting == "rounds" else self.options.longest // 2
        try:
            length = steps if setting == "cosine" else longest
            self.times[name].append(timed(self.peer(name).train(setting, length, steps, 600)[-1]))
        except PeerFailed as error:
            self.give_up(name, f"{setting}, timed again", str(error))

    def summary(self, lowest, chosen):
        programs = [self.entry("symscan", "rounds", lowest, True)]
        programs[0] |= {"times": self.own["target"], "rule_times": self.own["rule"], "rule_ends": self.ends}
        programs[0]["rule_at_target"] = count_at_target(self.ends, self.trainings["symscan"]["rounds"], lowest)
        for name, setting in chosen.items():
            for other in self.trainings[name]:
                entry = self.entry(name, other, lowest, other == setting)
                if other == setting:
                    entry["times"] = self.times[name]
                programs.append(entry)
        return {"name": self.name, "rows": self.data[1], "features": self.data[2],
                "latents": PROBLEMS[self.name]["latents"], "lowest_loss": lowest, "programs": programs,
                "reasons": self.reasons}

    def entry(self, program, setting, lowest, is_best):
        looks = self.trainings[program][setting]
        target = first_at_target(looks, lowest)
        entry = {"program": program, "setting": setting, "best": is_best, "seeds": len(arriving(looks, lowest)),
                 "longest_steps": looks[-1]["steps"], "looks": looks, "target_steps": target and target["steps"],
                 "times": []}
        if program != "symscan":
            entry["times"] = [timed(target)] if target else []
            rule = first_settled(looks) if setting == "rounds" else None
            entry |= {"rule_times": [timed(rule)] if rule else [], "rule_at_target": count_at_target(rule, looks, lowest)}
        return entry


def least(times, what="seconds"):
    return min((one[what] for one in times), default=None)


def print_table(problem):
    print(f"\n{problem['name']}: {problem['latents']} latents, lowest loss {problem['lowest_loss']:.4f}")
    print(f"  {'program':20} {'setting':10} {'seeds':>5} {'steps':>7} {'seconds':>8} {'processor s':>12} {'by the rule':>12}")
    for entry in problem["programs"]:
        figures = [least(entry["times"]), least(entry["times"], "cpu_seconds"), least(entry.get("rule_times", []))]
        seconds, cpu, rule = ["-" if value is None else f"{value:.1f}" for value in figures]
        print(f"  {entry['program']:20} {entry['setting']:10} {entry['seeds']:5} {entry['target_steps'] or '-':>7} "
              f"{seconds:>8} {cpu:>12} {rule:>12}{'  best' if entry['best'] else ''}", flush=True)


def ratios(problems):
    """{peer: geometric mean over the problems of its best time / symscan's}; None where one of them has none."""
    found = {}
    for problem in problems:
        own = least(problem["programs"][0]["times"])
        for entry in problem["programs"][1:]:
            if entry["best"] and own:
                found.setdefault(entry["program"], []).append(least(entry["times"]) / own)
    return {f"ratio_{name}": round(statistics.geometric_mean(values), 2) if len(values) == len(problems) else None
            for name, values in found.items()}


def measure(options, scratch):
    result = {"kind": "time_to_converged", "schema": 1,
              "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"), "commit": commit(),
              "machine": {"cpu": cpu_name(), "cores": len(os.sched_getaffinity(0))}, "load_before": os.getloadavg()[0],
              "command": f"bench/time_to_converged.py --longest {options.longest} --repeats {options.repeats} --budget "
                         f"{options.budget:.0f}", "longest": options.longest, "repeats": options.repeats, "problems": []}
    if result["load_before"] > 0.5:
        warn(f"other programs use this machine (load {result['load_before']:.1f}): figures will be noisy")
    for name in options.problems:
        end = time.monotonic() + options.budget / len(options.problems)
        comparison = Comparison(options, name, scratch, end)
        comparison.explore()
        result["problems"].append(comparison.measure())
        write_json(options.json, result)
        print_table(result["problems"][-1])
    print(f"\n{options.json}")
    print(json.dumps(ratios(result["problems"])), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=str(ROOT / "build/release/symscan"), help="symscan")
    parser.add_argument("--json", default=str(ROOT / "build/time_to_converged.json"), help="file to write")
    parser.add_argument("--quick", action="store_true", help="the circle only, 8000 steps at most, once")
    parser.add_argument("--longest", type=int, default=64000, help="steps of the longest training")
    parser.add_argument("--repeats", type=int, default=2, help="timings of which the least counts")
    parser.add_argument("--budget", type=float, default=1800, help="seconds after which no further settings are tried")
    parser.add_argument("--problems", default=",".join(PROBLEMS), help="names, separated by commas")
    parser.add_argument("--peers", default=",".join(PEERS), help="stacked ones; none: symscan alone")
    parser.add_argument("--peers-python", default=str(ROOT / "build/peers/bin/python"), help="tried after "
                        "SYMSCAN_PEERS_PYTHON and before the Python that runs this")
    options = parser.parse_args()
    options.peers = [name for name in options.peers.split(",") if name and name != "none"]
    options.problems = options.problems.split(",")
    if options.quick:
        options.problems, options.longest, options.repeats = ["circle"], 8000, 1
    if set(options.problems) - set(PROBLEMS) or any("vmap" not in name for name in options.peers):
        parser.error(f"problems are {', '.join(PROBLEMS)}; peers must be stacked ones, such as {', '.join(PEERS)}")
    run_in_scratch(measure, options, "symscan_converged_")


if __name__ == "__main__":
    main()
