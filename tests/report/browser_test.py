#!/usr/bin/env python3
"""Opens reports in a real browser (Debian's chromium, headless) and checks what a reader would see.

    browser_test.py [--tests SYMSCAN_TESTS] [REPORT.html ...]

Checks the reports given; with --tests, also the examples that this test program writes (Report.WritesTheExamples).
Every report is opened with all figures drawn, with every choice changed, without WebGL, lazily and for print; its
sections on symmetry are compared with the data, and the report is opened again without any analysis.
Exit code: 0 all passed, 1 some failed, 77 skipped (no chromium), 2 nothing to check.
"""
import argparse
import decimal
import html.parser
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

from symmetry_checks import check_breaking, check_numbers, near

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps",
    "--disable-extensions", "--disable-domain-reliability", "--disable-dev-shm-usage", "--window-size=1280,1000",
    "--virtual-time-budget=120000", "--host-resolver-rules=MAP * ~NOTFOUND",
]
# A 3-D figure without a graphics card is drawn by SwiftShader.
SOFTWARE_GL = ["--enable-unsafe-swiftshader", "--use-gl=angle", "--use-angle=swiftshader"]
# What the browser says about its own speed is no error of the page.
HARMLESS = ("GPU stall due to ReadPixels", "willReadFrequently")
TIMEOUT_SECONDS = 240

# Changes every choice on the page once the first drawing is done: those of the figures, then the groups.
EXERCISE = """
<script>
"use strict";
{
  const settled = (next) => setTimeout(() => {
    if (document.documentElement.dataset.symscan === "drawn") next();
    else settled(next);
  }, 50);
  let count = 0;
  const last = (select) => { select.selectedIndex = select.options.length - 1; };
  const tick = (box) => { box.checked = true; };
  const change = (selector, how) => {
    for (const node of document.querySelectorAll(selector)) {
      how(node);
      node.dispatchEvent(new Event("change", { bubbles: true }));
      ++count;
    }
  };
  settled(() => {
    change("input[type=checkbox]", tick);
    change(".card select", last);
    settled(() => {
      change(".group-bar select", last);
      settled(() => { document.documentElement.dataset.exercised = count; });
    });
  });
}
</script>
"""

# Every address that the page asked for, whether it got an answer or not. What the page's own security policy
# stops is also an error on the console and in data-errors.
PROBE = """
<script>
"use strict";
{
  const look = () => {
    if (document.documentElement.dataset.symscan !== "drawn") return setTimeout(look, 50);
    const outside = performance.getEntriesByType("resource").map((e) => e.name).filter((n) => !/^(data|blob):/.test(n));
    document.documentElement.dataset.requests = outside.join(" ");
    document.documentElement.dataset.probed = "yes";
  };
  look();
}
</script>
"""


# What plotly was given to draw, figure by figure, where a reader of the dump finds it.
FIGURES = """
<script>
"use strict";
{
  const look = () => {
    if (document.documentElement.dataset.symscan !== "drawn") return setTimeout(look, 50);
    const figures = {};
    for (const plot of document.querySelectorAll(".plot"))
      figures[plot.id] = (plot.data || []).map((t) => ({name: t.name, x: t.x, y: t.y, z: t.z, error: t.error_y && t.error_y.array}));
    document.documentElement.dataset.figures = JSON.stringify(figures);
  };
  look();
}
</script>
"""


class Page(html.parser.HTMLParser):
    """The state of <html>, for every visible .plot the largest drawing (svg or canvas) inside it, and the text of every
    element with an id."""

    VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}

    def __init__(self, dom):
        super().__init__(convert_charrefs=True)
        self.root, self.plots, self.ids, self.texts = {}, {}, [], {}
        self._open = []
        self._depth, self._plot, self._plot_depth = 0, None, 0
        # Scripts and styles hold "<" that a parser of a dump need not read.
        self.feed(re.sub(r"(?s)<(script|style)\b.*?</\1>", "", dom))

    def handle_starttag(self, tag, attributes):
        a = dict(attributes)
        if tag == "html" and not self.root:
            self.root = a
        if "id" in a:
            self.ids.append(a["id"])
            self.texts[a["id"]] = ""
            if tag not in self.VOID:
                self._open.append((self._depth, a["id"]))
        if tag == "div" and "plot" in (a.get("class") or "").split():
            self._plot, self._plot_depth = a.get("id"), self._depth
            self.plots[self._plot] = {"label": a.get("aria-label"), "size": (0.0, 0.0)}
        if self._plot and tag in ("svg", "canvas"):
            size = tuple(float(re.match(r"[\d.]*", a.get(k) or "0").group() or 0) for k in ("width", "height"))
            self.plots[self._plot]["size"] = max(self.plots[self._plot]["size"], size)
        if tag not in self.VOID:
            self._depth += 1

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in self.VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        if tag in self.VOID:
            return
        self._depth -= 1
        while self._open and self._depth <= self._open[-1][0]:
            self._open.pop()
        if self._plot and self._depth <= self._plot_depth:
            self._plot = None

    def handle_data(self, data):
        for _, name in self._open:
            self.texts[name] += data + " "


class Visit:
    """One start of the browser on one page: the document afterwards, its console messages, its requests (if probed)."""

    def __init__(self, path, folder, extra=(), fragment="", gl=True):
        command = [CHROMIUM, *FLAGS, *(SOFTWARE_GL if gl else ["--disable-3d-apis"]), *extra,
                   f"--user-data-dir={folder / 'profile'}", "--dump-dom",
                   path.resolve().as_uri() + fragment]
        start = time.monotonic()
        run = subprocess.run(command, capture_output=True, timeout=TIMEOUT_SECONDS, check=False)
        self.seconds = time.monotonic() - start
        self.page = Page(run.stdout.decode("utf-8", "replace"))
        log = run.stderr.decode("utf-8", "replace").splitlines()
        self.console = [x for x in log if ":CONSOLE" in x and not any(h in x for h in HARMLESS)]
        self.requests = self.page.root.get("data-requests", "").split()


def with_script(path, folder, script):
    """A copy of the report that runs one script more, at its end."""
    text = path.read_text(encoding="utf-8")
    at = text.rindex("</body>")
    copy = folder / path.name
    copy.write_text(text[:at] + script + text[at:], encoding="utf-8")
    return copy


def check_page(visit, problems, complete=True):
    """What holds for every page, however it was opened."""
    root = visit.page.root
    if root.get("data-errors"):
        problems.append(f"the page reported: {root['data-errors']}")
    problems.extend(f"console: {message}" for message in visit.console)
    problems.extend(f"network request: {url}" for url in visit.requests)
    if root.get("data-symscan") != "drawn":
        problems.append(f"never finished drawing: {root.get('data-symscan')}, plots {root.get('data-plots')}")
        return
    drawn, expected = (int(x) for x in root["data-plots"].split("/"))
    if complete and drawn != expected:
        problems.append(f"{drawn} of {expected} plots were drawn")
    if len(visit.page.plots) != expected:
        problems.append(f"{len(visit.page.plots)} plots on the page, {expected} were counted")
    sized = {k: v for k, v in visit.page.plots.items() if min(v["size"]) > 50}
    if len(sized) < drawn:
        problems.append(f"without a drawing of some size: {sorted(set(visit.page.plots) - set(sized))}")
    problems.extend(f"{name} has no text alternative" for name, plot in sized.items() if not plot["label"])
    twice = {x for x in visit.page.ids if visit.page.ids.count(x) > 1 and not x.startswith(("clip", "g", "legend", "scene"))}
    if twice:
        problems.append(f"ids used twice: {sorted(twice)}")


DATA = re.compile(r'(?s)(id="symscan-data">)(.*?)(</script)')


def embedded_data(path):
    return json.loads(DATA.search(path.read_text(encoding="utf-8")).group(2))


def with_data(path, folder, data):
    """A copy of the report that shows other data."""
    text = json.dumps(data).replace("<", "\\u003c")
    copy = folder / path.name
    copy.write_text(DATA.sub(lambda m: m.group(1) + text + m.group(3), path.read_text(encoding="utf-8"), count=1), encoding="utf-8")
    return copy


def expected_studies(path):
    return embedded_data(path)["studies"]


def is_trained(study):
    return any(group.get("relevance") for group in study.get("groups") or [])


def check_all_drawn(path, folder):
    problems = []
    visit = Visit(with_script(path, folder, PROBE), folder, fragment="#draw-all")
    check_page(visit, problems)
    if not visit.page.root.get("data-probed"):
        problems.append("the page's requests could not be listed")
    for index, study in enumerate(expected_studies(path)):
        if f"study-{index}" not in visit.page.ids:
            problems.append(f"study {index} is not on the page")
        if is_trained(study) and f"plot-study-{index}-relevance" not in visit.page.plots:
            problems.append(f"study {index} shows no relevances")
    return visit, problems


def check_choices(path, folder):
    problems = []
    visit = Visit(with_script(path, folder, EXERCISE), folder, fragment="#draw-all")
    check_page(visit, problems)
    if not visit.page.root.get("data-exercised"):
        problems.append("the choices were not all changed")
    return visit, problems


def check_without_webgl(path, folder):
    problems = []
    visit = Visit(path, folder, fragment="#draw-all", gl=False)
    check_page(visit, problems)
    return visit, problems


def check_lazily(path, folder):
    """Opened plainly, a report draws what is in view and leaves the rest for later."""
    problems = []
    # Tall enough for the overview of many datasets and the first figures below it.
    visit = Visit(path, folder, extra=["--window-size=1280,3000"])
    check_page(visit, problems, complete=False)
    drawn, expected = (int(x) for x in visit.page.root.get("data-plots", "0/0").split("/"))
    if expected > 20 and drawn > expected // 2:
        problems.append(f"{drawn} of {expected} plots were drawn although most are out of view")
    studies = expected_studies(path)
    if studies and is_trained(studies[0]) and not drawn:
        problems.append("nothing was drawn although the first study has results")
    return visit, problems


def check_print(path, folder):
    problems = []
    pdf = folder / "report.pdf"
    start = time.monotonic()
    subprocess.run([CHROMIUM, *FLAGS, *SOFTWARE_GL, f"--user-data-dir={folder / 'profile'}", "--no-pdf-header-footer",
                    f"--print-to-pdf={pdf}", path.resolve().as_uri()], capture_output=True, timeout=TIMEOUT_SECONDS, check=False)
    size = pdf.stat().st_size if pdf.exists() else 0
    if size < 20000:
        problems.append(f"the printed report has {size} bytes")

    class Printed:
        seconds = time.monotonic() - start
        page = None
    return Printed, problems


def check_symmetry(path, folder):
    """The sections on symmetry show the numbers of the data, and only studies that were analysed have one."""
    problems = []
    visit = Visit(with_script(path, folder, FIGURES), folder, fragment="#draw-all")
    check_page(visit, problems)
    figures = json.loads(visit.page.root.get("data-figures", "{}"))
    for index, study in enumerate(expected_studies(path)):
        analysis, there = study.get("analysis"), f"study-{index}-symmetry" in visit.page.ids
        if there != bool(analysis):
            problems.append(f"study {index} {'shows' if there else 'lacks'} a section on symmetry")
        elif analysis:
            check_numbers(f"study-{index}", analysis, visit.page, figures, problems)
    for i, curve in enumerate(embedded_data(path).get("breaking_curves") or [], 1):
        traces = {t.get("name"): t for t in figures.get(f"plot-breaking-curve-{i}", [])}

        def drawn(figure, name, key, given):
            if not near(given, traces.get(name, {}).get(key)):
                problems.append(f"breaking curve {figure}: {name} is not drawn as {given}")
        check_breaking(curve, i, drawn)
    return visit, problems


def two_decimals(value):
    """As JavaScript rounds: ties go up."""
    return "–" if value is None else str(decimal.Decimal(value).quantize(decimal.Decimal("0.01"), decimal.ROUND_HALF_UP))


def check_latents(path, folder):
    """Ablation is one of the measures, and the table of what latents follow shows the numbers of the data."""
    problems = []
    choose = """
<script>
"use strict";
for (const select of document.querySelectorAll(".card select"))
  for (const option of select.options)
    if (option.textContent === "Ablation") {
      select.selectedIndex = option.index;
      select.dispatchEvent(new Event("change", { bubbles: true }));
    }
</script>
"""
    visit = Visit(with_script(path, folder, choose + FIGURES), folder, fragment="#draw-all")
    check_page(visit, problems)
    figures = json.loads(visit.page.root.get("data-figures", "{}"))
    for index, study in enumerate(expected_studies(path)):
        group = next(g for g in study["groups"] if g["id"] == study["first_group"])
        bars = next((t["y"] for t in figures.get(f"plot-study-{index}-relevance", []) if t.get("name") == "trained VAE"), None)
        if not near(group["measures"]["ablation"]["mean"], bars):
            problems.append(f"study {index}: ablation is drawn as {bars}")
        text = " ".join(visit.page.texts.get(f"study-{index}-follows", "").split())
        varying = [d for d, name in enumerate(study["columns"]) if name not in study["constant_columns"]]
        for latent in group["representative"]["phi_k"]:
            numbers = " ".join(two_decimals(latent[d]) for d in varying)
            if numbers not in text:
                problems.append(f"study {index}: the table of what latents follow lacks {numbers!r}: {text}")
        problems.extend(f"study {index}: that table does not name {study['columns'][d]}" for d in varying
                        if study["columns"][d] not in text)
    return visit, problems


def check_without_analysis(path, folder):
    """Without an analysis nothing of the section is left; with every part of it null the page still draws."""
    problems = []
    data = embedded_data(path)
    for emptied in ("absent", "null parts"):
        for study in data["studies"]:
            if emptied == "absent":
                study.pop("analysis", None)
            else:
                study["analysis"] = {"sentences": ["Nothing was found."], "symmetry": {"generators": [{}, {"matrix": [[None]]}]},
                                     "groups": [{}], "constraints": [{}], "candidates": [{}], "beta_curves": [{}],
                                     "discrete": {}, "fields": {"fields": [{}]}, "trajectories": {"laws": [{}]},
                                     "target": {"motions": [{}]}, "scan": {},
                                     "truth": {}, "neighbour_dimension": {"two_nn": None}, "alignment": {}}
        data["breaking_curves"] = None if emptied == "absent" else [{"values": [None]}]
        visit = Visit(with_data(path, folder, data), folder, fragment="#draw-all")
        check_page(visit, problems)
        left = [i for i in visit.page.ids if re.fullmatch(
            r"(plot-)?study-\d+-(symmetry|spectrum|generator-.*|field-.*|dimensions|theory|alignment|breaking)", i)]
        expected = [] if emptied == "absent" else [f"study-{i}-symmetry" for i in range(len(data["studies"]))]
        if sorted(left) != sorted(expected):
            problems.append(f"{emptied}: the page holds {left}, expected {expected}")
    return visit, problems


CHECKS = {"all drawn": check_all_drawn, "every choice": check_choices, "without WebGL": check_without_webgl,
          "lazily": check_lazily, "printed": check_print, "symmetry": check_symmetry, "latents": check_latents,
          "without analysis": check_without_analysis}


def checks_of(path):
    """Examples with parts missing are the same pages with less on them: whether they draw is what they are for."""
    few = {"empty.html": ("all drawn",), "damaged.html": ("all drawn", "every choice"),
           "further.html": ("all drawn", "symmetry", "without analysis")}.get(path.name, CHECKS)
    return {title: CHECKS[title] for title in few}


def write_examples(program, folder):
    environment = {**os.environ, "SYMSCAN_REPORT_EXAMPLES": str(folder)}
    subprocess.run([program, "--gtest_filter=Report.WritesTheExamples"], env=environment, check=True, stdout=subprocess.DEVNULL)
    return sorted(folder.glob("*.html"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("reports", nargs="*", type=pathlib.Path)
    parser.add_argument("--tests", help="the test program, which writes example reports")
    arguments = parser.parse_args()
    if not CHROMIUM:
        print("skipped: chromium is not installed (Debian package chromium)")
        return 77
    failed = passed = 0
    with tempfile.TemporaryDirectory(prefix="symscan-report-") as name:
        top = pathlib.Path(name)
        reports = list(arguments.reports)
        if arguments.tests:
            (top / "examples").mkdir()
            reports += write_examples(arguments.tests, top / "examples")
        if not reports:
            print("nothing to check: give a report, or --tests PROGRAM")
            return 2
        for path in reports:
            for title, check in checks_of(path).items():
                folder = top / f"run-{passed + failed}"
                folder.mkdir()
                try:
                    visit, problems = check(path, folder)
                    plots = visit.page.root.get("data-plots", "?") + " plots" if visit.page else "pdf"
                    note = f"{plots}, {visit.seconds:.1f} s"
                except (subprocess.TimeoutExpired, RuntimeError) as error:
                    problems, note = [str(error)[:300]], ""
                print(f"{'FAILED' if problems else 'ok':6} {path.name}: {title} ({note})", flush=True)
                for problem in problems:
                    print(f"       {problem}")
                failed, passed = failed + bool(problems), passed + (not problems)
                shutil.rmtree(folder, ignore_errors=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
