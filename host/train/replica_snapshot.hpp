#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "host/base/error.hpp"
#include "host/train/replica_plan.hpp"

namespace symscan {

/// A replica under way, as it goes into a checkpoint: the same for every executor. Arrays are in the
/// network's parameter layout.
struct ReplicaSnapshot {
  TrainingState state;
  std::vector<EpochMetrics> history;
  std::vector<float> parameters, first_moment, second_moment;
  std::vector<float> kept_parameters;     ///< of the best epoch; empty before there is one
  std::vector<double> relevance_history;  ///< relevance_history_size()
};
std::string to_blob(const ReplicaSnapshot& snapshot);

/// A checkpoint that cannot be gone on from: of another version, for another network, or damaged. It is kept.
class UnusableCheckpoint : public Error {
 public:
  using Error::Error;
};

/// Throws UnusableCheckpoint; a blob is damaged if it is cut short or longer, or has counters that the plan's
/// training never has. Parameters and moments may be any numbers: a training that diverges goes
/// through such states, and ends as it would have without the interruption.
ReplicaSnapshot from_blob(std::string_view blob, const ReplicaPlan& plan);

/// The epochs of a training under way, as far as all is known about them: an epoch whose relevance pass is
/// not over is left out. They have the values that the replica's result will have.
struct TrainingHistory {
  std::vector<EpochMetrics> epochs;
  std::vector<TrackedRelevance> tracked;  ///< of the epochs that were asked for
};

/// What a checkpoint tells about its epochs, and what was tracked after the first `since` ones; weights are
/// not looked at. `rows`, `total`: of the dataset, total_weight(). Empty for a blob that from_blob() would
/// not take because of its version, lengths or number of epochs.
TrainingHistory history_of_blob(std::string_view blob, const ReplicaConfig& config, std::size_t rows,
                                double total, std::uint32_t since);

/// A replica before its first step.
ReplicaSnapshot initial_snapshot(const ReplicaPlan& plan);

}  // namespace symscan
