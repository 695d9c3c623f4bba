#pragma once
#include <cstdint>

#include "kernels/host_device.hpp"

/// Training whose length is not known beforehand. It goes in rounds; each has twice the epochs of the one
/// before. The learning rate of a round rises over the warm-up, is constant, and falls linearly to 0 over the
/// last fourth (warmup-stable-decay, Hu et al., arXiv:2404.06395; restarts with doubled length: Loshchilov &
/// Hutter, arXiv:1608.03983). The end of a round is the end of a whole training of that length. Training ends
/// when twice the length changed nothing: neither the relevances nor the loss.
namespace symscan {

struct Rounds {
  std::uint32_t first = 0;  ///< epochs of the first round; 0: the length is fixed
};

/// Largest change of the loss between two ends of rounds, relative; that of the relevances is
/// TrainingTask::min_delta.
inline constexpr double round_loss_tolerance = 0.01;
inline constexpr double round_decay = 0.25;  ///< part of a round over which the learning rate falls to 0

/// Effective number of latents: (sum KL)^2 / sum KL^2, the participation ratio. n for n equal relevances; 0
/// if all are 0. `kl`: [latents].
SYMSCAN_HOST_DEVICE double effective_number(const double* kl, int latents) {
  double sum = 0, squares = 0;
  for (int j = 0; j < latents; ++j) {
    sum += kl[j];
    squares += kl[j] * kl[j];
  }
  return squares > 0 ? sum * sum / squares : 0;
}

/// The larger of two changes: of the total KL, in nats per effective latent, and of the effective number.
/// Latents of equal relevance may turn into each other without end; neither of the two sees that. `then`,
/// `now`: [latents] sums of the KL over samples of the total weight `weight`.
SYMSCAN_HOST_DEVICE double relevance_change(const double* then, const double* now, int latents,
                                            double weight) {
  double total = 0;
  for (int j = 0; j < latents; ++j) total += now[j] - then[j];
  const double number = effective_number(now, latents), earlier = effective_number(then, latents);
  const double shared = number > 1 ? number : 1;
  const double moved = (total < 0 ? -total : total) / weight / shared;
  const double turned = number > earlier ? number - earlier : earlier - number;
  return moved < turned ? turned : moved;
}

/// One round: `epochs` epochs after the first `start` ones.
struct RoundSpan {
  int round = 0;  ///< from 0
  std::uint64_t start = 0, epochs = 0;

  SYMSCAN_HOST_DEVICE std::uint64_t end() const { return start + epochs; }
  /// Where the round before this one began; there is one.
  SYMSCAN_HOST_DEVICE std::uint64_t start_before() const { return start - epochs / 2; }
  SYMSCAN_HOST_DEVICE void next() {
    ++round;
    start += epochs;
    epochs *= 2;
  }
};

/// The round that epoch `epoch` (from 0) belongs to. rounds.first is above 0.
SYMSCAN_HOST_DEVICE RoundSpan round_at(const Rounds& rounds, std::uint64_t epoch) {
  RoundSpan span{0, 0, rounds.first};
  while (span.end() <= epoch) span.next();
  return span;
}

/// Whether a round ends when `epochs_done` epochs are done.
SYMSCAN_HOST_DEVICE bool ends_round(const Rounds& rounds, std::uint64_t epochs_done) {
  return rounds.first > 0 && epochs_done > 0 && round_at(rounds, epochs_done).start == epochs_done;
}

/// Factor of the learning rate at step `step` of a training whose step belongs to the round.
SYMSCAN_HOST_DEVICE double round_factor(const RoundSpan& span, std::uint64_t step,
                                        std::uint64_t steps_per_epoch) {
  const double left = static_cast<double>(span.end() * steps_per_epoch - step) /
                      static_cast<double>(span.epochs * steps_per_epoch);
  return left < round_decay ? left / round_decay : 1.0;
}

}  // namespace symscan
