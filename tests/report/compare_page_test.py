#!/usr/bin/env python3
"""Opens the pages of symscan compare in a real browser (Debian's chromium, headless), at the width of a phone and of a desk.

    compare_page_test.py SYMSCAN_TESTS [PAGE.html ...]

The test program writes the examples (ComparisonPage.WritesTheExamples). Each page is shown in a frame of a given width,
light and dark, and what a reader would see is measured there; then it is printed.
Exit code: 0 all passed, 1 some failed, 77 skipped (no chromium).
"""
import html
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from browser import CHROMIUM, DARK, LIGHT, browse, print_page

WIDTHS = (375, 390, 1280)

# Measures the page from outside: its own policy allows no script.
FRAME = """<!doctype html><meta charset="utf-8"><iframe width="%d" height="900" style="border:0" srcdoc="%s"></iframe>
<script>
"use strict";
const frame = document.querySelector("iframe");
frame.addEventListener("load", () => {
  const page = frame.contentDocument, all = (what) => [...page.querySelectorAll(what)];
  const root = page.documentElement, visible = (node) => node.getBoundingClientRect();
  const luminance = (colour) => {
    const [r, g, b] = colour.match(/\\d+/g).map((v) => { const c = v / 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const style = frame.contentWindow.getComputedStyle(page.body);
  const light = [luminance(style.color), luminance(style.backgroundColor)];
  const name = (svg) => (svg.getAttribute("aria-labelledby") || "").split(" ").map((id) => page.getElementById(id)?.textContent || "");
  document.documentElement.dataset.measured = JSON.stringify({
    scroll: root.scrollWidth, width: root.clientWidth, contrast: (Math.max(...light) + 0.05) / (Math.min(...light) + 0.05),
    dark: light[1] < light[0], scripts: all("script").length,
    beyond: all("h1, h2, h3, p, li, dd, svg, figcaption, .table-scroll").filter((n) => visible(n).right > root.clientWidth + 1).length,
    tables: all("table").length, captions: all("table > caption").length,
    headers: all("th").length, scoped: all("th[scope=row], th[scope=col]").length,
    regions: all(".table-scroll").every((n) => n.tabIndex === 0 && n.getAttribute("aria-label")),
    pictures: all("svg").map((svg) => ({names: name(svg), width: visible(svg).width, height: visible(svg).height,
                                        text: Math.min(...[...svg.querySelectorAll("text")].map((t) => visible(t).height))})),
    ids: all("[id]").map((n) => n.id), headings: all("h1").length, language: root.lang});
});
</script>
"""


def measure(path, width, dark, folder):
    frame = folder / "frame.html"
    frame.write_text(FRAME % (width, html.escape(path.read_text(encoding="utf-8"), quote=True)), encoding="utf-8")
    run = browse(frame, folder, "--dump-dom", "--window-size=1400,1000", *(DARK if dark else LIGHT))
    found = re.search(r'data-measured="([^"]*)"', run.stdout)
    return (json.loads(html.unescape(found[1])) if found else None), [x for x in run.stderr.splitlines() if ":CONSOLE" in x]


def problems_of(seen, console, dark):
    if seen is None:
        return ["the page was not loaded"]
    wrong = {
        "it is wider than the window": seen["scroll"] > seen["width"],
        f"{seen['beyond']} elements reach beyond its right edge": seen["beyond"] > 0,
        "it does not follow the colour scheme": seen["dark"] != dark,
        f"text has a contrast of {seen['contrast']:.1f}, below 7": seen["contrast"] < 7,  # WCAG 2.2, level AAA
        "it has scripts": seen["scripts"] > 0,
        "a table has no caption": seen["captions"] != seen["tables"] or not seen["tables"],
        "a header has no scope": seen["headers"] != seen["scoped"] or not seen["headers"],
        "a table that scrolls cannot be reached by keyboard": not seen["regions"],
        "a picture has no title and values": any(len(p["names"]) != 2 or not all(p["names"]) for p in seen["pictures"]),
        "a picture has no size": not seen["pictures"] or any(min(p["width"], p["height"]) < 20 for p in seen["pictures"]),
        "text of a picture is smaller than 8 pixels": any(p["text"] < 8 for p in seen["pictures"]),
        "an id is used twice": len(set(seen["ids"])) != len(seen["ids"]),
        "it has not one main heading and a language": seen["headings"] != 1 or seen["language"] != "en",
    }
    return [problem for problem, there in wrong.items() if there] + [f"console: {x}" for x in console]


def print_problems(path, folder):
    pdf = print_page(path, folder)
    return [] if pdf.exists() and pdf.stat().st_size > 5000 else ["it cannot be printed"]


def examples(program, folder):
    environment = {**os.environ, "SYMSCAN_REPORT_EXAMPLES": str(folder)}
    subprocess.run([program, "--gtest_filter=ComparisonPage.WritesTheExamples"], env=environment, check=True, stdout=subprocess.DEVNULL)
    return sorted(folder.glob("*.html"))


def main():
    if not CHROMIUM:
        print("skipped: chromium is not installed (Debian package chromium)")
        return 77
    failed = 0
    with tempfile.TemporaryDirectory(prefix="symscan-compare-") as name:
        top = pathlib.Path(name)
        (top / "examples").mkdir()
        pages = examples(sys.argv[1], top / "examples") + [pathlib.Path(x) for x in sys.argv[2:]]
        for path in pages:
            checks = {f"{width} pixels, {'dark' if dark else 'light'}": (width, dark) for width in WIDTHS for dark in (False, True)}
            for title, (width, dark) in checks.items():
                seen, console = measure(path, width, dark, top)
                problems = problems_of(seen, console, dark)
                failed += bool(problems)
                print("FAILED" if problems else "ok    ", path.name, title, *problems, sep="  ", flush=True)
            problems = print_problems(path, top)
            failed += bool(problems)
            print("FAILED" if problems else "ok    ", path.name, "printed", *problems, sep="  ", flush=True)
    print(f"{len(pages)} pages, {failed} checks failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
