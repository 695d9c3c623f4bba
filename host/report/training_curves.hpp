#pragma once
#include "host/report/report_model.hpp"
#include "host/store/run_results.hpp"

namespace symscan {

/// Losses of the done replicas of a group, at as many epochs as a figure resolves: more of them at the start,
/// where most happens. The histories are in the ledger; one is in memory at a time.
TrainingCurves training_curves(const RunResults& results, const Group& group, Ledger& ledger);

/// The epochs of such curves, ascending: 1, the last, and at most about a hundred between them.
std::vector<std::size_t> shown_epochs(std::size_t last);

}  // namespace symscan
