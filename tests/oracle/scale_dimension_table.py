#!/usr/bin/env python3
"""Fits host/analysis/scale_dimension_table.cpp to the features of reference sets.

    tests/oracle/scale_dimension_table.py FEATURES... > host/analysis/scale_dimension_table.cpp

FEATURES are outputs of scale_dimension_reference (see there); the table was made from those of its arguments
100 60, 300 20, 1000 6, 2500 2 and 5000 1. Features, less the logarithm of the dimension where they are logarithms of
dimensions, are polynomials of the logarithms of dimension and points; residuals give the covariance of the noise.
"""
import sys

import numpy as np
from numpy.polynomial import chebyshev

KINDS = ["sphere", "cube", "Gaussian", "exp(-|x|)", "exp(-x)"]
ORDERS = 5  # features that are logarithms of dimensions


def basis(log_dimension, log_points):
    x, y = 2 * log_dimension / np.log(110) - 1, (log_points - np.log(750)) / 2
    columns = [chebyshev.chebval(x, [0] * i + [1]) * y**j for i in range(7) for j in range(3) if i + j <= 6]
    return np.array(columns).T


def fitted(sets):
    """Coefficients [features x terms] and residuals of the sets of one kind."""
    log_dimension, log_points = np.log(sets[:, 2]), np.log(sets[:, 1])
    features = sets[:, 3:].copy()
    features[:, :ORDERS] -= log_dimension[:, None]
    weights = np.sqrt(sets[:, 1])[:, None]
    terms = basis(log_dimension, log_points)
    coefficients = np.linalg.lstsq(terms * weights, features * weights, rcond=None)[0]
    return coefficients.T, (features - terms @ coefficients) * weights


def rows(numbers):
    lines = []
    for row in numbers:
        texts = [f"{value:.4g}" for value in row]
        halves = [", ".join(texts[i:i + 9]) for i in range(0, len(texts), 9)]
        lines.append("        {" + ",\n         ".join(halves) + "},\n")
    return "".join(lines)


def main():
    sets = np.concatenate([np.loadtxt(path) for path in sys.argv[1:]])
    results = [fitted(sets[sets[:, 0] == kind]) for kind in range(len(KINDS))]
    residuals = np.concatenate([residual for _, residual in results])
    print("// Made by tests/oracle/scale_dimension_table.py from what scale_dimension_reference.cpp prints.")
    print('#include "host/analysis/scale_dimension_calibration.hpp"\n\nnamespace symscan {\n\n// clang-format off')
    print("const ReferenceTable kReferenceTable = {\n    {{")
    for name, (coefficients, _) in zip(KINDS, results):
        print("      // " + name + "\n      {{\n" + rows(coefficients) + "      }},")
    print("    }},\n    {{\n" + rows(residuals.T @ residuals / len(residuals)) + "    }}};")
    print("// clang-format on\n\n}  // namespace symscan")


if __name__ == "__main__":
    main()
