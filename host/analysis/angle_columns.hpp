#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "host/base/eigen.hpp"
#include "host/data/angle_values.hpp"

namespace symscan {

/// Rows with the names of their columns and how coarsely each was rounded.
struct NamedRows {
  Eigen::MatrixXd rows;              ///< [n x D]
  std::vector<std::string> columns;  ///< [D]
  std::vector<double> precision;     ///< [D] relative rounding, see Table::precision
};

/// The angle NAME as the unit vector in the columns cos(NAME) and sin(NAME).
struct Angle {
  std::string name;
  Eigen::Index cosine = 0, sine = 0;  ///< columns
  double period = 0;                  ///< 2 pi or 360
};

/// Pairs of columns cos(NAME), sin(NAME) with unit length become one column NAME, in radians in (-pi, pi].
/// Returns the names.
std::vector<std::string> join_angle_pairs(NamedRows& table);

/// Of a column: whether it is to be treated as an angle. `told`: the user says so. Columns with few values
/// stay as they are, since cosines of them would be two columns with few values.
std::optional<double> angle_period(const NamedRows& table, Eigen::Index column, bool told);

/// Replaces columns by cos(NAME) and sin(NAME), in their places. `periods`: [D], none for other columns.
std::vector<Angle> split_angles(NamedRows& table, const std::vector<std::optional<double>>& periods);

}  // namespace symscan
