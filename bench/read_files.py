#!/usr/bin/env python3
"""Seconds that symscan and the format's own Python package take to read the same events of every format.

    read_files.py --read-bench build/release/read_bench [--events 500000] [--json FILE]

Writes dimuon events (8 columns of float64) in every format into a temporary folder, reads each with symscan (read_bench) and with
the package that its users have, in a process of its own, and prints a table: the shortest of several passes, GB/s of the file on
disk, events/s. A package's time ends when the values are a NumPy array. Packages: tests/oracle/install_readers.sh.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/oracle"))
from reader_packages import need  # noqa: E402

need("numpy", "pandas", "h5py", "tables", "uproot", "awkward", "pyarrow", "pyhepmc", "pylhe")

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402

import same_numbers_test as events  # noqa: E402

PEERS = {
    "csv": ("pandas.read_csv", "import pandas\nread = lambda: pandas.read_csv(FILE).to_numpy()"),
    "npy": ("numpy.load", "import numpy\nread = lambda: numpy.array(numpy.load(FILE))"),
    "h5": ("h5py", "import h5py\nread = lambda: h5py.File(FILE)['data'][()]"),
    "fixed.h5": ("pandas.read_hdf", "import pandas\nread = lambda: pandas.read_hdf(FILE).to_numpy()"),
    "root": ("uproot", "import uproot, numpy\nread = lambda: numpy.stack(list(uproot.open(FILE)['events'].arrays(library='np').values()), 1)"),
    "parquet": ("pyarrow", "import pyarrow.parquet, numpy\nread = lambda: numpy.stack([c.to_numpy() for c in pyarrow.parquet.read_table(FILE).columns], 1)"),
    "feather": ("pyarrow", "import pyarrow.feather, numpy\nread = lambda: numpy.stack([c.to_numpy() for c in pyarrow.feather.read_table(FILE).columns], 1)"),
    "lhe": ("pylhe", "import pylhe, numpy\nread = lambda: numpy.array([[v for p in e.particles for v in (p.e, p.px, p.py, p.pz)] for e in pylhe.LHEFile.fromfile(FILE).events])"),
    "hepmc": ("pyhepmc", "import pyhepmc, numpy\nread = lambda: numpy.array([numpy.stack([e.numpy.particles.e, e.numpy.particles.px, e.numpy.particles.py, e.numpy.particles.pz], 1)[e.numpy.particles.status == 1].ravel() for e in pyhepmc.open(FILE)])"),
}
TIMED = """
import json, time
FILE = {file!r}
{code}
seconds = []
while len(seconds) < 2 or (sum(seconds) < 3 and len(seconds) < 10):
    start = time.perf_counter(); values = read(); seconds.append(time.perf_counter() - start)
print(json.dumps({{"seconds": seconds, "shape": list(values.shape)}}))
"""


def write_files(folder, count):
    """Yields (format, file, settings of symscan)."""
    events.EVENTS = count
    rows = events.make_events()
    frame = pd.DataFrame(rows, columns=events.COLUMNS)
    frame.to_csv(folder / "a.csv", index=False)
    np.save(folder / "a.npy", rows)
    import h5py
    with h5py.File(folder / "a.h5", "w") as file:
        file.create_dataset("data", data=rows)
    frame.to_hdf(folder / "a.fixed.h5", key="frame", format="fixed")
    import uproot
    with uproot.recreate(folder / "a.root") as file:
        file.mktree("events", {name: "float64" for name in events.COLUMNS}).extend(dict(zip(events.COLUMNS, rows.T)))
    frame.to_parquet(folder / "a.parquet")
    import pyarrow.feather
    pyarrow.feather.write_feather(pyarrow.Table.from_pandas(frame, preserve_index=False), folder / "a.feather")
    events.write_lhe(folder / "a.lhe", rows[:count // 5])
    events.write_hepmc(folder / "a.hepmc", rows[:count // 5])
    particles = ["dataset.particles=[13,-13]"]
    for name in PEERS:
        yield name, folder / ("a." + name), particles if name in ("lhe", "hepmc") else []


def timed(command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode != 0:
        return None, done.stderr.strip().splitlines()[-1:]
    return json.loads(done.stdout.splitlines()[-1]), None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--read-bench", required=True)
    parser.add_argument("--events", type=int, default=500000)
    parser.add_argument("--json")
    options = parser.parse_args()
    results = []
    print(f"{'format':10s} {'MB':>7s} {'symscan s':>10s} {'GB/s':>7s} {'events/s':>10s}   {'peer':16s} {'s':>8s} {'ratio':>6s}")
    with tempfile.TemporaryDirectory(prefix="symscan-read-") as folder:
        for name, file, settings in write_files(pathlib.Path(folder), options.events):
            ours, wrong = timed([options.read_bench, file, *settings])
            if wrong:
                print(f"{name:10s} failed: {wrong}")
                continue
            peer, code = PEERS[name]
            theirs, wrong = timed([sys.executable, "-c", TIMED.format(file=str(file), code=code)])
            size, seconds = os.path.getsize(file), min(ours["seconds"])
            other = min(theirs["seconds"]) if theirs else float("nan")
            results.append({"format": name, "bytes": size, "rows": ours["rows"], "seconds": seconds, "peer": peer, "peer_seconds": other})
            print(f"{name:10s} {size / 1e6:7.1f} {seconds:10.3f} {size / seconds / 1e9:7.3f} {ours['rows'] / seconds:10.3g}   "
                  f"{peer:16s} {other:8.3f} {other / seconds:6.1f}")
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps({"events": options.events, "cores": os.cpu_count(), "results": results}, indent=1))


if __name__ == "__main__":
    main()
