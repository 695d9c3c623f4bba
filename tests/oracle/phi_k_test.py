#!/usr/bin/env python3
"""phi_k and ablation in summary.json, computed again from the weights and the data: with the package phik, and numpy
in float64.

usage: phi_k_test.py SYMSCAN; exit code 77: numpy, pandas or phik is not installed.
"""
import json
import math
import struct
import subprocess
import sys
import tempfile
import warnings

from reader_packages import need

need("numpy", "pandas", "phik")
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
import phik  # noqa: E402

# phik finds the correlation within 1e-5 by integrals whose errors are of the same size; summary.json has four decimals.
PHI_K = 2e-4
# float32 passes against float64 ones.
ABLATION = dict(rtol=1e-4, atol=2e-6)


def events():
    """At most 1500 rows, so that all are kept with the run: lines, squares, few values, a tail, noise, a constant."""
    random = np.random.default_rng(1)
    x, y = random.normal(size=(2, 1200))
    return pd.DataFrame({"x": x, "y": y, "square": x * x, "sum": x + 0.3 * y, "few": np.round(x), "sign": np.sign(y) + 0.0,
                         "tail": np.exp(2 * y), "noise": random.normal(size=1200), "constant": np.full(1200, 3.0)})


def read_safetensors(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    metadata = header.pop("__metadata__")
    return {name: np.frombuffer(data[slice(*entry["data_offsets"])], "<f4").reshape(entry["shape"]).astype(float)
            for name, entry in header.items()}, metadata


def layers(values, weights, names, last):
    for name in names:
        values = np.tanh(values @ weights[f"{name}.weight"].T + weights[f"{name}.bias"])
    return values @ weights[f"{last}.weight"].T + weights[f"{last}.bias"]


def ablations(prepared, mean, decode):
    """On 512 evenly spaced rows; the loss is the sum over features."""
    taken = [i * len(prepared) // 512 for i in range(512)]
    x, mu = prepared[taken], mean[taken]
    whole = ((x - decode(mu))**2).sum()
    for j in range(mu.shape[1]):
        z = mu.copy()
        z[:, j] = mu[:, j].mean()
        yield (((x - decode(z))**2).sum() - whole) / len(x)


def expected_phi_k(mean, data, order):
    """[latents][features]; none for what phik leaves out as constant."""
    table = data.assign(**{f"latent {j}": mean[:, j] for j in range(mean.shape[1])})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the constant column, which is left out
        matrix = phik.phik_matrix(table, interval_cols=list(table.columns), njobs=1, verbose=False)
    matrix = matrix.reindex(index=table.columns, columns=table.columns)
    return matrix.loc[[f"latent {j}" for j in order], list(data.columns)].to_numpy()


class Results:
    def __init__(self):
        self.passed = self.failed = 0

    def check(self, good, what):
        self.passed, self.failed = self.passed + bool(good), self.failed + (not good)
        if not good:
            print(f"FAILED {what}")


def main():
    data, results = events(), Results()
    with tempfile.TemporaryDirectory() as folder:
        data.to_csv(f"{folder}/data.csv", index=False)  # all digits
        subprocess.run([sys.argv[1], "train", "--data", f"{folder}/data.csv", "--out", f"{folder}/run", "--quiet", "--no-report",
                        "--no-analysis", "model.hidden=[16]", "model.latent_dim=[2,5]", "model.activation=tanh", "loss.beta=0.1",
                        "train.epochs=60", "seeds=[1,2]"], check=True)
        summary = json.load(open(f"{folder}/run/summary.json"))
        tensors, metadata = read_safetensors(f"{folder}/run/models.safetensors")
    dataset = json.loads(metadata["dataset0"])
    prepared = (data.to_numpy(float) - dataset["offset"]) / dataset["scale"]
    largest = 0
    for m in range(sum(key.startswith("model") for key in metadata)):
        for position, replica in enumerate(json.loads(metadata[f"model{m}"])["replicas"]):
            weights = {name.split(".", 1)[1]: value[position] for name, value in tensors.items() if name.startswith(f"model{m}.")}
            entry = summary["replicas"][replica]
            order = entry["relevance"]["order"]
            mean = layers(prepared, weights, ["encoder.0"], "mu")
            expected = np.array(list(ablations(prepared, mean, lambda z, w=weights: layers(z, w, ["decoder.0"], "output"))))[order]
            results.check(np.allclose(entry["ablation"], expected, **ABLATION),
                          f"replica {replica}, ablation: {entry['ablation']} expected {expected}")
            group = summary["groups"][entry["group"]]
            if group["phi_k"]["replica"] != replica:
                continue
            got = np.array(group["phi_k"]["values"], dtype=float)  # null is NaN
            wanted = expected_phi_k(mean, data, order)
            largest = max(largest, np.nanmax(np.abs(got - wanted)))
            results.check(np.allclose(got, wanted, rtol=0, atol=PHI_K, equal_nan=True),
                          f"replica {replica}, phi_k:\n{got}\nexpected\n{wanted}")
            results.check(math.isnan(got[0][-1]) and not np.isnan(got[:, :-1]).any(), f"replica {replica}: what has no phi_k")
    print(f"largest difference to phik: {largest:.1e}")
    print(f"{results.passed} passed, {results.failed} failed")
    sys.exit(results.failed > 0 or results.passed != 8)


main()
