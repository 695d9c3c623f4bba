#!/usr/bin/env python3
"""Pictures of the report as Chromium shows and prints it, against those kept in screenshots/.

    screenshots_test.py SYMSCAN_TESTS [--update] [--keep FOLDER]

The pages are the examples of the test program (Report.WritesTheExamples, ComparisonPage.WritesTheExamples): the same data
every time. A picture differs by the share of its ink that is elsewhere, seen from afar: a shift of a pixel or another hinting
counts little, a figure that is missing or a table that has lost its columns much. --update writes the kept pictures anew,
--keep leaves those of this run in a folder.
Exit code: 0 all alike, 1 some differ, 77 skipped (no chromium, Pillow or pdftoppm, or other fonts).
"""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from browser import CHROMIUM, DARK, HERE, LIGHT, browse, on_a_phone, print_page

try:
    from PIL import Image, ImageFilter
except ImportError:
    Image = None

KEPT = HERE / "screenshots"
FONT = "DejaVu Sans"
KEPT_WIDTH = 480    # pixels of a kept picture at most
SEEN_WIDTH = 160    # of what is compared
MOST_DIFFERENT = 0.12  # of the ink; a figure of four that is missing makes more, rounding and palette about 0.05
WINDOW = (1280, 900)

# What is hidden so that the figures of the first study come first.
FIGURES_ONLY = """<style>.masthead, nav.contents, #overview, #paper, .study > :not(.grid):not(.symmetry), .symmetry > :not(.grid)
{ display: none !important } .columns { display: block !important }</style></head>"""


def shot(page, folder, size, *extra, fragment=""):
    picture = folder / "picture.png"
    browse(page, folder, *extra, f"--window-size={size[0]},{size[1]}", f"--screenshot={picture}", fragment=fragment)
    return Image.open(picture).convert("RGB")


def first_screen(page, folder):
    return shot(page, folder, WINDOW, *LIGHT)


def dark(page, folder):
    return shot(page, folder, WINDOW, *DARK)


def figures(page, folder):
    copy = folder / page.name
    copy.write_text(page.read_text(encoding="utf-8").replace("</head>", FIGURES_ONLY, 1), encoding="utf-8")
    return shot(copy, folder, (1280, 1500), *LIGHT, fragment="#draw-all")


def phone(page, folder):
    """A window is 500 pixels wide at least."""
    return shot(on_a_phone(page, folder), folder, (500, 844), *LIGHT).crop((0, 0, 390, 844))


def paper(page, folder):
    pdf = print_page(page, folder)
    subprocess.run(["pdftoppm", "-png", "-singlefile", "-r", "70", pdf, folder / "paper"], check=True)
    return Image.open(folder / "paper.png").convert("RGB")


PICTURES = {"first_screen": ("large.html", first_screen), "dark": ("small.html", dark), "figures": ("small.html", figures),
            "phone": ("large.html", phone), "paper": ("large.html", paper), "comparison": ("circle_disk.html", first_screen)}


def from_afar(picture):
    height = round(picture.height * SEEN_WIDTH / picture.width)
    return picture.convert("L").resize((SEEN_WIDTH, height), Image.LANCZOS).filter(ImageFilter.GaussianBlur(1.5))


def difference(one, other):
    """Share of the ink of two pictures that differs; 1 where their shapes differ."""
    if abs(one.height / one.width - other.height / other.width) > 0.01:
        return 1.0
    a, b = from_afar(one), from_afar(other)
    b = b.resize(a.size)
    first, second = a.tobytes(), b.tobytes()
    ground = sorted(second)[len(second) // 2]
    ink = sum(abs(x - ground) for x in second) + sum(abs(x - ground) for x in first)
    return 2 * sum(abs(x - y) for x, y in zip(first, second)) / max(ink, 1)


def keep(picture, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    width = min(KEPT_WIDTH, round(0.6 * picture.width))
    small = picture.resize((width, round(picture.height * width / picture.width)), Image.LANCZOS)
    small.quantize(64).save(path, optimize=True)


def why_not():
    """The reason to skip, or nothing."""
    for found, reason in ((CHROMIUM, "chromium is not installed"), (Image, "Pillow is not installed (Debian package python3-pil)"),
                          (shutil.which("pdftoppm"), "pdftoppm is not installed (Debian package poppler-utils)"),
                          (shutil.which("fc-match"), "fc-match is not installed (Debian package fontconfig)")):
        if not found:
            return reason
    font = subprocess.run(["fc-match", "-f", "%{family}", "system-ui"], capture_output=True, text=True, check=False).stdout
    return "" if FONT in font else f"the pictures were taken with {FONT}, this machine shows {font}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tests", help="the test program, or a folder of its examples")
    parser.add_argument("--update", action="store_true", help="write the kept pictures anew")
    parser.add_argument("--keep", type=pathlib.Path, help="folder for the pictures of this run")
    arguments = parser.parse_args()
    reason = why_not()
    if reason:
        print(f"skipped: {reason}")
        return 77
    failed = 0
    with tempfile.TemporaryDirectory(prefix="symscan-screenshots-") as name:
        examples = pathlib.Path(arguments.tests)
        if not examples.is_dir():
            examples = pathlib.Path(name) / "examples"
            examples.mkdir()
            subprocess.run([arguments.tests, "--gtest_filter=*.WritesTheExamples"], check=True, stdout=subprocess.DEVNULL,
                           env={**os.environ, "SYMSCAN_REPORT_EXAMPLES": str(examples)})
        for title, (page, take) in PICTURES.items():
            folder = pathlib.Path(name) / title
            folder.mkdir()
            picture, kept = take(examples / page, folder), KEPT / f"{title}.png"
            if arguments.keep:
                keep(picture, arguments.keep / f"{title}.png")
            if arguments.update:
                keep(picture, kept)
                print(f"{kept.name}: {kept.stat().st_size} bytes")
                continue
            share = difference(Image.open(kept).convert("RGB"), picture) if kept.exists() else 1.0
            failed += share > MOST_DIFFERENT
            print(f"{'FAILED' if share > MOST_DIFFERENT else 'ok':6} {title}: {100 * share:.1f} % of the ink differs", flush=True)
    if failed:
        print("look at the pictures (--keep FOLDER); if they are right: --update")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
