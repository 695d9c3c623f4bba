#!/usr/bin/env python3
"""Makes the pictures of docs/: parts of reports, as Chromium shows them.

    report_picture.py SYMSCAN [--out FOLDER]

The studies are trained anew.
"""
import argparse
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/report"))
from browser_test import CHROMIUM, FLAGS, SOFTWARE_GL, TIMEOUT_SECONDS, with_script  # noqa: E402

# Name of the picture: its study, the cards that it shows, what else of the page is hidden.
PICTURES = {
    "report": ("ee_mumu", ["study-0-spectrum", "study-0-field-1", "study-0-relevance", "study-0-latent-space"], ""),
    "relevances": ("circle_square", ["study-0-relevance", "study-0-events", "study-1-relevance", "study-1-events"],
                   ".summary, .group-bar, .masthead p, #overview, section.study > section { display: none !important; }"),
}
MOST_BYTES = 400_000
WIDTH, SCALE = 1200, 0.8  # pixels of the page; picture over page

# Hides the other cards once everything is drawn, and says how high the rest is.
SELECT = """
<style>HIDE nav.contents, #definitions, #settings, .modebar, .callout { display: none !important; }
.columns { display: block !important; } body { overflow: hidden; } .summary, .summary * { max-width: none !important; }</style>
<script>
"use strict";
{
  const keep = new Set(KEEP);
  const look = () => {
    if (document.documentElement.dataset.symscan !== "drawn") return setTimeout(look, 50);
    for (const card of document.querySelectorAll(".card")) if (!keep.has(card.id)) card.style.display = "none";
    document.documentElement.dataset.height = Math.ceil(document.getElementById("studies").getBoundingClientRect().bottom);
  };
  look();
}
</script>
"""


def browse(page, folder, height, *arguments):
    size = [f"--window-size={WIDTH},{height}", f"--force-device-scale-factor={SCALE}", "--hide-scrollbars", f"--user-data-dir={folder / 'profile'}"]
    flags = [x for x in FLAGS if not x.startswith("--window-size")]
    done = subprocess.run([CHROMIUM, *flags, *SOFTWARE_GL, *size, *arguments, page.resolve().as_uri() + "#draw-all"],
                          capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=True)
    return done.stdout


def make_picture(symscan, name, out):
    study, keep, hide = PICTURES[name]
    with tempfile.TemporaryDirectory(prefix="symscan-picture-") as place:
        folder = pathlib.Path(place)
        run = folder / "run"
        subprocess.run([symscan.resolve(), "train", ROOT / f"configs/paper/{study}.json", "--out", run, "--quiet"], check=True)
        (folder / "page").mkdir()
        page = with_script(run / "report.html", folder / "page", SELECT.replace("KEEP", str(keep)).replace("HIDE", hide))
        document = browse(page, folder, 2000, "--dump-dom")
        _, found, rest = document.partition('data-height="')
        if not found:
            sys.exit("the report was not drawn")
        height = int(rest.split('"')[0]) + 16
        picture = folder / "picture.png"
        browse(page, folder, height, f"--screenshot={picture}")
        size = picture.stat().st_size
        if size > MOST_BYTES:
            sys.exit(f"the picture has {size} bytes, more than {MOST_BYTES}")
        shutil.copyfile(picture, out)
        print(f"{out}: {WIDTH * SCALE:.0f} x {height * SCALE:.0f}, {size} bytes")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("symscan", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "docs", help="folder")
    arguments = parser.parse_args()
    if not CHROMIUM:
        sys.exit("chromium is not installed (Debian package chromium)")
    for name in PICTURES:
        make_picture(arguments.symscan, name, arguments.out / f"{name}.png")


if __name__ == "__main__":
    main()
