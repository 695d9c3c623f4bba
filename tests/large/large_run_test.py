#!/usr/bin/env python3
"""Runs with many groups and many replicas: what their files say, how much memory they take, and the report in a browser.

    large_run_test.py SYMSCAN

Everything in summary.json and report.html that sums up groups is computed again from replicas.csv, and replicas.csv is
compared with the ledger. The report is opened in Chromium where it is installed.
"""
import csv
import json
import math
import pathlib
import sqlite3
import statistics
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "report"))
from browser import CHROMIUM, Visit, embedded_data, with_script  # noqa: E402
from layout_checks import check_layout, check_phone  # noqa: E402
from page_checks import MOST_SECONDS_TO_OPEN, PROBE, check_page, opening_seconds  # noqa: E402

TINY = ["dataset.n=50", "model.hidden=[2]", "train.steps=3", "train.batch_size=64"]
BETAS = [round(0.0005 * i, 6) for i in range(1, 1002)]
MANY_BETAS = [round(0.0001 * i, 6) for i in range(1, 10002)]
LARGEST_REPORT = 1_500_000  # bytes; the page itself is 0.3 MB of them
LARGEST_DATA = 1_500_000  # bytes of the data in report.html
# Peak memory of 20 000 replicas: 60 MB of program, libraries and data, and the records of the replicas.
MOST_MEGABYTES = 130
MOST_BYTES_PER_REPLICA = 2500

problems = []


def expect(condition, text):
    if not condition:
        problems.append(text)


def close(a, b, relative=1e-9):
    return math.isclose(a, b, rel_tol=relative, abs_tol=1e-12)


def train(program, out, settings):
    """Peak resident memory in bytes."""
    command = [program, "train", "circle", *TINY, *settings, "--out", str(out), "--quiet", "--threads", "2"]
    subprocess.run(command, check=True, timeout=600)
    return json.loads((out / "timings.json").read_text())["largest_memory_bytes"]


def spread(values):
    return (statistics.fmean(values), statistics.stdev(values) if len(values) > 1 else 0.0) if values else (0.0, 0.0)


class GroupOfTable:
    """A group as replicas.csv tells it, by the definitions of docs/formats.md."""

    def __init__(self, rows):
        self.rows = rows
        self.done = [row for row in rows if row["status"] == "done"]
        self.losses = [float(row["loss"]) for row in self.done]
        self.lowest = min(self.losses)
        near = [row for row, loss in zip(self.done, self.losses) if loss - self.lowest <= 0.02 * abs(self.lowest)]
        self.active = spread([int(row["active_latents"]) for row in near])
        latents = int(rows[0]["latent_dim"])
        self.relevances = [spread([float(row[f"relevance_{j + 1}"]) for row in near]) for j in range(latents)]

    def mean(self, column):
        return spread([float(row[column]) for row in self.done])


def read_table(out):
    text = (out / "replicas.csv").read_bytes()
    expect(text.count(b"\r\n") == text.count(b"\n"), "lines of replicas.csv do not end as RFC 4180 says")
    with open(out / "replicas.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, strict=True))


def check_table_against_ledger(out, rows):
    ledger = sqlite3.connect(f"file:{out / 'results.sqlite'}?mode=ro", uri=True)
    stored = ledger.execute('SELECT id, "group", latent_dim, beta, seed, status, loss, reconstruction, kl, active_latents, '
                            'relevances, history FROM replica ORDER BY id').fetchall()
    expect(len(stored) == len(rows), f"replicas.csv has {len(rows)} lines, the ledger {len(stored)}")
    for found, row in zip(stored, rows):
        own = (int(row["id"]), int(row["group"]), int(row["latent_dim"]), float(row["beta"]), int(row["seed"]), row["status"],
               float(row["loss"]), float(row["reconstruction"]), float(row["kl"]), int(row["active_latents"]))
        relevances = sorted(json.loads(found[10])["kl"], reverse=True)
        table = [float(row[f"relevance_{j + 1}"]) for j in range(len(relevances))]
        if own != found[:10] or relevances != table or int(row["epochs"]) != len(json.loads(found[11])):
            return expect(False, f"replica {found[0]} is another in replicas.csv: {own} and {found[:10]}")


def check_summary(out, groups):
    summary = json.loads((out / "summary.json").read_text())
    expect(summary.get("replica_table") == "replicas.csv", "summary.json does not name the table of replicas")
    expect("replicas" not in summary, "summary.json lists the replicas of a large run")
    expect(len(summary["groups"]) == len(groups), "summary.json has another number of groups")
    for entry in summary["groups"]:
        group = groups[entry["id"]]
        expected = [("trainings", entry["trainings"], len(group.rows)), ("done", entry["done"], len(group.done)),
                    ("active", entry["active_latents"]["mean"], group.active[0]),
                    ("active std", entry["active_latents"]["std"], group.active[1])]
        for column in ("loss", "reconstruction", "kl"):
            mean, deviation = group.mean(column)
            expected += [(column, entry[column]["mean"], mean), (column + " std", entry[column]["std"], deviation)]
        for j, (mean, deviation) in enumerate(group.relevances):
            expected += [(f"relevance {j}", entry["relevance"]["mean"][j], mean)]
        for name, found, wanted in expected:
            if not close(found, wanted):
                return expect(False, f"group {entry['id']} of summary.json: {name} is {found}, not {wanted}")
    trainings = sum(problem["trainings"] for problem in summary["optima"])
    expect(trainings == sum(len(group.done) for group in groups.values()), "optima count other trainings")
    for problem in summary["optima"]:
        lowest = min(group.lowest for group in groups.values() if float(group.rows[0]["beta"]) == problem["beta"])
        if problem["classes"][0]["loss"] != lowest:
            return expect(False, f"the lowest loss at beta {problem['beta']} is {lowest}")


def rounded(value):
    return float(f"{value:.4g}")


def check_aggregates(study, groups):
    """Every line of the report's aggregates, from the groups of its values."""
    lines = study["aggregates"]
    settings = {"model.latent_dim": "latent_dim", "loss.beta": "beta"}
    expect({line["setting"] for line in lines} == set(settings), "other settings are summed up")
    for setting, column in settings.items():
        own = [line for line in lines if line["setting"] == setting]
        seen = 0
        for line in own:
            ends = [float(text) for text in line["value"].split(" to ")]
            members = [group for group in groups.values() if ends[0] <= float(group.rows[0][column]) <= ends[-1]]
            seen += len(members)
            expected = [("groups", len(members)), ("trainings", sum(len(g.rows) for g in members)), ("failed", 0),
                        ("lowest_loss", rounded(min(g.lowest for g in members)))]
            for name, found in expected:
                expect(line[name] == found or close(line[name], found, 2e-4), f"{setting} {line['value']}: {name} is {line[name]}, not {found}")
            for name, values in (("active_latents", [g.active[0] for g in members]), ("loss", [g.mean("loss")[0] for g in members]),
                                 ("reconstruction", [g.mean("reconstruction")[0] for g in members]),
                                 ("kl", [g.mean("kl")[0] for g in members])):
                for part, wanted in zip(("mean", "std"), spread(values)):
                    # Four digits are kept.
                    expect(abs(line[name][part] - wanted) <= 1e-3 * abs(wanted) + 1e-9,
                           f"{setting} {line['value']}: {name} {part} is {line[name][part]}, not {wanted}")
        expect(seen == len(groups), f"the lines of {setting} hold {seen} of {len(groups)} groups")


def check_many_groups(program, folder):
    out = folder / "groups"
    train(program, out, [f"loss.beta={json.dumps(BETAS)}", "model.latent_dim=[1,2]", "seeds=1..2"])
    rows = read_table(out)
    check_table_against_ledger(out, rows)
    by_group = {}
    for row in rows:
        by_group.setdefault(int(row["group"]), []).append(row)
    groups = {group: GroupOfTable(members) for group, members in by_group.items()}
    expect(len(groups) == 2 * len(BETAS), f"{len(groups)} groups")
    check_summary(out, groups)
    report = out / "report.html"
    data = embedded_data(report)
    study = data["studies"][0]
    expect(study["totals"] == {"groups": len(groups), "trainings": len(rows), "failed": 0}, f"totals {study['totals']}")
    expect(data["replicas"] == len(rows), "the report counts other replicas")
    expect(100 <= len(study["groups"]) <= 300, f"the report shows {len(study['groups'])} groups")
    shown = {(group["latent_dim"], group["beta"]) for group in study["groups"]}
    for latents in (1, 2):
        expect(sum(1 for dim, _ in shown if dim == latents) >= 50, f"hardly a group of latent_dim {latents} is shown")
    check_aggregates(study, groups)
    check_data_size(data, "2002 groups")
    check_in_browser(report, folder)
    return out


def check_twenty_thousand_groups(program, folder):
    """As many groups as replicas: the report stays small, opens soon and can be read."""
    out = folder / "more_groups"
    train(program, out, [f"loss.beta={json.dumps(MANY_BETAS)}", "model.latent_dim=[1,2]", "seeds=[1]"])
    report = out / "report.html"
    groups = embedded_data(report)["studies"][0]["totals"]["groups"]
    expect(groups == 2 * len(MANY_BETAS), f"{groups} groups")
    size = report.stat().st_size
    expect(size < LARGEST_REPORT, f"report.html of {groups} groups has {size} bytes")
    if not CHROMIUM:
        return
    seconds = opening_seconds(report, folder)
    print(f"{groups} groups: {size / 1e6:.2f} MB, drawn after {seconds:.1f} s")
    expect(seconds < MOST_SECONDS_TO_OPEN, f"the report of {groups} groups opens in {seconds:.1f} s")
    for check in (check_layout, check_phone):
        _, found = check(report, folder)
        problems.extend(found)


def check_data_size(data, of_what):
    size = len(json.dumps(data, separators=(",", ":"), ensure_ascii=False).encode())
    print(f"report.html of {of_what}: {size / 1e6:.2f} MB of data")
    expect(size < LARGEST_DATA, f"report.html of {of_what} has {size} bytes of data")


def check_in_browser(report, folder):
    if not CHROMIUM:
        print("not opened: chromium is not installed")
        return
    visit = Visit(with_script(report, folder, PROBE), folder)
    check_page(visit, problems, complete=False)
    text = visit.page.texts.get("study-0-aggregates", "")
    expect("2,002 groups" in text and "loss.beta" in text, f"the page does not show the aggregates: {text[:200]}")
    print(f"opened in {visit.seconds:.1f} s")


def check_memory(program, folder):
    """One group of many seeds; memory grows by the lean records of the replicas alone."""
    peaks = {}
    for count in (6000, 20001):
        out = folder / f"seeds_{count}"
        peaks[count] = train(program, out, ["model.latent_dim=1", f"seeds=1..{count}"])
        check_data_size(embedded_data(out / "report.html"), f"{count} replicas")
        expect((out / "replicas.csv").exists() == (count > 20000), f"{count} replicas: replicas.csv")
    each = (peaks[20001] - peaks[6000]) / 14001
    print(f"peak memory: {peaks[6000] / 1e6:.0f} MB with 6000 replicas, {peaks[20001] / 1e6:.0f} MB with 20001, {each:.0f} bytes each")
    expect(peaks[20001] < MOST_MEGABYTES * 1e6, f"20001 replicas take {peaks[20001] / 1e6:.0f} MB")
    expect(each < MOST_BYTES_PER_REPLICA, f"a replica takes {each:.0f} bytes")


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    with tempfile.TemporaryDirectory(prefix="symscan-large-") as name:
        folder = pathlib.Path(name)
        check_many_groups(program, folder)
        check_twenty_thousand_groups(program, folder)
        check_memory(program, folder)
    for problem in problems[:20]:
        print(problem)
    print(f"{len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
