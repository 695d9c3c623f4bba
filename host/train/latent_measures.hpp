#pragma once
#include <array>
#include <vector>

#include "kernels/step.hpp"
#include "kernels/vocabulary.hpp"

namespace symscan {

/// The relevance measures, in the order of their list in kernels/vocabulary.hpp:
///   kl                 E_x KL_j, nats: what a latent carries
///   activity           Var_x mu_j(x) (Burda et al., arXiv:1509.00519, section 4.2)
///   posterior_variance E_x s_j^2; 1 = collapsed to the prior
///   jacobian           E_x s_j^2 sum_d (d xhat_d / d z_j)^2: output variance that the latent's noise causes
struct MeasureTraits {
  RelevanceMeasure measure;
  bool ascending;   ///< the most relevant latent has the smallest value
  bool of_encoder;  ///< the encoder alone gives it: it can be tracked during training
};
inline constexpr MeasureTraits relevance_measures[] = {
#define SYMSCAN_MEASURE(name, order, pass)                                 \
  {RelevanceMeasure::name, MeasureOrder::order == MeasureOrder::ascending, \
   MeasurePass::pass == MeasurePass::encoder},
    SYMSCAN_RELEVANCE_MEASURES(SYMSCAN_MEASURE)
#undef SYMSCAN_MEASURE
};

/// The value of a measure for one latent, from the sums of a pass over samples of total weight `total`.
double measure_value(RelevanceMeasure measure, const RelevanceSums& sums, std::size_t latent, double total);

/// Every measure per latent, in the network's order; empty where it was not taken.
class LatentMeasures {
 public:
  std::vector<double>& operator[](RelevanceMeasure measure) {
    return values_[static_cast<std::size_t>(measure)];
  }
  const std::vector<double>& operator[](RelevanceMeasure measure) const {
    return values_[static_cast<std::size_t>(measure)];
  }
  bool operator==(const LatentMeasures&) const = default;

 private:
  std::array<std::vector<double>, std::size(relevance_measures)> values_;
};

/// All measures that `sums` have: without sums.jacobian those of the encoder.
LatentMeasures measures_of(const RelevanceSums& sums, std::size_t latents, double total);

}  // namespace symscan
