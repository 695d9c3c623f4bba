#pragma once
#include <cstddef>
#include <vector>

#include "host/base/statistics.hpp"
#include "host/config/config.hpp"
#include "host/train/replica_result.hpp"

namespace symscan {

/// How pages call a measure; UTF-8.
struct MeasureText {
  const char *name, *title, *unit;  ///< title: its formula, for an axis; unit: empty where it has none
};
MeasureText text_of(RelevanceMeasure measure);

/// Latents from the most to the least relevant; ties keep the order of the network.
std::vector<std::size_t> relevance_order(const ReplicaResult& result, RelevanceMeasure measure);

/// `values` in the given order.
std::vector<double> reordered(const std::vector<double>& values, const std::vector<std::size_t>& order);

/// Number of latents with E KL_j above `threshold` nats.
int active_latents(const std::vector<double>& latent_kl, double threshold);

/// Linear theory: a linear VAE at its optimum has KL_i = max(0, ln(lambda_i / tau) / 2) for the i-th largest
/// eigenvalue of the data's covariance (Lucas et al., arXiv:1911.02469, probabilistic PCA with the decoder's
/// variance tau). `eigenvalues` descending; the result has `latents` entries.
std::vector<double> linear_theory_kl(const std::vector<double>& eigenvalues, double tau, std::size_t latents);

}  // namespace symscan
