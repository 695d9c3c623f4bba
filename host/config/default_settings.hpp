#pragma once
#include <string>
#include <vector>

#include "host/config/config.hpp"

namespace symscan {

/// Dotted paths of the settings of sweep.resolved that have the value they would have if the config did not
/// give them, in the order of the config: "loss.kind", "seeds", "dataset.n" of a single dataset,
/// "dataset.0.n" of the first of a list (of a longer list than a page shows none). A section that is left out
/// is named itself.
std::vector<std::string> default_settings(const SweepConfig& sweep);

}  // namespace symscan
