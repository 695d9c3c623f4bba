"""The programs of bench/time_to_converged.py: symscan itself, and peers in processes of their own."""
import gzip
import json
import os
import resource
import select
import shutil
import signal
import statistics
import subprocess
import time
from pathlib import Path

import numpy as np

from compare_peers import FOLDER, PeerFailed, environment
from peers.schedules import SETTINGS

ROOT = Path(__file__).resolve().parent.parent
SEEDS = [1, 2, 3, 4]
EVENTS = ROOT / "configs/data/pp_Zmumu_13TeV_5k.lhe.gz"
PROBLEMS = {
    "circle": {"latents": 1, "dataset": {"kind": "circle", "n": 10000}},
    "ee_mumu": {"latents": 2, "dataset": {"kind": "ee_mumu", "n": 10000}},
    "pp_zmumu": {"latents": 6, "dataset": {"kind": "file", "path": str(EVENTS), "particles": [13, -13],
                                           "features": ["E", "px", "py", "pz"], "weights": "none"}}}


def read_muons(path):
    """[event][E, px, py, pz of mu-, then of mu+] of a Les Houches file."""
    rows = {13: [], -13: []}
    with gzip.open(path, "rt") as file:
        for line in file:
            words = line.split()
            if len(words) == 13 and words[0] in ("13", "-13"):
                rows[int(words[0])].append([float(words[9]), *map(float, words[6:9])])
    return np.concatenate([rows[13], rows[-13]], axis=1)


class Symscan:
    """Everything but the length of the training is the program's default; all rows are trained on, as the peers do."""

    def __init__(self, program, scratch):
        self.program, self.scratch = str(Path(program).resolve()), Path(scratch)

    def call(self, *arguments):
        result = subprocess.run([self.program, *arguments], capture_output=True, text=True)
        if result.returncode:
            raise RuntimeError(f"symscan {' '.join(arguments)}: exit code {result.returncode}: {result.stderr[-500:]}")

    def write_rows(self, name):
        """An NPY file for the peers; (path, rows, features)."""
        path, dataset = self.scratch / f"{name}.npy", PROBLEMS[name]["dataset"]
        if dataset["kind"] == "file":
            np.save(path, read_muons(dataset["path"]))
        else:
            self.call("generate", dataset["kind"], "--n", str(dataset["n"]), "--out", str(path))
        return path, *np.load(path, mmap_mode="r").shape

    def train(self, name, train):
        """One process; its seconds and processor seconds from start to end. train: settings in place of defaults."""
        run, config = self.scratch / "run", self.scratch / "config.json"
        shutil.rmtree(run, ignore_errors=True)
        config.write_text(json.dumps({
            "name": name, "dataset": PROBLEMS[name]["dataset"], "preprocess": "standardize",
            "model": {"hidden": [64, 32], "latent_dim": PROBLEMS[name]["latents"]}, "loss": {"kind": "sum", "beta": 0.1},
            "train": {"validation_fraction": 0, "batch_size": 128} | train, "seeds": SEEDS}))
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        self.call("train", str(config), "--out", str(run), "--device", "cpu", "--no-report", "--no-analysis", "--quiet")
        seconds, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
        return {"seconds": seconds,
                "cpu_seconds": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime}

    def looks(self):
        """Of the last run: one at the end of every round, where all seeds went through it."""
        steps = json.loads((self.scratch / "run/timings.json").read_text())["steps"]
        epochs = [[] for _ in SEEDS]
        with open(self.scratch / "run/metrics.jsonl") as file:
            for line in file:
                epoch = json.loads(line)
                epochs[epoch["replica"]].append(epoch)
        per_epoch = steps // sum(map(len, epochs))
        return looks_of_histories(epochs, per_epoch)

    def ends(self):
        """Of the last run: what every seed ended with, as a look."""
        replicas = json.loads((self.scratch / "run/summary.json").read_text())["replicas"]
        return {"steps": [replica["epochs"] for replica in replicas], "losses": [replica["loss"] for replica in replicas],
                "relevances": [sorted(replica["relevance"]["kl"], reverse=True) for replica in replicas],
                "endings": [replica["ending"] for replica in replicas]}


def looks_of_histories(epochs, per_epoch):
    """epochs: [seed][epoch] of metrics.jsonl. A loss is the mean over the last fiftieth of its round, where the learning
    rate is almost 0: the loss of one epoch scatters with its noise."""
    looks, start = [], 0
    for index, epoch in enumerate(min(epochs, key=len)):
        if "relevance" not in epoch:
            continue
        last = slice(index + 1 - max(1, (index + 1 - start) // 50), index + 1)
        looks.append({"steps": (index + 1) * per_epoch,
                      "losses": [statistics.mean(one["loss"] for one in history[last]) for history in epochs],
                      "relevances": [sorted(history[index]["relevance"]["kl"], reverse=True) for history in epochs]})
        start = index + 1
    return looks


class Peer:
    """A stacked peer with one setting of peers/schedules.py on one problem. Each training is a fresh process for every core,
    with one thread and its share of the seeds: for small models threads of one process mostly wait for each other."""

    def __init__(self, name, interpreter, problem, data, scratch):
        self.name, self.interpreter, self.problem, self.scratch = name, interpreter, problem, Path(scratch)
        self.path, self.rows, self.features = data

    def train(self, setting, longest, stop, timeout):
        """The looks, up to `stop` steps."""
        count, end = min(len(os.sched_getaffinity(0)), len(SEEDS)), time.monotonic() + timeout
        shares = [list(range(len(SEEDS)))[first::count] for first in range(count)]
        children = [self.start(setting, longest, stop, [SEEDS[place] for place in share], self.scratch / f"peer_{first}")
                    for first, share in enumerate(shares)]
        outputs = [read_until(child, end) for child in children]
        if None in outputs:
            raise PeerFailed(f"not done after {timeout:.0f} s")
        for first, child in enumerate(children):
            if child.returncode:
                lines = (self.scratch / f"peer_{first}/errors.txt").read_text(errors="replace").strip().splitlines()
                raise PeerFailed(f"its process ended with status {child.returncode}: {(lines or ['-'])[-1][:300]}")
        looks = merge([[json.loads(line) for line in output.splitlines()] for output in outputs], shares)
        if not all(np.isfinite(look["losses"]).all() for look in looks):
            raise PeerFailed("its loss is not finite")
        return looks

    def start(self, setting, longest, stop, seeds, folder):
        """One process. No compiled code is kept from one training to the next."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        variables = environment(sorted(os.sched_getaffinity(0))[:1], "cpu", self.path, folder / "inductor")
        variables["SYMSCAN_PEERS_PROBLEM"] = json.dumps(SETTINGS[setting] | {
            "features": self.features, "rows": self.rows, "latents": PROBLEMS[self.problem]["latents"]})
        with open(folder / "errors.txt", "wb") as file:
            return subprocess.Popen(
                [self.interpreter, str(FOLDER / "converge.py"), self.name, "cpu", setting, str(longest), str(stop),
                 repr(time.monotonic()), json.dumps(seeds)], stdout=subprocess.PIPE, stderr=file, env=variables,
                start_new_session=True)


def merge(parts, shares):
    """Looks of all seeds from those of processes that trained shares of them; the slowest process tells the time."""
    looks = []
    for together in zip(*parts):
        look = {"steps": together[0]["steps"], "seconds": max(part["seconds"] for part in together),
                "cpu_seconds": sum(part["cpu_seconds"] for part in together)}
        for key in ("losses", "relevances"):
            found = {place: value for part, share in zip(together, shares) for place, value in zip(share, part[key])}
            look[key] = [found[place] for place in sorted(found)]
        looks.append(look)
    return looks


def read_until(child, end):
    """Its output when it has ended; None where it is not done in time. Compilers that it started end with it."""
    output = b""
    try:
        while select.select([child.stdout], [], [], max(0, end - time.monotonic()))[0]:
            part = os.read(child.stdout.fileno(), 65536)
            if not part:
                child.wait()
                return output.decode()
            output += part
        return None
    finally:
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        child.wait()
        child.stdout.close()
