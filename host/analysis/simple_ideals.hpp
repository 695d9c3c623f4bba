#pragma once
#include <optional>
#include <vector>

#include "host/base/eigen.hpp"

namespace symscan {

/// A simple ideal of a semisimple real Lie algebra.
struct SimpleIdeal {
  int dimension = 0;
  int rank = 0;            ///< dimension of a Cartan subalgebra
  int noncompact = 0;      ///< positive values of the Killing form
  bool complex = false;    ///< its centroid is that of a complex algebra
  Eigen::MatrixXd casimir; /**< [s x s] sum_ab casimir(a, b) x_a x_b is its Casimir element, 1 in its own
                                adjoint representation */
};

/// The simple ideals of the algebra with this adjoint representation, [s] of [s x s]. Nothing if it does not
/// split into whole numbers of dimensions, as where it is not semisimple or `tolerance`, the relative error
/// of the structure constants, is too coarse.
///
/// The maps that commute with the adjoint representation (the centroid) are one number on each real simple
/// ideal and a complex number on each complex one. They are determined by what they do to one regular
/// element, which lies in its Cartan subalgebra: few unknowns, however large the algebra is.
std::optional<std::vector<SimpleIdeal>> simple_ideals(const std::vector<Eigen::MatrixXd>& adjoint,
                                                      double tolerance);

}  // namespace symscan
