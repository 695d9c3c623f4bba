#!/usr/bin/env python3
"""Makes docs/gallery: every built-in dataset, trained with its defaults, with the answer of its report and a picture.

    gallery.py SYMSCAN [--out FOLDER] [--runs FOLDER]

--runs keeps the runs, and takes those that are there. The pictures come from `symscan report DIR --figures`.
"""
import argparse
import hashlib
import html
import json
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
GROUPS = {
    "Shapes": ["circle", "disk", "square", "annulus", "sphere", "torus", "gaussian"],
    "Mechanics": ["harmonic_oscillator", "pendulum", "kepler", "trajectories", "collision_1d", "collision_2d"],
    "Particle physics": ["ee_mumu", "pp_ll"],
}
MOST_BYTES = 50_000  # of a picture
MADE_BY = "<!-- Made by `make gallery`: not edited by hand. sha256 of what follows: {} -->\n"
INTRODUCTION = """# Gallery

Every built-in dataset after `symscan train NAME` and `symscan analyze`, with all settings at their defaults: what the data are, the answer of the report in
its own sentences, and its picture. The pictures are those of `symscan report DIR --figures FOLDER` ([the report](../report.md)).
`symscan datasets NAME` lists the settings of a dataset. More datasets, with models of five seeds:
[known truth against what is found](../truth_table.md).
"""


def digest(body):
    return hashlib.sha256(body.encode("utf-8")).hexdigest()


def names_of_datasets(symscan):
    listed = subprocess.run([symscan, "datasets", "--names"], capture_output=True, text=True, check=True).stdout.split()
    grouped = [x for names in GROUPS.values() for x in names]
    if sorted(listed) != sorted(grouped):
        sys.exit(f"GROUPS of {pathlib.Path(__file__).name} and symscan datasets differ: {sorted(set(listed) ^ set(grouped))}")
    return grouped


def text_of(picture):
    """Caption and description of an SVG file."""
    return [html.unescape(re.search(rf"<{tag}>(.*?)</{tag}>", picture, re.S)[1]) for tag in ("title", "desc")]


def study_of(report):
    """The study of a report.html, as its scripts read it."""
    page = report.read_text(encoding="utf-8")
    return json.loads(re.search(r'<script type="application/json" id="symscan-data">(.*?)</script>', page, re.S)[1])["studies"][0]


def make(symscan, name, runs, out):
    """Trains a dataset, puts its picture into the folder out; its study and the text of the picture."""
    run, figures = runs / name, runs / f"{name}-figures"
    if not (run / "report.html").exists():
        subprocess.run([symscan, "train", name, "--out", run, "--no-analysis", "--no-report", "--quiet"], check=True)
        subprocess.run([symscan, "analyze", run, "--quiet"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([symscan, "report", run, "--quiet", "--figures", figures, "--format", "svg"], check=True, stdout=subprocess.DEVNULL)
    picture = (figures / f"{name}-answer.svg").read_text(encoding="utf-8")
    size = len(picture.encode("utf-8"))
    if size > MOST_BYTES:
        sys.exit(f"the picture of {name} has {size} bytes, more than {MOST_BYTES}")
    (out / f"{name}.svg").write_text(picture, encoding="utf-8")
    print(f"{name}: {size} bytes", flush=True)
    return study_of(run / "report.html"), text_of(picture)


def escaped(text):
    """Plain text as Markdown."""
    return re.sub(r"([\\`*_\[\]|])", r"\\\1", text).replace("&", "&amp;").replace("<", "&lt;")


def table(studies):
    """One line a dataset: degrees of freedom, symmetry of the set and of the distribution."""
    lines = ["| dataset | degrees of freedom | symmetry of the set | of the distribution |", "|---|---|---|---|"]
    for name, (study, _) in studies.items():
        answer = study["answer"]
        cells = [f"[{name}](#{name})", *(escaped(answer[x] or "-") for x in ("degrees", "set", "distribution"))]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def entry(name, study, picture):
    caption, description = picture
    sentences = "\n".join(f"- {escaped(x)}" for x in study["answer"]["sentences"])
    return f"### {name}\n\n{escaped(study['description'])}.\n\n{sentences}\n\n![{escaped(description)}]({name}.svg)\n\n" \
        f"{escaped(caption)}\n"


def page_of(studies):
    parts = [INTRODUCTION, table(studies)]
    for group, names in GROUPS.items():
        parts += [f"## {group}\n", *(entry(x, *studies[x]) for x in names)]
    body = "\n".join(parts)
    return MADE_BY.format(digest(body)) + body


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("symscan", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "docs/gallery", help="folder")
    parser.add_argument("--runs", type=pathlib.Path, help="folder of the runs (default: a temporary one)")
    arguments = parser.parse_args()
    symscan = arguments.symscan.resolve()
    names = names_of_datasets(symscan)
    arguments.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="symscan-gallery-") as place:
        runs = arguments.runs or pathlib.Path(place)
        studies = {name: make(symscan, name, runs, arguments.out) for name in names}
    wanted = {f"{name}.svg" for name in names} | {"index.md"}
    for path in arguments.out.iterdir():
        if path.name not in wanted:
            path.unlink()
    (arguments.out / "index.md").write_text(page_of(studies), encoding="utf-8")


if __name__ == "__main__":
    main()
