#pragma once
#include <string>
#include <vector>

#include "host/store/run_results.hpp"

namespace symscan {

/// What the run says about one dataset, in plain sentences: how much has finished if not all has, active
/// latents, what the shape is known to need, the linear prediction, scans over latent_dim, failures.
/// `groups`: all of the run.
std::vector<std::string> summary_sentences(const RunResults& results, const std::vector<Group>& groups,
                                           int dataset);

/// The same sentences for a page: the few that answer first, and those that can be folded: of other betas,
/// of single groups, of other scans, and the linear prediction.
struct StudySentences {
  std::vector<std::string> summary, details;
};
StudySentences study_sentences(const RunResults& results, const std::vector<Group>& groups, int dataset);

/// Which features are constant; empty if none.
std::string constant_features_sentence(const DatasetRecord& record);

}  // namespace symscan
