#pragma once
#include <string>
#include <vector>

#include "host/findings/model.hpp"

namespace symscan {

/// What was found beyond affine motions, in plain sentences: see further_model.hpp.
void add_further_sentences(const DatasetFinding& finding, std::vector<std::string>& sentences);

}  // namespace symscan
