"""Power cuts. A run is recorded (shim.c); its folder is then made as a disk may hold it after a cut at any moment: what was
synced is there; of the rest, nothing, all, the first part, any part, or sectors of it. Names of a folder that was not synced
are old or new, in the order of the changes. Going on must end with the bytes of the undisturbed run.
"""
import pathlib
import shutil
import struct
from random import Random

import steps

ENTRY = struct.Struct("<cQQII")
SECTOR = 512
STYLES = ["none", "all", "first", "some", "torn"]


def read_record(path):
    """(operation, inode, place, first text, second text) of every change."""
    data, at, entries = path.read_bytes(), 0, []
    while at < len(data):
        operation, inode, place, first, second = ENTRY.unpack_from(data, at)
        at += ENTRY.size
        entries.append((operation.decode(), inode, place, data[at:at + first], data[at + first:at + first + second]))
        at += first + second
    return entries


class Disk:
    """What is safe on the disk, and what is not yet, of the files below `top`."""

    def __init__(self, top):
        self.top = pathlib.Path(top)
        self.safe = {}        # inode -> bytes
        self.pending = {}     # inode -> [(place, bytes or None for a new size)]
        self.names = {}       # path -> inode; folders too
        self.new_names = {}   # folder path -> [(operation, path, second path, inode)]
        for path in [self.top, *self.top.rglob("*")]:
            inode = path.lstat().st_ino
            self.names[str(path)] = inode
            if path.is_file():
                self.safe[inode] = path.read_bytes()
        self.inodes_now = dict(self.names)
        self.made = {}        # inode -> its present file, where the number is used again

    def copy(self):
        other = Disk.__new__(Disk)
        other.top, other.safe, other.names = self.top, dict(self.safe), dict(self.names)
        other.pending, other.new_names, other.inodes_now, other.made = {}, {}, dict(self.inodes_now), {}
        return other

    def apply(self, number, entry):
        operation, inode, place, first, second = entry
        if operation in "od":
            self.made[inode] = (inode, number)
        inode = self.made.get(inode, inode)
        path, other = first.decode(errors="surrogateescape"), second.decode(errors="surrogateescape")
        if operation == "w":
            self.pending.setdefault(inode, []).append((place, first))
        elif operation == "t":
            self.pending.setdefault(inode, []).append((place, None))
        elif operation == "s":
            self.sync(inode)
        else:
            if operation == "o":
                self.safe[inode], self.pending[inode] = b"", []
            if operation in "od":
                self.inodes_now[path] = inode
            self.new_names.setdefault(str(pathlib.Path(path).parent), []).append((operation, path, other, inode))

    def sync(self, inode):
        """A file's bytes, or the names of a folder."""
        folders = [x for x, y in self.inodes_now.items() if y == inode and x in self.new_names]
        for folder in folders:
            for change in self.new_names.pop(folder):
                rename(self.names, change)
        for place, content in self.pending.pop(inode, []):
            self.safe[inode] = write(self.safe.get(inode, b""), place, content)

    def after_cut(self, random, style):
        """path -> bytes, None for a folder."""
        names, safe = dict(self.names), dict(self.safe)
        for changes in self.new_names.values():
            count = 0 if style == "none" else len(changes) if style == "all" else random.randint(0, len(changes))
            for change in changes[:count]:
                rename(names, change)
        for inode, changes in self.pending.items():
            for place, content in kept(changes, random, style):
                safe[inode] = write(safe.get(inode, b""), place, content)
        return {x: safe.get(y) for x, y in names.items()}


def rename(names, change):
    operation, path, other, inode = change
    if operation == "r":
        names.pop(path, None)
        names[other] = inode
    elif operation == "u":
        names.pop(path, None)
    else:
        names[path] = inode


def write(content, place, new):
    if new is None:
        return content[:place].ljust(place, b"\0")
    return content[:place].ljust(place, b"\0") + new + content[place + len(new):]


def kept(changes, random, style):
    """Which of the changes that were not synced are on the disk."""
    if style == "none":
        return []
    if style == "all":
        return changes
    if style == "first":
        return changes[:random.randint(0, len(changes))]
    found = [x for x in changes if random.random() < 0.5]
    if style == "torn":
        found = [y for x in found for y in sectors(x, random)]
    return found


def sectors(change, random):
    place, content = change
    if content is None:
        return [change]
    pieces, at = [], 0
    while at < len(content):
        size = SECTOR - (place + at) % SECTOR
        if random.random() < 0.6:
            pieces.append((place + at, content[at:at + size]))
        at += size
    return pieces


class Story:
    """A step that was recorded once, and the folder as it was before."""

    def __init__(self, step):
        self.step, scene = step, step.scene
        step.restore()
        self.record = scene.folder.parent / f"{scene.folder.name}.record"
        self.record.unlink(missing_ok=True)
        self.begin = Disk(scene.folder)
        outcome = scene.program.run(step.arguments, {"UNDER": scene.folder, "RECORD": self.record})
        if outcome.code != 0:
            raise RuntimeError(f"{outcome.repeat}: {outcome.errors}")
        self.entries = read_record(self.record)
        self.record.unlink()

    def cut(self, place, random, style):
        """Makes the run as it is after a cut before change number `place`."""
        run = self.step.scene.run
        disk = self.begin.copy()
        for number, entry in enumerate(self.entries[:place]):
            disk.apply(number, entry)
        shutil.rmtree(run, ignore_errors=True)
        for name, content in sorted(disk.after_cut(random, style).items()):
            path = pathlib.Path(name)
            if run != path and run not in path.parents:
                continue
            if content is None:
                path.mkdir(parents=True, exist_ok=True)
            elif path.parent.is_dir():  # else the folder's own name is lost
                path.write_bytes(content)


def check(story, place, style, seed):
    story.cut(place, Random(seed), style)
    problem = story.step.finish()
    return problem, f"power cut before change {place} of {len(story.entries)} ({style}) of: " + \
        story.step.scene.program.repeat(story.step.arguments, None)


def check_end(story):
    """What a command that ended with 0 has written survives a cut right after it."""
    story.cut(len(story.entries), None, "none")
    problem = story.step.wrong_bytes()
    return problem and f"lost after exit code 0: {problem}", story.step.scene.program.repeat(story.step.arguments, None)


def run(scene, random):
    scene.prepare()
    stories = [Story(x) for x in steps.main_steps(scene)]
    for story in stories:
        yield f"{story.step.name}: after the end", lambda s=story: check_end(s)
    while True:
        for story in random.sample(stories, len(stories)):
            place, style, seed = random.randint(0, len(story.entries)), random.choice(STYLES), random.random()
            yield f"{story.step.name}: before change {place}, {style}", \
                lambda s=story, p=place, y=style, k=seed: check(s, p, y, k)
