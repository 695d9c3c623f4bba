#include "host/train/latent_measures.hpp"

#include <algorithm>
#include <stdexcept>

namespace symscan {

double measure_value(RelevanceMeasure measure, const RelevanceSums& sums, std::size_t latent, double total) {
  switch (measure) {
    case RelevanceMeasure::kl:
      return sums.kl[latent] / total;
    case RelevanceMeasure::activity: {
      const double mean = sums.mean[latent] / total;
      return std::max(0.0, sums.mean_square[latent] / total - mean * mean);
    }
    case RelevanceMeasure::posterior_variance:
      return sums.variance[latent] / total;
    case RelevanceMeasure::jacobian:
      if (sums.jacobian == nullptr) break;  // not summed by this pass
      return sums.jacobian[latent] / total;
  }
  throw std::logic_error("a relevance measure without a value");
}

LatentMeasures measures_of(const RelevanceSums& sums, std::size_t latents, double total) {
  LatentMeasures measures;
  for (const MeasureTraits& traits : relevance_measures) {
    if (sums.jacobian == nullptr && !traits.of_encoder) continue;
    for (std::size_t j = 0; j < latents; ++j)
      measures[traits.measure].push_back(measure_value(traits.measure, sums, j, total));
  }
  return measures;
}

}  // namespace symscan
