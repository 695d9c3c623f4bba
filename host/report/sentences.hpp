#pragma once
#include <string>
#include <vector>

#include "host/store/run_results.hpp"

namespace symscan {

/// The group that speaks for a study: of the problem (optima.hpp) that the first group with the largest
/// latent_dim belongs to, the largest network that reached the class of the lowest loss; nullptr if no
/// replica is done.
const Group* main_group(const RunResults& results, const std::vector<Group>& groups, int dataset);

/// What the run says about one dataset, in plain sentences: active latents, what the shape is known to need,
/// the linear prediction, scans over latent_dim, failures. `groups`: all of the run.
std::vector<std::string> summary_sentences(const RunResults& results, const std::vector<Group>& groups,
                                           int dataset);

/// Which features are constant; empty if none.
std::string constant_features_sentence(const DatasetRecord& record);

}  // namespace symscan
