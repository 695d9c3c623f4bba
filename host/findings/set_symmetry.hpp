#pragma once
#include <optional>
#include <string>
#include <vector>

#include "host/findings/field_describer.hpp"
#include "host/findings/model.hpp"
#include "host/findings/set_fields.hpp"

namespace symscan {

/// Findings of the set's fields: the algebra with its generators, and which of them the distribution keeps.
struct DescribedSymmetry {
  std::optional<SymmetryFinding> symmetry;  ///< none: no fields
  std::optional<DistributionFinding> distribution;
  FieldDescriber::Kept kept;  ///< whitened coordinates of the describer
  bool unclear = false;       ///< motions seem to be kept that form no algebra, so none of them is said
};
DescribedSymmetry describe_set(const SetFields& set, const FieldDescriber& describer,
                               const std::vector<std::string>& columns);

/// Motions that keep the distribution of data that fill their span, sought among all affine ones.
DescribedSymmetry distribution_of_span(const FieldDescriber& describer);
/// Where the set itself is not known: those among the motions that keep the exact constraints.
DescribedSymmetry distribution_of_constraints(const DataEvidence& evidence, const FieldDescriber& describer);

}  // namespace symscan
