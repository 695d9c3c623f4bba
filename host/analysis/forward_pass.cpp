#include "host/analysis/forward_pass.hpp"

#include "host/train/replica_network.hpp"

namespace symscan {

ForwardPass::ForwardPass(const Network& network, const std::vector<float>& canonical)
    : network_(network), memory_(memory(network) / sizeof(float)) {
  buffers_.parameters = memory_.data();
  buffers_.work = make_workspace(network_, memory_.data() + network.parameter_count);
  load(canonical);
}

void ForwardPass::load(const std::vector<float>& canonical) {
  load_canonical_parameters(network_, canonical, buffers_.parameters);
}

std::vector<float> ForwardPass::encode(const std::vector<float>& rows) {
  Batch batch;
  batch.values = rows.data();
  batch.count = rows.size() / features();
  std::vector<float> mean(batch.count * latents());
  cpu_backend().encode(network_, buffers_, batch, mean.data(), nullptr);
  return mean;
}

std::vector<float> ForwardPass::decode(const std::vector<float>& z) {
  const std::size_t count = z.size() / latents();
  std::vector<float> rows(count * features());
  cpu_backend().decode(network_, buffers_, z.data(), count, rows.data());
  return rows;
}

std::size_t ForwardPass::memory(const Network& network) {
  return (network.parameter_count + workspace_size(network)) * sizeof(float);
}

}  // namespace symscan
