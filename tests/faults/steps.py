"""What is disturbed: commands on a scene, with the state they start from, how their run is finished, and what is then true."""
from rules import contents, wrong_bytes


class Step:
    """One command. `begin` names the copy it starts from (None: no run). `files` are what it must have written in the end."""

    def __init__(self, scene, name, arguments, begin, finish, truth):
        self.scene, self.name, self.arguments = scene, name, arguments
        self.begin, self.finish_with, self.truth = begin, finish, truth

    def restore(self):
        self.scene.put(self.begin)

    def finish(self):
        """After the disturbance: the command that goes on, then the bytes."""
        outcome = self.scene.program.run(self.finish_with, limit=120)
        if outcome.code != 0:
            return f"afterwards {outcome.repeat} ends with {outcome.how()}: {outcome.errors.strip()[:200]}"
        problem = self.wrong_bytes()
        return problem and f"afterwards {outcome.repeat} leaves {problem}"

    def wrong_bytes(self):
        return wrong_bytes(self.scene.run, self.truth)


class GenerateStep(Step):
    """Writes one file; there is none before. A disturbed one leaves no file, or the whole one."""

    def __init__(self, scene, name):
        self.file = scene.folder / name
        arguments = ["generate", "ee_mumu", "--n", "200", "--out", self.file]
        super().__init__(scene, "generate " + self.file.suffix, arguments, None, [*arguments, "--overwrite"], None)
        self.file.unlink(missing_ok=True)
        scene.must(arguments)
        self.truth = contents(scene.folder, [name])
        self.file.unlink()

    def restore(self):
        self.file.unlink(missing_ok=True)
        for other in self.scene.folder.glob(".*"):
            other.unlink()

    def wrong_bytes(self):
        return wrong_bytes(self.scene.folder, self.truth)


def resume_step(scene, name, arguments, begin):
    return Step(scene, name, arguments, begin, scene.train("--resume"), scene.truth)


def file_step(scene, ending):
    """Training on a file, which is read under the folder; its own truth."""
    table = scene.folder / f"table{ending}"
    if not table.exists():
        scene.must(["generate", "ee_mumu" if "lhe" in ending else "circle", "--n", "200", "--out", table])
    settings = ["--data", table, "train.epochs=1", "model.latent_dim=1", "model.hidden=[4]", "seeds=1", "--no-analysis",
                "--no-report"] + (["dataset.particles=[13,-13]"] if "lhe" in ending else [])
    arguments = scene.train(settings=settings)
    scene.clear()
    scene.must(arguments)
    truth = contents(scene.run, ["summary.json", "models.safetensors", "metrics.jsonl"])
    return Step(scene, f"train on {ending}", arguments, None, [*arguments, "--resume"], truth)


def main_steps(scene):
    analyze, report = ["analyze", scene.run], ["report", scene.run]
    return [resume_step(scene, "train", scene.train(), None),
            resume_step(scene, "train with a log", scene.train("--log", "tensorboard"), None),
            resume_step(scene, "resume", scene.train("--resume"), "half"),
            resume_step(scene, "overwrite", scene.train("--overwrite"), "finished"),
            Step(scene, "analyze", analyze, "finished", analyze, scene.analysed_truth),
            Step(scene, "report", report, "analysed", report, scene.analysed_truth)]


def file_steps(scene):
    return [GenerateStep(scene, "made.csv"), GenerateStep(scene, "made.npz"), GenerateStep(scene, "made.lhe.gz"),
            GenerateStep(scene, "made.h5"), *(file_step(scene, x) for x in (".csv", ".csv.gz", ".npy", ".npz", ".lhe", ".h5"))]
