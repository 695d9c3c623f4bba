"""Ledgers that are damaged or were made by somebody else. report, analyze and train --resume either give the true bytes or end
with 42 and one sentence; never a signal, a hang, or exit code 0 with wrong bytes.
"""
import os
import pathlib
import shutil
import sqlite3

from ledger_edits import edits
from rules import REFUSED, RUN_FILES, contents, wrong_bytes, wrong_end

LIMIT_SECONDS = 20


class Reader:
    """A command that reads a ledger; `files` are made anew by it and have one truth."""

    def __init__(self, scene, name, arguments, files):
        self.scene, self.name, self.arguments, self.files = scene, name, arguments, files
        self.restore()
        scene.must(arguments)
        self.truth = contents(scene.run, files)

    def restore(self):
        """The finished run without what this command writes."""
        self.scene.put("plain")
        for name in self.files:
            (self.scene.run / name).unlink(missing_ok=True)

    def check(self, damage, shown):
        self.restore()
        try:
            damage(self.scene.run / "results.sqlite")
        except sqlite3.Error:
            return None, ""  # the tables' own rules do not allow it
        before = kept_bytes(self.scene.run)
        outcome = self.scene.program.run(self.arguments, limit=LIMIT_SECONDS)
        problem = wrong_end(outcome, {0, REFUSED})
        if not problem and outcome.code == 0:
            problem = wrong_bytes(self.scene.run, self.truth)
            problem = problem and f"exit code 0 with {problem}"
        if not problem and self.name != "resume" and before != kept_bytes(self.scene.run):
            problem = "the ledger was changed by what only reads it"
        return problem, f"{shown}; {outcome.repeat}"


def kept_bytes(run):
    """The ledger itself: what only reads it leaves its bytes alone, whatever they are."""
    path = run / "results.sqlite"
    return path.read_bytes() if path.is_file() else None


def plain_copy(scene):
    """A finished run whose ledger is one file, without a log beside it."""
    scene.put("analysed")
    database = sqlite3.connect(scene.run / "results.sqlite")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    scene.keep("plain")


def flipped(path, bits):
    """`bits`: (share of the file, bit) each."""
    data = bytearray(path.read_bytes())
    for share, bit in bits:
        data[int(share * (len(data) - 1))] ^= 1 << bit
    path.write_bytes(data)


def replaced(path, make):
    path.unlink()
    make(path)


def other_files(scene):
    """(what, damage): the ledger is something else altogether."""
    def foreign(path):
        database = sqlite3.connect(path)
        database.execute("CREATE TABLE notes(text)")
        database.close()

    def link(path):
        target = scene.folder / "elsewhere.sqlite"
        shutil.copy(scene.folder / "plain" / "results.sqlite", target)
        path.symlink_to(target)

    kinds = {"empty": pathlib.Path.touch, "text": lambda x: x.write_text("a,b\n1,2\n" * 500), "a folder": pathlib.Path.mkdir,
             "a pipe": os.mkfifo, "another program's database": foreign, "a link": link,
             "half of it": lambda x: x.write_bytes((scene.folder / "plain" / x.name).read_bytes()[:20000]),
             "zeros": lambda x: x.write_bytes(bytes(65536))}
    return [(x, lambda path, y=y: replaced(path, y)) for x, y in kinds.items()]


def readers(scene):
    return [Reader(scene, "report", ["report", scene.run], ["report.html"]),
            Reader(scene, "analyze", ["analyze", scene.run], ["analysis.json", "report.html"]),
            Reader(scene, "resume", scene.train("--resume"), RUN_FILES)]


def changed_by(statement):
    def damage(path):
        database = sqlite3.connect(path)
        try:
            for part in statement.split(";\n"):
                database.execute(part)
            database.commit()
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            database.close()
    return damage


def run(scene, random):
    scene.prepare()
    plain_copy(scene)
    found = readers(scene)
    damages = [(f"results.sqlite is {x}", y) for x, y in other_files(scene)]
    statements = edits(scene.folder / "plain" / "results.sqlite")
    damages += [(f"sqlite3 results.sqlite {x!r}", changed_by(x)) for x in statements]
    while True:
        random.shuffle(damages)
        for shown, damage in damages:
            reader = random.choice(found)
            yield f"{reader.name}: {shown}", lambda r=reader, d=damage, s=shown: r.check(d, s)
            bits = [(random.random(), random.randrange(8)) for _ in range(random.choice([1, 1, 1, 4]))]
            reader = random.choice(found)
            shown_bits = f"flip bits {bits} (share of the file, bit)"
            yield f"{reader.name}: {shown_bits}", \
                lambda r=reader, b=bits, s=shown_bits: r.check(lambda path: flipped(path, b), s)
