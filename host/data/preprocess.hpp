#pragma once
#include <string>
#include <vector>

#include "host/data/table.hpp"

namespace symscan {

enum class Preprocess { standardize, center, none };

/// The data as the trainer sees it, and how to get back: raw = prepared * scale + offset.
struct PreparedData {
  std::size_t rows = 0, features = 0;
  std::vector<float> values;                   ///< [rows][features]
  std::vector<float> weights;                  ///< [rows], mean 1, or empty when all are one
  std::vector<double> offset, scale;           ///< [features]
  std::vector<bool> constant;                  ///< [features] spread below the floor (SCIENCE: variance floor)
  std::vector<double> eigenvalues;             ///< [features] of the weighted covariance of `values`, descending;
                                               ///< empty for more than 4096 features
  std::string fingerprint;                     ///< hex XXH3-128 of shape, values, weights, offset and scale:
                                               ///< has the data changed?
};

/// Weighted float64 statistics. A feature is constant when its standard deviation is below
/// 1e-6 * (its largest magnitude) or exactly 0; constant features are centred, never divided.
/// Throws DataError for fewer than two rows, no columns, or weights whose sum is not positive.
PreparedData prepare(const Table& table, Preprocess how);

Preprocess parse_preprocess(const std::string& name);

}  // namespace symscan
