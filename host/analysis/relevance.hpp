#pragma once
#include <cstddef>
#include <vector>

#include "host/base/statistics.hpp"
#include "host/config/config.hpp"
#include "host/train/replica_result.hpp"

namespace symscan {

/// The relevance measures (kernels/vocabulary.hpp lists them):
///   kl                 E_x KL_j, nats: what a latent carries
///   activity           Var_x mu_j(x) (Burda et al., arXiv:1509.00519, section 4.2)
///   posterior_variance E_x s_j^2; 1 = collapsed to the prior
///   jacobian           E_x s_j^2 sum_d (d xhat_d / d z_j)^2: output variance that the latent's noise causes
const std::vector<double>& measure_of(const ReplicaResult& result, RelevanceMeasure measure);

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
