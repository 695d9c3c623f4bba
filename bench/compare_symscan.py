"""symscan's side of bench/compare.py: the real program, timed by what it writes into timings.json."""
import json
import os
import shutil
import statistics
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONFIG = ROOT / "configs/bench/reference.json"


class Symscan:
    def __init__(self, program, scratch, device):
        self.program, self.scratch, self.device = str(Path(program).resolve()), Path(scratch), device
        self.epochs = json.loads(CONFIG.read_text())["train"]["epochs"]

    def call(self, arguments, cores=None):
        result = subprocess.run([self.program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                preexec_fn=(lambda: os.sched_setaffinity(0, cores)) if cores else None)
        if result.returncode:
            raise RuntimeError(f"symscan {' '.join(arguments)}: exit code {result.returncode}: {result.stderr[-500:]}")
        return result.stdout

    def write_dataset(self, path):
        """The rows that the config's dataset has, for the peers."""
        dataset = json.loads(CONFIG.read_text())["dataset"]
        self.call(["generate", dataset["kind"], "--n", str(dataset["n"]), "--out", str(path)])

    def train(self, replicas, threads, cores=None, everything=False):
        """One run of the reference config with seeds 1..replicas.

        training_seconds is timings.json's: from the start of the worker threads until the last result is in the ledger.
        It holds initial weights, all steps, the passes over the dataset for loss and relevances, and the ledger's
        transactions; not the start of the process, the dataset, summary, analysis and report. wall_seconds is the whole
        process, with analysis and report if `everything` is set.
        """
        run = self.scratch / "run"
        shutil.rmtree(run, ignore_errors=True)
        command = ["train", str(CONFIG), f"seeds={json.dumps(list(range(1, replicas + 1)))}", "--out", str(run),
                   "--device", self.device, "--threads", str(threads), "--quiet"]
        start = time.perf_counter()
        self.call(command + ([] if everything else ["--no-report", "--no-analysis"]), cores)
        wall = time.perf_counter() - start
        timings = json.loads((run / "timings.json").read_text())
        if timings["replicas"] != replicas:
            raise RuntimeError(f"{timings['replicas']} of {replicas} replicas were trained")
        return {"training_seconds": timings["training_seconds"], "wall_seconds": wall, "steps": timings["steps"],
                "backend": timings["backend"]}

    def turn(self, replicas, threads, cores, seconds):
        """Runs until `seconds` are over; training and wall seconds for one epoch of one replica."""
        runs, end = [], time.perf_counter() + seconds
        while not runs or time.perf_counter() < end:
            runs.append(self.train(replicas, threads, cores))
        epochs = len(runs) * replicas * self.epochs
        return {"seconds": sum(run["training_seconds"] for run in runs) / epochs,
                "wall_seconds": sum(run["wall_seconds"] for run in runs) / epochs,
                "steps_per_epoch": runs[0]["steps"] / (replicas * self.epochs), "backend": runs[0]["backend"]}

    def reference(self):
        """What the last run reached, in the form of peers/common.py's train_for_check."""
        replicas = json.loads((self.scratch / "run/summary.json").read_text())["replicas"]
        relevances = [sorted(replica["relevance"]["kl"], reverse=True) for replica in replicas]
        return {"loss": statistics.mean(replica["loss"] for replica in replicas),
                "kl": statistics.mean(replica["kl"] for replica in replicas),
                "active_latents": [replica["active_latents"] for replica in replicas],
                "relevances": [statistics.mean(values) for values in zip(*relevances)]}


def share_of_sgemm_peak(program, scratch):
    """(cpu_bench's whole result or None, share or None, why there is none)."""
    if not Path(program).exists():
        return None, None, f"{Path(program).name} is not built"
    path = Path(scratch) / "cpu_bench.json"
    try:
        subprocess.run([str(Path(program).resolve()), "--only", "floors,step", "--json", str(path)], check=True,
                       stdout=subprocess.DEVNULL, timeout=300)
        result = json.loads(path.read_text())
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        return None, None, f"{Path(program).name}: {error}"
    share = result.get("share_of_sgemm_peak")
    if share is None and isinstance(result.get("step"), dict):
        share = result["step"].get("share_of_sgemm_peak")
    return result, share, None if share is not None else "cpu_bench gives no share (is a BLAS installed?)"
