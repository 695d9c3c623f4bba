"""A folder with one small finished run, its files, and copies of it."""
import pathlib
import shutil

from rules import ANALYSED_FILES, contents

SETTINGS = ["circle", "dataset.n=200", "train.epochs=3", "model.latent_dim=[1,2]", "model.hidden=[8]", "seeds=2"]


class Scene:
    """`run` is where every run of the scene is, since a ledger may hold its own path."""

    def __init__(self, program, folder):
        self.program = program
        self.folder = pathlib.Path(folder).resolve()
        self.run = self.folder / "run"
        self.report = self.folder / "calls.txt"

    def train(self, *more, settings=None):
        return ["train", *(settings or SETTINGS), "--device", "cpu", "--threads", "2", "--checkpoint-every", "0.01",
                "--quiet", "--out", self.run, *more]

    def must(self, arguments):
        """Runs what has to work before anything is disturbed."""
        outcome = self.program.run(arguments, limit=300)
        if outcome.code != 0:
            raise RuntimeError(f"{outcome.repeat}\n{outcome.how()}: {outcome.errors}")
        return outcome

    def clear(self):
        shutil.rmtree(self.run, ignore_errors=True)

    def keep(self, name):
        """Puts a copy of the run aside."""
        shutil.rmtree(self.folder / name, ignore_errors=True)
        shutil.copytree(self.run, self.folder / name, symlinks=True)

    def put(self, name):
        """Makes the run what it was when it was put aside; None: there is no run."""
        self.clear()
        if name:
            shutil.copytree(self.folder / name, self.run, symlinks=True)

    def prepare(self):
        """An undisturbed run: `finished` has been trained, `analysed` was looked at by symscan analyze after that."""
        self.clear()
        self.must(self.train())
        self.keep("finished")
        self.truth = contents(self.run, ANALYSED_FILES)
        self.must(["analyze", self.run])
        self.keep("analysed")
        self.analysed_truth = contents(self.run, ANALYSED_FILES)
        self.prepare_half()
        self.clear()
        return self

    def prepare_half(self, name="half", *more):
        """`half` was killed in the middle of its writing."""
        self.clear()
        counts = self.program.counts(self.train(*more), self.folder, self.report)
        calls = counts["write"] + counts["sync"]
        self.clear()
        self.program.run(self.train(*more), {"UNDER": self.folder, "CALLS": "write,sync", "AT": calls // 2, "HOW": "kill"})
        self.keep(name)
