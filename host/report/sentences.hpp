#pragma once
#include <string>
#include <vector>

#include "host/store/run_results.hpp"

namespace symscan {

/// What the run says about one dataset, in plain sentences: active latents, what the shape is known to need,
/// the linear prediction, scans over latent_dim, constant features, failures. `groups`: all of the run.
std::vector<std::string> summary_sentences(const RunResults& results, const std::vector<Group>& groups,
                                           int dataset);

}  // namespace symscan
