#!/usr/bin/env python3
"""Exported models compute what the program computes: ONNX graphs in ONNX Runtime, the Python module in NumPy (and in
PyTorch where it is installed), safetensors evaluated here from the weights and the metadata.

usage: onnx_test.py SYMSCAN; exit code 77: a package is missing.
"""
import importlib.util
import json
import math
import os
import pathlib
import py_compile
import struct
import subprocess
import sys
import tempfile
import warnings

from reader_packages import need

need("numpy", "onnx", "onnxruntime")
warnings.simplefilter("error")

import numpy as np
import onnx
import onnx.checker
import onnx.version_converter
import onnxruntime

EVENTS = 1000
# The network of a graph is float32: half a unit in the last place is 6e-8. Fewer than 40 roundings on the way of a value
# through the layers of these tests, with weights of order 1, stay below 1e-5 of the column's scale.
FLOAT32_NETWORK = 1e-5
# Both sides are float64 and differ in the order of sums and in the last places of exp, tanh and erf.
FLOAT64 = 1e-12
ODD_NAME = "b 'q' \\ ''' {x} \\u0022 ü"
checked, failures = 0, []


def expect(good, what):
    global checked
    checked += 1
    if not good:
        failures.append(what)
        print(f"FAILED {what}")


def near(got, wanted, tolerance, scale, what):
    """scale: of each column; what is finer than float64 at the size of the values is no difference."""
    got, wanted = np.asarray(got, dtype=float), np.asarray(wanted, dtype=float)
    if got.shape != wanted.shape:
        return expect(False, f"{what}: shape {got.shape}, not {wanted.shape}")
    most = tolerance * np.asarray(scale) + 2 * np.spacing(np.abs(wanted))
    return expect(bool((np.abs(got - wanted) <= most).all()),
                  f"{what}: off by {np.max(np.abs(got - wanted) / most, initial=0) * tolerance:.2g} of the column's scale")


# ---- the program

class Program:
    def __init__(self, path, folder):
        self.path, self.folder = path, folder

    def __call__(self, *words):
        subprocess.run([self.path, *words], cwd=self.folder, check=True, stdout=subprocess.DEVNULL)

    def table(self, verb, replica, *words):
        self(verb, "run", "--replica", str(replica), "--out", "table.csv", "--overwrite", *words)
        return np.loadtxt(self.folder / "table.csv", delimiter=",", skiprows=1, ndmin=2)


def write_events(path, large):
    """Curved columns, one with a name that needs care, one whose offset hides its spread in float32, a constant one."""
    random = np.random.default_rng(5)
    x = random.normal(size=EVENTS)
    columns = [3 * x, x ** 2 + 0.1 * random.normal(size=EVENTS), np.sin(x) + large, np.full(EVENTS, 2.5)]
    header = f'x,"{ODD_NAME}",large,same'
    np.savetxt(path, np.stack(columns, axis=1), delimiter=",", header=header, comments="", fmt="%.17g", encoding="utf-8")
    return np.stack(columns, axis=1)


# ---- the same, from the weights alone

def erf(x):
    return np.vectorize(math.erf, otypes=[float])(x)


ACTIVATIONS = {"tanh": np.tanh, "relu": lambda x: np.where(x > 0, x, 0), "gelu": lambda x: x * (1 + erf(x / 2 ** 0.5)) / 2,
               "silu": lambda x: x / (1 + np.exp(-x)), "linear": lambda x: x}


class FromWeights:
    """The model of a safetensors file: its metadata say all that is needed."""

    def __init__(self, path):
        data = path.read_bytes()
        begin = 8 + struct.unpack("<Q", data[:8])[0]
        header = json.loads(data[8:begin])
        self.metadata = header.pop("__metadata__")
        self.weights = {name: np.frombuffer(data[begin:], "<f4", offset=entry["data_offsets"][0],
                                            count=int(np.prod(entry["shape"]))).reshape(entry["shape"]).astype(float)
                        for name, entry in header.items()}
        self.settings = json.loads(self.metadata["settings"])
        self.columns = json.loads(self.metadata["dataset.columns"])
        self.offset, self.scale = (np.array(json.loads(self.metadata[f"dataset.{x}"])) for x in ("offset", "scale"))
        self.constant = json.loads(self.metadata["dataset.constant_columns"])
        self.layers = len(self.settings["model"]["hidden"])
        self.activate = ACTIVATIONS[self.settings["model"]["activation"]]
        self.factor = {"sum": 1, "half_sum": 0.5, "mean": 1 / len(self.columns)}[self.settings["loss"]["kind"]]

    def with_constants(self, x):
        x = np.array(x, dtype=float)
        for name, value in self.constant.items():
            x[:, self.columns.index(name)] = value
        return x

    def layer(self, name, h):
        return h @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"]

    def prepared(self, x):
        return (self.with_constants(x) - self.offset) / self.scale

    def encode(self, x):
        h = self.prepared(x)
        for i in range(self.layers):
            h = self.activate(self.layer(f"encoder.{i}", h))
        return self.layer("mu", h), self.layer("logvar", h)

    def decode(self, z):
        """Raw and prepared units."""
        h = z
        for i in range(self.layers):
            h = self.activate(self.layer(f"decoder.{i}", h))
        h = self.layer("output", h)
        return self.with_constants(h * self.scale + self.offset), h

    def outputs(self, x):
        """By the names of the graphs."""
        mu, log_variance = self.encode(x)
        raw, decoded = self.decode(mu)
        error = ((decoded - self.prepared(x)) ** 2).sum(axis=1)
        kl = (mu ** 2 + np.exp(log_variance) - 1 - log_variance).sum(axis=1) / 2
        return {"reconstruction": raw, "mu": mu, "log_variance": log_variance, "reconstruction_error": error, "kl": kl,
                "loss": self.factor * error + self.settings["loss"]["beta"] * kl}

    def scales(self, x):
        """What the tolerance of each output is a part of. Columns: the spread of the data. Latents: 1, the prior's deviation,
        or their size where that is larger. Error and KL of an event: what these make of them, to second order."""
        wanted = self.outputs(x)
        mu, log_variance = wanted["mu"], wanted["log_variance"]
        scales = {name: np.maximum(1, np.sqrt((wanted[name] ** 2).mean(axis=0))) for name in ("mu", "log_variance")}
        scales["reconstruction"] = scales["x"] = np.where(x.std(axis=0) > 0, x.std(axis=0), 1)
        spread = scales["reconstruction"] / self.scale
        difference = np.abs(self.decode(mu)[1] - self.prepared(x))
        scales["reconstruction_error"] = (2 * difference * spread + FLOAT32_NETWORK * spread ** 2).sum(axis=1)
        scales["kl"] = (np.abs(mu) * scales["mu"] + np.abs(np.exp(log_variance) - 1) / 2 * scales["log_variance"]
                        + FLOAT32_NETWORK).sum(axis=1)
        return scales | {"loss": self.factor * scales["reconstruction_error"] + self.settings["loss"]["beta"] * scales["kl"]}


# ---- ONNX

def quiet(work):
    """work(), which must write nothing to standard error, where ONNX Runtime warns."""
    with tempfile.TemporaryFile() as said:
        kept = os.dup(2)
        os.dup2(said.fileno(), 2)
        try:
            result = work()
        finally:
            os.dup2(kept, 2)
            os.close(kept)
        said.seek(0)
        text = said.read().decode(errors="replace")
    expect(not text, f"ONNX Runtime says: {text[:300]}")
    return result


def run_graph(session, values):
    return dict(zip([x.name for x in session.get_outputs()], session.run(None, {session.get_inputs()[0].name: values})))


SHAPES = {"model": (["x"], ["reconstruction", "mu", "log_variance", "reconstruction_error", "kl", "loss"]),
          "encoder": (["x"], ["mu", "log_variance"]), "decoder": (["z"], ["x"])}


def check_file(path, part, weights):
    model = onnx.load(str(path))
    onnx.checker.check_model(model, full_check=True)
    names = ([x.name for x in model.graph.input], [x.name for x in model.graph.output])
    expect(names == SHAPES[part], f"{path.name}: inputs and outputs {names}")
    for value in [*model.graph.input, *model.graph.output]:
        expect(value.type.tensor_type.shape.dim[0].dim_param == "events", f"{path.name}: {value.name} has a fixed number of events")
        expect(bool(value.doc_string), f"{path.name}: {value.name} is not described")
    card = {entry.key: entry.value for entry in model.metadata_props}
    expect(card == {key: text for key, text in weights.metadata.items() if key not in ("format", "xxh3_64")} | {"part": part},
           f"{path.name}: metadata {sorted(card)}")
    expect(model.producer_name == "symscan" and f"symscan {model.producer_version}" == card["producer"], "producer")
    for version in (14, 17, 23):
        onnx.version_converter.convert_version(model, version)


def check_graphs(program, replica, weights, x, latents, name):
    for float32 in (False, True):
        # What float32 inputs are is decided before the model sees them.
        given = x.astype(np.float32) if float32 else x
        wanted, scales = weights.outputs(given.astype(float)), weights.scales(given.astype(float))
        for part in SHAPES:
            label = f"{name}, {part}{', float32' if float32 else ''}"
            file = program.folder / f"{part}.onnx"
            program("export", "run", "--replica", str(replica), "--part", part, "--out", file.name, "--overwrite",
                    *(["--float32"] if float32 else []))
            check_file(file, part, weights)
            session = quiet(lambda: onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"]))
            values = latents.astype(given.dtype) if part == "decoder" else given
            outputs = {"x": weights.decode(values.astype(float))[0]} if part == "decoder" else wanted
            for count in (1, 7, EVENTS):
                for output, got in quiet(lambda: run_graph(session, values[:count])).items():
                    expect(got.dtype == given.dtype, f"{label}: {output} is {got.dtype}")
                    # A float32 output is rounded itself.
                    rounding = float(np.finfo(np.float32).eps) * np.abs(outputs[output]).max(axis=0) if float32 else 0
                    scale = scales[output][:count] if got.ndim == 1 else scales[output]
                    near(got, outputs[output][:count], FLOAT32_NETWORK, scale + rounding / FLOAT32_NETWORK,
                         f"{label}, {count} events: {output}")


# ---- the Python module

def load_module(path):
    py_compile.compile(str(path), cfile=str(path) + "c", doraise=True)
    spec = importlib.util.spec_from_file_location("exported", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def check_module(module, weights, x, latents, name):
    expect(module.COLUMNS == weights.columns and ODD_NAME.replace('"', "") in module.COLUMNS, f"{name}: columns {module.COLUMNS}")
    wanted, scales = weights.outputs(x), weights.scales(x)
    mean, deviation = module.encode(x)
    got = {"mu": mean, "log_variance": 2 * np.log(deviation), "reconstruction": module.reconstruct(x),
           "reconstruction_error": module.reconstruction_error(x), "kl": module.kl(x), "loss": module.loss(x)}
    for output, values in got.items():
        near(values, wanted[output], FLOAT64, scales[output], f"{name}, module: {output}")
    near(module.decode(latents), weights.decode(latents)[0], FLOAT64, scales["reconstruction"], f"{name}, module: decode")
    drawn = np.random.default_rng(3).standard_normal((5, latents.shape[1]))
    expect(np.array_equal(module.sample(5, np.random.default_rng(3)), module.decode(drawn)), f"{name}, module: sample")
    expect(not np.array_equal(module.sample(5, np.random.default_rng(3), noise=True), module.decode(drawn)), f"{name}: noise")
    for bad in (x[0], x[:, 1:], np.where(x == 2.5, np.nan, x)):
        try:
            module.encode(bad)
            expect(False, f"{name}, module: bad events are taken")
        except ValueError as error:
            expect("events" in str(error), str(error))
    if importlib.util.find_spec("torch"):
        check_torch(module, wanted, scales, x, name)


def check_torch(module, wanted, scales, x, name):
    import torch
    torch_module = module.torch_module()
    expect(sorted(torch_module.state_dict()) == sorted(module.WEIGHTS), f"{name}, torch: names of the weights")
    with torch.no_grad():
        near(torch_module(torch.tensor(x)).numpy(), wanted["reconstruction"], FLOAT32_NETWORK, scales["reconstruction"],
             f"{name}, torch")
        near(torch_module.encode(torch.tensor(x))[0].numpy(), wanted["mu"], FLOAT32_NETWORK, scales["mu"], f"{name}, torch: mu")


# ---- all

def check_program(program, replica, weights, x, latents, name):
    """What the commands print of the same events is what the weights give."""
    wanted, scales = weights.outputs(x), weights.scales(x)
    features = x.shape[1]
    table = program.table("reconstruct", replica, "--data", "events.csv")
    columns = {"reconstruction": table[:, :features], "reconstruction_error": table[:, -3], "kl": table[:, -2], "loss": table[:, -1]}
    columns["mu"] = program.table("encode", replica, "--data", "events.csv")[:, :latents.shape[1]]
    for output, values in columns.items():
        near(values, wanted[output], FLOAT64, scales[output], f"{name}, program: {output}")
    np.savetxt(program.folder / "latents.csv", latents, delimiter=",", comments="", fmt="%.17g",
               header=",".join(f"z{j + 1}" for j in range(latents.shape[1])))
    near(program.table("decode", replica, "--data", "latents.csv"), weights.decode(latents)[0], FLOAT64,
         scales["reconstruction"], f"{name}, program: decode")


def check_replica(program, x, summary):
    replica, name = summary["id"], f"replica {summary['id']}"
    for file in ("model.safetensors", "model.py"):
        program("export", "run", "--replica", str(replica), "--out", file, "--overwrite")
    weights = FromWeights(program.folder / "model.safetensors")
    name = f"{weights.settings['preprocess']}, {weights.settings['model']}"
    expect(weights.columns[0] == "x" and list(weights.constant) == ["same"] and abs(weights.constant["same"] - 2.5) < 1e-12, f"{name}: columns")
    for key in ("loss", "kl", "reconstruction", "beta", "tau", "converged"):
        expect(json.loads(weights.metadata[key]) == summary[key], f"{name}: {key}")
    measure = weights.metadata["relevance.measure"]
    expect(json.loads(weights.metadata["relevance.values"]) == summary["relevance"][measure], f"{name}: relevance")
    expect(json.loads(weights.metadata["relevance.kl"]) == summary["relevance"]["kl"], f"{name}: relevance.kl")
    latents = np.random.default_rng(replica).normal(size=(EVENTS, summary["latent_dim"]))
    check_program(program, replica, weights, x, latents, name)
    check_module(load_module(program.folder / "model.py"), weights, x, latents, name)
    # What a constant column holds elsewhere does not matter.
    near(weights.outputs(x + [0, 0, 0, 1])["mu"], weights.outputs(x)["mu"], 0, 1, name)
    check_graphs(program, replica, weights, x + [0, 0, 0, 1], latents, name)


def check_sweep(path, large, *settings):
    with tempfile.TemporaryDirectory() as folder:
        program = Program(path, pathlib.Path(folder))
        x = write_events(program.folder / "events.csv", large)
        program("train", "--data", "events.csv", "--out", "run", "--quiet", "--no-report", "--no-analysis", "train.epochs=2",
                "seeds=1", "loss.beta=0.2", *settings)
        summary = json.loads((program.folder / "run/summary.json").read_text())
        for replica in summary["replicas"]:
            check_replica(program, x, replica)


def main():
    path = str(pathlib.Path(sys.argv[1]).resolve())
    activations = f"model.activation={json.dumps(list(ACTIVATIONS))}"
    check_sweep(path, 1e9, activations, "model.latent_dim=[1,3]", "model.hidden=[[9,6]]")
    check_sweep(path, 1e9, "model.latent_dim=[2,5]", "model.hidden=[]", "loss.kind=mean")
    check_sweep(path, 1e9, "preprocess=center", "model.latent_dim=2", "model.hidden=[7]", "loss.kind=half_sum")
    check_sweep(path, 0, "preprocess=none", "model.latent_dim=2", "model.hidden=[7,5]")
    print(f"{checked - len(failures)} passed, {len(failures)} failed")
    sys.exit(bool(failures))


main()
