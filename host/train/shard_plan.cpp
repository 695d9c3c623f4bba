#include "host/train/shard_plan.hpp"

#include <algorithm>
#include <functional>
#include <numeric>
#include <queue>
#include <utility>

#include "host/train/replica_network.hpp"
#include "host/train/replica_plan.hpp"

namespace symscan {
namespace {

// In multiply-adds of a matrix product.
constexpr double work_per_step = 100e3;    ///< what does not depend on the samples
constexpr double work_per_neuron = 25;     ///< of one sample: activation and its slope
constexpr double work_per_latent = 300;    ///< of one sample: noise, exponential, divergence
constexpr double forward_share = 1.0 / 3;  ///< of a training step

/// Of one sample in a training step.
double sample_work(const Network& network) {
  double neurons = 0;
  for (int l = 0; l < network.layer_count(); ++l) neurons += network.layers[l].out;
  return step_multiply_adds(network) + work_per_neuron * neurons + work_per_latent * network.latents;
}

}  // namespace

double predicted_work(const ReplicaConfig& config, std::size_t rows, std::size_t features) {
  const double sample = sample_work(network_of(config, features));
  const auto steps = static_cast<double>(training_steps(config.train, rows));
  const auto epochs = static_cast<double>(training_epochs(config.train, rows));
  const auto batch = static_cast<double>(padded(static_cast<std::size_t>(config.train.batch_size)));
  const double tracked = config.relevance.every > 0 ? epochs / config.relevance.every : 0;
  const double looked_at = epochs * static_cast<double>(validation_rows(config.train, rows)) +
                           (2 + tracked) * static_cast<double>(rows);
  return steps * (work_per_step + batch * sample) + looked_at * forward_share * sample;
}

std::vector<int> deal_out(const std::vector<double>& work, int shards) {
  std::vector<std::size_t> order(work.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return work[a] > work[b]; });
  using Load = std::pair<double, int>;  // of a shard
  std::priority_queue<Load, std::vector<Load>, std::greater<>> least;
  for (int shard = 0; shard < shards; ++shard) least.emplace(0.0, shard);
  std::vector<int> shard_of(work.size());
  for (const std::size_t unit : order) {
    const auto [load, shard] = least.top();
    least.pop();
    shard_of[unit] = shard;
    least.emplace(load + work[unit], shard);
  }
  return shard_of;
}

}  // namespace symscan
