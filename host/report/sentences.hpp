#pragma once
#include <string>
#include <vector>

#include "host/store/run_results.hpp"

namespace symscan {

/// The group that speaks for a study: of those with a finished replica, the first with the largest
/// latent_dim; nullptr if there is none.
const Group* main_group(const std::vector<Group>& groups, int dataset);

/// What the run says about one dataset, in plain sentences: active latents, what the shape is known to need,
/// the linear prediction, scans over latent_dim, failures. `groups`: all of the run.
std::vector<std::string> summary_sentences(const RunResults& results, const std::vector<Group>& groups,
                                           int dataset);

/// Which features are constant; empty if none.
std::string constant_features_sentence(const DatasetRecord& record);

}  // namespace symscan
