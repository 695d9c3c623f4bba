// What reads files needs no executor of a training step, which takes most of a build. The measures of a
// trained network are taken from a ledger too: this executor fills their arrays, so that AddressSanitizer
// sees their sizes, and computes nothing. symscan_tests replays the same inputs with a real one.
#include <algorithm>

#include "kernels/cpu_backend.hpp"

namespace symscan {
namespace {

void fill(float* values, std::size_t rows, int columns) {
  if (values != nullptr) std::fill_n(values, rows * static_cast<std::size_t>(columns), 0.0f);
}

void encode_nothing(const Network& network, const ReplicaBuffers&, const Batch& batch, float* mean,
                    float* logvar) {
  fill(mean, batch.count, network.latents);
  fill(logvar, batch.count, network.latents);
}

void decode_nothing(const Network& network, const ReplicaBuffers&, const float*, std::size_t count,
                    float* reconstruction) {
  fill(reconstruction, count, network.features);
}

CpuBackend empty_executor() {
  CpuBackend executor = {};
  executor.name = "empty";
  executor.encode = encode_nothing;
  executor.decode = decode_nothing;
  return executor;
}

}  // namespace

const std::vector<const CpuBackend*>& cpu_backends() {
  static const CpuBackend executor = empty_executor();
  static const std::vector<const CpuBackend*> all = {&executor};
  return all;
}

}  // namespace symscan
