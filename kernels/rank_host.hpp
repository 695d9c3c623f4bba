#pragma once
#include <cstddef>
#include <cstdint>

namespace symscan {

/// What the replicas of a sweep are ranked by; tables in the memory of the side that ranks (host or device).
/// Replicas with fewer latents than the widest are padded with NaN, which ranks last and is never active.
struct SweepScores {
  std::size_t replicas = 0, latents = 0;
  const double* relevance = nullptr;  ///< [replicas][latents], any relevance measure
  const double* kl = nullptr;         ///< [replicas][latents] E KL_j in nats; may be the same table
  const double* loss = nullptr;       ///< [replicas]
  bool smallest_first = false;        ///< for posterior_variance, where 1 means collapsed
  double threshold = 0.01;            ///< nats
};

/// The ranking, in memory of the same side.
struct Ranking {
  std::uint32_t* order = nullptr;   ///< [replicas][latents] latents from the most to the least relevant; ties
                                    ///< keep the order of the network, NaN comes last
  std::uint32_t* active = nullptr;  ///< [replicas] number of latents with KL above the threshold
  std::uint32_t* by_loss = nullptr;  ///< [replicas] replicas from the lowest to the highest loss, then those
                                     ///< whose loss is not finite; ties keep the order of the sweep
};

/// Throws std::invalid_argument for more than 2^31 - 1 latents in all or missing tables.
void check_ranking(const SweepScores& scores, const Ranking& ranking);

/// Ranks on the host; the definition that the device follows. Throws as check_ranking.
void rank_host(const SweepScores& scores, const Ranking& ranking);

}  // namespace symscan
