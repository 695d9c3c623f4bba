#include "host/library/group_shapes.hpp"

#include "host/train/replica_network.hpp"

namespace symscan {

Network GroupShape::network() const {
  return network_of(*config, features);
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
