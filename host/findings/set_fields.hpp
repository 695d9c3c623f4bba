#pragma once
#include <string>
#include <vector>

#include "host/analysis/algebra_structure.hpp"
#include "host/analysis/tangent_fields.hpp"
#include "host/base/eigen.hpp"
#include "host/findings/data_evidence.hpp"
#include "host/findings/model.hpp"

namespace symscan {

/// The affine motions that keep a set, and what they were read off.
struct SetFields {
  Evidence evidence = Evidence::none;  ///< constraints, approximate or neighbours; none: not sought
  Standardised standard;               ///< the coordinates of fields and normals: its whitened ones
  Normals normals;
  std::vector<AffineField> fields;
  AlgebraStructure structure;  ///< that the fields form; as constructed without fields
  Eigen::VectorXd residuals;   ///< of the whole spectrum, see TangentSpectrum
  double tolerance = 0;        ///< residual up to which another motion counts as tangent
  std::string note;            ///< why they were not sought; or empty

  /// Relative error of the fields: exact ones have that of the rounding, others that of the normals.
  double field_error() const;
};

/// Where exact constraints leave just the degrees of freedom that the data have, their algebra, exactly.
/// Else that of approximate constraints, or, of sets of few dimensions that are thinner than their span, the
/// motions tangent to what neighbours show; of noisy sets, above the scale of the noise.
/// A search that the budget does not afford is left out, with a note.
SetFields fields_of_set(const DataEvidence& evidence, const DimensionFinding& dimension, WorkBudget& budget);

/// E (w,1)(w,1)^T of whitened coordinates, for describe_algebra().
inline Eigen::MatrixXd whitened_moments(Eigen::Index rank) {
  return Eigen::MatrixXd::Identity(rank + 1, rank + 1);
}

}  // namespace symscan
