#pragma once
#include <optional>
#include <vector>

#include "host/base/eigen.hpp"

namespace symscan {

/// The eigenvalues of the elements of a solvable algebra of matrices: linear in the element (Lie's theorem).
struct Characters {
  std::vector<Eigen::MatrixXcd> projections;  ///< [q] of [n x n] onto the generalised eigenspaces
  Eigen::MatrixXcd values;                    ///< [q x elements] eigenvalue of each element on each space
  Eigen::VectorXd multiplicities;             ///< [q] dimensions of the spaces
  double amplification = 1;                   ///< errors of the projections over those of the elements

  /// The diagonalisable part of a combination of the elements.
  Eigen::MatrixXd diagonalisable(const Eigen::VectorXd& weights) const;
};

/// Characters of the algebra that `elements`, real square matrices of norm about 1, span together with
/// nilpotent ones. The projections are those of one generic element, integrals of its resolvent. Nothing if
/// its eigenvalues, each known to about `tolerance` or a root of it, do not fall into clear clusters.
std::optional<Characters> characters_of(const std::vector<Eigen::MatrixXd>& elements, double tolerance);

}  // namespace symscan
