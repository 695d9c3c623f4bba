#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "host/config/replica.hpp"
#include "host/data/preprocess.hpp"
#include "host/train/replica_network.hpp"
#include "host/train/replica_result.hpp"
#include "kernels/cpu_backend.hpp"

namespace symscan {

/// Rows held out for validation, and optimiser steps per epoch over the others.
std::size_t validation_rows(const TrainConfig& train, std::size_t rows);
std::uint64_t steps_per_epoch(const TrainConfig& train, std::size_t rows);
/// Epochs of a training of fixed length, and the most that one with rounds may have.
std::uint32_t training_epochs(const TrainConfig& train, std::size_t rows);
/// Optimiser steps of them.
std::uint64_t training_steps(const TrainConfig& train, std::size_t rows);

/// Total event weight of all rows, as every average over the dataset divides by it. `config`: its seed
/// decides which rows are held out, and so the order of the sum. Takes a pass over the rows if they have
/// weights.
double total_weight(const ReplicaConfig& config, const PreparedData& data);
/// The epochs after the first `since` ones, to `done`.
struct EpochSpan {
  std::uint32_t since = 0, done = 0;
};
/// What was tracked (TrainingTask::relevance_history) in some epochs of a training. `ended`: no epoch follows
/// after them. `total`: total_weight().
std::vector<TrackedRelevance> tracked_relevances(const ReplicaConfig& config, std::size_t rows, double total,
                                                 EpochSpan epochs, bool ended,
                                                 const double* relevance_history);
/// Doubles that the whole of TrainingTask::relevance_history takes.
std::size_t relevance_history_size(const ReplicaConfig& config, std::size_t rows);

/// "replica 3 (circle, latent_dim 4, beta 0.1, seed 2)"
std::string describe_replica(const ReplicaConfig& config);
/// Why a replica waits for which there was no memory.
inline constexpr const char* no_memory_sentence =
    "there is not enough memory; repeat with --resume and fewer --threads, or where there is more";

/// What a replica trains on, ready for any executor: the task with its pointers to host memory.
class ReplicaPlan {
 public:
  ReplicaPlan(const ReplicaConfig& config, const PreparedData& data);
  ReplicaPlan(const ReplicaPlan&) = delete;
  ReplicaPlan& operator=(const ReplicaPlan&) = delete;

  const ReplicaConfig& config() const { return config_; }
  const PreparedData& data() const { return data_; }
  const Network& network() const { return network_; }
  const TrainingTask& task() const { return task_; }
  std::uint64_t total_steps() const { return task_.steps_per_epoch * task_.epochs; }

  /// The result of a trained replica, from the sums of an evaluation pass over the whole dataset (`sums` has
  /// five arrays of [latents]), its parameters and what was tracked during training (TrainingTask).
  ReplicaResult result(const LossSums& loss, const RelevanceSums& sums, const float* parameters,
                       std::vector<EpochMetrics> history, const double* relevance_history) const;
  /// Doubles that the whole of TrainingTask::relevance_history takes.
  std::size_t relevance_history_size() const;
  /// The result of a replica whose loss was not finite at the step (or after training) where `state` stands.
  ReplicaResult failure(const TrainingState& state, const float* parameters,
                        std::vector<EpochMetrics> history) const;

 private:
  const ReplicaConfig& config_;
  const PreparedData& data_;
  Network network_;
  std::vector<std::uint32_t> training_rows_, validation_rows_;
  TrainingTask task_;
};

}  // namespace symscan
