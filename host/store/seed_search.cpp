#include "host/store/seed_search.hpp"

#include <algorithm>

#include "host/config/seeds.hpp"
#include "host/store/optima.hpp"

namespace symscan {
namespace {

using Status = ReplicaRecord::Status;

bool is_finished(const RunResults& results, int id) {
  const Status status = results.replicas[static_cast<std::size_t>(id)].status;
  return status == Status::done || status == Status::failed || status == Status::elsewhere;
}

/// Adds the seeds [first, first + set) of a group that have not finished here.
void add_set(const RunResults& results, int group, int first, std::vector<int>& open) {
  for (int seed = first; seed < first + automatic_seed_set; ++seed) {
    const int id = group * most_automatic_seeds + seed;
    if (!is_finished(results, id)) open.push_back(id);
  }
}

int groups_of(const RunResults& results) {
  return results.sweep.replicas.empty() ? 0 : results.sweep.replicas.back().group + 1;
}

bool belongs(const RunResults& results, int group, const Problem& problem) {
  const ReplicaConfig& config =
      results.sweep.replicas[static_cast<std::size_t>(group) * most_automatic_seeds];
  return results.index.of_replica[static_cast<std::size_t>(config.id)] == problem.dataset &&
         problem.holds(config);
}

/// Whether one of the first `seeds` of a group came near the lowest loss.
bool has_promising(const RunResults& results, int group, int seeds, double lowest) {
  for (int seed = 0; seed < seeds; ++seed) {
    const ReplicaRecord& record =
        results.replicas[static_cast<std::size_t>(group) * most_automatic_seeds + seed];
    if (record.status == Status::done && is_promising(record.result.loss, lowest)) return true;
  }
  return false;
}

/// The part of the next set that is open, for one problem as the first `seeds` show it.
void add_next_set(const RunResults& results, const Problem& problem, int seeds, std::vector<int>& open) {
  const Optimum& best = problem.optima.front();
  if (best.replicas.size() >= enough_meetings) return;
  for (int group = 0; group < groups_of(results); ++group) {
    if (belongs(results, group, problem) && has_promising(results, group, seeds, best.loss))
      add_set(results, group, seeds, open);
  }
}

}  // namespace

std::vector<int> next_replicas(const RunResults& results) {
  std::vector<int> open;
  for (int group = 0; group < groups_of(results); ++group) add_set(results, group, 0, open);
  for (int seeds = automatic_seed_set; seeds < most_automatic_seeds && open.empty();
       seeds += automatic_seed_set) {
    for (int dataset = 0; dataset < static_cast<int>(results.datasets.size()); ++dataset) {
      for (const Problem& problem : find_problems(results, dataset, static_cast<std::size_t>(seeds)))
        add_next_set(results, problem, seeds, open);
    }
  }
  std::sort(open.begin(), open.end());
  return open;
}

}  // namespace symscan
