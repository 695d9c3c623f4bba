"""What holds for every report in the browser: it draws, asks for nothing outside, and every choice works. Used by
browser_test.py and others."""
from browser import Visit, embedded_data, with_script

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
    problems.extend(f"{name} has no text alternative" for name, plot in sized.items() if not plot["label"] or plot["role"] != "img")
    twice = {x for x in visit.page.ids if visit.page.ids.count(x) > 1}
    if twice:
        problems.append(f"ids used twice: {sorted(twice)}")


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


# ---- budgets ----

MOST_SECONDS_TO_OPEN = 5.0
MOST_BYTES = 3_000_000  # of a report of four data sets


def opening_seconds(path, folder):
    """Until a report opened plainly has drawn what is in view, without the start of the browser itself; the better of two."""
    blank = folder / "blank.html"
    blank.write_text("<!doctype html><title>blank</title>", encoding="utf-8")
    return min(max(0.0, Visit(path, folder).seconds - Visit(blank, folder).seconds) for _ in range(2))


def check_opening(path, folder):
    """Size and time: budgets for reports of a few data sets."""
    problems = []
    size, studies = path.stat().st_size, len(expected_studies(path))
    if size > MOST_BYTES * max(1, studies / 4):
        problems.append(f"{size} bytes for {studies} data sets")
    seconds = opening_seconds(path, folder)
    if seconds > MOST_SECONDS_TO_OPEN:
        problems.append(f"opened after {seconds:.1f} s")

    class Opened:
        page = None
        note = f"{size / 1e6:.2f} MB, drawn after {seconds:.1f} s"
    return Opened, problems
