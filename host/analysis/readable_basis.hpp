#pragma once
#include <vector>

#include "host/base/eigen.hpp"

namespace symscan {

/// A least squares problem A c = 0 for combinations of fields, and the size of what errors make of A c.
struct FieldProblem {
  Eigen::MatrixXd system;  ///< A [rows x fields]
  Eigen::MatrixXd motion;  ///< [fields x fields]: c^T motion c is the mean square speed
  double noise = 1;        ///< variance of each entry of A c for c of unit speed
};

struct ReadableField {
  Eigen::VectorXd coefficients;  ///< [fields], the pivot 1
  Eigen::VectorXd errors;        ///< standard errors of those that are not 0
};

/// A basis with many zeros of the space that the columns of `space` [fields x k] span, all of which solve the
/// problem within its noise. Each has a pivot of its own that the others do not have (an echelon form); of
/// the others those parts are removed one by one, the least certain first, whose removal noise explains (2.6
/// standard deviations).
std::vector<ReadableField> readable_basis(const FieldProblem& problem, const Eigen::MatrixXd& space);

}  // namespace symscan
