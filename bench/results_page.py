#!/usr/bin/env python3
"""Writes bench/RESULTS.md, and charts beside the results, from the JSON files in bench/results.

    bench/results_page.py            writes them
    bench/results_page.py --check    exit status 1 if RESULTS.md is not what these files give

A new result: `make bench`, copy build/compare.json and build/time_to_converged.json to bench/results (names that tell the
machine), run this; of a GPU: bench/file_gpu_results.py. No figure of a result is written by hand; the page ends with
attempts.md, what was tried and what came of it. Files of other programs are shown by their "summary", if they have one.
"""
import json
import sys
from pathlib import Path

from charts import draw
from converged_page import converged_section
from gpu_page import NO_GPU_RESULTS, gpu_section
from page_table import figure, table

FOLDER = Path(__file__).resolve().parent
HEAD = """# Benchmark results

Made by `bench/results_page.py` from the files in [results](results); what is timed, and how, is said in
[compare.py](compare.py). Repeat them with `make bench`.
"""
EMPTY = "\nNo results have been committed yet.\n"


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


def medians(rows, columns):
    """One line per row of a section of cpu_bench; columns: (heading, key, factor)."""
    lines = []
    for row in rows:
        lines.append([row["name"]] + [figure(factor * row[key]["median"]) if key in row else "-"
                                      for _, key, factor in columns])
    return table([""] + [heading for heading, _, _ in columns], lines)


def cpu_section(result, charts):
    """The sections of cpu_bench as tables of medians."""
    machine = result["machine"]
    rate, share = ("steps per second", "steps_per_second", 1), ("% of SGEMM peak", "share_of_sgemm_peak", 100)
    parts = [f"Processor: {machine['cpu']}, {machine['cores']} cores. BLAS: {result['blas']}. Medians; command: "
             "`build/release/cpu_bench --json FILE`. Shares are of the SGEMM rate measured in turn with them.\n"]
    if (machine["load_before"] or 0) > 0.5:
        parts.append(f"Other programs used the machine (load {machine['load_before']:.1f}): the figures are noisy.\n")
    for entry in result["floors"]["sgemm"]:
        parts.append(f"SGEMM peak, {entry['threads']} thread{'s' if entry['threads'] > 1 else ''}: "
                     f"{entry['peak_gflops']:.0f} GFLOP/s.\n")
    steps = [entry | {"name": f"training step, {entry['instruction_set']}"} for entry in result["step"]["instruction_sets"]]
    parts.append(medians(steps, [("us", "microseconds", 1), rate, share]))
    passes = [entry | {"name": f"{entry['pass']}, {entry['instruction_set']}"} for entry in result["passes"]]
    parts.append(medians(passes, [("rows per second", "rows_per_second", 1), share]))
    data = [entry | {"name": f"generate {entry['dataset']}"} for entry in result["data"]["generate"]]
    data += [entry | {"name": f"read {entry.get('format', entry.get('file', ''))}"} for entry in result["data"].get("read", [])]
    parts.append(medians(data, [("rows per second", "rows_per_second", 1), ("GB/s", "gigabytes_per_second", 1)]))
    for quantity, rows in result["scaling"].items():
        if isinstance(rows, list) and rows and quantity in rows[0] and "steps_per_second" in rows[0]:
            named = [row | {"name": f"{quantity} {row[quantity]}"} for row in rows]
            parts.append(medians(named, [rate, share]))
    starts = [entry | {"name": f"`{entry['command']}`"} for entry in result["start"]["processes"]]
    parts.append(medians(starts, [("ms", "milliseconds", 1)]))
    return parts + ["\n".join(charts) + "\n"]


def large_runs_section(result, charts):
    """Sweeps of many tiny replicas."""
    machine = result["machine"]
    parts = [f"Processor: {machine['cpu']}, {machine['cores']} cores, commit {result['commit']}. Networks of four neurons, 6 "
             "steps each; whole process, from the expansion of the sweep to the report. Command: `bench/large_runs.py "
             "build/release/symscan --json FILE`. Sizes in MB.\n"]
    if result["load_before"] > 0.5:
        parts.append(f"Other programs used the machine (load {result['load_before']:.1f}): times are upper limits.\n")
    files = ["results.sqlite", "summary.json", "replicas.csv", "metrics.jsonl", "models.safetensors", "report.html"]
    rows = [[row["sweep"], figure(row["seconds"]), figure(row.get("training_seconds")), figure(row["peak_mb"]),
             *(figure(row[name]) if row.get(name) else "-" for name in files)] for row in result["results"]]
    parts.append(table(["sweep", "seconds", "of them training", "peak memory, MB", *files], rows))
    return parts + ["\n".join(charts) + "\n"] if charts else parts


def plain_section(result):
    command = [f"`{result['command']}` on {result['machine']}, commit {result['commit']}.\n"] if "command" in result else []
    return command + [table(["", ""], [[key, figure(value) if isinstance(value, (int, float)) else value]
                             for key, value in result["summary"].items()])]


def make_page(folder):
    """(text of the page, {path of a chart: content})."""
    parts, charts = [HEAD], {}
    sections = {"compare": compare_section, "cpu_bench": cpu_section, "gpu_checks": gpu_section,
                "time_to_converged": converged_section, "large_runs": large_runs_section}
    for path in sorted(folder.glob("*.json")):
        result = json.loads(path.read_text())
        kind = result.get("kind")
        if kind not in sections and not isinstance(result.get("summary"), dict):
            continue  # the page of its subject shows it
        links = []
        for name, content in draw(result):
            charts[folder / f"{path.stem}_{name}"] = content
            links.append(f"![{name[:-4].replace('_', ' ')}](results/{path.stem}_{name})")
        parts.append(f"## {path.stem}\n")
        parts += sections[kind](result, links) if kind in sections else plain_section(result)
    if not list(folder.glob("gpu_*.json")):
        parts.append(NO_GPU_RESULTS)
    parts.append((FOLDER / "attempts.md").read_text())
    return "\n".join(parts) + ("" if len(parts) > 1 else EMPTY), charts


def stale_files(bench):
    """{path: content} of the page and the charts that are not what the results give."""
    page, charts = make_page(bench / "results")
    files = {bench / "RESULTS.md": page} | charts
    return {path: content for path, content in files.items() if not path.exists() or path.read_text() != content}


def write_page(bench):
    for path, content in stale_files(bench).items():
        path.write_text(content)
        print(path)


def main():
    check = sys.argv[1:] == ["--check"]
    if sys.argv[1:] and not check:
        sys.exit(__doc__)
    if not check:
        return write_page(FOLDER)
    stale = stale_files(FOLDER)
    sys.exit(f"run bench/results_page.py: {', '.join(path.name for path in stale)}" if stale else 0)


if __name__ == "__main__":
    main()
