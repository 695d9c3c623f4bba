#pragma once
#include <string>
#include <vector>

#include "host/findings/model.hpp"

namespace symscan {

/// What was found beyond affine motions, in plain sentences: see further_model.hpp.
void add_further_sentences(const DatasetFinding& finding, std::vector<std::string>& sentences);

/// How many laws trajectories obey; ends with ":" where they cannot be looked for, and notes say why.
std::string trajectories_sentence(const TrajectoriesFinding& found);
/// Whether one of them varies within trajectories by more than rounding.
bool holds_up_to_noise(const TrajectoriesFinding& found);
/// By what a labelled function is unchanged.
std::string target_sentence(const TargetFinding& target);

}  // namespace symscan
