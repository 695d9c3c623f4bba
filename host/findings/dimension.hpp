#pragma once
#include <optional>

#include "host/findings/data_evidence.hpp"
#include "host/findings/model.hpp"

namespace symscan {

/// What trained models show at their resolution, see judge_models().
struct ModelDimension {
  std::optional<int> value;              ///< none: no beta shows a whole number
  double local_dimension = not_defined;  ///< mean over the betas that show it, else the largest of a group
  double from_beta = not_defined, to_beta = not_defined;
};

/// Degrees of freedom from all evidence.
///
/// Exact constraints bound the number. They are the answer where the neighbours agree with the bound, or
/// cannot contradict it; without a curved constraint the bound is the rank of the span. Neighbours that are
/// clearly below the bound decide if they show one whole number; of noisy data they do so above a scale.
/// What the models show is kept beside it and decides only where no neighbours can be used. Everything else
/// is unclear, with the reason.
DimensionFinding judge_dimension(const DataEvidence& evidence, const std::optional<ModelDimension>& models);

}  // namespace symscan
