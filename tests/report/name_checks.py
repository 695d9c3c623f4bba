"""Names that look like formulas, runs that failed or go on, and what the answer says of what was not looked for: reports with
other data, on the page and in the LaTeX table. Used by browser_test.py."""
import json
import pathlib

from browser import Visit, embedded_data, script_of, with_data, with_script
from page_checks import check_page

EXPORT = pathlib.Path(__file__).resolve().parents[2] / "host/report/assets/export.js"

# What the page shows, where a reader of the dump finds it; texts of figures with their markup.
LOOK = """
<script>
"use strict";
{
  const look = () => {
    if (document.documentElement.dataset.symscan !== "drawn") return setTimeout(look, 50);
    const all = (selector) => Array.from(document.querySelectorAll(selector));
    const said = {
      figures: all(".plot svg text").map((node) => node.innerHTML),
      options: all("option").map((node) => node.textContent),
      hidden: all(".control[hidden] select").map((node) => node.id),
      facts: all(".study .facts").map((node) => node.textContent),
      page: document.body.innerText,
      latex: symscan.latexTable(document.getElementById("symscan-data").textContent),
    };
    document.documentElement.dataset.said = JSON.stringify(said);
  };
  look();
}
</script>
"""


def visit_with(path, folder, data, problems):
    page = with_script(with_data(path, folder, data), folder, script_of(EXPORT) + LOOK)
    visit = Visit(page, folder, fragment="#draw-all")
    check_page(visit, problems)
    said = json.loads(visit.page.root.get("data-said", "{}"))
    if not said:
        problems.append("what the page says could not be read")
        said = {"figures": [], "options": [], "hidden": [], "facts": [], "page": "", "latex": ""}
    return visit, said


def renamed(study, names):
    """The columns that are called otherwise, in what a page reads by name; equations stay."""
    was = study["columns"][:len(names)]
    new = dict(zip(was, names))
    study["columns"] = [new.get(name, name) for name in study["columns"]]
    study["constant_columns"] = [new.get(name, name) for name in study.get("constant_columns") or []]
    for part in ("symmetry", "fields"):
        found = (study.get("analysis") or {}).get(part) or {}
        for key in ("coordinates", "columns"):
            found[key] = [new.get(name, name) for name in found.get(key) or []]


def check_names(path, folder):
    """Data sets and columns called like formulas are shown as they are written."""
    data, problems = embedded_data(path), []
    data["name"] = "x^2 = so(3)"
    for index, study in enumerate(data["studies"]):
        study["dataset"] = ["1e5", "so(3)"][index % 2] + ("" if index < 2 else str(index))
        renamed(study, ["x1", "x_1"] if index % 2 == 0 else ["2e3", "x^2"])
        study["answer"] = {"degrees": "1", "set": "so(2)", "distribution": "", "kept": [], "broken": [], "undecided": [], "finite": "none",
                           "constraints": ["x1^2 + x_1^2 = 1"], "approximate": ["x1 = 2 within 0.1"], "constraints_note": "x1 < 3 holds in all but 4",
                           "not_broken": "none of the 3 tested", "laws": 1, "law_equations": ["x1 - x_1"], "laws_note": "up to noise",
                           "sentences": ["x1^2 + x_1^2 = 1"]}
    for index, study in enumerate(data["studies"][1:2], 1):
        study["answer"].update(constraints=[], approximate=[], constraints_note="", no_constraints="none of those that were looked for", finite="")
    visit, said = visit_with(path, folder, data, problems)

    def expect(where, *texts):
        problems.extend(f"{where} lacks {text!r}" for text in texts if not any(text in line for line in said[where]))
    expect("figures", "x1", "x_1")
    problems.extend(f"a figure says {text!r}" for text in said["figures"] if "1×10" in text and ">5<" in text)
    if not any(text in ("x1", "x_1") for text in said["figures"]):
        problems.append("x1 and x_1 are typeset beside each other")
    expect("facts", "x1, x_1")
    latex = said["latex"]
    wanted = ["\n1e5 & ", r"\text{x1}^{2} + \text{x\_1}^{2} = 1", "1 + 1 approx.", "& none &", r"is constant along each trajectory (up to noise)",
              r"\item approximately: $\text{x1} = 2$ within 0.1", r"x\textasciicircum{}2 = so(3) obey"]
    shown = ["none of the 3 tested", "x1 < 3 holds in all but 4", "up to noise"]
    if len(data["studies"]) > 1:
        expect("options", "1e5", "so(3)")
        wanted += ["\nso(3) & ", "& 0 &", "--: not looked for"]
        shown.append("none of those that were looked for")
        expect("facts", "2e3, x^2")
    problems.extend(f"the LaTeX table lacks {text!r}" for text in wanted if text not in latex)
    problems.extend(f"the page does not say {text!r}" for text in shown if text not in said["page"])
    return visit, problems


def check_progress(path, folder):
    """A run that goes on says the same count everywhere; where all failed, nothing is still to come."""
    data, problems = embedded_data(path), []
    for study in data["studies"]:
        study.update(replicas=36, done=1, failed=0)
    total = 36 * len(data["studies"])
    data.update(replicas=total + 7, skipped=7, done=len(data["studies"]), failed=0, failures=[])
    data["settings"]["seeds"] = "auto"
    visit, said = visit_with(path, folder, data, problems)
    one = "1 of at most 36 replicas is finished"
    whole = f"{len(data['studies'])} of at most {total} replicas"
    if said["page"].count(one) < 2 * len(data["studies"]) or whole not in said["page"]:
        problems.append(f"the page does not say {one!r} in every row and section, or {whole!r}")
    data.update(done=total)
    _, said = visit_with(path, folder, data, problems)
    problems.extend(f"of a run that is finished the page says {text!r}" for text in ("at most 36", "Not finished") if text in said["page"])
    for study in data["studies"]:
        study.update(replicas=6, done=0, failed=6, groups=[])
    data.update(replicas=6 * len(data["studies"]), skipped=0, done=0, failed=6 * len(data["studies"]))
    _, said = visit_with(path, folder, data, problems)
    for text in (f"All {data['failed']} replicas failed", "All 6 replicas of this study failed"):
        if text not in said["page"]:
            problems.append(f"the page does not say {text!r}")
    problems.extend(f"where all failed the page says {text!r}" for text in ("trained yet", "of the others") if text in said["page"])
    return visit, problems


def generator(name, matrix, equation, verdict):
    return {"name": name, "kind": name.split()[0], "matrix": matrix, "shift": [0, 0], "equation": equation, "eigenvalue": 0,
            "density": {"verdict": verdict}}


def picture_cases(columns):
    """(what was found, what the caption of the first picture says, what it does not)."""
    x, y = columns
    around = [[0, -1], [1, 0]]
    wrong = f"d{x} = -0.3 {y}, d{y} = 3 {x}"
    symmetry = lambda *generators: {"symmetry": {"coordinates": columns, "found": len(generators), "generators": list(generators)}}
    field = {"columns": columns, "rows": [[0.5, 0.5], [1, 0]] * 3, "fields": [
        {"equation": f"d{x} = {x}^2", "residual": 0.004, "density": {"verdict": ""}, "velocities": [[1, 0]] * 6, "orbits": [[[0, 0], [1, 1]]]}]}
    return [
        (symmetry(generator(f"rotation in {x}-{y}", [[0, -0.3], [3, 0]], wrong, "invariant")), wrong, "rotation"),
        (symmetry(generator(f"shear of {x}", [[0.9, -0.9], [1, -0.9]], wrong, "invariant")), wrong, "shear"),
        ({**symmetry(generator(f"rotation in {x}-{y}", around, f"d{x} = -{y}, d{y} = {x}", "undecided")), "outliers": 4},
         f"rotation in {x}-{y}, which keeps the set of all but 4 events", "of the data"),
        (symmetry(generator(f"shear of {x}", [[0, 1], [0, 0]], f"d{x} = {y}", "invariant"),
                  generator(f"shear of {x}", [[0, 2], [0, 1]], f"d{x} = 2 {y}", "broken")),
         f"shear of {x} (d{x} = {y}), which the distribution keeps; dashed: shear of {x} (d{x} = 2 {y}), which the distribution breaks",
         "which it breaks"),
        (symmetry(generator(f"rotation in {x}-{y}", around, "", "broken")), "which the distribution breaks", "which it breaks"),
        ({"fields": field}, "within 0.4 % of the motion), which nearly keeps the set of the data", ", which keeps"),
    ]


def check_pictures(path, folder):
    """Captions of the first pictures say what is true of the motions that they draw."""
    data, problems, visit = embedded_data(path), [], None
    index = next((i for i, s in enumerate(data["studies"]) if s.get("analysis") and s.get("sample") and len(s["columns"]) == 2), None)
    if index is None:
        return Visit(path, folder), []
    study = data["studies"][index]
    for found, said, not_said in picture_cases(study["columns"]):
        study["analysis"].update({"symmetry": None, "distribution": None, "fields": None, "outliers": 0, **found})
        visit = Visit(with_data(path, folder, data), folder, fragment="#draw-all")
        check_page(visit, problems)
        text = " ".join(visit.page.texts.get(f"study-{index}-answer", "").split())
        caption = text[text.rfind("Orbits of"):]
        if said not in caption or not_said in caption:
            problems.append(f"the picture says {caption!r}, expected {said!r} and not {not_said!r}")
    return visit, problems
