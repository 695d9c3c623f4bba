#include "host/train/replica_memory.hpp"

namespace symscan {

CpuReplica::CpuReplica(const Network& network, bool keep)
    : network_(network), memory_(memory(network, keep) / sizeof(float)) {
  float* const base = memory_.data();
  buffers_.parameters = base;
  buffers_.gradient = base + network.parameter_count;
  buffers_.first_moment = base + 2 * network.parameter_count;
  buffers_.second_moment = base + 3 * network.parameter_count;
  buffers_.work = make_workspace(network_, base + 4 * network.parameter_count);
  if (keep) buffers_.kept_parameters = base + 4 * network.parameter_count + workspace_size(network);
}

std::size_t CpuReplica::memory(const Network& network, bool keep) {
  const std::size_t vectors = keep ? 5 : 4;
  return (vectors * network.parameter_count + workspace_size(network)) * sizeof(float);
}

}  // namespace symscan
