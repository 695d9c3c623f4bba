#!/usr/bin/env python3
"""Makes the pictures of docs/: reports and parts of them, as Chromium shows and prints them.

    report_picture.py SYMSCAN [--out FOLDER] [--runs FOLDER] [NAME ...]

--runs keeps the runs, and takes those that are there; NAMEs make these pictures only.
"""
import argparse
import dataclasses
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/report"))
from browser import CHROMIUM, LIGHT, browse, on_a_phone, print_page, with_script  # noqa: E402

MOST_BYTES = 400_000


@dataclasses.dataclass
class Picture:
    """The report of a study; of its cards those in keep (all if empty), without what hide selects."""

    study: str
    keep: tuple = ()
    hide: str = ""
    width: int = 1200      # of the window, in pixels of the page
    height: int = 0        # of the window; 0: all of the page
    scale: float = 0.8     # pixels of the picture in one of the page
    is_phone: bool = False
    is_printed: bool = False


PICTURES = {
    "report": Picture("ee_mumu", ("study-0-answer", "study-0-spectrum", "study-0-field-1"),
                      "#paper, .study > *:not(.symmetry):not(.grid), .symmetry > *:not(.grid)"),
    "relevances": Picture("circle_square", ("study-0-relevance", "study-0-events", "study-1-relevance", "study-1-events"),
                          ".summary, .group-bar, .part-title, .masthead p, #overview, #paper, section.study > section"),
    "pictures/first_screen": Picture("studies", width=1280, height=860),
    "pictures/paper": Picture("studies", hide=".masthead, #overview, #studies"),
    "pictures/phone": Picture("studies", width=390, height=844, is_phone=True),
    "pictures/print": Picture("studies", is_printed=True),
}

# Hides what is not wanted once everything is drawn, and says how high the rest is.
SELECT = """
<style>#contents-of-nothing HIDE, #definitions, #settings, .callout, footer { display: none !important; }
nav.contents { display: none !important; } .columns { display: block !important; } body { overflow: hidden; }
.summary, .summary * { max-width: none !important; }</style>
<script>
"use strict";
{
  const keep = new Set(KEEP);
  const look = () => {
    if (document.documentElement.dataset.symscan !== "drawn") return setTimeout(look, 50);
    if (keep.size) for (const card of document.querySelectorAll(".card")) if (!keep.has(card.id) && !card.matches(".answers-card")) card.style.display = "none";
    document.documentElement.dataset.height = Math.ceil(document.getElementById("main").getBoundingClientRect().bottom);
  };
  look();
}
</script>
"""


def visit(page, folder, *arguments, fragment=""):
    """What the browser prints."""
    done = browse(page, folder, *LIGHT, *arguments, fragment=fragment)
    if done.returncode:
        sys.exit(f"Chromium: exit code {done.returncode}\n{done.stderr[-1000:]}")
    return done.stdout


def screenshot(report, picture, folder, out):
    page, width, height, fragment = report, picture.width, picture.height, ""
    scale = f"--force-device-scale-factor={picture.scale}"
    if picture.is_phone:
        page = on_a_phone(report, folder, width, height)
    elif not height:
        script = SELECT.replace("#contents-of-nothing HIDE", picture.hide or "#contents-of-nothing")
        page, fragment = with_script(report, folder, script.replace("KEEP", str(list(picture.keep)))), "#draw-all"
        document = visit(page, folder, scale, f"--window-size={width},2000", "--dump-dom", fragment=fragment)
        _, found, rest = document.partition('data-height="')
        if not found:
            sys.exit("the report was not drawn")
        height = int(rest.split('"')[0]) + 16
    visit(page, folder, scale, f"--window-size={width},{height}", f"--screenshot={out}", fragment=fragment)


def printed(report, folder, out):
    """The first page on paper."""
    subprocess.run(["pdftoppm", "-png", "-singlefile", "-r", "80", "-f", "1", print_page(report, folder), out.with_suffix("")], check=True)


def run_of(symscan, study, runs):
    run = runs / study
    if not (run / "report.html").exists():
        subprocess.run([symscan, "train", ROOT / f"configs/paper/{study}.json", "--out", run, "--quiet"], check=True)
    return run / "report.html"


def make_picture(symscan, name, runs, out):
    picture = PICTURES[name]
    report = run_of(symscan, picture.study, runs)
    with tempfile.TemporaryDirectory(prefix="symscan-picture-") as place:
        folder, drawn = pathlib.Path(place), pathlib.Path(place) / "picture.png"
        if picture.is_printed:
            printed(report, folder, drawn)
        else:
            screenshot(report, picture, folder, drawn)
        size = drawn.stat().st_size
        if size > MOST_BYTES:
            sys.exit(f"{name} has {size} bytes, more than {MOST_BYTES}")
        out.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(drawn, out)
        print(f"{out}: {size} bytes", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("symscan", type=pathlib.Path)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(PICTURES))
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "docs", help="folder")
    parser.add_argument("--runs", type=pathlib.Path, help="folder of the runs (default: a temporary one)")
    arguments = parser.parse_intermixed_args()
    if not CHROMIUM:
        sys.exit("chromium is not installed (Debian package chromium)")
    unknown = set(arguments.names) - set(PICTURES)
    if unknown:
        parser.error(f"no such picture: {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory(prefix="symscan-picture-runs-") as place:
        for name in arguments.names or PICTURES:
            make_picture(arguments.symscan.resolve(), name, arguments.runs or pathlib.Path(place), arguments.out / f"{name}.png")


if __name__ == "__main__":
    main()
