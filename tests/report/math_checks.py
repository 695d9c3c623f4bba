"""How formulas and names are typeset: the cases of math_cases.json in a page. Used by browser_test.py."""
import json
import pathlib

from browser import Visit, with_script
from page_checks import check_page

CASES = json.loads((pathlib.Path(__file__).parent / "math_cases.json").read_text(encoding="utf-8"))

SCRIPT = """
<script>
"use strict";
{
  const wrong = [];
  const compare = (text, what, got, expected) => {
    if (got !== expected) wrong.push(`${what} of ${JSON.stringify(text)}: ${JSON.stringify(got)}, expected ${JSON.stringify(expected)}`);
  };
  for (const {text, columns, ...expected} of CASES) {
    for (const writer of ["plain", "latex", "svg"])
      compare(text, writer, symscan.math[writer](text, columns), expected[writer]);
    // Nothing is lost, neither in the pieces nor on the page, but the marks around names.
    compare(text, "sources", symscan.math.parse(text, columns).map((p) => p.raw).join(""), symscan.math.source(text));
    const nodes = symscan.math.html(text, columns);
    compare(text, "page", nodes.map((node) => node instanceof Node ? node.dataset.text : node).join(""), symscan.math.source(text));
    if (text && !(symscan.math.width(text, 12, columns) > 0)) wrong.push(`${text} has no width`);
  }
  document.documentElement.dataset.formulas = JSON.stringify(wrong);
}
</script>
"""


def check_formulas(path, folder):
    problems = []
    script = SCRIPT.replace("CASES", json.dumps(CASES).replace("<", "\\u003c"), 1)
    visit = Visit(with_script(path, folder, script), folder)
    check_page(visit, problems, complete=False)
    said = visit.page.root.get("data-formulas")
    problems.extend(json.loads(said) if said else ["the formulas were not typeset"])
    return visit, problems
