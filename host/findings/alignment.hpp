#pragma once
#include <optional>

#include "host/findings/group_analysis.hpp"
#include "host/findings/model.hpp"

namespace symscan {

/// Angles between what the most relevant latents do to the reconstruction (the mean of d xhat / d z_j) and
/// the principal directions of the data, for the group's best replica. None if no latent is active.
std::optional<AlignmentFinding> find_alignment(const Subject& subject, const Group& group);

}  // namespace symscan
