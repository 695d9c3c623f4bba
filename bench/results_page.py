#!/usr/bin/env python3
"""Writes bench/RESULTS.md, and charts beside the results, from the JSON files in bench/results.

    bench/results_page.py            writes them
    bench/results_page.py --check    exit status 1 if RESULTS.md is not what these files give

A new result: `make bench`, copy build/compare.json to bench/results/NAME.json (NAME: the machine), run this. No figure in
the page is written by hand. Files of other programs than compare.py are shown by their "summary", if they have one.
"""
import json
import sys
from pathlib import Path

from charts import draw

FOLDER = Path(__file__).resolve().parent
HEAD = """# Benchmark results

Made by `bench/results_page.py` from the files in [results](results); what is timed, and how, is said in
[compare.py](compare.py). Repeat them with `make bench`.
"""
EMPTY = "\nNo results have been committed yet.\n"


def table(columns, rows):
    """The first column is text, the others are numbers."""
    marks = ["---"] + ["---:"] * (len(columns) - 1)
    lines = [columns, marks, *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"


def figure(value):
    """Three significant digits."""
    return "-" if value is None else f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def with_range(spread, scale=1.0):
    return " ".join([figure(scale * spread["median"]),
                     f"({figure(scale * spread['smallest'])} - {figure(scale * spread['largest'])})"])


def compare_section(result, charts):
    """charts: links to the charts of this result."""
    machine = result["machine"]
    parts = [f"Device: {result['summary']['device']}. Processor: {machine['cpu']}, {machine['cores']} cores. "
             f"{result['date'][:10]}, commit {result['commit'] or 'unknown'}, median (smallest - largest) of "
             f"{result['rounds']} rounds.\n"]
    if result["load_before"] > 0.5:
        parts.append(f"Other programs used the machine (load {result['load_before']:.1f}): the figures are noisy.\n")
    entries = result["results"]
    for place, replicas in dict.fromkeys((entry["place"], entry["replicas"]) for entry in entries):
        rows = []
        for entry in entries:
            if (entry["place"], entry["replicas"]) != (place, replicas):
                continue
            rows.append([entry["program"], figure(entry["steps_per_second"]),
                         with_range(entry["seconds_per_replica_epoch"], 1e3), with_range(entry["ratio"])])
            if "whole_process_seconds_per_replica_epoch" in entry:
                whole = entry["whole_process_seconds_per_replica_epoch"]
                rows.append(["symscan, its whole process", figure(entry["steps_per_epoch"] / whole["median"]),
                             with_range(whole, 1e3), "-"])
        parts.append(f"**{place}, {replicas} replica{'s at once' if replicas > 1 else ''}**\n")
        parts.append(table(["program", "steps per second", "ms per epoch of a replica", "time / symscan's"], rows))
    parts.append("**From a standing start**: 8 trainings with process start, imports and compilation, once; symscan's with "
                 "analysis and report.\n")
    parts.append(table(["program", "seconds", "loss", "KL", "largest relevances", "place"], [
        [check["program"], figure(check["standing_start_seconds"]), f"{check['loss']:.4f}", f"{check['kl']:.3f}",
         ", ".join(f"{value:.3f}" for value in check["relevances"][:2]), check["place"]] for check in result["checks"]]))
    share, speedup = result["summary"]["share_of_sgemm_peak"], result["summary"]["speedup_two_threads"]
    if share is not None:
        parts.append(f"A training step runs at {100 * share:.0f} % of one core's SGEMM peak.\n")
    if speedup is not None:
        parts.append(f"Two threads train 8 replicas {speedup:.2f} times as fast as one.\n")
    if result["reasons"]:
        parts.append("Not measured:\n\n" + "\n".join(f"- {what}: {why}" for what, why in result["reasons"].items()) + "\n")
    return parts + ["\n".join(charts) + "\n"]


def plain_section(result):
    summary = result.get("summary")
    if not isinstance(summary, dict):
        return ["No summary.\n"]
    return [table(["", ""], [[key, figure(value) if isinstance(value, (int, float)) else value]
                             for key, value in summary.items()])]


def make_page(folder):
    """(text of the page, {path of a chart: content})."""
    parts, charts = [HEAD], {}
    for path in sorted(folder.glob("*.json")):
        result = json.loads(path.read_text())
        links = []
        for name, content in draw(result):
            charts[folder / f"{path.stem}_{name}"] = content
            links.append(f"![{name[:-4].replace('_', ' ')}](results/{path.stem}_{name})")
        parts.append(f"## {path.stem}\n")
        parts += compare_section(result, links) if result.get("kind") == "compare" else plain_section(result)
    return "\n".join(parts) + ("" if len(parts) > 1 else EMPTY), charts


def main():
    check = sys.argv[1:] == ["--check"]
    if sys.argv[1:] and not check:
        sys.exit(__doc__)
    page, charts = make_page(FOLDER / "results")
    files = {FOLDER / "RESULTS.md": page} | charts
    stale = [path for path, content in files.items() if not path.exists() or path.read_text() != content]
    if check:
        sys.exit(f"run bench/results_page.py: {', '.join(path.name for path in stale)}" if stale else 0)
    for path in stale:
        path.write_text(files[path])
        print(path)


if __name__ == "__main__":
    main()
