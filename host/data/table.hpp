#pragma once
#include <cstddef>
#include <string>
#include <vector>

namespace symscan {

inline constexpr double kFloat32Precision = 0x1.0p-24, kFloat64Precision = 0x1.0p-52;

/// A dataset as read or generated, before preprocessing. Values are float64 so that means and variances of
/// features with a large offset stay exact; the trainer gets float32 (see preprocess.hpp).
struct Table {
  std::vector<std::string> columns;  ///< [D] feature names
  std::size_t rows = 0;
  std::vector<double> values;       ///< [rows][D], row-major
  std::vector<double> weights;      ///< [rows] event weights, or empty when all are one
  std::vector<double> groups = {};  ///< [rows] which trajectory each row belongs to; empty: not stated
  std::vector<double> target = {};  ///< [rows] a function of the features, which is none of them; or empty
  /// [D] relative rounding of the source of each column (kFloat32Precision, 1e-9 for Les Houches events,
  /// ...); empty: float64. What varies by little more than this is rounding noise, see prepare().
  std::vector<double> precision = {};
  /// The last columns that only dataset.select needs; keep_selected() takes them away.
  std::size_t select_columns = 0;
  std::vector<std::string> notes = {};  ///< plain sentences, "4994 of 10000 events lack the particles 11,-11"

  std::size_t features() const { return columns.size(); }
};

}  // namespace symscan
