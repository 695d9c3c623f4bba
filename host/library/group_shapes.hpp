#pragma once
#include <vector>

#include "host/config/config.hpp"
#include "host/data/preprocess.hpp"
#include "host/store/run_results.hpp"
#include "kernels/network.hpp"

namespace symscan {

/// A group of a sweep with what only its data tell: replicas that differ in the seed alone have one network.
struct GroupShape {
  const ReplicaConfig* config;  ///< of its first replica
  std::size_t replicas, rows, features;

  Network network() const;
};

/// The groups in their order; `prepared[d]` is dataset d of the index. Needs no network to be possible.
std::vector<GroupShape> group_shapes(const SweepConfig& sweep, const DatasetIndex& index,
                                     const std::vector<PreparedData>& prepared);

}  // namespace symscan
