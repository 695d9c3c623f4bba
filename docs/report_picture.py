#!/usr/bin/env python3
"""Makes docs/report.png: parts of the report of the e+e- study, as Chromium shows them.

    report_picture.py SYMSCAN [--out FILE.png]

The study is trained anew. The picture shows its sentences and the figures in KEEP.
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

STUDY = ROOT / "configs/paper/ee_mumu.json"
KEEP = ["spectrum", "field-1", "relevance", "latent-space"]
MOST_BYTES = 400_000
WIDTH, SCALE = 1200, 0.8  # pixels of the page; picture over page

# Hides the other cards once everything is drawn, and says how high the rest is.
SELECT = """
<style>nav.contents, #definitions, #settings, .modebar, .callout { display: none !important; }
.columns { display: block !important; } body { overflow: hidden; } .summary, .summary * { max-width: none !important; }</style>
<script>
"use strict";
{
  const keep = new Set(KEEP.map((name) => "study-0-" + name));
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


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("symscan", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "docs/report.png")
    arguments = parser.parse_args()
    if not CHROMIUM:
        sys.exit("chromium is not installed (Debian package chromium)")
    with tempfile.TemporaryDirectory(prefix="symscan-picture-") as name:
        folder = pathlib.Path(name)
        run = folder / "run"
        subprocess.run([arguments.symscan.resolve(), "train", STUDY, "--out", run, "--quiet"], check=True)
        (folder / "page").mkdir()
        page = with_script(run / "report.html", folder / "page", SELECT.replace("KEEP", str(KEEP)))
        document = browse(page, folder, 2000, "--dump-dom")
        _, found, rest = document.partition('data-height="')
        if not found:
            sys.exit("the report was not drawn")
        height = int(rest.split('"')[0]) + 16
        picture = folder / "report.png"
        browse(page, folder, height, f"--screenshot={picture}")
        size = picture.stat().st_size
        if size > MOST_BYTES:
            sys.exit(f"the picture has {size} bytes, more than {MOST_BYTES}")
        shutil.copyfile(picture, arguments.out)
        print(f"{arguments.out}: {WIDTH * SCALE:.0f} x {height * SCALE:.0f}, {size} bytes")


if __name__ == "__main__":
    main()
