#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "host/train/convergence.hpp"
#include "host/train/latent_measures.hpp"
#include "kernels/training.hpp"

namespace symscan {

/// The relevances at one moment of the training: averages over the dataset.
struct TrackedRelevance {
  std::size_t epoch = 0;    ///< epochs done
  LatentMeasures measures;  ///< those of the encoder
};

/// Everything that training a replica yields. Per-latent arrays are [latents], in the network's order.
struct ReplicaResult {
  bool failed = false;
  std::string message;  ///< why it failed: one sentence
  double loss = 0, reconstruction = 0,
         kl = 0;  ///< over the whole dataset after training, z sampled, full beta
  LatentMeasures measures;
  Convergence convergence;
  std::vector<EpochMetrics> history;
  std::vector<TrackedRelevance> tracked;  ///< every relevance.every epochs
  std::vector<float> parameters;          ///< in the order of canonical_parameters(), no padding

  const std::vector<double>& latent_kl() const { return measures[RelevanceMeasure::kl]; }
};

}  // namespace symscan
