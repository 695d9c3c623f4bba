#include "host/analysis/relevance.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

namespace symscan {

MeasureText text_of(RelevanceMeasure measure) {
  switch (measure) {
    case RelevanceMeasure::kl:
      return {"KL", "E KL (nats)", "nats"};
    case RelevanceMeasure::activity:
      return {"Activity", "Var μ(x)", ""};
    case RelevanceMeasure::posterior_variance:
      return {"Posterior variance", "E s² (1 = collapsed)", ""};
    case RelevanceMeasure::jacobian:
      return {"Jacobian", "E s² Σ (∂x̂/∂z)²", "preprocessed units²"};
  }
  throw std::logic_error("a relevance measure without a text");
}

std::vector<std::size_t> relevance_order(const ReplicaResult& result, RelevanceMeasure measure) {
  const std::vector<double>& values = result.measures[measure];
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const double sign = relevance_measures[static_cast<std::size_t>(measure)].ascending ? -1 : 1;
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return sign * values[a] > sign * values[b]; });
  return order;
}

std::vector<double> reordered(const std::vector<double>& values, const std::vector<std::size_t>& order) {
  std::vector<double> result;
  result.reserve(order.size());
  for (const std::size_t j : order) result.push_back(values[j]);
  return result;
}

int active_latents(const std::vector<double>& latent_kl, double threshold) {
  return static_cast<int>(
      std::count_if(latent_kl.begin(), latent_kl.end(), [&](double kl) { return kl > threshold; }));
}

std::vector<double> linear_theory_kl(const std::vector<double>& eigenvalues, double tau,
                                     std::size_t latents) {
  if (!(tau > 0)) return {};
  std::vector<double> kl(latents, 0.0);
  for (std::size_t i = 0; i < std::min(latents, eigenvalues.size()); ++i) {
    if (eigenvalues[i] > tau) kl[i] = 0.5 * std::log(eigenvalues[i] / tau);
  }
  return kl;
}

}  // namespace symscan
