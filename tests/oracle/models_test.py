#!/usr/bin/env python3
"""Reads models.safetensors without symscan and computes relevances from the weights with numpy in float64.

usage: models_test.py SYMSCAN; exit code 77: numpy is not installed. Uses the package safetensors if it is there.
"""
import json
import struct
import subprocess
import sys
import tempfile

try:
    import numpy as np
except ImportError:
    print("skipped: the Python package numpy is not installed")
    sys.exit(77)


def read_safetensors(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    metadata = header.pop("__metadata__")
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        assert entry["dtype"] == "F32"
        tensors[name] = np.frombuffer(data[begin:end], "<f4").reshape(entry["shape"])
    try:
        from safetensors.numpy import load_file
    except ImportError:
        print("the package safetensors is not installed: read by this script only")
    else:
        official = load_file(path)
        assert official.keys() == tensors.keys()
        assert all(np.array_equal(official[name], tensors[name]) for name in tensors)
        print("the package safetensors reads the same tensors")
    return tensors, metadata


def main():
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.argv[1], "generate", "ee_mumu", "--n", "2000", "--out", f"{folder}/data.npy"], check=True)
        subprocess.run([sys.argv[1], "train", "--data", f"{folder}/data.npy", "--out", f"{folder}/run", "--quiet",
                        "--no-report", "model.hidden=[[12,7],[9]]", "model.latent_dim=5", "loss.beta=0.1", "train.epochs=8",
                        "seeds=[1,2]"], check=True)
        summary = json.load(open(f"{folder}/run/summary.json"))
        tensors, metadata = read_safetensors(f"{folder}/run/models.safetensors")
        raw = np.load(f"{folder}/data.npy").astype(float)
    failures = checked = 0
    for m in range(sum(key.startswith("model") for key in metadata)):
        model = json.loads(metadata[f"model{m}"])
        for position, replica in enumerate(model["replicas"]):
            p = {name[len(f"model{m}."):]: value[position].astype(float)
                 for name, value in tensors.items() if name.startswith(f"model{m}.")}
            dataset = json.loads(metadata[f"dataset{model['datasets'][position]}"])
            h = (raw - dataset["offset"]) / dataset["scale"]
            for i in range(len(model["hidden"])):
                h = np.tanh(h @ p[f"encoder.{i}.weight"].T + p[f"encoder.{i}.bias"])
            mu = h @ p["mu.weight"].T + p["mu.bias"]
            logvar = h @ p["logvar.weight"].T + p["logvar.bias"]
            order = summary["replicas"][replica]["relevance"]["order"]
            for name, values in [("kl", (0.5 * (mu**2 + np.exp(logvar) - 1 - logvar)).mean(0)),
                                 ("activity", mu.var(0)), ("posterior_variance", np.exp(logvar).mean(0))]:
                got = np.array(summary["replicas"][replica]["relevance"][name])
                good = np.allclose(got, values[order], rtol=2e-5, atol=2e-6)
                checked += 1
                failures += not good
                if not good:
                    print(f"FAILED replica {replica} {name}: {got} expected {values[order]}")
    print(f"{checked - failures} passed, {failures} failed")
    sys.exit(failures > 0 or checked != 12)


main()
