#!/usr/bin/env python3
"""Fits the polynomials of simd_math.hpp and prints their coefficients with the largest error of the fit.

Each fit minimises the largest relative error by Lawson's iteration (weighted least squares whose weights follow
the error) on Chebyshev nodes, in float64. Run: python3 kernels/fit_math.py (needs numpy).
"""
import numpy as np


def nodes(low, high, count=4000):
    angle = np.pi * (np.arange(count) + 0.5) / count
    return 0.5 * (low + high) - 0.5 * (high - low) * np.cos(angle)


def lawson(rows, target, scale, rounds=400):
    """Coefficients c that minimise max |rows @ c - target| * scale."""
    weight = np.ones(len(target)) / len(target)
    best, best_error = None, np.inf
    for _ in range(rounds):
        root = np.sqrt(weight) * scale
        c = np.linalg.lstsq(rows * root[:, None], target * root, rcond=None)[0]
        error = np.abs((rows @ c - target) * scale)
        if error.max() < best_error:
            best, best_error = c, error.max()
        weight *= error / error.max() + 1e-3
        weight /= weight.sum()
    return best, best_error


def show(name, coefficients, error):
    print(f"{name}: largest relative error {error:.2e}")
    print("  " + ", ".join(f"{np.float32(c):.9e}f" for c in coefficients))


def polynomial(name, function, low, high, degree, relative=True):
    x = nodes(low, high)
    y = function(x)
    rows = np.stack([x**k for k in range(degree + 1)], 1)
    show(name, *lawson(rows, y, 1 / np.abs(y) if relative else np.ones_like(y)))


def rational_tanh(limit, p_degree, q_degree):
    """tanh(x) / x = P(u) / Q(u), u = x^2, Q(0) = 1 (Sanathanan-Koerner with Lawson weights)."""
    x = nodes(1e-3, limit)
    u = x * x / limit**2
    f = np.tanh(x) / x
    previous, weight, best = np.ones_like(x), np.ones_like(x), (None, np.inf)
    for _ in range(600):
        rows = np.concatenate([np.stack([u**k for k in range(p_degree + 1)], 1),
                               -f[:, None] * np.stack([u**k for k in range(1, q_degree + 1)], 1)], 1)
        root = np.sqrt(weight) / (f * previous)
        c = np.linalg.lstsq(rows * root[:, None], f * root, rcond=None)[0]
        p = sum(c[k] * u**k for k in range(p_degree + 1))
        q = 1 + sum(c[p_degree + k] * u**k for k in range(1, q_degree + 1))
        error = np.abs(p / q / f - 1)
        if error.max() < best[1] and q.min() > 0:
            best = (c.copy(), error.max())
        previous = np.abs(q)
        weight *= error / error.max() + 1e-2
        weight /= weight.mean()
    c, error = best
    scale = limit**2
    show("tanh P", [c[k] / scale**k for k in range(p_degree + 1)], error)
    show("tanh Q", [1.0] + [c[p_degree + k] / scale**k for k in range(1, q_degree + 1)], error)


def main():
    half_ln2 = np.log(2) / 2
    polynomial("exp(r), |r| <= ln2/2", np.exp, -half_ln2, half_ln2, 6)
    low, high = np.sqrt(0.5) - 1, np.sqrt(2) - 1
    polynomial("(log(1+f) - f + f^2/2) / f^3", lambda f: (np.log1p(f) - f + f * f / 2) / f**3, low, high, 7)
    polynomial("sin(pi sqrt u)/sqrt u, u <= 1/16", lambda u: np.sin(np.pi * np.sqrt(u)) / np.sqrt(u), 1e-9, 1 / 16, 4)
    polynomial("cos(pi sqrt u), u <= 1/16", lambda u: np.cos(np.pi * np.sqrt(u)), 0, 1 / 16, 4)
    rational_tanh(9.02, 4, 4)


main()
