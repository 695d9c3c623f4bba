#include "host/report/training_counts.hpp"

#include "host/base/text.hpp"

namespace symscan {

TrainingCounts training_counts(const RunResults& results, const std::vector<Group>& groups, int dataset) {
  TrainingCounts counts;
  for (const Group& group : groups) {
    if (group.dataset != dataset) continue;
    counts.wanted += group.replicas.size();
    counts.done += group.done.size();
    counts.failed += group.failed.size();
    if (group.done.empty()) continue;
    const TrainingVerdict state = training_state(results, group);
    for (const int id : group.done) {
      const bool converged = results.replicas[static_cast<std::size_t>(id)].result.convergence.converged;
      counts.open += state.too_few_steps || state.still_falling || !converged ? 1 : 0;
    }
  }
  return counts;
}

std::optional<bool> have_converged(const TrainingCounts& counts) {
  return counts.done > 0 ? std::optional(counts.open == 0) : std::nullopt;
}

std::string convergence_text(const TrainingCounts& counts) {
  const bool all_finished = counts.done == counts.wanted;
  const std::string failed = counts.failed > 0 ? "; " + std::to_string(counts.failed) + " failed" : "";
  if (counts.done == 0) return "no training has finished" + failed;
  if (counts.open > 0) {
    const std::string of =
        all_finished ? plural(counts.done, "training") : std::to_string(counts.done) + " that finished";
    return std::to_string(counts.open) + " of " + of + (counts.open == 1 ? " has not" : " have not") + failed;
  }
  if (!all_finished)
    return (counts.done == 1 ? "the one" : "all " + std::to_string(counts.done)) + " that finished" + failed;
  return counts.done == 1 ? "the one training" : "all " + plural(counts.done, "training");
}

}  // namespace symscan
