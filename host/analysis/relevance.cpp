#include "host/analysis/relevance.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

namespace symscan {

namespace {

enum class Order { descending, ascending };

Order order_of(RelevanceMeasure measure) {
#define SYMSCAN_MEASURE(name, order) Order::order,
  constexpr Order orders[] = {SYMSCAN_RELEVANCE_MEASURES(SYMSCAN_MEASURE)};
#undef SYMSCAN_MEASURE
  return orders[static_cast<std::size_t>(measure)];
}

}  // namespace

const std::vector<double>& measure_of(const ReplicaResult& result, RelevanceMeasure measure) {
  switch (measure) {
    case RelevanceMeasure::kl:
      return result.latent_kl;
    case RelevanceMeasure::activity:
      return result.activity;
    case RelevanceMeasure::posterior_variance:
      return result.posterior_variance;
    case RelevanceMeasure::jacobian:
      return result.jacobian;
  }
  throw std::logic_error("a relevance measure without values");
}

std::vector<std::size_t> relevance_order(const ReplicaResult& result, RelevanceMeasure measure) {
  const std::vector<double>& values = measure_of(result, measure);
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const double sign = order_of(measure) == Order::ascending ? -1 : 1;
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
  std::vector<double> kl(latents, 0.0);
  for (std::size_t i = 0; i < std::min(latents, eigenvalues.size()); ++i) {
    if (tau > 0 && eigenvalues[i] > tau) kl[i] = 0.5 * std::log(eigenvalues[i] / tau);
  }
  return kl;
}

}  // namespace symscan
