#pragma once
#include <string>
#include <vector>

#include "host/data/table.hpp"

namespace symscan {

enum class Preprocess { standardize, center, none };

/// The data as the trainer sees it, and how to get back: raw = prepared * scale + offset.
struct PreparedData {
  std::size_t rows = 0, features = 0;
  std::vector<float> values;          ///< [rows][features]
  std::vector<float> weights;         ///< [rows], mean 1, or empty when all are one
  std::vector<double> offset, scale;  ///< [features]
  std::vector<bool> constant;         ///< [features] spread that is rounding noise
  std::vector<double> eigenvalues;    ///< [features] of the weighted covariance of `values`, descending;
                                      ///< empty for more than 4096 features
  double effective_rows = 0;          ///< (sum of weights)^2 / sum of weights^2; `rows` when all are one
  std::vector<std::string> notes;     ///< plain sentences: features near the variance floor, event weights
  std::string fingerprint;  ///< have the data changed? Two hex XXH3-128, joined by "-": of shape, values,
                            ///< weights, offset, scale; of what a training does not see of the table
};

/// Weighted float64 statistics. A feature is constant when its standard
/// deviation is 0, or below its largest magnitude times the variance floor: 1e-6 for values that are float32
/// (by their source, or by all being float32 numbers), else 16 times the precision of the source; integers
/// have none. Constant features are centred, never divided. Throws DataError for fewer than two rows, no
/// columns, weights whose sum is not positive, fewer than ten effective rows (with weights), a negative
/// variance, or a column beyond the limits of table_limits.hpp.
PreparedData prepare(const Table& table, Preprocess how);

/// Whether data that were recorded with one fingerprint are those with the other. Earlier versions recorded
/// the first half alone.
bool same_fingerprint(const std::string& recorded, const std::string& now);

Preprocess parse_preprocess(const std::string& name);

}  // namespace symscan
