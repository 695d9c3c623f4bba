"""What scale_model.py needs from this machine: lengths of trainings, and a sweep in shards on two processes beside it."""
import json
import os
import resource
import sqlite3
import subprocess
import tempfile
import threading
import time
from pathlib import Path

# Six datasets, two sizes, two seeds, hidden layers 64, 32; as long as it takes, 64 000 steps at most.
LENGTHS = {
    "name": "lengths",
    "dataset": [{"kind": "circle", "n": 10000}, {"kind": "disk", "n": 10000}, {"kind": "square", "n": 10000},
                {"kind": "annulus", "n": 10000, "width": 0.1}, {"kind": "sphere", "n": 10000, "dimension": 2},
                {"kind": "ee_mumu", "n": 10000, "sqrt_s": 10}],
    "model": {"hidden": [64, 32], "latent_dim": [2, 8]}, "loss": {"kind": "sum", "beta": 0.1}, "seeds": [1, 2],
    "train": {"max_steps": 64000},
}
# Small and many, and as different in length as training until convergence makes them.
CHECK = {
    "name": "check", "dataset": {"kind": "circle", "n": 1000}, "model": {"hidden": [16, 8], "latent_dim": [1, 2, 3, 4]},
    "loss": {"beta": [0.03, 0.1, 0.3]}, "seeds": list(range(1, 26)), "train": {"max_steps": 16000},
}
SHARDS, WORKERS = 8, 2


def steps_of(run, config):
    """Steps of every training of a run, from its ledger: epochs times batches of an epoch."""
    with sqlite3.connect(f"file:{run}/results.sqlite?mode=ro", uri=True) as ledger:
        rows = ledger.execute("SELECT history, config FROM replica WHERE status = 'done' ORDER BY id").fetchall()
    steps = []
    for history, text in rows:
        settings = json.loads(text)
        trained_on = round(settings["dataset"]["n"] * (1 - settings["train"]["validation_fraction"]))
        steps.append(len(json.loads(history)) * -(-trained_on // settings["train"]["batch_size"]))
    return steps


def train(program, config, out, *arguments):
    """Processor seconds and wall seconds of `symscan train`."""
    begin = time.monotonic()
    command = [program, "train", config, "--out", out, "--quiet", "--device", "cpu", "--no-analysis", "--no-report", *arguments]
    process = subprocess.Popen([str(x) for x in command])
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(map(str, command))}: exit code {process.returncode}")
    return used.ru_utime + used.ru_stime, time.monotonic() - begin


def measure_lengths(program, folder):
    config = folder / "lengths.json"
    config.write_text(json.dumps(LENGTHS))
    train(program, config, folder / "lengths")
    return {"command": "symscan train with the config LENGTHS of bench/scale_measure.py", "steps": steps_of(folder / "lengths", LENGTHS)}


def run_workers(program, config, folder):
    """Each worker takes the next shard; what each shard needed."""
    shards, waiting, lock = [None] * SHARDS, list(range(SHARDS)), threading.Lock()

    def work(worker):
        while True:
            with lock:
                if not waiting:
                    return
                shard = waiting.pop(0)
            cpu, _ = train(program, config, folder / f"shard_{shard}", "--shard", f"{shard}/{SHARDS}", "--threads", "1")
            shards[shard] = {"worker": worker, "cpu_seconds": cpu, "steps": steps_of(folder / f"shard_{shard}", CHECK)}

    threads = [threading.Thread(target=work, args=(x,)) for x in range(WORKERS)]
    begin = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return shards, time.monotonic() - begin


def measure_check(program, folder):
    """The rate comes from another run, of a tenth of the trainings in one process: what the model is told."""
    config = folder / "check.json"
    config.write_text(json.dumps(CHECK))
    nothing, _ = train(program, config, folder / "start", "--threads", "1", "seeds=[1]", "loss.beta=[0.1]", "model.latent_dim=[1]",
                       "train.epochs=1")
    cpu, _ = train(program, config, folder / "rate", "--threads", "1", "seeds=[26,27,28]")
    rate = sum(steps_of(folder / "rate", CHECK)) / (cpu - nothing)
    load = os.getloadavg()[0]
    shards, wall = run_workers(program, config, folder)
    return {"trainings": sum(len(x["steps"]) for x in shards), "workers": WORKERS, "start": nothing, "steps_per_second": rate,
            "load": load, "wall_seconds": wall, "shards": shards}


def measure(program):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.strip()
        return {"program": version, "lengths": measure_lengths(program, folder), "check": measure_check(program, folder)}
