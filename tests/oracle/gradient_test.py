#!/usr/bin/env python3
"""Compares batch gradients of the CPU executor with PyTorch's autograd in float64.

usage: gradient_test.py GRADIENT_DUMP   (the program of gradient_dump.cpp); exit code 77: torch is not installed.
"""
import json
import subprocess
import sys

try:
    import torch
except ImportError:
    print("skipped: the Python package torch is not installed (pip install torch)")
    sys.exit(77)

ACTIVATIONS = {
    "tanh": torch.tanh,
    "relu": torch.relu,
    "gelu": torch.nn.functional.gelu,
    "silu": torch.nn.functional.silu,
    "linear": lambda x: x,
}


def tensors_of(case, values):
    flat, result, position = torch.tensor(values, dtype=torch.float64), {}, 0
    for tensor in case["tensors"]:
        size = 1
        for side in tensor["shape"]:
            size *= side
        result[tensor["name"]] = flat[position:position + size].reshape(tensor["shape"]).clone().requires_grad_()
        position += size
    assert position == len(flat)
    return result


def loss_of(case, p):
    act = ACTIVATIONS[case["activation"]]

    def layer(name, x):
        return torch.nn.functional.linear(x, p[name + ".weight"], p[name + ".bias"])

    x = torch.tensor(case["x"], dtype=torch.float64).reshape(-1, case["features"])
    weight = torch.tensor(case["weights"], dtype=torch.float64)
    eps = torch.tensor(case["eps"], dtype=torch.float64).T
    h = x
    for i in range(len(case["hidden"])):
        h = act(layer(f"encoder.{i}", h))
    mu, logvar = layer("mu", h), layer("logvar", h)
    h = mu + torch.exp(0.5 * logvar) * eps
    for i in range(len(case["hidden"])):
        h = act(layer(f"decoder.{i}", h))
    error = ((layer("output", h) - x) ** 2).sum(1)
    kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)
    return (weight * (case["scale"] * error + case["beta"] * kl)).mean()


def main():
    cases = json.loads(subprocess.run([sys.argv[1]], check=True, capture_output=True, text=True).stdout)
    failures = 0
    for case in cases:
        p = tensors_of(case, case["parameters"])
        loss = loss_of(case, p)
        loss.backward()
        expected = torch.cat([p[t["name"]].grad.flatten() for t in case["tensors"]])
        difference = (torch.tensor(case["gradient"], dtype=torch.float64) - expected).abs().max() / expected.abs().max()
        loss_difference = abs(case["loss"] / loss.item() - 1)
        good = difference < 5e-6 and loss_difference < 1e-6
        failures += not good
        print(f"{case['activation']:7s} hidden {str(case['hidden']):9s} gradient differs by {difference:.1e}, "
              f"loss by {loss_difference:.1e} {'ok' if good else 'FAILED'}")
    print(f"{len(cases) - failures} passed, {failures} failed")
    sys.exit(failures > 0)


main()
