#!/usr/bin/env python3
"""Several ranks of Open MPI train one sweep: the files are those of one process, whatever happens to a rank.

    mpi_test.py SYMSCAN PLUGIN EMULATED [CHECK ...]

PLUGIN: libsymscan_mpi.so; EMULATED: libsymscan_emulated.so, the device of the tests. Exit code: 0 all right, 1 something is
wrong, 77 there is no mpirun or no plugin.
"""
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

FILES = ["summary.json", "models.safetensors", "metrics.jsonl", "analysis.json"]


def seeds(count):
    return "seeds=" + str(list(range(1, count + 1))).replace(" ", "")


SMALL = ["circle", seeds(16), "train.epochs=10", "dataset.n=1000"]
LONG = ["circle", seeds(12), "train.epochs=100", "dataset.n=4000"]
QUIET = ["--no-report", "--quiet", "--checkpoint-every", "0.3"]
# Each rank leaves its process id, and may have a folder of its own.
RANK = 'echo $$ > pids/$OMPI_COMM_WORLD_RANK; if [ -d rank_$OMPI_COMM_WORLD_RANK ]; then cd rank_$OMPI_COMM_WORLD_RANK; fi; exec "$@"'


class Scene:
    """A folder with the runs of one check."""

    def __init__(self, symscan, emulated, folder, references):
        self.symscan, self.emulated, self.folder, self.references = symscan, emulated, folder, references
        (folder / "pids").mkdir(parents=True)

    def environment(self, settings):
        return {**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", **settings}

    def start(self, ranks, arguments, options=(), **settings):
        """mpirun, under way."""
        for old in (self.folder / "pids").iterdir():
            old.unlink()
        command = ["mpirun", "--oversubscribe", "-n", str(ranks), *options, "sh", "-c", RANK, "sh", self.symscan, "train",
                   *arguments]
        return subprocess.Popen(command, cwd=self.folder, env=self.environment(settings), stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True)

    def mpirun(self, ranks, arguments, options=(), **settings):
        return end_of(self.start(ranks, arguments, options, **settings))

    def alone(self, arguments, folder=None):
        return end_of(subprocess.Popen([self.symscan, "train", *arguments], cwd=folder or self.folder, stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE, text=True))

    def reference(self, arguments):
        """The run of one process; trained once for all checks."""
        key = " ".join(arguments)
        if key not in self.references:
            run = self.folder.parent / f"reference_{len(self.references)}"
            code, _, errors = self.alone([*arguments, "--no-report", "--quiet", "--out", str(run)])
            assert code in (0, 1), errors
            self.references[key] = run
        return self.references[key]

    def pid(self, rank):
        return int((self.folder / "pids" / str(rank)).read_text())

    def wait_for_results(self, run, lines):
        """Until some replicas are done, and others are not."""
        metrics = self.folder / run / "metrics.jsonl"
        for _ in range(1200):
            if metrics.exists() and metrics.read_bytes().count(b"\n") >= lines:
                return
            time.sleep(0.05)
        raise AssertionError("nothing was trained in a minute")

    def expect_same(self, run, arguments):
        reference = self.reference(arguments)
        for name in FILES:
            ours, theirs = self.folder / run / name, reference / name
            if name == "analysis.json" and "--no-analysis" in arguments:
                continue
            assert ours.exists(), f"there is no {run}/{name}"
            assert ours.read_bytes() == theirs.read_bytes(), f"{run}/{name} differs from that of one process"


def end_of(process, seconds=120):
    try:
        output, errors = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        output, errors = process.communicate()
        raise AssertionError(f"mpirun did not end in {seconds} s: {errors}") from None
    return process.returncode, output, errors


def wait_for_ends(pids, seconds):
    for _ in range(int(seconds * 10)):
        if not any(is_running(x) for x in pids):
            return True
        time.sleep(0.1)
    return False


def is_running(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def processor_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def expect(condition, text):
    assert condition, text


def sentences_of(errors):
    return [x for x in errors.splitlines() if x.startswith("symscan:")]


# ---- checks

def eight_ranks(scene):
    """Byte for byte the files of one process, and only rank 0 prints."""
    code, output, errors = scene.mpirun(8, [*SMALL, "--no-report", "--out", "run"])
    expect(code == 0, f"exit code {code}: {errors}")
    expect(output.count("run directory:") == 1, f"not one rank printed the results: {output}")
    scene.expect_same("run", SMALL)
    code, _, errors = scene.mpirun(3, [*SMALL, *QUIET, "--out", "run"])
    expect(code == 42 and len(sentences_of(errors)) == 1, f"a run that is there: {code} {errors}")
    code, _, errors = scene.mpirun(3, [*SMALL, *QUIET, "--out", "run", "--resume"])
    expect(code == 0, f"a complete run, resumed: {code} {errors}")
    scene.expect_same("run", SMALL)


def all_ranks_train(scene):
    """No rank is idle while another trains."""
    job = scene.start(3, [*LONG, *QUIET, "--out", "run"])
    scene.wait_for_results("run", 6)
    seconds = [processor_seconds(scene.pid(x)) for x in range(3)]
    code, _, errors = end_of(job)
    expect(code == 0, f"exit code {code}: {errors}")
    expect(min(seconds) > 0.3 * max(seconds), f"processor time of the ranks: {seconds}")
    scene.expect_same("run", LONG)


def long_messages(scene):
    """Checkpoints of more than 16 MiB go in pieces."""
    arguments = ["circle", seeds(2), "train.epochs=2", "dataset.n=256", "relevance.every=0", "model.hidden=[1024,1024]", "--no-analysis"]
    code, _, errors = scene.mpirun(2, [*arguments, "--no-report", "--quiet", "--checkpoint-every", "0.1", "--out", "run"])
    expect(code == 0, f"exit code {code}: {errors}")
    scene.expect_same("run", arguments)


def automatic_seeds(scene):
    arguments = ["circle", "seeds=auto", "loss.beta=[0.03,0.3]", "train.epochs=4", "dataset.n=500"]
    code, _, errors = scene.mpirun(4, [*arguments, *QUIET, "--out", "run"])
    expect(code == 0, f"exit code {code}: {errors}")
    scene.expect_same("run", arguments)


def failed_replicas(scene):
    """A loss that is not finite is a result; every rank returns 1."""
    arguments = [*SMALL, "train.learning_rate=[0.001,1e30]"]
    code, _, errors = scene.mpirun(3, [*arguments, *QUIET, "--out", "run"])
    expect(code == 1, f"exit code {code}: {errors}")
    expect("interrupted" not in errors, errors)
    scene.expect_same("run", arguments)


def worker_killed(scene):
    """mpirun ends the job; the run goes on with other ranks, or with none."""
    for resumed in (2, 1):
        run = f"run_{resumed}"
        job = scene.start(4, [*LONG, *QUIET, "--out", run])
        scene.wait_for_results(run, 2)
        os.kill(scene.pid(2), signal.SIGKILL)
        code, _, errors = end_of(job)
        expect(code != 0, f"mpirun says that all is well: {errors}")
        expect(not (scene.folder / run / "summary.json").exists(), "the run was over before the kill")
        rest = [*LONG, *QUIET, "--out", run, "--resume"]
        code, _, errors = scene.mpirun(2, rest) if resumed == 2 else scene.alone(rest)
        expect(code == 0, f"resumed: exit code {code}: {errors}")
        scene.expect_same(run, LONG)


def worker_killed_with_recovery(scene):
    """With --enable-recovery the others train its replicas."""
    job = scene.start(4, [*LONG, *QUIET, "--out", "run"], ["--enable-recovery"], SYMSCAN_MPI_TIMEOUT="3")
    scene.wait_for_results("run", 2)
    os.kill(scene.pid(2), signal.SIGKILL)
    code, _, errors = end_of(job)
    expect(code == 0, f"exit code {code}: {errors}")
    expect("rank 2 does not answer any more; its" in errors, errors)
    scene.expect_same("run", LONG)


def rank_0_killed_with_recovery(scene):
    """The others end, and the run can be resumed."""
    job = scene.start(3, [*LONG, *QUIET, "--out", "run"], ["--enable-recovery"], SYMSCAN_MPI_TIMEOUT="2")
    scene.wait_for_results("run", 2)
    pids = [scene.pid(x) for x in range(3)]
    os.kill(pids[0], signal.SIGKILL)
    expect(wait_for_ends(pids, 20), "ranks go on without rank 0")
    _, _, errors = end_of(job)
    expect("rank 0 does not answer any more" in errors, errors)
    code, _, errors = scene.mpirun(2, [*LONG, *QUIET, "--out", "run", "--resume"])
    expect(code == 0, f"resumed: exit code {code}: {errors}")
    scene.expect_same("run", LONG)


def stopped_by_signal(scene):
    """SIGUSR1, which mpirun hands on: all ranks are checkpointed, exit code 75."""
    job = scene.start(3, [*LONG, "--no-report", "--quiet", "--out", "run"])
    scene.wait_for_results("run", 2)
    begin = time.monotonic()
    job.send_signal(signal.SIGUSR1)
    code, _, errors = end_of(job)
    seconds = time.monotonic() - begin
    expect(code == 75, f"exit code {code}: {errors}")
    expect(seconds < 12, f"it took {seconds:.1f} s")
    expect(len([x for x in errors.splitlines() if x.startswith("interrupted;")]) == 1, errors)
    expect(checkpoints_in(scene.folder / "run") > 1, "replicas of other ranks have no checkpoint")
    code, _, errors = scene.alone([*LONG, *QUIET, "--out", "run", "--resume"])
    expect(code == 0, f"resumed: exit code {code}: {errors}")
    scene.expect_same("run", LONG)


def one_rank_stopped(scene):
    """A signal for one rank ends all in order."""
    job = scene.start(3, [*LONG, *QUIET, "--out", "run"])
    scene.wait_for_results("run", 2)
    os.kill(scene.pid(1), signal.SIGTERM)
    code, _, errors = end_of(job)
    expect(code == 75, f"exit code {code}: {errors}")
    code, _, errors = scene.mpirun(3, [*LONG, *QUIET, "--out", "run", "--resume"])
    expect(code == 0, f"resumed: exit code {code}: {errors}")
    scene.expect_same("run", LONG)


def checkpoints_in(run):
    import sqlite3
    with sqlite3.connect(f"file:{run}/results.sqlite?mode=ro", uri=True) as ledger:
        return ledger.execute("SELECT count(*) FROM checkpoint").fetchone()[0]


def other_data(scene):
    """A rank that reads another file is named, and nothing goes on."""
    for rank, seed in ((0, 1), (1, 2), (2, 1)):
        folder = scene.folder / f"rank_{rank}"
        folder.mkdir()
        subprocess.run([scene.symscan, "generate", "circle", f"seed={seed}", "--n", "2000", "--out", "events.csv"], cwd=folder,
                       check=True, capture_output=True)
    code, _, errors = scene.mpirun(3, ["--data", "events.csv", seeds(40), "train.epochs=100", *QUIET, "--out", "run"])
    expect(code == 42, f"exit code {code}: {errors}")
    told = sentences_of(errors)
    expect(len(told) == 1 and "rank 1" in told[0] and "other data" in told[0], errors)


def missing_data(scene):
    """What a rank cannot read is told once, by rank 0."""
    (scene.folder / "rank_1").mkdir()
    subprocess.run([scene.symscan, "generate", "circle", "--n", "2000", "--out", "events.csv"], cwd=scene.folder, check=True,
                   capture_output=True)
    code, _, errors = scene.mpirun(2, ["--data", "events.csv", seeds(40), "train.epochs=100", *QUIET, "--out", "run"])
    expect(code == 42, f"exit code {code}: {errors}")
    told = sentences_of(errors)
    expect(len(told) == 1 and "rank 1" in told[0] and "events.csv" in told[0], errors)


def without_plugin(scene):
    code, _, errors = scene.mpirun(2, [*SMALL, *QUIET, "--out", "run"], SYMSCAN_MPI_PLUGIN="/nowhere/libsymscan_mpi.so")
    expect(code == 2, f"exit code {code}: {errors}")
    told = sentences_of(errors)
    expect(told and all("a launcher of MPI started 2 processes" in x and "SYMSCAN_MPI=off" in x for x in told), errors)
    expect(not (scene.folder / "run").exists(), "it trained")
    for rank in range(2):
        (scene.folder / f"rank_{rank}").mkdir()
    code, _, errors = scene.mpirun(2, [*SMALL, *QUIET, "--out", "run"], SYMSCAN_MPI="off")
    expect(code == 0, f"each by itself: exit code {code}: {errors}")
    for rank in range(2):
        scene.expect_same(f"rank_{rank}/run", SMALL)


def devices_of_ranks(scene):
    """Each rank trains on its part of the devices; float32 has the bits of the CPU."""
    if not scene.emulated:
        return
    arguments = [*SMALL, *QUIET, "--device", "cuda", "--out", "run"]
    code, _, errors = scene.mpirun(2, arguments, SYMSCAN_DEVICE_PLUGIN=scene.emulated)
    expect(code == 0, f"exit code {code}: {errors}")
    scene.expect_same("run", SMALL)


CHECKS = [eight_ranks, all_ranks_train, long_messages, automatic_seeds, failed_replicas, worker_killed, worker_killed_with_recovery,
          rank_0_killed_with_recovery, stopped_by_signal, one_rank_stopped, other_data, missing_data, without_plugin,
          devices_of_ranks]


def main():
    symscan, plugin, emulated = [os.path.abspath(x) if x else "" for x in sys.argv[1:4]]
    names = sys.argv[4:]
    if shutil.which("mpirun") is None or not os.path.exists(plugin):
        print("skipped: " + ("there is no mpirun (apt install openmpi-bin)" if os.path.exists(plugin) else
                             "the plugin for MPI is not built (apt install libopenmpi-dev)"))
        return 77
    os.environ["SYMSCAN_MPI_PLUGIN"] = plugin
    wrong, references = 0, {}
    with tempfile.TemporaryDirectory(prefix="symscan_mpi_") as folder:
        for check in CHECKS:
            if names and check.__name__ not in names:
                continue
            begin = time.monotonic()
            problem = ""
            try:
                check(Scene(symscan, emulated, pathlib.Path(folder) / check.__name__, references))
            except AssertionError as error:
                problem = f": {error}"
                wrong += 1
            print(f"{'WRONG' if problem else 'right'} {check.__name__} ({time.monotonic() - begin:.1f} s){problem}", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
