#!/usr/bin/env python3
"""A sweep in shards on a Slurm cluster, disturbed: what is merged has the bytes of the undivided run.

    slurm_test.py SYMSCAN REPOSITORY

Starts Debian's Slurm for itself: a controller and two nodes on this machine (slurm_cluster.py), and submits the repository's
configs/cluster/slurm.sbatch with edited settings. Exit code: 0 all as promised, 1 not, 77 Slurm cannot be had or started.
"""
import filecmp
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import traceback

from slurm_cluster import CannotStart, Cluster, need, run_in_child, wait_until
from slurm_sweep import SECONDS, Sweep, expect, steps_of

CONFIG = """{"name": "disturbed", "dataset": {"kind": "circle", "n": 2000}, "model": {"hidden": [32, 16], "latent_dim": 2},
 "loss": {"beta": [0.03, 0.1]}, "train": {"epochs": 3000}, "seeds": [1, 2, 3, 4, 5, 6, 7, 8]}
"""
SAME = ["summary.json", "models.safetensors", "metrics.jsonl", "analysis.json", "report.html"]
CHECKPOINTS = "--device cpu --checkpoint-every 0.25"


class Scenario:
    def __init__(self, cluster, folder, program, repository):
        self.cluster, self.folder, self.program = cluster, folder, program
        self.original = repository / "configs/cluster/slurm.sbatch"
        cluster.environment["SOURCE_DATE_EPOCH"] = "1700000000"
        (folder / "config.json").write_text(CONFIG)
        self.begin = time.monotonic()

    def say(self, text):
        print(f"{time.monotonic() - self.begin:6.1f} s  {text}", flush=True)

    def sweep(self, name, settings="", max_restarts=50, lines=None):
        return Sweep(self.cluster, self.folder, self.original, name,
                     {"CONFIG": "config.json", "SHARDS": "8", "RUN": f"runs/{name}", "SYMSCAN": f"({self.program})",
                      "SETTINGS": f"({CHECKPOINTS} {settings})", "MAX_RESTARTS": str(max_restarts)},
                     {"#SBATCH --cpus-per-task=": "#SBATCH --cpus-per-task=1", **(lines or {})})

    # ---- the undivided run, and what does not belong to the sweep

    def start_undivided(self):
        return subprocess.Popen([self.program, "train", "config.json", "--out", "runs/undivided", "--threads", "1", "--device",
                                 "cpu", "--quiet"], cwd=self.folder, env=self.cluster.environment)

    def bad_input(self):
        """Exit code 42 ends a task for good."""
        bad = self.sweep("bad", "no.such.setting=1")
        bad.submit("3")
        job = bad.wait_for_state(bad.task(3), "FAILED")
        expect(job["ExitCode"] == "42:0" and job["Restarts"] == "0", f"a shard with a wrong setting: {job}")
        self.say("exit code 42: not repeated")

    def time_limit(self):
        """Slurm sends USR1 two minutes before the limit, or a minute earlier; here the limit is two minutes."""
        long = self.sweep("long", "train.epochs=1000000", 1, {"#SBATCH --time=": "#SBATCH --time=00:02:00"})
        long.submit("5")
        long.wait_for_exit_code(5, 75)
        steps = long.steps(5)
        long.wait_for_log(5, "restarts: 1")
        self.say(f"time limit: exit code 75 after {steps} steps, then requeued by the script")
        self.bound_on_restarts(long)

    def bound_on_restarts(self, long):
        """MAX_RESTARTS is 1: the second exit code 75 is the last."""
        long.wait_for_log(5, "restarts: 1")
        time.sleep(2)
        self.cluster.slurm("scancel", "--signal=USR1", long.step(5))
        job = long.wait_for_state(long.task(5), "FAILED")
        expect(job["ExitCode"] == "75:0" and job["Restarts"] == "1", f"a shard after its last restart: {job}")
        self.say("the bound on restarts holds")

    # ---- disturbances of the sweep

    def signalled(self, sweep, index):
        """scancel --signal: exit code 75; the script requeues. Returns the steps of the first process."""
        sweep.wait_for_checkpoint(index)
        self.cluster.slurm("scancel", "--signal=USR1", sweep.step(index))
        sweep.wait_for_exit_code(index, 75)
        self.say(f"shard {index}: signalled, exit code 75")
        return sweep.steps(index)

    def cancelled(self, sweep, index):
        """A plain scancel: a checkpoint is made, and the script does not requeue what somebody cancelled."""
        sweep.wait_for_checkpoint(index)
        self.cluster.slurm("scancel", sweep.task(index))
        job = sweep.wait_for_state(sweep.task(index), "CANCELLED")
        expect(job["Restarts"] == "0", f"a cancelled shard: {job}")
        sweep.wait_for_log(index, "Exited with exit code 75\n")
        self.say(f"shard {index}: cancelled")
        return sweep.steps(index)

    def requeued(self, sweep, index):
        """What preemption does, too: SIGTERM, and Slurm starts the task again."""
        sweep.wait_for_checkpoint(index)
        self.cluster.slurm("scontrol", "requeue", sweep.task(index))
        sweep.wait_for_log(index, "Exited with exit code 75\n")
        sweep.wait_for_state(sweep.task(index), "PENDING")
        self.say(f"shard {index}: requeued while it trained")
        return sweep.steps(index)

    def lost_node(self, sweep, index):
        sweep.wait_for_checkpoint(index)
        node = sweep.node_of(sweep.task(index))
        self.cluster.lose_node(node)
        self.cluster.slurm("scontrol", "update", f"nodename={node}", "state=down", "reason=lost")
        sweep.wait_for_state(sweep.task(index), "PENDING")
        self.say(f"shard {index}: {node} is lost, Slurm requeues")
        self.cluster.start_node(node)
        self.cluster.slurm("scontrol", "update", f"nodename={node}", "state=resume")
        wait_until(lambda: self.cluster.node_state(node) in ("IDLE", "ALLOCATED", "MIXED"), SECONDS, f"{node} is back")
        self.say(f"{node} is back")

    def disturbed_sweep(self):
        """The sweep, and the steps of the first processes of those shards that could end."""
        sweep = self.sweep("sweep")
        sweep.submit()
        gpus = [sweep.job(x).get("TresPerNode", "") for x in (sweep.array, sweep.merge)]
        expect("gpu" in gpus[0] and "gpu" not in gpus[1], f"shards ask for {gpus[0]}, the merge for {gpus[1]}")
        first = {0: self.signalled(sweep, 0), 1: self.cancelled(sweep, 1)}
        self.cluster.slurm("scontrol", "requeue", sweep.task(1))
        first[2] = self.cancelled(sweep, 2)
        first[3] = self.requeued(sweep, 3)
        self.lost_node(sweep, 4)
        self.status(sweep)
        self.merge_names_what_is_missing(sweep)
        logs = {x: sweep.log(x) for x in range(sweep.shards)}
        expect([x for x, text in logs.items() if "restarts: 1" in text] == [0, 1, 3, 4],
               "other shards than those signalled, requeued and on the lost node were repeated")
        expect("exit code 75" not in logs[4], "the shard on the lost node had time to end")
        sweep.submit("2")
        job = sweep.wait_for_state(sweep.merge, "COMPLETED", "FAILED")
        expect(job["JobState"] == "COMPLETED", f"the merge: {job}\n{sweep.merge_log()}")
        self.say("merged")
        return sweep, first

    def status(self, sweep):
        """While jobs are at work."""
        begun = sorted(x for x in sweep.run.glob("shard_*") if (x / "results.sqlite").exists())
        done = subprocess.run([self.program, "status", "--json", *begun], capture_output=True, text=True, check=False)
        expect(done.returncode == 0 and len(json.loads(done.stdout)["runs"]) == len(begun) > 4, f"symscan status: {done}")

    def merge_names_what_is_missing(self, sweep):
        job = sweep.wait_for_state(sweep.merge, "FAILED", "COMPLETED")
        expect(job["ExitCode"] == "75:0", f"the merge without shard 2: {job}\n{sweep.merge_log()}")
        lines = [x for x in sweep.merge_log().splitlines() if "--shard" in x]
        expect(len(lines) == 1 and "--shard 2/8" in lines[0] and "--resume" in lines[0],
               f"the merge does not name the command that finishes shard 2:\n{sweep.merge_log()}")
        self.say("the merge names the cancelled shard")

    def check_steps(self, sweep, first, undivided_steps):
        """What was disturbed went on from a checkpoint: the processes' steps add up, none is trained twice."""
        per_replica = undivided_steps // sum(sweep.replicas(x) for x in range(sweep.shards))
        for index in range(sweep.shards):
            steps, whole = sweep.steps(index), per_replica * sweep.replicas(index)
            if index in first:
                expect(first[index] > 0 and first[index] + steps == whole,
                       f"shard {index} trained {first[index]} and {steps} steps, of {whole}")
            elif index == 4:
                expect(0 < steps < whole, f"shard 4 trained {steps} of {whole} steps after its node was lost")
            else:
                expect(steps == whole, f"shard {index} trained {steps} of {whole} steps, undisturbed")
        self.say(f"steps before and after: {', '.join(f'{y}+{sweep.steps(x)}' for x, y in first.items())}; "
                 f"after the lost node: {sweep.steps(4)} of {per_replica * sweep.replicas(4)}")

    def run(self):
        undivided = self.start_undivided()
        self.bad_input()
        self.time_limit()
        sweep, first = self.disturbed_sweep()
        expect(undivided.wait(SECONDS) == 0, "the undivided run failed")
        whole = self.folder / "runs/undivided"
        self.check_steps(sweep, first, steps_of(whole))
        for name in SAME:
            same = filecmp.cmp(whole / name, sweep.run / "merged" / name, shallow=False)
            expect(same, f"{name} differs from the undivided run's")
        self.say(f"the same bytes: {', '.join(SAME)}")


def show_logs(folder):
    for path in sorted(folder.glob("*.log")):
        print(f"---- {path.name}", *path.read_text(errors="replace").splitlines()[-40:], sep="\n")


def main():
    program, repository = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="symscan-slurm-"))
    folder.chmod(0o755)  # munged asks who may change the folder of its socket
    try:
        need(repository)
        with Cluster(folder) as cluster:
            Scenario(cluster, folder, program, repository).run()
    except CannotStart as reason:
        print(f"skipped: {reason}")
        return 77
    except Exception:
        traceback.print_exc()
        show_logs(folder)
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    os.umask(0o022)
    sys.exit(run_in_child(main))
