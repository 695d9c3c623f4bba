"""What the sections on symmetry draw and say, against the data of the report. Used by browser_test.py."""
import re


def near(given, drawn):
    """Equal numbers; null is drawn as nothing."""
    if isinstance(given, list):
        return isinstance(drawn, list) and len(given) == len(drawn) and all(near(a, b) for a, b in zip(given, drawn))
    return given == drawn or (None not in (given, drawn) and abs(given - drawn) <= 1e-9 * abs(given))


def check_numbers(where, analysis, page, figures, problems):
    """The figures and tables of one study's section "Symmetry" against its data."""
    def trace(figure, name):
        found = [t for t in figures.get(f"plot-{where}-{figure}", []) if name is None or t.get("name") == name]
        if not found:
            problems.append(f"{where}: figure {figure} does not draw {name or 'anything'}")
        return found[0] if found else {}

    def drawn(figure, name, key, given):
        shown = trace(figure, name)
        if shown and not near(given, shown.get(key)):
            problems.append(f"{where}: figure {figure} draws {name} as {shown.get(key)}, given {given}")

    def said(part, *texts):
        text = " ".join(page.texts.get(f"{where}-{part}", "").split())
        problems.extend(f"{where}: {part} does not say {t!r}" for t in map(str, texts) if " ".join(t.split()) not in text)

    said("symmetry", *(analysis.get("sentences") or []))
    truth = analysis.get("truth")
    if truth:
        said("truth", truth["intrinsic_dimension"], truth["embedding_dimension"], truth["symmetry"], *truth["constraints"])
    symmetry = analysis.get("symmetry")
    if symmetry:
        accepted, values = symmetry["found"], symmetry["eigenvalues"]
        if accepted:
            drawn("spectrum", "symmetries", "y", values[:accepted])
        if accepted < len(values):
            drawn("spectrum", "no symmetries", "y", values[accepted:])
        if 0 < accepted < len(values):
            drawn("spectrum", "gap", "x", [accepted + 0.5] * 2)
        said("algebra", symmetry["algebra"], symmetry["found"])
        for i, generator in enumerate(symmetry["generators"][:10], 1):
            if not any(generator["shift"]):
                drawn(f"generator-{i}", None, "z", generator["matrix"])
            said(f"generator-{i}", generator["equation"])
            labels = trace(f"generator-{i}", None).get("labels") or symmetry["coordinates"]  # a list of equations has no axes
            if not set(symmetry["coordinates"]) <= set(labels):
                problems.append(f"{where}: generator {i} is drawn for {labels}")
            said("generators", generator["equation"], generator["kind"], (generator.get("density") or {}).get("verdict") or "")
            check_field(where, i, generator, symmetry["coordinates"], trace, problems)
    for candidate in analysis.get("candidates") or []:
        said("candidates", candidate["name"], candidate["verdict"])
    check_further(analysis, said, drawn)
    for constraint in analysis.get("constraints") or []:
        said("constraints", constraint["equation"], constraint["unit"] or "")
    said("constraints", *(analysis.get("constraint_notes") or []))
    neighbours = analysis.get("neighbour_dimension")
    for curve in (analysis.get("beta_curves") or [])[:1]:
        if len({b for b in curve["beta"] if b > 0}) < 2:
            continue  # nothing to plot against
        for name, key in (("local dimension", "local_dimension"), ("active latents", "active_latents"), ("rate slope", "rate_slope")):
            if curve[key]:  # one beta has no slope
                drawn("dimensions", name, "x", curve["beta"])
                drawn("dimensions", name, "y", curve[key]["mean"])
        if neighbours:
            lines = [t["y"][0] for t in figures.get(f"plot-{where}-dimensions", []) if re.match("TwoNN|Levina", t.get("name") or "")]
            if not near([neighbours["two_nn"]["value"], neighbours["levina_bickel"]["value"]], lines):
                problems.append(f"{where}: the neighbour estimates are drawn at {lines}")
        if curve["plateau"]:
            ends = [curve["plateau"]["from"], curve["plateau"]["to"]]
            bands = [t["x"][:2] for t in figures.get(f"plot-{where}-dimensions", []) if (t.get("name") or "").startswith("plateau")]
            if not near([ends], bands):
                problems.append(f"{where}: the plateau {ends} is drawn as {bands}")
        drawn("theory", "measured", "y", curve["kl"]["mean"])
        drawn("theory", "linear prediction", "y", curve["theory"]["kl"])
        inside = [b for b in curve["theory"]["collapse_beta"] if min(curve["beta"]) / 3 <= b <= 3 * max(curve["beta"])]
        if inside:
            drawn("theory", "a latent collapses (linear)", "x", [x for b in inside for x in (b, b, None)])
    for group in analysis.get("groups") or []:
        said("groups", group["label"], f"Linear rank: {analysis['linear_rank']} principal components vary")
    if analysis.get("alignment"):
        drawn("alignment", None, "z", analysis["alignment"]["angles_degrees"])
        said("alignment", *analysis["alignment"]["latents"], *analysis["alignment"]["directions"])


def check_further(analysis, said, drawn):
    """Finite maps, fields of a dictionary, laws, labelled functions, and where a motion is broken."""
    discrete, fields = analysis.get("discrete"), analysis.get("fields")
    if discrete:
        maps = [m for kind in ("generators", "undecided", "broken") for m in discrete[kind]]
        for found in maps:
            said("discrete", found["name"], found["density"]["verdict"])
        if maps:
            said("discrete", discrete["group"], *discrete["notes"])
    if fields:
        said("fields", *fields["notes"])
        for i, field in enumerate(fields["fields"][:4], 1):
            said("fields", field["equation"])
            said(f"field-of-dictionary-{i}", field["equation"])
            drawn(f"field-of-dictionary-{i}", "events", "x", [row[0] for row in fields["rows"]])
    for law in (analysis.get("trajectories") or {}).get("laws") or []:
        said("laws", law["equation"])
    target = analysis.get("target")
    if target:
        for motion in target["motions"] + target["scaled"]:
            said("target", motion["name"], motion["equation"])
    scan = analysis.get("scan")
    if scan and len(scan["centres"][0]) > 1:
        said("scan", scan["motion"])


def check_field(where, index, generator, coordinates, trace, problems):
    """Every arrow from p to q, at least one, is parallel to dx = matrix x + shift; tested where the plane is closed."""
    if len(coordinates) != 2:
        return
    lines = trace(f"field-{index}", "motion")
    feet = range(0, len(lines.get("x") or []), 6)
    if lines and not feet:
        problems.append(f"{where}: no arrow is drawn for generator {index}")
    for k in feet:
        p, q = ([lines["x"][n], lines["y"][n]] for n in (k, k + 1))
        v = [sum(a * c for a, c in zip(row, p)) + b for row, b in zip(generator["matrix"], generator["shift"])]
        step = [b - a for a, b in zip(p, q)]
        sine = (v[0] * step[1] - v[1] * step[0]) / ((v[0]**2 + v[1]**2) * (step[0]**2 + step[1]**2))**0.5
        if abs(sine) > 1e-6 or v[0] * step[0] + v[1] * step[1] < 0:
            problems.append(f"{where}: the arrow at {p} of generator {index} points along {step}, not {v}")
            return


def check_breaking(curve, figure, drawn):
    for name, key in (("local dimension", "local_dimension"), ("generator eigenvalue", "generator_eigenvalue")):
        drawn(figure, name, "x", curve["values"])
        drawn(figure, name, "y", curve[key]["mean"])
    for j, relevance in enumerate(zip(*curve["relevance"])):
        drawn(figure, f"latent {j + 1}", "y", list(relevance))
