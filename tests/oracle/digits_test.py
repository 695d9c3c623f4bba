#!/usr/bin/env python3
"""A linear model on a real table (scikit-learn's digits, 1797 x 64) must reach the exact linear theory.

usage: digits_test.py SYMSCAN; exit code 77: scikit-learn is not installed. The eigenvalues are numpy's, not symscan's.
"""
import json
import subprocess
import sys
import tempfile

try:
    import numpy as np
    from sklearn.datasets import load_digits
except ImportError:
    print("skipped: the Python packages numpy and sklearn are not installed")
    sys.exit(77)

LATENTS, BETA = 16, 20.0


def main():
    pixels = load_digits().data
    eigenvalues = np.sort(np.linalg.eigvalsh(np.cov(pixels.T, bias=True)))[::-1]
    tau = BETA / 2
    with tempfile.TemporaryDirectory() as folder:
        np.savetxt(f"{folder}/digits.csv", pixels, delimiter=",", fmt="%g")
        subprocess.run([sys.argv[1], "train", "--data", f"{folder}/digits.csv", "--out", f"{folder}/run", "--quiet",
                        "--no-report", "preprocess=center", "model.hidden=[]", "model.activation=linear",
                        f"model.latent_dim={LATENTS}", f"loss.beta={BETA}", "train.epochs=10000", "train.schedule=cosine",
                        "train.learning_rate=0.03", "train.batch_size=200", "train.validation_fraction=0", "seeds=[1]"],
                       check=True)
        replica = json.load(open(f"{folder}/run/summary.json"))["replicas"][0]
    failures = 0

    def check(what, good):
        nonlocal failures
        failures += not good
        print(("ok      " if good else "FAILED  ") + what)

    for i, kl in enumerate(replica["relevance"]["values"]):
        theory = max(0.0, 0.5 * np.log(eigenvalues[i] / tau))
        if eigenvalues[i] > 2 * tau:
            check(f"direction {i + 1}: lambda {eigenvalues[i]:.2f}, KL {kl:.4f}, theory {theory:.4f}",
                  abs(kl - theory) < 0.02 * theory)
        elif eigenvalues[i] < 0.9 * tau:
            check(f"direction {i + 1}: lambda {eigenvalues[i]:.2f}, collapsed, KL {kl:.4f}", kl < 0.02)
    kept, lost = eigenvalues[:LATENTS], eigenvalues[LATENTS:]
    distortion = np.minimum(kept, tau).sum() + lost.sum()
    check(f"reconstruction {replica['reconstruction']:.2f}, theory {distortion:.2f}",
          abs(replica["reconstruction"] / distortion - 1) < 0.02)
    check("the report's linear prediction is the one from numpy's eigenvalues",
          np.allclose(replica["theory"]["kl"], np.maximum(0, 0.5 * np.log(kept / tau)), rtol=1e-4))
    print(f"{'all' if not failures else 'not all'} checks passed, {failures} failed")
    sys.exit(failures > 0)


main()
