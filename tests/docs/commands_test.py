#!/usr/bin/env python3
"""Runs every command of README.md and docs/*.md, and checks the links of all pages.

    commands_test.py SYMSCAN [PAGE ...]

A fenced block says its language: sh is run, json with a "dataset" is checked as a config, python is run where its
packages are there, text is output. Marks in HTML comments on the lines above a block:
    <!-- not run: REASON -->         what needs a GPU, the network or root
    <!-- run with: KEY=VALUE ... --> settings that make each `symscan train` of the block small
    <!-- before: COMMAND -->         run first, unseen by the reader
    <!-- tree -->                    indented names of files and folders, all of which exist; every top folder is among them
    <!-- output of: COMMAND -->      every line of the block, between its "...", is a part of what COMMAND prints
A page's commands run in order in a folder of their own, which holds events.csv, run.lhe.gz, table.npy and runs_of_orbits.csv.
Exit code: 0 all passed, 1 some failed.
"""
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
import time

from markdown import Page

ROOT = pathlib.Path(__file__).resolve().parents[2]
LANGUAGES = {"sh", "json", "python", "text"}
INPUTS = ["generate disk --n 500 --out events.csv", "generate ee_mumu --n 500 --out run.lhe.gz",
          "generate sphere --n 500 --out table.npy", "generate trajectories --n 500 --out runs_of_orbits.csv"]
TIMEOUT_SECONDS = 120


class Check:
    """Collects what is wrong, and where."""

    def __init__(self):
        self.problems = []

    def say(self, page, line, problem):
        self.problems.append(f"{page.path.relative_to(ROOT)}:{line}: {problem}")


def pages_of_the_project():
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"], cwd=ROOT,
                            capture_output=True, text=True, check=False).stdout.split()
    paths = [ROOT / x for x in listed] or [x for x in ROOT.rglob("*.md") if ROOT / "build" not in x.parents]
    return {x: Page(x) for x in sorted(paths) if x.exists()}


# ---- links

def check_links(pages, check):
    for page in pages.values():
        for target in page.links():
            if re.match(r"[a-z]+:", target):
                continue
            name, _, anchor = target.partition("#")
            path = (page.path.parent / name).resolve() if name else page.path
            if not path.exists():
                check.say(page, 1, f"the link {target} leads nowhere")
            elif anchor and path.suffix == ".md" and anchor not in (pages.get(path) or Page(path)).anchors():
                check.say(page, 1, f"{name or 'the page'} has no heading #{anchor}")


# ---- code spans: files, make targets, options of commands

def expand(span):
    """host/{a,b}.cpp -> host/a.cpp, host/b.cpp."""
    brace = re.search(r"\{([^{}]*)\}", span)
    if not brace:
        return [span]
    return [y for x in brace[1].split(",") for y in expand(span[:brace.start()] + x + span[brace.end():])]


def tracked_folders():
    return {x.name for x in ROOT.iterdir() if x.is_dir()} - {"build", "runs", "dist", ".git"}


def check_tree(page, block, check):
    """A name is what stands before two blanks; several are separated by commas, and deeper lines lie in the folder above."""
    above, named = [], set()
    for line in block.lines:
        indent = len(line) - len(line.lstrip())
        entries = [x.strip() for x in re.split(r"  +", line.strip())[0].split(",")]
        if not all(re.fullmatch(r"[\w.]+(\.\*|/)?", x) and re.search(r"[./]", x) for x in entries):
            continue  # the description goes on
        above = [(i, folder) for i, folder in above if i < indent]
        folder = above[-1][1] if above else ROOT
        for entry in entries:
            if not list(folder.glob(entry.rstrip("/"))):
                check.say(page, block.line, f"{(folder / entry).relative_to(ROOT)} is not in the tree")
        if entries[0].endswith("/"):
            above.append((indent, folder / entries[0].rstrip("/")))
        if not indent:
            named.update(x.rstrip("/") for x in entries)
    for folder in sorted(tracked_folders() - named):
        check.say(page, block.line, f"the folder {folder} is not named")


def check_spans(pages, program, check):
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.M))
    folders, helps = tracked_folders(), {}
    for page in pages.values():
        for span in page.code_spans():
            words = span.split()
            if words[0] == "make" and len(words) > 1 and "=" not in words[1] and words[1] not in targets:
                check.say(page, 1, f"there is no make target {words[1]}")
            if len(words) == 1 and span.split("/")[0] in folders and not re.search(r"[A-Z]{2,}|[<>]", pathlib.Path(span).stem):
                for name in expand(span):
                    if not list(ROOT.glob(name.rstrip("/"))):
                        check.say(page, 1, f"{name} is not in the tree")
            if words[0] == "symscan" and len(words) > 1 and re.fullmatch(r"[a-z]+", words[1]):
                if words[1] not in helps:
                    helps[words[1]] = subprocess.run([program, words[1], "--help"], capture_output=True, text=True, check=False)
                if helps[words[1]].returncode:
                    check.say(page, 1, f"symscan has no command {words[1]}")
                for option in re.findall(r"(?<!\S)--[a-z-]+", span):
                    if not re.search(re.escape(option) + r"(?![\w-])", helps[words[1]].stdout):
                        check.say(page, 1, f"symscan {words[1]} has no option {option}")


# ---- blocks

def prepare_folder(folder, program):
    """The top of a checkout as a reader sees it, with the program built, and the input files of the examples."""
    for name in sorted(tracked_folders()):
        (folder / name).symlink_to(ROOT / name)
    for name in ("README.md", "Makefile"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "build/release").mkdir(parents=True)
    (folder / "build/release/symscan").symlink_to(program)
    for command in INPUTS:
        subprocess.run([program, *command.split()], cwd=folder, check=True, capture_output=True)


def start(words, folder, environment):
    return subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, errors="replace",
                          timeout=TIMEOUT_SECONDS, check=False)


def run(words, folder, environment):
    """The problem in one line, or None."""
    try:
        done = start(words, folder, environment)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return None if done.returncode == 0 else f"exit code {done.returncode}: {(done.stderr or done.stdout).strip()[-300:]}"


def run_command(line, settings, folder, environment):
    words = shlex.split(line, comments=True)
    patterns = "*" in re.sub(r"'[^']*'", "", line)  # of files, for a shell
    if patterns or any(x in ("|", ">", "&&", ";") for x in words):
        return run(["bash", "-euo", "pipefail", "-c", line], folder, environment)
    if len(words) > 1 and pathlib.Path(words[0]).name == "symscan" and words[1] == "train":
        words += settings
    return run(words, folder, environment)


def run_json(block, folder, environment):
    try:
        config = json.loads(block.text)
    except ValueError as error:
        return f"not JSON: {error}"
    if "dataset" not in config:
        return None
    (folder / "block.json").write_text(block.text, encoding="utf-8")
    return run(["build/release/symscan", "train", "block.json", "--dry-run"], folder, environment)


MODULE_PYTHON = ROOT / "build/python/bin/python"  # python/install_packages.sh


def run_python(block, folder, environment):
    """A page's blocks are one program: each runs after those above it."""
    compile(block.text, "block", "exec")
    text = "\n".join([*block.before, block.text])
    modules = re.findall(r"^(?:from|import) (\w+)", text, re.M)
    for python in (sys.executable, str(MODULE_PYTHON)):
        if os.path.exists(python) and not run([python, "-c", f"import {', '.join(modules or ['sys'])}"], folder, environment):
            return run([python, "-c", text], folder, environment)
    return None


def compare_output(block, command, folder, environment):
    words = ["bash", "-c", command]  # patterns of files
    if " train " in command:
        words = shlex.split(command) + ["--out", "shown", "--overwrite"]
    printed = start(words, folder, environment).stdout
    parts = [x.strip() for line in block.lines for x in line.split("...")]
    missing = [x for x in parts if x not in printed]
    return f"{command} does not print: {missing[0]}" if missing else None


def run_block(page, block, folder, environment, check):
    if block.language not in LANGUAGES:
        check.say(page, block.line, f"a block says its language: {', '.join(sorted(LANGUAGES))}")
        return 0
    settings = shlex.split(" ".join(block.marks.get("run with", [])))
    commands = block.marks.get("before", [])
    if block.language == "sh":
        commands = commands + block.commands()
    if "not run" in block.marks:
        return 0
    for command in commands:
        problem = run_command(command, settings, folder, environment)
        if problem:
            check.say(page, block.line, f"{command}\n    {problem}")
    for command in block.marks.get("output of", []):
        problem = compare_output(block, command, folder, environment)
        if problem:
            check.say(page, block.line, problem)
    problem = {"json": run_json, "python": run_python}.get(block.language, lambda *_: None)(block, folder, environment)
    if problem:
        check.say(page, block.line, problem)
    return len(commands) + (block.language in ("json", "python"))


def run_page(page, program, check):
    environment = {**os.environ}
    with tempfile.TemporaryDirectory(prefix="symscan-docs-") as name:
        folder = pathlib.Path(name)
        prepare_folder(folder, program)
        environment["PATH"] = f"{folder / 'build/release'}:{environment['PATH']}"
        environment["PYTHONPATH"] = str(program.parent / "python")  # the module symscan, if it was built
        count = sum(run_block(page, block, folder, environment, check) for block in page.blocks)
        for span in page.code_spans():  # those of tables: names of configs, settings
            if re.match(r"symscan train (configs/|[a-z_]+( |$))", span) and not re.search(r"\.\.\.|\b[A-Z]{2,}\b", span):
                problem = run(shlex.split(span) + ["--dry-run"], folder, environment)
                count += 1
                if problem:
                    check.say(page, 1, f"{span}\n    {problem}")
    for number, line in page.unfenced:
        check.say(page, number, f"a block without a fence is not checked: {line.strip()[:60]}")
    return count


# ---- the version has one source

def check_version(program, check, pages):
    version = subprocess.run([program, "version"], capture_output=True, text=True, check=True).stdout.split()[1]
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)
    if newest[1] != version:
        check.say(pages[ROOT / "CHANGELOG.md"], 1, f"the newest entry is {newest[1]}, the program is {version}")


def main():
    program = pathlib.Path(sys.argv[1]).resolve()
    check, pages = Check(), pages_of_the_project()
    check_links(pages, check)
    check_spans(pages, program, check)
    for page in pages.values():
        for block in page.blocks:
            if "tree" in block.marks:
                check_tree(page, block, check)
    check_version(program, check, pages)
    wanted = [pathlib.Path(x).resolve() for x in sys.argv[2:]]
    for path, page in pages.items():
        if path in wanted or (not wanted and (path == ROOT / "README.md" or path.parent == ROOT / "docs")):
            begin = time.monotonic()
            count = run_page(page, program, check)
            print(f"{path.relative_to(ROOT)}: {count} commands, {time.monotonic() - begin:.1f} s", flush=True)
    for problem in check.problems:
        print("FAILED", problem)
    print(f"{len(pages)} pages, {len(check.problems)} problems")
    return 1 if check.problems else 0


if __name__ == "__main__":
    sys.exit(main())
