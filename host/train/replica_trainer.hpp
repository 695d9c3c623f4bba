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

/// Loss of one epoch, averaged over its samples (event weights included).
struct EpochMetrics {
  double loss = 0;             ///< reconstruction + beta * kl, with the beta of each step (warm-up)
  double reconstruction = 0;   ///< scale * sum_d (xhat_d - x_d)^2, z sampled
  double kl = 0;               ///< sum_j KL_j, nats
  double validation_loss = 0;  ///< NaN when there is no validation set; full beta, z sampled
};

/// Everything that training a replica yields. Per-latent arrays are [latents], in the network's order.
struct ReplicaResult {
  bool failed = false;
  std::string message;  ///< why it failed: one sentence
  double loss = 0, reconstruction = 0,
         kl = 0;  ///< over the whole dataset after training, z sampled, full beta
  std::vector<double> latent_kl, activity, posterior_variance, jacobian;
  std::vector<EpochMetrics> history;
  std::vector<float> parameters;  ///< in the order of canonical_parameters(), no padding
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
  explicit CpuReplica(const Network& network);
  const Network& network() const { return network_; }
  const ReplicaBuffers& buffers() const { return buffers_; }
  /// Bytes that a replica of this network takes while it trains.
  static std::size_t memory(const Network& network);

 private:
  Network network_;
  AlignedFloats memory_;
  ReplicaBuffers buffers_;
};

/// Rows held out for validation, and optimiser steps per epoch over the others.
std::size_t validation_rows(const TrainConfig& train, std::size_t rows);
std::uint64_t steps_per_epoch(const TrainConfig& train, std::size_t rows);

/// Trains one replica, step by step, interruptible at every step and resumable from a blob. What it computes
/// depends on the config, the data and nothing else: not on interruptions, other replicas or threads.
class ReplicaTrainer {
 public:
  enum class State { paused, finished };
  /// Wish of the caller between two steps. A checkpoint does not interrupt a pass over the data: it would
  /// have to start again, and might never end.
  enum class Pause { no, for_checkpoint, to_stop };

  ReplicaTrainer(const ReplicaConfig& config, const PreparedData& data);

  /// Goes on until the end, or until `pause` (called after every step and evaluation chunk) wants something.
  State run(const std::function<Pause()>& pause);
  /// After State::finished.
  const ReplicaResult& result() const { return result_; }

  /// All state, fit for restore() in another process of the same config and data.
  std::string checkpoint() const;
  /// Throws Error if the blob does not belong to this replica.
  void restore(std::string_view blob);

  std::uint64_t steps_done() const { return step_; }
  std::uint64_t total_steps() const {
    return steps_per_epoch_ * static_cast<std::uint64_t>(config_.train.epochs);
  }

 private:
  bool train_one_step();
  bool finish_epoch(const std::function<Pause()>& pause);
  bool evaluate_everything(const std::function<Pause()>& pause);
  void fail(const std::string& sentence);
  std::string describe_nonfinite(const Batch& batch);
  Batch batch_of(const std::uint32_t* rows, std::size_t count) const;
  StepSettings step_settings() const;

  const ReplicaConfig& config_;
  const PreparedData& data_;
  CpuReplica replica_;
  std::vector<std::uint32_t> training_rows_, validation_rows_, batch_rows_;
  double training_weight_ = 0, validation_weight_ = 0;  ///< sums of event weights
  std::uint64_t steps_per_epoch_ = 0;

  std::uint64_t step_ = 0;  ///< done so far
  EpochMetrics running_;    ///< sums of the epoch under way
  double best_validation_ = 0;
  int best_epoch_ = -1;
  std::vector<float> best_parameters_;
  bool training_done_ = false;
  ReplicaResult result_;
};

/// "replica 3 (circle, latent_dim 4, beta 0.1, seed 2)"
std::string describe_replica(const ReplicaConfig& config);

}  // namespace symscan
