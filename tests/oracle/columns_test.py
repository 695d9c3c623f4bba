#!/usr/bin/env python3
"""ROOT, Parquet, Feather and Arrow files: what symscan reads of them must be what their own packages hold, bit for bit.

usage: columns_test.py SYMSCAN; exit code 77: a package is missing (see reader_packages.py). symscan runs the same Python.
"""
import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile

from reader_packages import need

need("numpy", "pandas", "uproot", "awkward", "pyarrow")

import awkward as ak
import numpy as np
import pandas
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq
import uproot

ROWS = 1000
SYMSCAN = sys.argv[1]
failures = 0


def check(what, good, more=""):
    global failures
    failures += not good
    print(("ok      " if good else "FAILED  ") + what + ("" if good else ": " + str(more)))


def call(folder, path, settings):
    python = settings.pop("python", sys.executable)
    environment = dict(os.environ, SYMSCAN_PYTHON=python)
    words = [f"dataset.{key}={json.dumps(value) if isinstance(value, list) else value}" for key, value in settings.items()]
    return subprocess.run([SYMSCAN, "train", "--data", str(path), "--out", f"{folder}/run", "--overwrite", "--quiet",
                           "--no-report", "--no-analysis", "train.epochs=1", "model.latent_dim=1", "loss.beta=1",
                           "seeds=[1]", "preprocess=standardize", *words], env=environment, capture_output=True, text=True)


def read(folder, path, **settings):
    """The columns of symscan's table: the ledger keeps up to 1500 rows of it. And its notes."""
    done = call(folder, path, settings)
    if done.returncode:
        return {}, done.stderr
    connection = sqlite3.connect(f"{folder}/run/results.sqlite")
    details, sample = connection.execute("select details, sample from dataset").fetchone()
    connection.close()
    details = json.loads(details)
    values = np.frombuffer(sample, "<f8").reshape(-1, len(details["columns"]))
    return dict(zip(details["columns"], values.T)), " ".join(details["notes"])


def same(found, expected):
    """Names, order and bits."""
    if list(found) != list(expected):
        return f"columns {list(found)}, expected {list(expected)}"
    for name, values in expected.items():
        if found[name].tobytes() != np.asarray(values).astype("f8").tobytes():
            return f"{name} differs: {found[name][:4]} and {np.asarray(values)[:4]}"
    return ""


def compare(what, folder, path, expected, **settings):
    found, notes = read(folder, path, **settings)
    different = same(found, expected) if found else notes
    check(what, not different, different)
    return notes


def refused(what, folder, path, words, **settings):
    done = call(folder, path, settings)
    check(what, done.returncode == 42 and words in done.stderr, f"rc {done.returncode}: {done.stderr}")


def flat_columns(random):
    return {"x": random.normal(size=ROWS), "single": random.normal(size=ROWS).astype("f4"),
            "small": random.integers(-100, 100, ROWS).astype("i1"), "whole": random.integers(0, 1 << 50, ROWS),
            "unsigned": random.integers(0, 1 << 31, ROWS).astype("u4"), "flag": random.integers(0, 2, ROWS).astype(bool)}


def padded(lists, count):
    return ak.to_numpy(ak.fill_none(ak.pad_none(lists, count, clip=True), 0))


class Events:
    """Muons of two lists, jets of one, in every event."""

    def __init__(self, random):
        counts = random.integers(1, 5, ROWS)
        jets = random.integers(0, 4, ROWS)
        self.pt = ak.unflatten(random.exponential(size=counts.sum()), counts)
        self.eta = ak.unflatten(random.normal(size=counts.sum()).astype("f4"), counts)
        self.jet = ak.unflatten(random.exponential(size=jets.sum()), jets)
        self.met = random.normal(size=ROWS)
        self.counts, self.jets = counts, jets

    def two_muons(self, prefix, order=None):
        pt, eta = (self.pt, self.eta) if order is None else (self.pt[order], self.eta[order])
        enough = self.counts >= 2
        pts, etas = padded(pt, 2)[enough], padded(eta, 2)[enough]
        return {f"{prefix}pt[1]": pts[:, 0], f"{prefix}eta[1]": etas[:, 0], f"{prefix}pt[2]": pts[:, 1],
                f"{prefix}eta[2]": etas[:, 1]}


def write_root(path, flat, events, array):
    with uproot.recreate(path) as file:
        tree = file.mktree("flat", {name: values.dtype for name, values in flat.items()})
        for part in range(0, ROWS, 300):  # several baskets
            tree.extend({name: values[part:part + 300] for name, values in flat.items()})
        file.mktree("folder/arrays", {"v": np.dtype(("f8", (3,))), "w": "f4"}).extend(
            {"v": array, "w": array[:, 0].astype("f4")})
        muons = ak.zip({"pt": events.pt, "eta": events.eta})
        file.mktree("events", {"Muon": "var * {pt: float64, eta: float32}", "Jet_pt": "var * float64", "met": "f8",
                               "text": "string"}).extend(
            {"Muon": muons, "Jet_pt": events.jet, "met": events.met, "text": ["word"] * ROWS})
        file.mktree("mixed", {**{name: values.dtype for name, values in flat.items()}, "v": np.dtype(("f8", (3,))),
                              "Muon_pt": "var * float64"}).extend({**flat, "v": array, "Muon_pt": events.pt})
        file.mkrntuple("tuple", {**flat, "Muon": muons, "text": ak.Array(["word"] * ROWS)})
        file["histogram"] = np.histogram(events.met)


def check_root(folder, flat, events, random):
    path, array = f"{folder}/events.root", random.normal(size=(ROWS, 3))
    write_root(path, flat, events, array)
    compare("TTree, flat", folder, path, flat, array="flat")
    compare("TTree with its cycle", folder, path, flat, array="flat;1")
    compare("TTree, some columns", folder, path, {"flag": flat["flag"], "x": flat["x"]}, array="flat", columns=["flag", "x"])
    compare("TTree, first rows", folder, path, {"x": flat["x"][:123]}, array="flat", columns=["x"], max_rows=123)
    arrays = {"v[1]": array[:, 0], "v[2]": array[:, 1], "v[3]": array[:, 2], "w": array[:, 0].astype("f4")}
    compare("TTree in a folder, arrays of fixed size", folder, path, arrays, array="folder/arrays")
    mixed = {**flat, **{name: arrays[name] for name in ("v[1]", "v[2]", "v[3]")}}  # lists are read by uproot
    compare("TTree through uproot, flat and arrays", folder, path, mixed, array="mixed", flatten=1,
            columns=[*flat, "v"])
    notes = compare("TTree, lists are left out", folder, path,
                    {"nMuon": events.counts, "nJet_pt": events.jets, "met": events.met}, array="events")
    check("what is left out is named", "Muon_eta" in notes and "text" in notes and "dataset.flatten=1" in notes, notes)
    compare("TTree, two muons", folder, path, events.two_muons("Muon_"), array="events", flatten=2,
            columns=["Muon_pt", "Muon_eta"])
    order = ak.argsort(events.pt, axis=1, ascending=False, stable=True)
    compare("TTree, two muons by pt", folder, path, events.two_muons("Muon_", order), array="events", flatten=2,
            columns=["Muon_pt", "Muon_eta"], flatten_order="pt")
    jets = padded(events.jet, 2)
    masked = {"Jet_pt[1]": jets[:, 0], "Jet_pt[2]": jets[:, 1], "Jet_pt_real[1]": events.jets >= 1,
              "Jet_pt_real[2]": events.jets >= 2}
    compare("TTree, jets padded with zeros", folder, path, masked, array="events", flatten=2, padding="mask",
            columns=["Jet_pt"])
    compare("RNTuple, flat", folder, path, {name: flat[name] for name in ("whole", "single", "flag")}, array="tuple",
            columns=["whole", "single", "flag"])
    compare("RNTuple, two muons", folder, path, events.two_muons("Muon."), array="tuple", flatten=2,
            columns=["Muon.pt", "Muon.eta"])
    dotted = f"{folder}/dotted.root"
    with uproot.recreate(dotted) as file:
        file.mkrntuple("tuple", {"a.b": flat["x"], "c": flat["single"], "a": ak.zip({"z": flat["whole"]})})
    compare("RNTuple, dots in names", folder, dotted, {"a.z": flat["whole"], "a.b": flat["x"], "c": flat["single"]},
            columns=["a.z", "a.b", "c"])
    refused("several trees are named", folder, path, "dataset.array=")
    refused("a histogram is no tree", folder, path, "TH1D", array="histogram")
    refused("a list that is named asks for flatten", folder, path, "dataset.flatten=1", array="events", columns=["Muon_pt"])
    refused("more particles than any event has", folder, path, "dataset.flatten=4", array="events", columns=["Muon_pt"],
            flatten=9)
    cut = f"{folder}/cut.root"
    pathlib.Path(cut).write_bytes(pathlib.Path(path).read_bytes()[:20000])
    refused("a file that is cut off", folder, cut, "cut.root", array="flat")


def check_root_without_python(folder, flat, random):
    """Flat TTrees, as uproot writes them; symscan finds no Python."""
    alone = {"python": f"{folder}/no_python"}
    array = random.normal(size=(ROWS, 2, 3))
    arrays = {f"m[{i + 1}][{j + 1}]": array[:, i, j] for i in range(2) for j in range(3)}
    codes = {"none": None, "zlib": uproot.ZLIB(4), "lz4": uproot.LZ4(4), "zstd": uproot.ZSTD(5), "lzma": uproot.LZMA(5)}
    for name, compression in codes.items():
        path = f"{folder}/{name}.root"
        with uproot.recreate(path, compression=compression) as file:
            tree = file.mktree("dir/flat", {**{n: v.dtype for n, v in flat.items()}, "m": np.dtype(("f8", (2, 3)))})
            for part in range(0, ROWS, 300):
                tree.extend({n: v[part:part + 300] for n, v in {**flat, "m": array}.items()})
        compare(f"TTree without Python, packed with {name}", folder, path, {**flat, **arrays}, **alone)
    whole = pathlib.Path(f"{folder}/zlib.root").read_bytes()
    codes = set()
    for _ in range(60):
        damaged = bytearray(whole)
        for place in random.integers(0, len(whole), 4):
            damaged[place] = int(random.integers(0, 256))
        pathlib.Path(f"{folder}/damaged.root").write_bytes(damaged)
        codes.add(call(folder, f"{folder}/damaged.root", dict(alone)).returncode)
    check("damaged files end with a sentence", codes <= {0, 1, 42, 75}, codes)


def arrow_table(flat, events):
    columns = {name: pa.array(values) for name, values in flat.items()}
    columns["half"] = pa.array(flat["x"].astype("f2"))
    columns["price"] = pa.array([i % 7 * 10 ** 9 + i for i in range(ROWS)]).cast(pa.decimal128(20, 0))
    columns["code"] = pa.array([("a", "b", "c")[i % 3] for i in range(ROWS)]).dictionary_encode()
    columns["level"] = pa.array(np.arange(ROWS) % 5 * 0.1).dictionary_encode()
    columns["pair"] = pa.FixedSizeListArray.from_arrays(pa.array(np.arange(2 * ROWS) * 0.5), 2)
    columns["inner"] = pa.StructArray.from_arrays([pa.array(flat["x"] * 3)], names=["value"])
    columns["mu"] = ak.to_arrow(ak.zip({"pt": events.pt, "eta": events.eta}), extensionarray=False)
    columns["__index_level_0__"] = pa.array(range(ROWS))
    return pa.table(columns)


def expected_arrow(flat):
    expected = dict(flat)
    expected["half"] = flat["x"].astype("f2")
    expected["price"] = np.array([i % 7 * 10 ** 9 + i for i in range(ROWS)])
    words = {f"code={w}": np.array([float(i % 3 == k) for i in range(ROWS)]) for k, w in enumerate("abc")}
    rest = {"level": np.arange(ROWS) % 5 * 0.1, "pair[1]": np.arange(ROWS) * 1.0, "pair[2]": np.arange(ROWS) + 0.5,
            "inner.value": flat["x"] * 3}
    return {**expected, **rest}, {**expected, **words, **rest}


def check_arrow(folder, flat, events):
    table = arrow_table(flat, events)
    plain, with_words = expected_arrow(flat)
    paths = []
    for compression in ("none", "snappy", "gzip", "zstd", "lz4"):
        paths.append(f"{folder}/{compression}.parquet")
        pq.write_table(table, paths[-1], compression=compression, row_group_size=ROWS // 3)
    for compression in ("uncompressed", "lz4", "zstd"):
        paths.append(f"{folder}/{compression}.feather")
        pa.feather.write_feather(table, paths[-1], compression=compression, chunksize=ROWS // 3)
    paths.append(f"{folder}/stream.arrow")
    with pa.OSFile(paths[-1], "wb") as file, pa.ipc.new_stream(file, table.schema) as writer:
        writer.write_table(table, max_chunksize=170)
    for path in paths:
        name = pathlib.Path(path).name
        notes = compare(f"{name}, without text", folder, path, plain, on_text="drop")
        check(f"{name}, what is left out is named",
              all(word in notes for word in ("code", "mu.pt", "__index_level_0__")), notes)
    compare("words as columns", folder, paths[0], with_words, on_text="one_hot")
    compare("Parquet, two muons", folder, paths[0], events.two_muons("mu."), flatten=2, columns=["mu.pt", "mu.eta"])
    refused("text asks for a setting that works", folder, paths[0], "dataset.on_text=drop")
    plain = f"{folder}/plain.parquet"
    lists = {name: ak.to_arrow(values, extensionarray=False)
             for name, values in (("pt", events.pt), ("eta", events.eta), ("hits", events.jet))}
    pq.write_table(pa.table(lists), plain)
    order = ak.argsort(events.pt, axis=1, ascending=False, stable=True)
    compare("Parquet, lists without a prefix by pt", folder, plain, events.two_muons("", order), flatten=2,
            columns=["pt", "eta"], flatten_order="pt")
    refused("a list that is as long as no pt", folder, plain, "dataset.columns", flatten=2, flatten_order="pt")
    missing = f"{folder}/missing.parquet"
    pq.write_table(pa.table({"x": pa.array([1.5, None, 3.5] * 9), "i": pa.array([1, 2, None] * 9)}), missing)
    refused("missing values are refused", folder, missing, "dataset.on_nonfinite")
    compare("missing values are dropped", folder, missing, {"x": [1.5] * 9, "i": [1] * 9}, on_nonfinite="drop")
    cut = f"{folder}/cut.parquet"
    pathlib.Path(cut).write_bytes(pathlib.Path(paths[0]).read_bytes()[:-100])
    refused("a Parquet file that is cut off", folder, cut, "pyarrow says")


def check_pandas(folder, flat):
    frame = pandas.DataFrame({name: flat[name] for name in ("x", "single", "flag")})
    frame["maybe"] = pandas.array([1, 2, 3, 4] * (ROWS // 4), dtype="Int64")
    expected = {name: frame[name].to_numpy().astype("f8") for name in frame}
    frame[frame.x > -9].to_parquet(f"{folder}/frame.parquet")
    frame.to_feather(f"{folder}/frame.feather")
    compare("pandas, Parquet", folder, f"{folder}/frame.parquet", expected)
    compare("pandas, Feather", folder, f"{folder}/frame.feather", expected)
    frame["key"], frame["part"] = np.arange(ROWS) ** 2, np.arange(ROWS) % 5
    path = f"{folder}/index.parquet"
    frame.set_index(["key", "part"]).to_parquet(path)
    notes = compare("pandas, a row index with names is left out", folder, path, expected)
    check("and named", all(f"'{name}' is the row index" in notes for name in ("key", "part")), notes)
    some = {"key": frame["key"], "x": expected["x"]}
    compare("pandas, a row index that is chosen", folder, path, some, columns=["key", "x"])
    compare("pandas, rows by their index", folder, path, {"x": expected["x"][5:]}, columns=["x"], select="key > 16")
    refused("pandas, rows by an index that is no feature", folder, path, "dataset.columns", select="key > 16")


def check_written(folder):
    path = f"{folder}/written.parquet"
    environment = dict(os.environ, SYMSCAN_PYTHON=sys.executable)
    bytes_of = []
    for _ in range(2):
        subprocess.run([SYMSCAN, "generate", "circle", "--n", "500", "--out", path, "--overwrite"], env=environment,
                       check=True, capture_output=True)
        bytes_of.append(pathlib.Path(path).read_bytes())
    check("equal tables give equal bytes", bytes_of[0] == bytes_of[1])
    subprocess.run([SYMSCAN, "generate", "circle", "--n", "500", "--out", f"{folder}/written.csv"], check=True,
                   capture_output=True)
    table = pq.read_table(path)
    numbers = np.loadtxt(f"{folder}/written.csv", delimiter=",", skiprows=1)
    check("what is written is float64 and the same as CSV", all(t == pa.float64() for t in table.schema.types) and
          np.array_equal(np.column_stack([c.to_numpy() for c in table.columns]), numbers))
    compare("what is written is read", folder, path,
            {name: table[name].to_numpy() for name in table.column_names})


def main():
    random = np.random.default_rng(5)
    flat, events = flat_columns(random), Events(random)
    with tempfile.TemporaryDirectory() as folder:
        check_root(folder, flat, events, random)
        check_root_without_python(folder, flat, random)
        check_arrow(folder, flat, events)
        check_pandas(folder, flat)
        check_written(folder)
    print(f"{'all' if not failures else 'not all'} checks passed, {failures} failed")
    sys.exit(failures > 0)


main()
