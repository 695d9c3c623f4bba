#!/usr/bin/env python3
"""Figures as files: `symscan report RUN --figures` and `--latex` on a small run, against the page in Chromium.

    figures_test.py SYMSCAN

The figures of the page are all there, as SVG, PNG and PDF; the engine in the program draws them byte for byte as the browser
does; the table is sound LaTeX; what cannot be done is said in one sentence.
Exit code: 0 all passed, 1 some failed, 77 skipped (symscan was built without the engine).
"""
import json
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

from browser import CHROMIUM, ROOT, Visit, embedded_data, script_of, with_script

CONFIG = {"name": "figures_of_a_run", "dataset": [{"kind": "circle", "n": [500, 600]}, {"kind": "ee_mumu", "n": 500}],
          "model": {"hidden": [8], "latent_dim": [2, 3]}, "loss": {"beta": [0.1, 0.3]}, "train": {"epochs": 2}, "seeds": [1, 2]}
ELEMENTS = {"svg", "g", "path", "rect", "text", "tspan", "title", "desc"}
EXPORT = ROOT / "host/report/assets/export.js"

# What the export makes of the page's data, in the browser: what the engine should make.
DRAW = """
{
  const look = () => {
    if (document.documentElement.dataset.symscan !== "drawn") return setTimeout(look, 50);
    const json = document.getElementById("symscan-data").textContent, figures = {};
    JSON.parse(symscan.exportNames(json)).forEach((name, i) => { figures[name] = symscan.exportFigure(i); });
    document.documentElement.dataset.measured = JSON.stringify({figures, latex: symscan.latexTable(json)});
  };
  look();
}
"""
problems = []


def expect(condition, text):
    if not condition:
        problems.append(text)


def run(program, *arguments):
    return subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, timeout=300, check=False)


def slug(text):
    return re.sub(r"^[_.]+|_+$", "", re.sub(r"[^A-Za-z0-9_.+-]+", "_", text)) or "figure"


# ---- the files ----


def check_svg(name, text):
    """(width, height)"""
    try:
        root = ElementTree.fromstring(text.encode())
    except ElementTree.ParseError as error:
        problems.append(f"{name}.svg is no XML: {error}")
        return 0, 0
    tags = {x.tag.split("}")[1] for x in root.iter()}
    expect(tags <= ELEMENTS, f"{name}.svg has {sorted(tags - ELEMENTS)}")
    for tag in ("title", "desc"):
        found = root.find(f"{{http://www.w3.org/2000/svg}}{tag}")
        expect(found is not None and (found.text or "").strip(), f"{name}.svg has no {tag}")
    wrong = re.findall(r"undefined|NaN|Infinity|\[object|>null<", text)
    expect(not wrong, f"{name}.svg says {sorted(set(wrong))}")
    width, height = float(root.get("width")), float(root.get("height"))
    expect(root.get("viewBox") == f"0 0 {width:g} {height:g}", f"{name}.svg: viewBox {root.get('viewBox')} of {width:g} x {height:g}")
    return width, height


def check_png(name, data, width, height):
    expect(data.startswith(b"\x89PNG\r\n\x1a\n") and data.rstrip().endswith(b"IEND\xaeB`\x82"), f"{name}.png is no PNG")
    size = struct.unpack(">II", data[16:24])
    expect(size == (2 * width, 2 * height), f"{name}.png has {size} pixels for a drawing of {width:g} x {height:g}")


def check_pdf(name, path, width, height):
    data = path.read_bytes()
    expect(data.startswith(b"%PDF-") and data.rstrip().endswith(b"%%EOF"), f"{name}.pdf is no PDF")
    if not shutil.which("pdfinfo"):
        return
    size = re.search(r"Page size: *([\d.]+) x ([\d.]+)", subprocess.run(["pdfinfo", path], capture_output=True, text=True, check=False).stdout)
    expect(size and all(abs(float(size[k]) - 0.75 * x) < 1 for k, x in ((1, width), (2, height))), f"{name}.pdf has the size {size and size[0]}")
    words = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=False).stdout
    expect(re.search(r"[a-z]{3}", words) or not re.search(r"<text[^>]*>[^<]*[a-z]{3}", path.with_suffix(".svg").read_text()), f"{name}.pdf has no text")


def check_files(folder, formats):
    names = sorted({path.stem for path in folder.iterdir()})
    expect(len(names) > 20, f"only {len(names)} figures")
    expect(len({name.lower() for name in names}) == len(names), "two figures differ in the case of their names only")
    for name in names:
        missing = [kind for kind in formats if not (folder / f"{name}.{kind}").exists()]
        if missing:
            problems.append(f"{name} is not there as {missing}")
            continue
        width, height = check_svg(name, (folder / f"{name}.svg").read_text(encoding="utf-8"))
        if "png" in formats:
            check_png(name, (folder / f"{name}.png").read_bytes(), width, height)
        if "pdf" in formats:
            check_pdf(name, folder / f"{name}.pdf", width, height)
    left = sorted(path.name for path in folder.iterdir() if path.suffix[1:] not in formats)
    expect(not left, f"there is more in the folder: {left}")
    return names


# ---- the page ----


def check_against_page(report, folder, names, latex, work):
    """Every figure that the page draws is a file, and the browser draws it as the engine did."""
    if not CHROMIUM:
        print("not compared with the page: chromium is not installed")
        return
    page = with_script(report, work, script_of(EXPORT, before='"use strict";\n') + f"<script>{DRAW}</script>")
    visit = Visit(page, work, fragment="#draw-all")
    problems.extend(f"console: {x}" for x in visit.console)
    if not visit.measured:
        problems.append("the page did not draw the figures")
        return
    studies = [slug(study["dataset"]) for study in embedded_data(report)["studies"]]
    shown = {re.sub(r"^plot-", "", re.sub(r"^plot-study-(\d+)", lambda m: studies[int(m[1])], plot)) for plot in visit.page.plots}
    expect(shown == set(names), f"only the page has {sorted(shown - set(names))}, only the files {sorted(set(names) - shown)}")
    drawn = visit.measured["figures"]
    expect(set(drawn) == set(names), f"the browser exports {sorted(set(drawn) ^ set(names))} differently")
    for name, text in drawn.items():
        own = (folder / f"{name}.svg").read_text(encoding="utf-8") if name in names else text
        if own != text:
            at = next((i for i, (a, b) in enumerate(zip(own, text)) if a != b), min(len(own), len(text)))
            problems.append(f"{name}: the engine draws {own[at - 40:at + 40]!r}, the browser {text[at - 40:at + 40]!r}")
    expect(visit.measured["latex"] == latex, "the browser makes another LaTeX table")
    print(f"{len(drawn)} figures compared with the browser")


# ---- the table ----


def check_latex(text):
    lines = [re.sub(r"(?<!\\)%.*", "", line) for line in text.splitlines()]
    body = "\n".join(lines)
    bare = re.sub(r"\\[\\{}$&#_%^~]", "", body)
    expect(bare.count("{") == bare.count("}"), "braces are not balanced in the LaTeX table")
    began, ended = re.findall(r"\\begin\{(\w+)\}", body), re.findall(r"\\end\{(\w+)\}", body)
    expect(sorted(began) == sorted(ended) and "tabular" in began, f"environments of the LaTeX table: {began} and {ended}")
    for line in lines:
        plain = re.sub(r"\\[\\{}$&#_%^~]", "", line)
        expect(plain.count("$") % 2 == 0, f"a $ is left open in: {line}")
        outside = re.sub(r"\$[^$]*\$", "", plain)
        expect(not re.search(r"[\^_#~]|[^\x00-\x7f]", outside.replace("~", "")), f"not fit for LaTeX: {line}")
    rows = [line for line in lines if line.rstrip().endswith(r"\\") and r"\multicolumn" not in line]
    expect(len(rows) >= 2 and len({len(re.findall(r"(?<!\\)&", row)) for row in rows}) == 1, f"rows of the LaTeX table differ in their columns: {rows}")


# ---- what cannot be done ----


def check_refusals(program, out, work):
    (work / "file").write_text("no folder")
    closed = work / "closed"
    closed.mkdir()
    closed.chmod(0o500)
    figures = ["--figures", work / "never"]
    cases = [("an unknown format", [out, *figures, "--format", "gif"], {2}), ("a format alone", [out, "--format", "svg"], {2}),
             ("no format", [out, *figures, "--format", "svg,,pdf"], {2}), ("a run that is not there", [work / "no_run", *figures], {42}),
             ("a folder below a file", [out, "--figures", work / "file/below"], {42}), ("a table below a file", [out, "--latex", work / "file/table.tex"], {42})]
    if os.geteuid() != 0:
        cases.append(("a folder without permission", [out, "--figures", closed / "figures"], {42}))
    for title, arguments, codes in cases:
        done = run(program, "report", *arguments)
        said = [line for line in done.stderr.strip().splitlines() if line]
        expect(done.returncode in codes, f"{title}: exit code {done.returncode}, {said}")
        expect(0 < len(said) <= 2 and not re.search(r"terminate|what\(\)|std::|Traceback", done.stderr), f"{title}: it says {said}")
    expect(not (work / "never").exists(), "a folder was made for nothing")
    closed.chmod(0o700)


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    with tempfile.TemporaryDirectory(prefix="symscan-figures-") as name:
        work = pathlib.Path(name)
        out, folder = work / "run", work / "figures"
        (work / "config.json").write_text(json.dumps(CONFIG))
        trained = run(program, "train", work / "config.json", "--out", out, "--quiet", "--threads", "2")
        if trained.returncode:
            print(trained.stderr)
            return 1
        done = run(program, "report", out, "--figures", folder)
        if "built without the engine" in done.stderr:
            print("skipped: this symscan was built without the engine that draws figures (duktape-dev, node-typescript)")
            return 77
        expect(done.returncode == 0, f"exit code {done.returncode}: {done.stderr}")
        kinds = {path.suffix[1:] for path in folder.iterdir()}
        expect("svg" in kinds, f"figures were written as {sorted(kinds)}")
        names = check_files(folder, sorted(kinds))
        latex = run(program, "report", out, "--latex", "-").stdout
        check_latex(latex)
        check_against_page(out / "report.html", folder, names, latex, work)
        check_refusals(program, out, work)
        print(f"{len(names)} figures as {', '.join(sorted(kinds))}" + ("" if "png" in kinds else " (PNG and PDF need librsvg2-2)"))
    for problem in problems[:40]:
        print(problem)
    print(f"{len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
