#pragma once
#include <functional>
#include <vector>

#include "host/analysis/standardised.hpp"
#include "host/analysis/tangent_fields.hpp"
#include "host/base/eigen.hpp"

namespace symscan {

/// The derivative of a relation's left side at one row of raw features: [D] -> [D].
using RelationGradient = std::function<Eigen::VectorXd(const Eigen::VectorXd&)>;

/// The variety that exact relations cut out of the data's linear span.
struct Variety {
  Eigen::Index dimension = 0;  ///< rank of the span less that of the gradients at most rows
  Normals normals;             ///< in whitened coordinates, at rows where the gradients have that rank
};
/// Gradients are projected on the span; those that vanish there (linear relations) add nothing. At most
/// `most_rows` evenly spaced rows are looked at.
Variety variety_of(const Standardised& data, const Eigen::MatrixXd& raw,
                   const std::vector<RelationGradient>& gradients, Eigen::Index most_rows = 2000);

/// The affine fields tangent to the variety, in whitened coordinates: its symmetry algebra, those of the
/// subset on which the data lie included.
struct VarietyAlgebra {
  std::vector<AffineField> fields;
  Eigen::VectorXd residuals;  ///< the whole spectrum, see TangentSpectrum
  bool clear = true;          ///< a wide gap separates the fields from all others
};
/// `rounding`: of the whitened coordinates, relative to 1.
VarietyAlgebra algebra_of(const Variety& variety, double rounding);

/// Coordinates above which the algebra is not sought: the time grows with the sixth power.
inline constexpr Eigen::Index most_algebra_rank = 20;

}  // namespace symscan
