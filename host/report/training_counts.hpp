#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "host/store/run_results.hpp"

namespace symscan {

/// What has become of all trainings of a dataset, those that the analysis leaves out among them.
struct TrainingCounts {
  std::size_t wanted = 0, done = 0, failed = 0;
  std::size_t open = 0;  ///< done, but not converged, or in a group that is not trained long enough
};
TrainingCounts training_counts(const RunResults& results, const std::vector<Group>& groups, int dataset);

/// Whether all that finished have converged and were trained long enough; none: nothing has finished.
std::optional<bool> have_converged(const TrainingCounts& counts);

/// "all 18 trainings", "33 of 69 trainings have not", "all 12 that finished; 4 failed"
std::string convergence_text(const TrainingCounts& counts);

}  // namespace symscan
