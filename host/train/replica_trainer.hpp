#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/aligned.hpp"
#include "host/config/config.hpp"
#include "host/data/preprocess.hpp"
#include "kernels/cpu_backend.hpp"

namespace symscan {

/// The relevances at one moment of the training: averages over the dataset, [latents].
struct TrackedRelevance {
  std::size_t epoch = 0;  ///< epochs done
  std::vector<double> kl, activity, posterior_variance;
};

/// Everything that training a replica yields. Per-latent arrays are [latents], in the network's order.
struct ReplicaResult {
  bool failed = false;
  std::string message;  ///< why it failed: one sentence
  double loss = 0, reconstruction = 0,
         kl = 0;  ///< over the whole dataset after training, z sampled, full beta
  std::vector<double> latent_kl, activity, posterior_variance, jacobian;
  std::vector<EpochMetrics> history;
  std::vector<TrackedRelevance> tracked;  ///< every relevance.every epochs
  std::vector<float> parameters;          ///< in the order of canonical_parameters(), no padding
};

/// Name and shape of each tensor of a network, in the order in which results and files hold them: per layer
/// the weight [out][in], then the bias [out] ("encoder.0.weight", "mu.bias", "logvar.weight",
/// "decoder.0.weight", "output.bias").
struct TensorShape {
  std::string name;
  std::vector<std::size_t> shape;
};
std::vector<TensorShape> tensor_shapes(const Network& network);
std::vector<float> canonical_parameters(const Network& network, const float* parameters);
/// The inverse of canonical_parameters; `canonical` must have trainable_parameters() values.
void load_canonical_parameters(const Network& network, const std::vector<float>& canonical,
                               float* parameters);

/// A network with the memory to run it on one thread.
class CpuReplica {
 public:
  /// `keep`: with room for the parameters of the best epoch.
  explicit CpuReplica(const Network& network, bool keep = false);
  const Network& network() const { return network_; }
  const ReplicaBuffers& buffers() const { return buffers_; }
  /// Bytes that a replica of this network takes while it trains; `keep`: it can stop early.
  static std::size_t memory(const Network& network, bool keep);

 private:
  Network network_;
  AlignedFloats memory_;
  ReplicaBuffers buffers_;
};

/// Rows held out for validation, and optimiser steps per epoch over the others.
std::size_t validation_rows(const TrainConfig& train, std::size_t rows);
std::uint64_t steps_per_epoch(const TrainConfig& train, std::size_t rows);

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

  /// The result of a trained replica, from the sums of an evaluation pass over the whole dataset (`sums`
  /// with jacobian), its parameters and what was tracked during training (TrainingTask).
  ReplicaResult result(const LossSums& loss, const RelevanceSums& sums, const float* parameters,
                       std::vector<EpochMetrics> history, const double* relevance_history) const;
  /// Doubles that the whole of TrainingTask::relevance_history takes.
  std::size_t relevance_history_size() const;
  /// The result of a replica whose loss was not finite at the step (or after training) where `state` stands.
  ReplicaResult failure(const TrainingState& state, const float* parameters,
                        std::vector<EpochMetrics> history) const;

 private:
  std::string describe_nonfinite(const TrainingState& state, const float* parameters) const;

  const ReplicaConfig& config_;
  const PreparedData& data_;
  Network network_;
  std::vector<std::uint32_t> training_rows_, validation_rows_;
  TrainingTask task_;
};

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
/// Throws Error if the blob does not belong to a replica of this plan.
ReplicaSnapshot from_blob(std::string_view blob, const ReplicaPlan& plan);
/// A replica before its first step.
ReplicaSnapshot initial_snapshot(const ReplicaPlan& plan);

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

  std::uint64_t steps_done() const { return state_.step; }
  std::uint64_t total_steps() const { return plan_.total_steps(); }

 private:
  bool evaluate_everything(const std::function<Pause()>& pause);
  std::vector<EpochMetrics> history() const;

  ReplicaPlan plan_;
  CpuReplica replica_;
  TrainingState state_;
  TrainingTask task_;  ///< the plan's, with room for the relevances during training
  std::vector<double> relevance_history_;
  TrainingScratch scratch_;
  std::vector<EpochMetrics> history_;  ///< [epochs], the first state_.epochs_done are filled in
  ReplicaResult result_;
};

/// "replica 3 (circle, latent_dim 4, beta 0.1, seed 2)"
std::string describe_replica(const ReplicaConfig& config);

}  // namespace symscan
