"""What a reader sees of a report, measured in the browser by measure.js: texts apart, nothing cut off, no sideways scrolling
on a phone, controls with names, headings in order, contrast; and the report on paper. Used by browser_test.py."""
import re
import shutil
import subprocess

from browser import DARK, LIGHT, ROOT, Visit, on_a_phone, print_page, script_of, with_script
from page_checks import check_page, expected_studies

PHONE_WIDTH = 390
LEAST_CONTRAST = 4.5      # WCAG 2.2, level AA
LEAST_WIDTH_RATIO = 0.97  # of an estimated width to the real one
MOST_PRINTED_BYTES = 5_000_000  # of a report of four data sets
MOST_PAGES_PER_STUDY, PAGES_BESIDE = 3, 12  # beside the studies: overview, figures across them, definitions, settings
ASSETS = ROOT / "host/report/assets"


def problems_of(seen):
    problems = [f"{x['figure']}: {x['texts'][0]!r} and {x['texts'][1]!r} overlap by {x['pixels']} pixels" for x in seen["overlaps"]]
    problems += [f"{x['figure']}: {x['text']!r} leaves the drawing by {x['pixels']} pixels" for x in seen["beyond"]]
    problems += [f"table in {x['table']}: {x['text']!r} leaves its cell by {x['pixels']} pixels" for x in seen["cells"]]
    scroll, controls = seen["scroll"], seen["controls"]
    if scroll["width"] > scroll["room"]:
        problems.append(f"the page is {scroll['width']} pixels wide in a window of {scroll['room']}: {scroll['wide']}")
    problems += [f"without a name: {x}" for x in controls["unnamed"] + seen["unnamed"]]
    problems += [f"not reached by keyboard: {x}" for x in controls["unreachable"] + controls["regions"]]
    problems += seen["headings"]["wrong"] + ([] if seen["headings"]["main"] == 1 else [f"{seen['headings']['main']} main headings"])
    problems += [f"contrast below {LEAST_CONTRAST}: {x}" for x in seen["contrasts"]]
    problems += [f"{x['text']!r} is estimated {x['ratio']} of its width" for x in seen["widths"] if x["ratio"] < LEAST_WIDTH_RATIO]
    return problems


def measured(path, folder, extra, phone=False):
    problems = []
    page = with_script(path, folder, script_of("measure.js"))
    visit = Visit(on_a_phone(page, folder, PHONE_WIDTH, fragment="#draw-all") if phone else page, folder, extra, fragment="#draw-all")
    if phone:
        problems += [f"console: {x}" for x in visit.console] + [f"the page reported: {x}" for x in [visit.page.root.get("data-errors")] if x]
    else:
        check_page(visit, problems)
    if not visit.measured:
        return visit, problems + ["nothing was measured"]
    if visit.measured["dark"] != (extra == DARK):
        problems.append("the page does not follow the colour scheme")
    return visit, problems + problems_of(visit.measured)


def check_layout(path, folder):
    visit, problems = measured(path, folder, LIGHT)
    if visit.measured and visit.measured["widths"]:
        ratios = [x["ratio"] for x in visit.measured["widths"]]
        visit.note = f"{visit.measured['texts']} texts, widths estimated {min(ratios)} to {max(ratios)} of the real ones"
    return visit, problems


def check_dark(path, folder):
    return measured(path, folder, DARK)


def check_phone(path, folder):
    visit, problems = measured(path, folder, LIGHT, phone=True)
    return visit, problems


# ---- paper ----


class Printed:
    page = None


def pages_of(pdf):
    """The words of every page; None without pdftotext."""
    if not shutil.which("pdftotext"):
        return None
    text = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, text=True, errors="replace", check=True).stdout
    return [len(page.split()) for page in text.split("\f")[:-1]]


def check_print(path, folder):
    problems = []
    pdf = print_page(path, folder)
    size = pdf.stat().st_size if pdf.exists() else 0
    if not 20_000 < size < MOST_PRINTED_BYTES * max(1, len(expected_studies(path)) / 4):
        problems.append(f"the printed report has {size} bytes")
    pages = pages_of(pdf) if size else None
    Printed.note = f"{size / 1e6:.1f} MB" + (f", {len(pages)} pages" if pages else "")
    if pages is None:
        return Printed, problems
    most = MOST_PAGES_PER_STUDY * len(expected_studies(path)) + PAGES_BESIDE
    if len(pages) > most:
        problems.append(f"{len(pages)} pages, more than {most}")
    problems += [f"page {k} of {len(pages)} is empty" for k, words in enumerate(pages, 1) if not words]
    return Printed, problems


# ---- colours of the source ----


def luminance(colour):
    parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055)**2.4 for v in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def palettes():
    """{where: {name: colour}} of report.css and theme.js, light, dark and print."""
    css = (ASSETS / "report.css").read_text(encoding="utf-8")
    blocks = re.findall(r":root \{(.*?)\}", css, re.S)
    theme = (ASSETS / "theme.js").read_text(encoding="utf-8")
    found = {f"report.css, {name}": dict(re.findall(r"--([\w-]+): (#\w{6})", block)) for name, block in zip(("light", "dark", "print"), blocks)}
    for name in ("LIGHT", "DARK"):
        block = re.search(rf"const {name} = \{{(.*?)\n  \}};", theme, re.S)
        found[f"theme.js, {name.lower()}"] = dict(re.findall(r"(\w+): '(#\w{6})'", block[1])) if block else {}
    return found


def check_colours():
    problems = []
    for where, colours in palettes().items():
        grounds = [name for name in ("background", "surface", "note", "warning") if name in colours]
        texts = [name for name in ("text", "muted", "accent", "mark") if name in colours]
        if len(texts) < 2 or not grounds:
            problems.append(f"{where}: no colours were found")
        problems += [f"{where}: {text} on {ground} has a contrast of {contrast(colours[text], colours[ground]):.2f}" for text in texts
                     for ground in grounds if contrast(colours[text], colours[ground]) < LEAST_CONTRAST]
    return problems
