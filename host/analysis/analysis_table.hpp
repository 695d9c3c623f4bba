#pragma once
#include <string>
#include <utility>
#include <vector>

#include "host/analysis/angle_columns.hpp"
#include "host/base/eigen.hpp"

namespace symscan {

/// A table in which no column is periodic and momenta are Cartesian, so that symmetries are affine.
struct AnalysisTable {
  Eigen::MatrixXd rows;              ///< [n x C]
  std::vector<std::string> columns;  ///< [C]
  std::vector<double> precision;   ///< [C] relative rounding; as given (perhaps empty) where nothing changed
  std::vector<std::string> notes;  ///< "E, px, py, pz of mu- are computed from its pt, eta, phi, m."
  std::vector<Angle> angles;
  /// Names that conditions may use for columns that are gone: "pt1" -> "pt(1)".
  std::vector<std::pair<std::string, std::string>> renamed;
  bool transverse_angles = false;  ///< momenta replace columns phi: a rotation about z shifts them all
  bool rapidities = false;         ///< ... columns eta, y or theta: a boost along z shifts rapidities
  bool changed = false;            ///< whether columns differ from those given
};

/// Momenta from pt, eta, phi, m (see momenta_from_angles()), then cos and sin of every other angle: of
/// columns in `angles`, and of those that are called like angles and cover a full turn. Columns cos(NAME) and
/// sin(NAME) of unit length are the angle NAME. raw: [n x D], finite; n may be 0, for the names that a table
/// could have; precision: [D] or empty. Throws DataError if one of `angles` is no column.
AnalysisTable analysis_table(const Eigen::MatrixXd& raw, const std::vector<std::string>& columns,
                             const std::vector<double>& precision = {},
                             const std::vector<std::string>& angles = {});

}  // namespace symscan
