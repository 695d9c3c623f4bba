#!/usr/bin/env python3
"""Opens reports in a real browser (Debian's chromium, headless) and checks what a reader would see.

    browser_test.py [--tests SYMSCAN_TESTS] [--only CHECK,...] [REPORT.html ...]

Checks the reports given; with --tests, also the examples that this test program writes (Report.WritesTheExamples).
Every report is opened with all figures drawn, with every choice changed, lazily, as wide as a desk and a phone, light, dark
and for print; its sections on symmetry are compared with the data, and the report is opened again without any analysis.
Exit code: 0 all passed, 1 some failed, 77 skipped (no chromium), 2 nothing to check.
"""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from browser import CHROMIUM, FLAGS, TIMEOUT_SECONDS, with_script  # noqa: F401  (for docs/report_picture.py)
from content_checks import check_latents, check_symmetry, check_without_analysis
from layout_checks import check_colours, check_dark, check_layout, check_phone, check_print
from math_checks import check_formulas
from name_checks import check_names, check_pictures, check_progress
from page_checks import check_all_drawn, check_choices, check_lazily, check_opening

CHECKS = {"all drawn": check_all_drawn, "every choice": check_choices, "lazily": check_lazily, "opening": check_opening,
          "layout": check_layout, "dark": check_dark, "phone": check_phone, "printed": check_print, "symmetry": check_symmetry,
          "latents": check_latents, "without analysis": check_without_analysis, "formulas": check_formulas,
          "names": check_names, "progress": check_progress, "pictures": check_pictures}


def checks_of(path, only):
    """Examples with parts missing are the same pages with less on them: whether they draw is what they are for."""
    few = {"empty.html": ("all drawn", "layout", "formulas"), "damaged.html": ("all drawn", "every choice", "layout"),
           "further.html": ("all drawn", "layout", "phone", "symmetry", "without analysis")}.get(path.name, CHECKS)
    return {title: CHECKS[title] for title in few if not only or title in only}


def write_examples(program, folder):
    environment = {**os.environ, "SYMSCAN_REPORT_EXAMPLES": str(folder)}
    subprocess.run([program, "--gtest_filter=Report.WritesTheExamples"], env=environment, check=True, stdout=subprocess.DEVNULL)
    return sorted(folder.glob("*.html"))


def run_check(check, path, folder):
    """(problems, what was seen)."""
    try:
        visit, problems = check(path, folder)
    except (subprocess.TimeoutExpired, RuntimeError) as error:
        return [str(error)[:300]], ""
    plots = visit.page.root.get("data-plots", "?") + " plots" if visit.page else ""
    return problems, ", ".join(filter(None, [plots, f"{visit.seconds:.1f} s" if visit.page else "", getattr(visit, "note", "")]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("reports", nargs="*", type=pathlib.Path)
    parser.add_argument("--tests", help="the test program, which writes example reports")
    parser.add_argument("--only", type=lambda text: text.split(","), help=", ".join(CHECKS))
    arguments = parser.parse_args()
    if not CHROMIUM:
        print("skipped: chromium is not installed (Debian package chromium)")
        return 77
    failed = passed = 0

    def tell(title, problems, note=""):
        nonlocal failed, passed
        print(f"{'FAILED' if problems else 'ok':6} {title} ({note})", flush=True)
        for problem in problems[:40]:
            print(f"       {problem}")
        if len(problems) > 40:
            print(f"       and {len(problems) - 40} more")
        failed, passed = failed + bool(problems), passed + (not problems)

    with tempfile.TemporaryDirectory(prefix="symscan-report-") as name:
        top = pathlib.Path(name)
        reports = list(arguments.reports)
        if arguments.tests:
            (top / "examples").mkdir()
            reports += write_examples(arguments.tests, top / "examples")
        if not reports:
            print("nothing to check: give a report, or --tests PROGRAM")
            return 2
        tell("colours of the page and of the figures", check_colours(), "from the source")
        for path in reports:
            for title, check in checks_of(path, arguments.only).items():
                folder = top / f"run-{passed + failed}"
                folder.mkdir()
                tell(f"{path.name}: {title}", *run_check(check, path, folder))
                shutil.rmtree(folder, ignore_errors=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
