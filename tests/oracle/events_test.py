#!/usr/bin/env python3
"""Events as symscan reads them are those that pylhe and pyhepmc read, to the last bit: Les Houches files in several
manners, HepMC3 and HepMC2 text, LHEH5; and what `symscan generate` writes is read by both packages.

usage: events_test.py SYMSCAN; exit code 77: a package is missing (see reader_packages.py).
"""
import gzip
import json
import pathlib
import random
import sqlite3
import subprocess
import sys
import tempfile

from reader_packages import need

need("numpy", "pylhe", "pyhepmc")

import numpy as np
import pyhepmc
import pylhe

SYMSCAN = sys.argv[1]
ROOT = pathlib.Path(__file__).resolve().parents[2]
failures = 0


def check(what, good):
    global failures
    failures += not good
    print(("ok      " if good else "FAILED  ") + what)


def symscan_rows(path, folder, *settings):
    """The rows of the ledger, which keeps up to 1500 as they were read, and the effective number of them."""
    run = pathlib.Path(folder) / "run"
    made = subprocess.run([SYMSCAN, "train", "--data", str(path), "--out", str(run), "--overwrite", "--quiet", "--no-report",
                           "--no-analysis", "--threads", "1", "preprocess=none", "model.hidden=[2]", "model.latent_dim=1",
                           "train.epochs=1", *settings], capture_output=True, text=True)
    if made.returncode not in (0, 1):
        print(made.stderr)
        return None, None
    rows, details, sample = sqlite3.connect(run / "results.sqlite").execute(
        "select rows, details, sample from dataset").fetchone()
    details = json.loads(details)
    return np.frombuffer(sample).reshape(rows, len(details["columns"])), details["effective_rows"]


def chosen(events, ids, statuses=(1,)):
    """Rows E, px, py, pz per particle, and weights, of (weight, [(id, status, E, px, py, pz)])."""
    rows, weights = [], []
    for weight, particles in events:
        left, row = [p for p in particles if p[1] in statuses], []
        for wanted in ids:
            found = next((p for p in left if p[0] == wanted), None)
            if found is None:
                break
            left.remove(found)
            row += found[2:]
        else:
            rows.append(row)
            weights.append(weight)
    return np.array(rows), np.array(weights)


def effective(weights):
    return weights.sum() ** 2 / (weights ** 2).sum()


def compare(what, path, folder, events, ids, *settings, statuses=(1,)):
    expected, weights = chosen(events, ids, statuses)
    rows, seen = symscan_rows(path, folder, f"dataset.particles={json.dumps(ids)}",
                              f"dataset.statuses={json.dumps(list(statuses))}", *settings)
    same = rows is not None and rows.shape == expected.shape and np.array_equal(rows, expected)
    check(f"{what}: {len(expected)} rows", same)
    if len(weights) and not np.all(weights == weights[0]):
        check(f"{what}: weights", seen is not None and np.isclose(seen, effective(weights), rtol=1e-12))


def lhe_events(path, weight=None):
    for event in pylhe.LHEFile.fromfile(str(path)).events:
        chosen_weight = event.eventinfo.weight if weight is None else event.weights[weight]
        yield chosen_weight, [(int(p.id), int(p.status), p.e, p.px, p.py, p.pz) for p in event.particles]


def lhe_text(draw, weights):
    """200 events in the manners of several generators, all of which are XML."""
    lines = ['<?xml version="1.0"?>', '<LesHouchesEvents version="3.0">', "<!-- <event> in a comment", "</event> -->", "<header>",
             "<MGRunCard>", "<![CDATA[", "<event> blocks", "]]>", "</MGRunCard>", "<initrwgt>", '<weightgroup name="scales" combine="none">',
             '<weight id="1001" MUF="1"> central </weight>', '<weight id="1002" MUR="2">up</weight>', "</weightgroup>",
             "</initrwgt>", "</header>", "<init>", " 2212 2212 6.5E+03 6.5E+03 0 0 0 0 -4 1", " 1.0 0.1 1.0 1", "</init>"]
    for number in range(200):
        particles = []
        for pdg in draw.choice([[13, -13], [13, -13, 21], [11, -11], [13]]):
            p = [draw.gauss(0, 40) for _ in range(3)]
            mass = 0.1
            energy = (sum(x * x for x in p) + mass * mass) ** 0.5
            particles.append(f" {pdg} 1 1 2 0 0 " + " ".join(f"{x:.{draw.choice([8, 10, 16])}E}" for x in (*p, energy, mass)) + " 0. 9.")
        particles.insert(0, " 23 2 0 0 0 0 1.0 2.0 3.0 100.0 91.0 0. 9.")
        lines += ["<event>" if number % 2 else '<event npLO="1" npNLO="0">',
                  f" {len(particles)} 1 {draw.uniform(-1, 3):.8E} 91.0 0.0078 0.12"]
        lines += particles
        if number % 3 == 0:
            lines.append("<!-- a comment\n with lines -->")
        first, second = draw.uniform(0, 1), draw.uniform(0, 1)
        if weights == "list":
            lines.append(f"<weights>\n{first:.6E} {second:.6E}\n</weights>")
        elif weights == "line":
            lines.append(f"<rwgt><wgt id='1001'>{first:.6E}</wgt><wgt id='1002'>{second:.6E}</wgt></rwgt>")
        lines.append("</event>")
    return "\n".join(lines + ["</LesHouchesEvents>"]) + "\n"


def test_lhe(folder):
    for weights in ("none", "list", "line"):
        path = pathlib.Path(folder) / f"{weights}.lhe"
        path.write_text(lhe_text(random.Random(weights), weights))
        compare(f"LHE, weights {weights}", path, folder, list(lhe_events(path)), [13, -13])
        compare(f"LHE, weights {weights}, status 2", path, folder, list(lhe_events(path)), [23, 13], statuses=(2, 1))
        if weights != "none":
            compare(f"LHE, weight 1002 ({weights})", path, folder, list(lhe_events(path, "1002")), [13], "dataset.weights=1002")
        with gzip.open(str(path) + ".gz", "wb") as out:
            out.write(path.read_bytes())
        compare(f"LHE, weights {weights}, gzip", str(path) + ".gz", folder, list(lhe_events(path)), [11, -11])
    file = pylhe.LHEFile.fromfile(str(pathlib.Path(folder) / "line.lhe"), generator=False)
    for form, name in ((pylhe.HDF5_FORMAT, "t.h5"), (pylhe.HDF5_GZ_FORMAT, "z.hdf5")):
        path = pathlib.Path(folder) / name
        file.tofile(str(path), form)
        compare(f"LHEH5, {name}", path, folder, list(lhe_events(path)), [13, -13])
        compare(f"LHEH5, {name}, weight 1002", path, folder, list(lhe_events(path, "1002")), [13], "dataset.weights=1002")


def test_files_of_generators(folder):
    for path, ids in (("powheg_Z_100.lhe", [11, -11]), ("amcatnlo_weights_59.lhe", [24]), ("sherpa_eejjj_100.lhe", [21]),
                      ("whizard_eeWW_10.lhe", [24, -24])):
        path = ROOT.parent / "shared" / "data" / "hep" / path
        if path.exists():
            compare(path.name, path, folder, list(lhe_events(path)), ids)


def make_event(draw, number, unit):
    event = pyhepmc.GenEvent(unit, pyhepmc.Units.MM)
    event.event_number = number
    scale = 1000.0 if unit == pyhepmc.Units.MEV else 1.0

    def particle(pdg, status):
        p = [draw.gauss(0, 40) * scale for _ in range(3)]
        energy = (sum(x * x for x in p) + 0.01) ** 0.5
        made = pyhepmc.GenParticle(pyhepmc.FourVector(*p, energy), pdg, status)
        if draw.random() < 0.5:
            made.generated_mass = 0.1 * scale
        return made

    vertex, decay = pyhepmc.GenVertex((1, 2, 3, 4) if number % 2 else (0, 0, 0, 0)), pyhepmc.GenVertex((0, 0, 0, 0))
    boson = particle(23, 2)
    for beam in (particle(2212, 4), particle(2212, 4)):
        vertex.add_particle_in(beam)
    vertex.add_particle_out(boson)
    for _ in range(number % 4):
        vertex.add_particle_out(particle(21, 1))
    decay.add_particle_in(boson)
    for pdg in draw.choice([[13, -13], [11, -11]]):
        decay.add_particle_out(particle(pdg, 1))
    event.add_vertex(vertex)
    event.add_vertex(decay)
    return event


def hepmc_events(path, form, weight=0):
    factor = {pyhepmc.Units.GEV: 1, pyhepmc.Units.MEV: 1000}
    with pyhepmc.open(str(path), "r", format=form) as file:
        for event in file:
            scale = factor[event.momentum_unit]
            yield (event.weights[weight] if len(event.weights) else 1.0,
                   [(p.pid, p.status, p.momentum.e / scale, p.momentum.px / scale, p.momentum.py / scale, p.momentum.pz / scale)
                    for p in event.particles])


def test_hepmc(folder):
    for form, unit, weighted in ((f, u, w) for f in ("hepmc3", "hepmc2") for u in (pyhepmc.Units.GEV, pyhepmc.Units.MEV)
                                 for w in (True, False)):
        if form == "hepmc2" and not weighted:
            continue  # its writer adds a weight
        draw = random.Random(f"{form}{weighted}")
        run = pyhepmc.GenRunInfo()
        if weighted:
            run.weight_names = ["nominal", "muR=2"]
        run.tools = [("tool", "1.0", "a | b")]
        path = pathlib.Path(folder) / f"t.{form[:5]}"
        with pyhepmc.open(str(path), "w", format=form) as out:
            for number in range(150):
                event = make_event(draw, number, unit)
                event.run_info = run
                if weighted:
                    event.weights = [draw.uniform(-1, 3), draw.uniform(0, 1)]
                out.write(event)
        what = f"{form}, {unit}, {'two weights' if weighted else 'no weights'}"
        compare(what, path, folder, list(hepmc_events(path, form)), [13, -13])
        compare(what + ", status 2", path, folder, list(hepmc_events(path, form)), [23, 21], statuses=(2, 1))
        if weighted:
            compare(what + ", by name", path, folder, list(hepmc_events(path, form, 1)), [11], "dataset.weights=muR=2")
            compare(what + ", by place", path, folder, list(hepmc_events(path, form, 1)), [11], "dataset.weights=1")


def test_written(folder):
    tables = {}
    for name in ("e.csv", "e.lhe", "e.hepmc", "e.hepmc.gz", "e.lhe.gz"):
        path = pathlib.Path(folder) / name
        subprocess.run([SYMSCAN, "generate", "ee_mumu", "--n", "100", "--out", str(path)], check=True, capture_output=True)
        if name.endswith(".csv"):
            tables[name] = np.loadtxt(path, delimiter=",", skiprows=1)
        elif "lhe" in name:
            tables[name] = chosen(lhe_events(path), [13, -13])[0]
        else:
            tables[name] = chosen(hepmc_events(path, "hepmc3"), [13, -13])[0]
    for name, rows in tables.items():
        check(f"generate: {name} is read back equal", np.array_equal(rows, tables["e.csv"]))


with tempfile.TemporaryDirectory() as scratch:
    test_lhe(scratch)
    test_files_of_generators(scratch)
    test_hepmc(scratch)
    test_written(scratch)
print(f"{'all' if not failures else 'not all'} checks passed, {failures} failed")
sys.exit(failures > 0)
