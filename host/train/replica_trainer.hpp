#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "host/train/replica_memory.hpp"
#include "host/train/replica_plan.hpp"
#include "host/train/replica_team.hpp"

namespace symscan {

/// Trains one replica on the CPU, step by step, interruptible at every step and resumable from a blob. What
/// it computes depends on the config, the data and nothing else: not on interruptions, other replicas or
/// threads.
class ReplicaTrainer {
 public:
  enum class State { paused, finished };
  /// Wish of the caller between two units of work. A checkpoint does not interrupt the last pass over the
  /// data: it would have to start again, and might never end.
  enum class Pause { no, for_checkpoint, to_stop };

  ReplicaTrainer(const ReplicaConfig& config, const PreparedData& data);

  /// Goes on until the end, or until `pause` (called after every unit of work and evaluation chunk) wants
  /// something.
  State run(const std::function<Pause()>& pause);
  /// After State::finished.
  const ReplicaResult& result() const { return result_; }

  /// All state, fit for restore() in another process of the same config and data.
  std::string checkpoint() const;
  /// Throws Error if the blob does not belong to this replica.
  void restore(std::string_view blob);

  /// Threads from the next unit of work on, 1 before the first call; `pause` may call it. More than
  /// threads_worth() are a waste.
  void use_threads(int threads) { team_.resize(threads); }
  int threads_worth() const { return symscan::threads_worth(plan_.network(), task_.batch_size); }

  std::uint64_t steps_done() const { return state_.step; }
  std::uint64_t total_steps() const { return plan_.total_steps(); }

 private:
  bool evaluate_everything(const std::function<Pause()>& pause);
  std::vector<EpochMetrics> history() const;

  ReplicaPlan plan_;
  CpuReplica replica_;
  ReplicaTeam team_;
  TrainingState state_;
  TrainingTask task_;  ///< the plan's, with room for the relevances during training
  std::vector<double> relevance_history_;
  TrainingScratch scratch_;
  std::vector<EpochMetrics> history_;  ///< [epochs], the first state_.epochs_done are filled in
  ReplicaResult result_;
};

}  // namespace symscan
