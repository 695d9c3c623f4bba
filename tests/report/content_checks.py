"""What the page says and draws, against the data of the report. Used by browser_test.py."""
import decimal
import json
import re

from browser import Visit, embedded_data, with_data, with_script
from page_checks import check_page, expected_studies
from symmetry_checks import check_breaking, check_numbers, near

# What was given to be drawn, figure by figure, where a reader of the dump finds it; labels: of the axes.
FIGURES = """
<script>
"use strict";
{
  const look = () => {
    if (document.documentElement.dataset.symscan !== "drawn") return setTimeout(look, 50);
    const figures = {};
    for (const plot of document.querySelectorAll(".plot")) {
      const labels = plot.card && plot.data ? Object.values(plot.card.build().layout).flatMap((part) => (part && part.ticktext) || []).map(symscan.math.source) : [];
      figures[plot.id] = (plot.data || []).map((t) => ({name: t.name, x: t.x, y: t.y, z: t.z, error: t.error_y && t.error_y.array, labels}));
    }
    document.documentElement.dataset.figures = JSON.stringify(figures);
  };
  look();
}
</script>
"""


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
