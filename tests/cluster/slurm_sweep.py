"""configs/cluster/slurm.sbatch as a user edits and submits it, and what its jobs leave."""
import json
import re
import subprocess

from slurm_cluster import wait_until

ENDED = ("COMPLETED", "FAILED", "CANCELLED", "TIMEOUT")
SECONDS = 300  # for anything that takes a few seconds on an idle machine


class Failed(AssertionError):
    """The sentence says what is not as it should be."""


def expect(condition, sentence):
    if not condition:
        raise Failed(sentence)


def steps_of(run):
    return json.loads((run / "timings.json").read_text())["steps"]


class Sweep:
    """One edited copy of the script; the shards are in RUN/shard_I_of_8."""
    shards = 8

    def __init__(self, cluster, folder, original, name, settings, lines):
        """settings: NAME -> text behind "NAME="; lines: beginning of an #SBATCH line -> the line in its place."""
        self.cluster, self.folder, self.run = cluster, folder, folder / settings["RUN"]
        self.script = folder / f"{name}.sbatch"
        text = original.read_text()
        for key, value in settings.items():
            text = self.replaced(text, rf"^{key}=(\([^)]*\)|\S*)", f"{key}={value}")
        for begin, line in {"#SBATCH --job-name=": f"#SBATCH --job-name={name}", **lines}.items():
            text = self.replaced(text, rf"^{begin}.*$", line)
        self.script.write_text(text)
        self.name, self.array, self.merge = name, None, None

    @staticmethod
    def replaced(text, pattern, by):
        text, count = re.subn(pattern, lambda _: by, text, flags=re.M)
        expect(count == 1, f"slurm.sbatch has {count} lines {pattern}")
        return text

    def submit(self, *words):
        done = subprocess.run(["bash", self.script, *words], env=self.cluster.environment, cwd=self.folder, text=True,
                              capture_output=True, timeout=60, check=False)
        numbers = re.fullmatch(r"shards: job (\d+)\nmerge: job (\d+)\n", done.stdout)
        expect(numbers, f"bash {self.script.name}: exit code {done.returncode}: {done.stdout}{done.stderr}")
        self.array, self.merge = numbers.groups()

    # ---- jobs

    def task(self, index):
        return f"{self.array}_{index}"

    def step(self, index):
        """The task's srun. A signal to the task itself is repeated up to ten times by Slurm 22.05 while others are pending."""
        return self.job(self.task(index))["JobId"] + ".0"

    def job(self, job):
        text = self.cluster.slurm("scontrol", "--oneliner", "show", "job", job, check=False).stdout
        return dict(re.findall(r"(\w+)=(\S*)", text))

    def state(self, job):
        return self.job(job).get("JobState", "")

    def wait_for_state(self, job, *states):
        wait_until(lambda: self.state(job) in states, SECONDS, f"job {job} is {' or '.join(states)}")
        return self.job(job)

    def node_of(self, job):
        return self.job(job)["BatchHost"]

    # ---- what a shard has written

    def shard(self, index):
        return self.run / f"shard_{index}_of_{self.shards}"

    def log(self, index):
        path = self.folder / f"{self.name}_{self.task(index)}.log"
        return path.read_text() if path.exists() else ""

    def merge_log(self):
        path = self.folder / f"{self.name}_{self.merge}_merge.log"
        return path.read_text() if path.exists() else ""

    def wait_for_checkpoint(self, index):
        """Epochs are appended to metrics.jsonl once a checkpoint holds them. The shard is at work when this returns."""
        metrics = self.shard(index) / "metrics.jsonl"
        wait_until(lambda: metrics.exists() and metrics.stat().st_size > 0 and self.state(self.task(index)) == "RUNNING",
                   SECONDS, f"shard {index} has a checkpoint")

    def wait_for_exit_code(self, index, code):
        """Of symscan, as the script saw it."""
        self.wait_for_log(index, f"shard {index}/{self.shards}, exit code {code}\n")

    def wait_for_log(self, index, text):
        def told():
            ended = self.state(self.task(index)) in ENDED  # asked before the log is read
            expect(text in self.log(index) or not ended, f"shard {index} ended, and its log has no '{text.strip()}'")
            return text in self.log(index)
        wait_until(told, SECONDS, f"the log of shard {index} has '{text.strip()}'")

    def steps(self, index):
        """Those of the last process that was not killed."""
        return steps_of(self.shard(index))

    def replicas(self, index):
        return json.loads((self.shard(index) / "progress.json").read_text())["replicas"]
