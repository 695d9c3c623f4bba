#!/usr/bin/env python3
"""docs/gallery is what `make gallery` made: every built-in dataset with its answer and a small picture, edited by nobody.

    gallery_test.py SYMSCAN

Exit code: 0 passed, 1 failed.
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "docs"))
import gallery  # noqa: E402

MOST_BYTES_OF_ALL = 600_000


def problems_of(folder, names):
    page = (folder / "index.md").read_text(encoding="utf-8")
    head, _, body = page.partition("\n")
    if f"{head}\n" != gallery.MADE_BY.format(gallery.digest(body)):
        yield "index.md was edited by hand (make gallery writes it, docs/gallery.py says what)"
    headings = re.findall(r"^### (\S+)$", body, re.M)
    if sorted(headings) != sorted(names):
        yield f"the page and symscan datasets differ: {sorted(set(headings) ^ set(names))} (make gallery)"
    pictures = re.findall(r"^!\[[^\]]+\]\(([^)]+)\)$", body, re.M)
    for name, part in zip(headings, body.split("\n### ")[1:]):
        if not 1 <= len(re.findall(r"^- .*\.$", part, re.M)) <= 3:
            yield f"{name} has no answer of one to three sentences"
        if pictures.count(f"{name}.svg") != 1:
            yield f"{name} has no picture"
    for picture in pictures:
        if not (folder / picture).exists():
            yield f"{picture} is not there"
    files = list(folder.iterdir())
    for path in files:
        if path.name != "index.md" and path.name not in pictures:
            yield f"{path.name} is not on the page"
        if path.name != "index.md" and path.stat().st_size > gallery.MOST_BYTES:
            yield f"{path.name} has more than {gallery.MOST_BYTES} bytes"
        if path.name != "index.md" and re.search(r"<script|(?:href|src)=[\"']?(?:[a-z]+:)?//", path.read_text(encoding="utf-8")):
            yield f"{path.name} has a script or asks the network"
    if sum(x.stat().st_size for x in files) > MOST_BYTES_OF_ALL:
        yield f"the gallery has more than {MOST_BYTES_OF_ALL} bytes"


def main():
    names = subprocess.run([sys.argv[1], "datasets", "--names"], capture_output=True, text=True, check=True).stdout.split()
    problems = list(problems_of(ROOT / "docs/gallery", names))
    for problem in problems:
        print("FAILED", problem)
    print(f"{len(names)} datasets, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
