#pragma once
#include <cuda_runtime_api.h>

#include "kernels/rank_host.hpp"

namespace symscan {

/// Ranks the replicas of a sweep on the device, with the same result as rank_host. All tables are device
/// memory; inputs are not changed. The call returns once the work is in the queue of `stream`, on which it
/// also takes and returns its temporary memory. Throws std::invalid_argument as check_ranking,
/// CudaError when CUDA reports one.
void rank_device(const SweepScores& scores, const Ranking& ranking, cudaStream_t stream);

}  // namespace symscan
