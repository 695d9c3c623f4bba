#pragma once
#include <vector>

#include "host/store/run_results.hpp"

namespace symscan {

/// Sorted relevances that differ by no more are those of one optimum, nats.
inline constexpr double same_relevance = 0.15;

/// Between two lists of relevances in descending order; a latent that one of them lacks counts 0. NaN if one
/// is.
double largest_relevance_difference(const std::vector<double>& a, const std::vector<double>& b);

/// Trainings that ended in the same place: losses within 5 % of the lowest and sorted relevances within
/// same_relevance of those of the lowest. Latents that a wider model leaves unused do not count.
struct Optimum {
  int best = -1;                   ///< replica with the lowest loss
  double loss = 0;                 ///< its loss
  std::vector<double> relevances;  ///< its latents' mean KL, nats, descending
  std::vector<int> replicas;       ///< all of them, by ascending loss
  std::vector<int> latent_dims;    ///< of them, ascending, each once
  int relevant = 0;      ///< latents with at least a tenth of the largest relevance, if any is active
  double effective = 0;  ///< effective_number() of the relevances
};

/// Trainings whose losses can be compared: those of one dataset, loss and beta, whatever the network. A model
/// of few latents is also one of more latents that leaves the others unused. So the lowest loss of all is the
/// answer, and the others are local optima or models with too few latents.
struct Problem {
  int dataset = 0;
  LossKind loss_kind = LossKind::sum;
  double beta = 0, tau = 0;
  std::vector<Optimum> optima;  ///< by ascending loss; at least one
  std::size_t trainings = 0;    ///< done
  std::size_t converged = 0;    ///< of them
  int largest_latent_dim = 0;

  /// Whether a replica of the dataset is one of these trainings.
  bool holds(const ReplicaConfig& config) const {
    return config.loss.kind == loss_kind && config.loss.beta == beta;
  }
  /// Whether every latent of the best training is relevant and none had more: more latents may be needed.
  bool saturated() const { return optima.front().relevant >= largest_latent_dim; }
};

/// Problems of a dataset with a training that is done, in the order of their first replica. `seeds`: only the
/// first seeds of every group count; 0: all.
std::vector<Problem> find_problems(const RunResults& results, int dataset, std::size_t seeds = 0);

/// Whether a loss is within 2 % of the lowest.
bool is_near_lowest(double loss, double lowest);

/// Whether a loss is within a tenth of the lowest: other models are too small, or far from the optimum.
bool is_promising(double loss, double lowest);

/// Latents that carry at least a tenth of the largest relevance, if that is above `threshold` nats.
int relevant_latents(const std::vector<double>& relevances, double threshold);

}  // namespace symscan
