#pragma once
#include <span>
#include <string>

#include "host/train/replica_result.hpp"

namespace symscan {

/// What is known of a replica's epochs. `tracked` is in the order of time and has at least the epochs after
/// the first `since` ones.
struct EpochRecords {
  std::span<const EpochMetrics> epochs;
  std::span<const TrackedRelevance> tracked;
  std::size_t since = 0;  ///< epochs that are not asked for: they were written before
};

/// Calls `act(epoch, metrics, tracked)` for each epoch after the first `since` ones. `epoch` counts from 1;
/// `tracked` is null where the relevances were not looked at.
template <class Act>
void for_each_epoch(const EpochRecords& records, const Act& act) {
  std::size_t next = 0;
  for (std::size_t i = records.since; i < records.epochs.size(); ++i) {
    const std::size_t epoch = i + 1;
    while (next < records.tracked.size() && records.tracked[next].epoch < epoch) ++next;
    const bool is_tracked = next < records.tracked.size() && records.tracked[next].epoch == epoch;
    act(epoch, records.epochs[i], is_tracked ? &records.tracked[next] : nullptr);
  }
}

/// Lines of metrics.jsonl, one per epoch: {"replica", "epoch", "loss", "reconstruction", "kl",
/// "validation_loss" (null without validation set)}, and "relevance" where it was tracked.
std::string metrics_lines(int replica, const EpochRecords& records);

}  // namespace symscan
