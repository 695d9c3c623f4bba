"""Files that are not ours: whatever the command and its flags, they stay as they are, and nothing is written through links."""
import os
import pathlib
import shutil
import sqlite3

import power_loss
import steps
from rules import INTERRUPTED, REFUSED, changed, snapshot, wrong_bytes, wrong_end

FLAGS = [[], ["--resume"], ["--overwrite"]]


def foreign_database(path):
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE notes(text)")
    database.execute("INSERT INTO notes VALUES('mine')")
    database.commit()
    database.close()


FOREIGN = {"results.sqlite": foreign_database, **{x: lambda path: path.write_text("mine\n") for x in (
    "report.html", ".tmp-notes", ".tmp-123-report.html", "summary.json", "models.safetensors", "config.json", "analysis.json",
    "timings.json", "metrics.jsonl", "results.sqlite-wal", ".lock", "notes.txt")}}
# A name that says nothing of a run: files of these names do not keep a run from being made beside them.
HARMLESS = {".tmp-notes", ".tmp-123-report.html", "notes.txt", ".lock"}


def foreign_folder(scene, names, flags):
    """A folder that holds files of somebody else: all of them stay as they are."""
    scene.clear()
    scene.run.mkdir()
    for name in names:
        FOREIGN[name](scene.run / name)
    before = snapshot(scene.run)
    outcome = scene.program.run(scene.train(*flags))
    problem = wrong_end(outcome, {0, REFUSED})
    gone = [x for x in changed(before, snapshot(scene.run)) if not (x == ".lock" and outcome.code == 0)]
    if gone:
        problem = f"{outcome.how()}, and changed: {', '.join(gone)}"
    elif not problem and outcome.code == 0 and not HARMLESS.issuperset(names):
        problem = "a run was made in a folder that holds files of a run's names"
    return problem, f"in a folder with foreign {', '.join(names)}: {outcome.repeat}"


def beside_a_run(scene, names, command):
    """Foreign files beside those of a run: they outlive every command."""
    scene.put("analysed")
    for name in names:
        FOREIGN[name](scene.run / name)
    before = {x: y for x, y in snapshot(scene.run).items() if x in names}
    outcome = scene.program.run(command)
    problem = wrong_end(outcome, {0, REFUSED})
    gone = changed(before, snapshot(scene.run))
    return (f"{outcome.how()}, and changed: {', '.join(gone)}" if gone else problem), \
        f"in a run with foreign {', '.join(names)}: {outcome.repeat}"


def journal_of_several(path, victim):
    """A rollback journal without pages, as of a transaction over several databases: SQLite deletes the file that it names."""
    name = str(victim).encode()
    header = bytes.fromhex("d9d505f920a163d7") + bytes(4) + bytes(4) + (1).to_bytes(4, "big") + (512).to_bytes(4, "big") + \
        (4096).to_bytes(4, "big")
    total = sum(x - 256 if x > 127 else x for x in name) & 0xffffffff
    end = (0x40000000 // 4096 + 1).to_bytes(4, "big") + name + len(name).to_bytes(4, "big") + total.to_bytes(4, "big")
    path.write_bytes(header.ljust(512, b"\0") + end + bytes.fromhex("d9d505f920a163d7"))


PLANTED = {"a pipe": lambda path, victim: os.mkfifo(path), "a link": lambda path, victim: path.symlink_to(victim),
           "a hard link": lambda path, victim: os.link(victim, path), "a folder": lambda path, victim: path.mkdir(),
           "a journal of several databases": journal_of_several}


def beside_the_ledger(scene, begin, ending, kind, command):
    """Something in the place of what SQLite keeps beside a ledger: it harms no file elsewhere, and nothing waits for it."""
    scene.put(begin)
    victim = scene.folder / "victim.txt"
    victim.unlink(missing_ok=True)
    victim.write_text("mine\n")
    path = scene.run / f"results.sqlite{ending}"
    path.unlink(missing_ok=True)
    PLANTED[kind](path, victim)
    outcome = scene.program.run(command, limit=20)
    problem = wrong_end(outcome, {0, REFUSED})
    if not victim.is_file() or victim.read_text() != "mine\n":
        problem = f"{outcome.how()}, and a file elsewhere was changed"
    return problem, f"{kind} in the place of {path.name}: {outcome.repeat}"


def rows_of_another_run(scene, ending):
    """The checkpoints, or the log, of a run with other seeds: 42, or the right bytes."""
    scene.prepare_half("other", "seeds=[7,8]")
    scene.put("half")
    ours, other = scene.run / "results.sqlite", scene.folder / "other" / "results.sqlite"
    if ending:
        (scene.run / f"results.sqlite{ending}").unlink(missing_ok=True)
        (scene.run / "results.sqlite-shm").unlink(missing_ok=True)
        beside = other.with_name(f"results.sqlite{ending}")
        if beside.exists():
            shutil.copy(beside, scene.run)
    else:
        database = sqlite3.connect(ours)
        database.execute("ATTACH ? AS other", [str(other)])
        database.executescript("DELETE FROM checkpoint; INSERT INTO checkpoint SELECT * FROM other.checkpoint")
        database.close()
    outcome = scene.program.run(scene.train("--resume"))
    problem = wrong_end(outcome, {0, REFUSED})
    if not problem and outcome.code == 0:
        problem = wrong_bytes(scene.run, scene.truth)
    return problem, f"with {ending or 'the checkpoints'} of another run: {outcome.repeat}"


def names_that_are_written(scene, arguments):
    """Names below the run that a command opens for writing; its process id is written PID."""
    record = scene.folder.parent / f"{scene.folder.name}.names"
    record.unlink(missing_ok=True)
    process = scene.program.start(arguments, {"UNDER": scene.folder, "RECORD": record})
    process.communicate()
    found = {x[3].decode() for x in power_loss.read_record(record) if x[0] == "o"}
    record.unlink()
    inside = [os.path.relpath(x, scene.run) for x in found if x.startswith(f"{scene.run}/")]
    return sorted({x.replace(str(process.pid), "PID") for x in inside})


def through_a_link(scene, begin, name, arguments):
    """One of the files that the command makes is a link to a file of somebody else."""
    scene.put(begin)
    scene.run.mkdir(exist_ok=True)
    target = scene.folder / "target.txt"
    target.write_text("mine\n")

    def plant():
        path = scene.run / name.replace("PID", str(os.getpid()))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.symlink_to(target)
    outcome = scene.program.run(arguments, preexec_fn=plant)
    problem = wrong_end(outcome, {0, REFUSED, INTERRUPTED})
    if target.read_text() != "mine\n":
        problem = f"{outcome.how()}, and the link's target was written"
    return problem, f"with {name} as a link to a file elsewhere: {outcome.repeat}"


def through_a_linked_folder(scene, begin, name, arguments):
    """A folder of the command's files is a link to a folder elsewhere: nothing is written or deleted there."""
    scene.put(begin)
    elsewhere = scene.folder / "elsewhere"
    shutil.rmtree(elsewhere, ignore_errors=True)
    elsewhere.mkdir()
    (elsewhere / "events.out.tfevents.1.symscan").write_text("mine\n")
    path = scene.run / name
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(path, ignore_errors=True)
    path.symlink_to(elsewhere)
    before = snapshot(elsewhere)
    outcome = scene.program.run(arguments)
    after = snapshot(elsewhere)
    problem = f"{outcome.how()}, and elsewhere there is: {', '.join(after)}" if after != before else wrong_end(outcome, {0, REFUSED, INTERRUPTED})
    return problem, f"with {name} as a link to a folder elsewhere: {outcome.repeat}"


def swapped(scene):
    """The folder is moved away while a run is at work, and another run comes in its place: that one stays as it is."""
    settings = ["circle", "dataset.n=2000", "train.epochs=60", "model.latent_dim=[1,2]", "seeds=3"]
    scene.clear()
    process = scene.program.start(scene.train(settings=settings))
    while process.poll() is None and not (scene.run / "config.json").exists():
        pass
    scene.run.rename(scene.folder / "moved")
    shutil.copytree(scene.folder / "analysed", scene.run)
    before = snapshot(scene.run)
    outcome = scene.program.wait(process, 120, 0, scene.program.repeat(scene.train(settings=settings), None))
    shutil.rmtree(scene.folder / "moved")
    gone = changed(before, snapshot(scene.run))
    problem = f"{outcome.how()}, and changed: {', '.join(gone)}" if gone else wrong_end(outcome, {0, REFUSED, INTERRUPTED})
    return problem, f"{outcome.repeat} & (another run is put in the place of its folder)"


def all_cases(scene):
    for flags in FLAGS:
        for name in FOREIGN:
            yield f"folder with {name} {flags}", lambda n=name, f=flags: foreign_folder(scene, [n], f)
        yield f"folder with all {flags}", lambda f=flags: foreign_folder(scene, list(FOREIGN), f)
    commands = [scene.train("--resume"), scene.train("--overwrite"), ["analyze", scene.run], ["report", scene.run]]
    for command in commands:
        for name in (".tmp-notes", ".tmp-123-report.html", "notes.txt"):
            yield f"{command[0]} beside {name}", lambda n=name, c=command: beside_a_run(scene, [n], c)
        for ending in ("-wal", "-shm", "-journal"):
            for kind in PLANTED:
                begin = "half" if command[-1] == "--resume" else "analysed"
                yield f"{command[0]} with {kind} as {ending}", \
                    lambda b=begin, e=ending, k=kind, c=command: beside_the_ledger(scene, b, e, k, c)
    for ending in ("", "-wal"):
        yield f"rows of another run {ending}", lambda e=ending: rows_of_another_run(scene, e)
    for step in steps.main_steps(scene):
        step.restore()
        names = names_that_are_written(scene, step.arguments)
        for name in names:
            yield f"{step.name}: {name} is a link", \
                lambda s=step, n=name: through_a_link(scene, s.begin, n, s.arguments)
        for name in sorted({str(y) for x in names for y in pathlib.PurePath(x).parents} - {"."}):
            yield f"{step.name}: the folder {name} is a link", \
                lambda s=step, n=name: through_a_linked_folder(scene, s.begin, n, s.arguments)
    yield "the folder is swapped", lambda: swapped(scene)


def run(scene, random):
    scene.prepare()
    found = list(all_cases(scene))
    yield from random.sample(found, len(found))
