#!/usr/bin/env python3
"""The files of configs/cluster/htcondor in a pool of one machine: shards, checkpoints, an eviction, the merge.

    htcondor_test.py SYMSCAN

Starts condor_master with a configuration and folders of its own, ends it after. The merged run must be the undivided one, byte for
byte. Exit code 77: HTCondor is not installed (Debian 13: minicondor; Debian 12 has no package).
"""
import getpass
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
CLUSTER = ROOT / "configs/cluster"
PROGRAMS = ("condor_master", "condor_submit_dag", "condor_q", "condor_vacate_job")
SHARDS = 4
CONFIG = """{"name": "pool", "dataset": {"kind": "circle", "n": 2000},
 "model": {"hidden": [32, 16], "latent_dim": [1, 2, 3, 4]}, "loss": {"beta": [0.03, 0.1]}, "seeds": [1, 2, 3, 4],
 "train": {"epochs": EPOCHS}}"""
EPOCHS = 600
SAME = ("summary.json", "models.safetensors", "metrics.jsonl", "config.json", "analysis.json")
INSTALLED = pathlib.Path("/etc/condor/condor_config")  # says where the programs are
POOL = """
LOCAL_DIR = {folder}
LOG = {folder}/log
SPOOL = {folder}/spool
EXECUTE = {folder}/execute
LOCK = {folder}/lock
RUN = {folder}/run
LOCAL_CONFIG_DIR =
LOCAL_CONFIG_FILE =
CONDOR_HOST = 127.0.0.1
NETWORK_INTERFACE = 127.0.0.1
COLLECTOR_HOST = 127.0.0.1:{port}
USE_SHARED_PORT = FALSE
DAEMON_LIST = MASTER, COLLECTOR, NEGOTIATOR, SCHEDD, STARTD
SEC_DEFAULT_AUTHENTICATION_METHODS = FS
SEC_CLIENT_AUTHENTICATION_METHODS = FS
SEC_DEFAULT_AUTHENTICATION = REQUIRED
SEC_DEFAULT_ENCRYPTION = OPTIONAL
SEC_DEFAULT_INTEGRITY = OPTIONAL
ALLOW_READ = *
ALLOW_WRITE = *
ALLOW_DAEMON = *
ALLOW_ADMINISTRATOR = *
ALLOW_NEGOTIATOR = *
UID_DOMAIN = local
NUM_CPUS = {shards}
MEMORY = 4000
NUM_SLOTS_TYPE_1 = 1
SLOT_TYPE_1 = 100%
SLOT_TYPE_1_PARTITIONABLE = TRUE
START = TRUE
SUSPEND = FALSE
PREEMPT = FALSE
KILL = FALSE
RUNBENCHMARKS = 0
DAGMAN_USE_STRICT = 0
NEGOTIATOR_INTERVAL = 3
NEGOTIATOR_MIN_INTERVAL = 1
NEGOTIATOR_CYCLE_DELAY = 1
SCHEDD_INTERVAL = 5
UPDATE_INTERVAL = 5
MOUNT_PRIVATE_DEV_SHM = False
MOUNT_UNDER_SCRATCH =
"""


class Pool:
    """condor_master and what it starts, in `folder`."""

    def __init__(self, folder):
        for name in ("log", "spool", "execute", "lock", "run"):
            (folder / name).mkdir(mode=0o755)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.config = folder / "condor_config"
        installed = INSTALLED.read_text() if INSTALLED.exists() else ""
        self.config.write_text(installed + POOL.format(folder=folder, port=port, shards=SHARDS))
        self.folder = folder

    def __enter__(self):
        self.master = subprocess.Popen(["condor_master", "-f"], env=self.environment())
        return self

    def __exit__(self, *_):
        self.master.terminate()
        try:
            self.master.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.master.kill()

    def environment(self, **more):
        return {**os.environ, "CONDOR_CONFIG": str(self.config), **more}

    def run(self, *words, folder=None):
        return subprocess.run(words, cwd=folder, env=self.environment(), capture_output=True, text=True, check=False)

    def wait_for(self, what, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            result = what()
            if result:
                return result
            time.sleep(1)
        return None


def smaller(text):
    """What a user edits, and no GPU."""
    for key, value in {"shards": SHARDS, "request_gpus": 0, "request_cpus": 1, "request_memory": "500 MB", "request_disk": "100 MB",
                       "seconds": 6}.items():
        text = re.sub(rf"^{key}( *)= .*$", rf"{key}\1= {value}", text, flags=re.M)
    return text


def prepare(folder, program):
    sweep = folder / "sweep"
    sweep.mkdir()
    for path in [*(CLUSTER / "htcondor").iterdir(), CLUSTER / "run.sh"]:
        shutil.copy(path, sweep)
    for path in sweep.glob("*.sub"):
        path.write_text(smaller(path.read_text()))
    # The jobs have a PATH of their own; as an image or an installation would put it there.
    shards = sweep / "shards.sub"
    path = f'environment = "PATH={pathlib.Path(program).parent}:/usr/bin:/bin"'
    shards.write_text(shards.read_text().replace("\nqueue", f"\n{path}\nqueue"))
    (sweep / "config.json").write_text(CONFIG.replace("EPOCHS", str(EPOCHS)))
    return sweep


def run_sweep(pool, sweep, program):
    path = f"{pathlib.Path(program).parent}:{os.environ['PATH']}"
    os.environ["PATH"] = path
    done = pool.wait_for(lambda: pool.run("condor_q").returncode == 0, 60)
    if not done:
        return f"the pool does not answer: {pool.run('condor_q').stderr.strip()}"
    done = pool.run("condor_submit_dag", "sweep.dag", folder=sweep)
    if done.returncode:
        return f"condor_submit_dag: {done.stderr or done.stdout}"
    events = sweep / "shards.log"
    # A job that has stored a checkpoint is taken away from its machine.
    stored = pool.wait_for(lambda: re.search(r"^040 \((\d+)\.001\..*Started transferring output",
                                             events.read_text() if events.exists() else "", re.M), 120)
    if not stored:
        return "no checkpoint of shard 1 was stored"
    done = pool.run("condor_vacate_job", f"{int(stored[1])}.1")
    ended = pool.wait_for(lambda: not pool.run("condor_q", "-af", "JobStatus", "Args").stdout.strip(), 400)
    if not ended:
        return f"jobs are left: {pool.run('condor_q', '-af', 'JobStatus', 'Args', 'HoldReason').stdout}"
    text = events.read_text()
    if "Job was evicted" not in text:
        return f"no shard was evicted ({done.stdout.strip()} {done.stderr.strip()})"
    ends = re.findall(r"termination \(return value (\d+)\)", text)
    return None if ends == ["0"] * SHARDS else f"the shards ended with {ends}"


def main(program):
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    missing = [x for x in PROGRAMS if not shutil.which(x)]
    if missing:
        print(f"{', '.join(missing)} is missing; Debian 13 has the package minicondor, Debian 12 none")
        return 77
    if getpass.getuser() == "root":
        print("HTCondor runs no jobs of root; run this test as another user")
        return 77
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        sweep = prepare(folder, program)
        with Pool(folder) as pool:
            problem = run_sweep(pool, sweep, program)
        if problem:
            for path in [*sweep.glob("*.err"), *sweep.glob("*.log"), *(folder / "log").glob("*Log")]:
                print(f"---- {path.name}\n{path.read_text()[-1500:]}")
            print(problem)
            return 1
        undivided = [program, "train", "config.json", "--out", folder / "undivided", "--quiet", "--device", "cpu"]
        subprocess.run(undivided, cwd=sweep, check=True)
        differ = [x for x in SAME if (sweep / "merged" / x).read_bytes() != (folder / "undivided" / x).read_bytes()]
        print(f"differ from the undivided run: {', '.join(differ)}" if differ else "the merged run is the undivided one")
        return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main(str(pathlib.Path(sys.argv[1]).resolve())))
