#!/usr/bin/env python3
"""The same events in every format give the same trained weights, byte for byte: models.safetensors of all runs are compared.

usage: same_numbers_test.py SYMSCAN; exit code 77: a package is missing.
"""
import hashlib
import pathlib
import subprocess
import sys
import tempfile

from reader_packages import need

need("numpy", "pandas", "h5py", "tables", "uproot", "awkward", "pyarrow", "pyhepmc")

import h5py
import numpy as np
import pandas as pd
import pyarrow
import pyarrow.feather
import pyhepmc
import uproot

EVENTS, MASS = 10000, 0.1056583745
COLUMNS = [f"{name}({particle})" for particle in ("mu-", "mu+") for name in ("E", "px", "py", "pz")]


def make_events():
    """[EVENTS][8] float64: pairs of muons that balance in the transverse plane, and a bit of everything else."""
    random = np.random.default_rng(7)
    momenta = random.normal(0, 20, (EVENTS, 3))
    other = -momenta + random.normal(0, 1, (EVENTS, 3)) * [0.1, 0.1, 5]
    rows = []
    for p in (momenta, other):
        rows += [np.sqrt(MASS**2 + (p**2).sum(1)), *p.T]
    return np.stack(rows, 1)


def particles_of(row):
    return [(13, row[:4]), (-13, row[4:])]


def write_lhe(path, events):
    lines = ["<LesHouchesEvents version=\"3.0\">", "<init>", " 11 -11 45 45 0 0 0 0 3 1", " 1 0 1 1", "</init>"]
    for row in events:
        lines += ["<event>", " 2 1 1.0 91.2 0.0078 0.118"]
        for pdg, (e, px, py, pz) in particles_of(row.tolist()):
            lines.append(f" {pdg} 1 0 0 0 0 {px!r} {py!r} {pz!r} {e!r} {MASS!r} 0 9")
        lines.append("</event>")
    path.write_text("\n".join(lines + ["</LesHouchesEvents>", ""]))


def write_hepmc(path, events):
    with pyhepmc.io.WriterAscii(str(path)) as out:
        out.precision = 16
        for number, row in enumerate(events):
            event = pyhepmc.GenEvent(pyhepmc.Units.GEV, pyhepmc.Units.MM)
            event.event_number = number
            vertex = pyhepmc.GenVertex()
            vertex.add_particle_in(pyhepmc.GenParticle((0, 0, 45.6, 45.6), 11, 4))
            vertex.add_particle_in(pyhepmc.GenParticle((0, 0, -45.6, 45.6), -11, 4))
            for pdg, (e, px, py, pz) in particles_of(row.tolist()):
                vertex.add_particle_out(pyhepmc.GenParticle((px, py, pz, e), pdg, 1))
            event.add_vertex(vertex)
            out.write(event)


def write_all(folder, events):
    """Yields (file, settings)."""
    frame = pd.DataFrame(events, columns=COLUMNS)
    records = np.array([tuple(row) for row in events.tolist()], dtype=[(name, "<f8") for name in COLUMNS])
    frame.to_csv(folder / "a.csv", index=False, float_format=lambda x: repr(float(x)))
    yield "a.csv", []
    np.save(folder / "records.npy", records)
    yield "records.npy", []
    np.savez(folder / "a.npz", data=events, columns=np.array(COLUMNS))
    yield "a.npz", []
    with h5py.File(folder / "a.h5", "w") as file:
        file.create_dataset("data", data=events, compression="gzip").attrs["columns"] = COLUMNS
    yield "a.h5", []
    frame.to_hdf(folder / "fixed.h5", key="frame", format="fixed")
    yield "fixed.h5", []
    frame.to_hdf(folder / "table.h5", key="frame", format="table")
    yield "table.h5", []
    write_lhe(folder / "a.lhe", events)
    yield "a.lhe", ["dataset.particles=[13,-13]"]
    write_hepmc(folder / "a.hepmc", events)
    yield "a.hepmc", ["dataset.particles=[13,-13]"]
    with uproot.recreate(folder / "a.root") as file:
        file.mktree("events", {name: "float64" for name in COLUMNS}).extend(dict(zip(COLUMNS, events.T)))
    yield "a.root", []
    frame.to_parquet(folder / "a.parquet")
    yield "a.parquet", []
    pyarrow.feather.write_feather(pyarrow.Table.from_pandas(frame, preserve_index=False), folder / "a.feather")
    yield "a.feather", []


def weights(symscan, folder, file, settings):
    out = folder / (file + ".run")
    done = subprocess.run(
        [symscan, "train", "--data", folder / file, *settings, "--out", out, "model.hidden=[8]", "model.latent_dim=2",
         "loss.beta=0.1", "train.epochs=2", "seed=1", "--no-analysis", "--no-report", "--quiet", "--device", "cpu"],
        capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"FAILED: {file}: exit code {done.returncode}: {done.stdout}{done.stderr}")
    return hashlib.sha256((out / "models.safetensors").read_bytes()).hexdigest()


def main():
    symscan = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory(prefix="symscan-same-") as folder:
        folder = pathlib.Path(folder)
        digests = {}
        for file, settings in write_all(folder, make_events()):
            digests[file] = weights(symscan, folder, file, settings)
            print(f"{file:14s} {digests[file][:16]}")
    if len(set(digests.values())) != 1:
        sys.exit("FAILED: the weights differ")
    print(f"{len(digests)} files, the same weights")


if __name__ == "__main__":
    main()
