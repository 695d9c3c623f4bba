"""The programs of bench/time_to_converged.py: symscan itself, and peers in processes of their own."""
import gzip
import json
import os
import resource
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from compare_peers import FOLDER, PeerFailed, environment
from peers.schedules import LOSS_DRAWS, SETTINGS, round_ends

ROOT = Path(__file__).resolve().parent.parent
SEEDS, BATCH = [1, 2, 3, 4], 128
EVENTS = ROOT / "configs/data/pp_Zmumu_13TeV_5k.lhe.gz"
PROBLEMS = {
    "circle": {"latents": 1, "dataset": {"kind": "circle", "n": 10000}},
    "ee_mumu": {"latents": 2, "dataset": {"kind": "ee_mumu", "n": 10000}},
    "pp_zmumu": {"latents": 6, "dataset": {"kind": "file", "path": str(EVENTS), "particles": [13, -13],
                                           "features": ["E", "px", "py", "pz"], "weights": "none"}}}


# Peers that two processes beside each other make slower: compiling twice and the overhead of a step are most of their time.
ALONE = ("torch_vmap", "torch_vmap_compile")


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
            "train": {"validation_fraction": 0, "batch_size": BATCH} | train, "seeds": SEEDS}))
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        self.call("train", str(config), "--out", str(run), "--device", "cpu", "--no-report", "--no-analysis", "--quiet")
        seconds, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
        return {"seconds": seconds,
                "cpu_seconds": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime}

    def rounds(self, name, rows, longest):
        """Looks at the ends of the rounds; for each a training from the start, since networks are written at its end."""
        looks = []
        for end in round_ends(-(-rows[1] // BATCH), longest):
            times = self.train(name, {"max_steps": end, "tolerance": 0})
            looks.append({"steps": end} | times | self.look(name, rows))
        return looks

    def look(self, name, rows):
        """Losses and relevances that the last run ended with, computed as those of the peers are."""
        problem = {"features": rows[2], "rows": rows[1], "latents": PROBLEMS[name]["latents"], "activation": "exact_gelu"}
        variables = os.environ | {"SYMSCAN_PEERS_DATA": str(rows[0]), "SYMSCAN_PEERS_PROBLEM": json.dumps(problem)}
        networks = str(self.scratch / "run/models.safetensors")
        command = [sys.executable, str(FOLDER / "look_at_run.py"), networks, str(LOSS_DRAWS)]
        return json.loads(subprocess.run(command, env=variables, stdout=subprocess.PIPE, check=True).stdout)


class Peer:
    """A stacked peer with one setting of peers/schedules.py on one problem. A training is one fresh process or several, each
    with one thread and its share of the seeds: with such small models the threads of a process mostly wait for each other."""

    def __init__(self, name, interpreter, problem, data, scratch):
        self.name, self.interpreter, self.problem, self.scratch = name, interpreter, problem, Path(scratch)
        self.path, self.rows, self.features = data

    def train(self, setting, longest, stop, timeout):
        """The looks, up to `stop` steps."""
        end = time.monotonic() + timeout
        count = 1 if self.name in ALONE else min(len(os.sched_getaffinity(0)), len(SEEDS))
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
