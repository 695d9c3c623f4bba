#include "host/cli/group_shapes.hpp"

namespace symscan {

Network GroupShape::network() const {
  return make_network(static_cast<int>(features), config->model.hidden, config->model.latent_dim,
                      config->model.activation);
}

std::vector<GroupShape> group_shapes(const SweepConfig& sweep, const DatasetIndex& index,
                                     const std::vector<PreparedData>& prepared) {
  std::vector<GroupShape> groups;
  for (const ReplicaConfig& config : sweep.replicas) {
    if (!groups.empty() && groups.back().config->group == config.group) {
      ++groups.back().replicas;
      continue;
    }
    const PreparedData& data = prepared[index.of_replica[config.id]];
    groups.push_back({&config, 1, data.rows, data.features});
  }
  return groups;
}

}  // namespace symscan
