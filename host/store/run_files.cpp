#include "host/store/run_files.hpp"

#include <map>
#include <span>

#include "host/base/error.hpp"
#include "host/base/file.hpp"
#include "host/config/names.hpp"
#include "host/store/metrics_lines.hpp"
#include "host/store/safetensors.hpp"
#include "host/train/replica_network.hpp"

namespace symscan {
namespace {

/// Replicas with equal networks, in order of first appearance.
std::map<std::string, std::vector<int>> replicas_by_network(const RunResults& results,
                                                            std::vector<std::string>& order) {
  std::map<std::string, std::vector<int>> by_network;
  for (const ReplicaConfig& config : results.sweep.replicas) {
    if (results.replicas[config.id].status != ReplicaRecord::Status::done) continue;
    const Json key = {{"features", results.dataset_of(config.id).columns.size()},
                      {"hidden", config.model.hidden},
                      {"latent_dim", config.model.latent_dim},
                      {"activation", to_string(config.model.activation)}};
    auto& members = by_network[key.dump()];
    if (members.empty()) order.push_back(key.dump());
    members.push_back(config.id);
  }
  return by_network;
}

/// The tensors of one network, as they lie in the file.
struct StackedNetwork {
  std::vector<int> replicas;
  std::size_t first_tensor = 0, tensors = 0;
};

/// Adds the tensors of a network that `members` share.
StackedNetwork stack_network(const RunResults& results, const std::vector<int>& members,
                             const std::string& prefix, std::vector<NamedTensor>& tensors) {
  const ReplicaConfig& config = results.sweep.replicas[members.front()];
  const Network network = network_of(config, results.dataset_of(members.front()).columns.size());
  StackedNetwork stacked = {members, tensors.size()};
  for (const TensorShape& shape : tensor_shapes(network)) {
    tensors.push_back({prefix + "." + shape.name, shape.shape});
    tensors.back().shape.insert(tensors.back().shape.begin(), members.size());
  }
  stacked.tensors = tensors.size() - stacked.first_tensor;
  return stacked;
}

/// One replica after the other: no more than the weights of one are in memory.
void write_weights(SafetensorsWriter& writer, const std::vector<NamedTensor>& tensors,
                   const StackedNetwork& stacked, const RunResults& results, Ledger& ledger) {
  for (std::size_t member = 0; member < stacked.replicas.size(); ++member) {
    const int id = stacked.replicas[member];
    const std::vector<float> parameters = trained_parameters(results, ledger, id);
    std::span<const float> left = parameters;
    for (std::size_t t = stacked.first_tensor; t < stacked.first_tensor + stacked.tensors; ++t) {
      const std::size_t count = tensors[t].values() / stacked.replicas.size();
      writer.write(t, member * count, left.first(count));
      left = left.subspan(count);
    }
  }
}

}  // namespace

void write_models(const std::filesystem::path& path, const RunResults& results, Ledger& ledger) {
  std::vector<std::string> order;
  const auto by_network = replicas_by_network(results, order);
  std::vector<NamedTensor> tensors;
  std::vector<StackedNetwork> networks;
  Json metadata = {{"format", "symscan-1"}};
  for (std::size_t m = 0; m < order.size(); ++m) {
    const std::string prefix = "model" + std::to_string(m);
    networks.push_back(stack_network(results, by_network.at(order[m]), prefix, tensors));
    Json entry = Json::parse(order[m]);
    entry["replicas"] = networks.back().replicas;
    Json datasets = Json::array();
    for (const int id : networks.back().replicas) datasets.push_back(results.index.of_replica[id]);
    entry["datasets"] = datasets;
    metadata[prefix] = entry.dump();
  }
  for (std::size_t d = 0; d < results.datasets.size(); ++d) {
    const DatasetRecord& record = results.datasets[d];
    metadata["dataset" + std::to_string(d)] =
        Json{{"columns", record.columns}, {"offset", record.offset}, {"scale", record.scale}}.dump();
  }
  write_safetensors(path, tensors, metadata, [&](SafetensorsWriter& writer) {
    for (const StackedNetwork& stacked : networks) write_weights(writer, tensors, stacked, results, ledger);
  });
}

void write_metrics(const std::filesystem::path& path, const RunResults& results, Ledger& ledger) {
  constexpr std::size_t piece = std::size_t{1} << 20;
  write_file_atomically(path, [&](const std::filesystem::path& temporary) {
    FileWriter file(temporary);
    std::string lines;
    for (const ReplicaConfig& config : results.sweep.replicas) {
      if (results.replicas[static_cast<std::size_t>(config.id)].epochs == 0) continue;
      const ReplicaResult result = ledger.replica(config.id, false).result;
      lines += metrics_lines(config.id, {result.history, result.tracked});
      if (lines.size() < piece) continue;
      file.write(lines);
      lines.clear();
    }
    file.write(lines);
    file.close();
  });
}

}  // namespace symscan
