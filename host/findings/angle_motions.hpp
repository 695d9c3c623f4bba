#pragma once
#include <string>
#include <vector>

#include "host/analysis/angle_columns.hpp"
#include "host/analysis/constraints.hpp"
#include "host/base/eigen.hpp"
#include "host/findings/model.hpp"

namespace symscan {

/// What the columns that the analysis works with stand for; empty for a table that it takes as it is.
struct ColumnMeaning {
  std::vector<Angle> angles;
  bool transverse_angles = false;  ///< see AnalysisTable
  bool rapidities = false;
};

/// An angle whose cosine and sine a field only turns.
struct AngleShift {
  Angle angle;
  double speed = 0;  ///< radians per unit of the field's parameter
};

/// The angles that the field dx = matrix x + shift moves on, each at a speed of its own. Entries below `cut`
/// of the largest are nothing. matrix: [C x C], shift: [C], in raw units; size: [C] spreads of the columns.
std::vector<AngleShift> shifts_of(const Eigen::MatrixXd& matrix, const Eigen::VectorXd& shift,
                                  const Eigen::VectorXd& size, const std::vector<Angle>& angles, double cut);
/// Whether the field does nothing else.
bool only_shifts(const Eigen::MatrixXd& matrix, const Eigen::VectorXd& shift, const Eigen::VectorXd& size,
                 const std::vector<AngleShift>& shifts, double cut);

/// "shift of phi", "shift of a and b together", "shift of a against b"
std::string name_of_shifts(const std::vector<AngleShift>& shifts);
/// "rotation in x-y, cos(phi)-sin(phi)" -> "rotation in x-y with a shift of phi"
std::string with_shifts(const std::string& name, const std::vector<AngleShift>& shifts);
/// "dphi = 1", "da = 1, db = -2"
std::string equation_of_shifts(const std::vector<AngleShift>& shifts);

/// Whether the relation says no more than that cosine and sine of angles have unit length.
bool is_trivial(const Constraint& constraint, const std::vector<Angle>& angles);

}  // namespace symscan
