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
MOST_BYTES = 40_000  # of a picture
MADE_BY = "<!-- Made by `make gallery`: not edited by hand. sha256 of what follows: {} -->\n"
INTRODUCTION = """# Gallery

Every built-in dataset after `symscan train NAME`, with all settings at their defaults: a name, what the data are, the answer of the
report in its own sentences, and the picture above it. `symscan datasets NAME` lists the settings of a dataset;
[known truth against what is found](../truth_table.md) has more of them, with models of five seeds.
"""


def digest(body):
    return hashlib.sha256(body.encode("utf-8")).hexdigest()


def names_of_datasets(symscan):
    listed = subprocess.run([symscan, "datasets", "--names"], capture_output=True, text=True, check=True).stdout.split()
    grouped = [x for names in GROUPS.values() for x in names]
    if sorted(listed) != sorted(grouped):
        sys.exit(f"GROUPS of {pathlib.Path(__file__).name} and symscan datasets differ: {sorted(set(listed) ^ set(grouped))}")
    return grouped


def study_of(report):
    """The study of a report.html, as its scripts read it."""
    page = report.read_text(encoding="utf-8")
    return json.loads(re.search(r'<script type="application/json" id="symscan-data">(.*?)</script>', page, re.S)[1])["studies"][0]


def picture_of(figures, name):
    """The answer's picture: SVG if it is small enough, else PNG."""
    for suffix in ("svg", "png"):
        for path in sorted(figures.glob(f"*-answer.{suffix}")):
            if path.stat().st_size <= MOST_BYTES:
                return path
    sys.exit(f"{name}: none of {sorted(x.name for x in figures.glob('*-answer.*'))} is a picture of at most {MOST_BYTES} bytes")


def make(symscan, name, runs, out):
    """Trains a dataset; its study, and the name of its picture in the folder out."""
    run, figures = runs / name, runs / f"{name}-figures"
    if not (run / "report.html").exists():
        subprocess.run([symscan, "train", name, "--out", run, "--quiet"], check=True)
    subprocess.run([symscan, "report", run, "--quiet", "--figures", figures], check=True)
    picture = picture_of(figures, name)
    (out / f"{name}{picture.suffix}").write_bytes(picture.read_bytes())
    return study_of(run / "report.html"), f"{name}{picture.suffix}"


def escaped(text):
    """Plain text as Markdown."""
    return re.sub(r"([\\`*_\[\]|])", r"\\\1", html.escape(text, quote=False))


def table(studies):
    """One line a dataset: degrees of freedom, symmetry of the set and of the distribution."""
    lines = ["| dataset | degrees of freedom | symmetry of the set | of the distribution |", "|---|---|---|---|"]
    for name, (study, _) in studies.items():
        answer = study["answer"]
        cells = [f"[{name}](#{name})", *(escaped(answer[x] or "-") for x in ("degrees", "set", "distribution"))]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def entry(name, study, picture):
    sentences = "\n".join(f"- {escaped(x)}" for x in study["answer"]["sentences"])
    return f"### {name}\n\n{escaped(study['description'])}.\n\n{sentences}\n\n![The answer for {name}]({picture})\n"


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
        studies = {}
        for name in names:
            studies[name] = make(symscan, name, runs, arguments.out)
            print(f"{name}: {(arguments.out / studies[name][1]).stat().st_size} bytes", flush=True)
    wanted = {picture for _, picture in studies.values()} | {"index.md"}
    for path in arguments.out.iterdir():
        if path.name not in wanted:
            path.unlink()
    (arguments.out / "index.md").write_text(page_of(studies), encoding="utf-8")


if __name__ == "__main__":
    main()
