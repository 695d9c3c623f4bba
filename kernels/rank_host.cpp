#include "kernels/rank_host.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

namespace symscan {

void check_ranking(const SweepScores& scores, const Ranking& ranking) {
  constexpr std::size_t most = std::numeric_limits<std::int32_t>::max();
  if (scores.replicas > most || (scores.latents != 0 && scores.replicas > most / scores.latents)) {
    throw std::invalid_argument("ranking: more than 2^31 - 1 replicas or latents in all");
  }
  const bool has_latents = scores.replicas != 0 && scores.latents != 0;
  if ((has_latents && (!scores.relevance || !scores.kl || !ranking.order)) ||
      (scores.replicas != 0 && (!scores.loss || !ranking.active || !ranking.by_loss))) {
    throw std::invalid_argument("ranking: a table is missing");
  }
}

void rank_host(const SweepScores& scores, const Ranking& ranking) {
  check_ranking(scores, ranking);
  for (std::size_t replica = 0; replica < scores.replicas; ++replica) {
    const double* relevance = scores.relevance + replica * scores.latents;
    const double* kl = scores.kl + replica * scores.latents;
    std::uint32_t* order = ranking.order + replica * scores.latents;
    std::iota(order, order + scores.latents, 0u);
    std::uint32_t* end_of_numbers = std::stable_partition(
        order, order + scores.latents, [&](std::uint32_t j) { return !std::isnan(relevance[j]); });
    std::stable_sort(order, end_of_numbers, [&](std::uint32_t a, std::uint32_t b) {
      return scores.smallest_first ? relevance[a] < relevance[b] : relevance[a] > relevance[b];
    });
    ranking.active[replica] = static_cast<std::uint32_t>(
        std::count_if(kl, kl + scores.latents, [&](double value) { return value > scores.threshold; }));
  }
  std::uint32_t* last = ranking.by_loss + scores.replicas;
  std::iota(ranking.by_loss, last, 0u);
  std::uint32_t* end_of_finite = std::stable_partition(
      ranking.by_loss, last, [&](std::uint32_t replica) { return std::isfinite(scores.loss[replica]); });
  std::stable_sort(ranking.by_loss, end_of_finite,
                   [&](std::uint32_t a, std::uint32_t b) { return scores.loss[a] < scores.loss[b]; });
}

}  // namespace symscan
