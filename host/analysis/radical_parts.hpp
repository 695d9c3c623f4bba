#pragma once
#include <optional>

#include "host/analysis/levi_decomposition.hpp"
#include "host/base/eigen.hpp"

namespace symscan {

/// What the radical of an algebra of affine fields consists of. Its elements modulo the nilpotent ones are
/// told apart by their eigenvalues; each of them either is diagonalisable, with the right nilpotent element
/// added to it, or carries a translation or shear with it that cannot be removed.
struct RadicalParts {
  struct Kind {
    int pure = 0;              ///< diagonalisable over the complex numbers
    int with_translation = 0;  ///< only its linear part is: a screw
    int with_shear = 0;
    int count() const { return pure + with_translation + with_shear; }
  };
  Kind rotations;  ///< imaginary eigenvalues
  Kind scalings;   ///< real eigenvalues
  Kind spirals;    ///< no combination has imaginary or real eigenvalues only: rotation with scaling
  int translations = 0;
  int shears = 0;  ///< other nilpotent elements
  bool nilradical_abelian = true;
  bool acted_on = false;  ///< the rest of the algebra acts on the nilpotent elements
};

/// Nothing if the eigenvalues do not separate. `radical`: [m x radical] orthonormal columns; `tolerance`:
/// relative error of the fields.
std::optional<RadicalParts> radical_parts(const LieAlgebra& algebra, const Eigen::MatrixXd& radical,
                                          double tolerance);

}  // namespace symscan
