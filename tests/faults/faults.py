#!/usr/bin/env python3
"""Disturbs runs of symscan in every way that its users' machines may, and counts what comes out.

    faults.py SYMSCAN SHIM [KIND ...] [--cases N] [--seconds S] [--seed K] [--only N] [--folder DIRECTORY]

Every kind is tried for N cases or S seconds, whichever is over first; kinds that have an end may stop before. With neither,
20 cases. The same seed gives the same cases; --only tries one of them and leaves its folder. What is wrong is listed with the
two commands that repeat it. Exit code: 0 all right, 1 something is wrong.
"""
import argparse
import importlib
import itertools
import os
import pathlib
import random
import shutil
import sys
import tempfile
import time

from program import Program
from scene import Scene

KINDS = {"system_calls": "system calls that fail", "memory": "allocations that fail", "kills": "kills", "power_loss": "power cuts",
         "signals": "signals", "descriptors": "closed or full outputs", "ledgers": "damaged ledgers",
         "strangers": "files of others"}


class Tally:
    def __init__(self, kind):
        self.kind, self.tried, self.wrong, self.seconds = kind, 0, 0, 0.0

    def add(self, name, problem, repeat, again):
        self.tried += 1
        if problem:
            self.wrong += 1
            print(f"WRONG {self.kind}: {name}\n    {problem}\n    {again}\n    {repeat}", flush=True)


def usual_folder():
    """In memory where there is such a folder: thousands of runs are written."""
    memory = pathlib.Path("/dev/shm")
    return str(memory) if memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2**30 else None


def try_kind(kind, program, arguments):
    tally, begin = Tally(kind), time.monotonic()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="symscan-faults-", dir=arguments.folder or usual_folder()))
    try:
        (folder / "scene").mkdir()
        cases = importlib.import_module(kind).run(Scene(program, folder / "scene"), random.Random(f"{kind} {arguments.seed}"))
        for number, (name, check) in enumerate(itertools.islice(cases, arguments.cases), 1):
            if arguments.only in (None, number):
                again = f"{sys.argv[0]} {program.path} {program.shim} {kind} --seed {arguments.seed} --only {number}"
                tally.add(name, *check(), again)
            if arguments.only == number or (arguments.seconds and time.monotonic() - begin > arguments.seconds):
                break
    finally:
        if arguments.only:
            print(f"{folder} is left")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    tally.seconds = time.monotonic() - begin
    return tally


def print_table(tallies):
    print(f"{'kind':28}{'tried':>8}{'right':>8}{'wrong':>8}{'seconds':>9}")
    for tally in tallies:
        print(f"{KINDS[tally.kind]:28}{tally.tried:8}{tally.tried - tally.wrong:8}{tally.wrong:8}{tally.seconds:9.0f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("shim")
    parser.add_argument("kinds", nargs="*", default=list(KINDS))
    parser.add_argument("--cases", type=int)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int)
    parser.add_argument("--folder")
    arguments = parser.parse_args()
    if not arguments.cases and not arguments.seconds and not arguments.only:
        arguments.cases = 20
    unknown = set(arguments.kinds) - set(KINDS)
    if unknown:
        parser.error(f"no kinds of faults: {', '.join(sorted(unknown))}; there are {', '.join(KINDS)}")
    program = Program(arguments.program, arguments.shim)
    tallies = [try_kind(x, program, arguments) for x in arguments.kinds]
    print_table(tallies)
    return 1 if any(x.wrong for x in tallies) else 0


if __name__ == "__main__":
    sys.exit(main())
