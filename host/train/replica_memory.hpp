#pragma once
#include <cstddef>

#include "host/base/aligned.hpp"
#include "kernels/cpu_backend.hpp"

namespace symscan {

/// A network with the memory to run it, on one thread or on a team.
class CpuReplica {
 public:
  /// `keep`: with room for the parameters of the best epoch.
  explicit CpuReplica(const Network& network, bool keep = false);
  const Network& network() const { return network_; }
  const ReplicaBuffers& buffers() const { return buffers_; }
  /// Threads that calls with the buffers run on from now on; nullptr: the caller's alone.
  void set_team(CpuTeam* team) { buffers_.team = team; }
  /// Bytes that a replica of this network takes while it trains; `keep`: it can stop early.
  static std::size_t memory(const Network& network, bool keep);

 private:
  Network network_;
  AlignedFloats memory_;
  ReplicaBuffers buffers_;
};

}  // namespace symscan
