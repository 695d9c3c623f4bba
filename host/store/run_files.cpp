#include "host/store/run_files.hpp"

#include <cmath>
#include <map>
#include <span>

#include "host/base/error.hpp"
#include "host/base/file.hpp"
#include "host/config/names.hpp"
#include "host/store/measures_json.hpp"
#include "host/store/metrics_lines.hpp"
#include "host/store/optima.hpp"
#include "host/store/safetensors.hpp"
#include "host/train/replica_network.hpp"

namespace symscan {
namespace {

const char* status_name(ReplicaRecord::Status status) {
  switch (status) {
    case ReplicaRecord::Status::done:
      return "done";
    case ReplicaRecord::Status::failed:
      return "failed";
    case ReplicaRecord::Status::skipped:
      return "skipped";
    case ReplicaRecord::Status::elsewhere:
      return "elsewhere";
    case ReplicaRecord::Status::pending:
      break;
  }
  return "pending";
}

std::vector<double> shares(std::vector<double> values) {
  double total = 0;
  for (const double value : values) total += value;
  for (double& value : values) value = total > 0 ? value / total : 0;
  return values;
}

void add_settings(Json& entry, const RunResults& results, const ReplicaConfig& config, double tau) {
  entry["dataset"] = results.label_of(config);
  entry["latent_dim"] = config.model.latent_dim;
  entry["hidden"] = config.model.hidden;
  entry["activation"] = to_string(config.model.activation);
  entry["loss_kind"] = to_string(config.loss.kind);
  entry["beta"] = config.loss.beta;
  entry["tau"] = tau;
}

Json replica_json(const RunResults& results, const SampleMeasures& measures, const ReplicaConfig& config,
                  const Group& group) {
  const ReplicaRecord& record = results.replicas[config.id];
  Json entry = {{"id", config.id}, {"status", status_name(record.status)}, {"group", config.group}};
  add_settings(entry, results, config, group.tau);
  entry["seed"] = config.seed;
  if (record.status == ReplicaRecord::Status::failed) entry["message"] = record.result.message;
  if (record.status != ReplicaRecord::Status::done) return entry;
  const ReplicaResult& result = record.result;
  const RelevanceMeasure measure = config.relevance.measure;
  const auto order = relevance_order(result, measure);
  const auto values = reordered(result.measures[measure], order);
  entry["epochs"] = result.history.size();
  entry.update(convergence_json(result.convergence));
  entry["loss"] = result.loss;
  entry["reconstruction"] = result.reconstruction;
  entry["kl"] = result.kl;
  entry["relevance"] = {
      {"measure", to_string(measure)}, {"values", values}, {"share", shares(values)}, {"order", order}};
  for (const auto& [each, name] : names_of<RelevanceMeasure>())
    entry["relevance"][name] = reordered(result.measures[each], order);
  entry["ablation"] = measures.ablation[static_cast<std::size_t>(config.id)];
  entry["active_latents"] = active_latents(result.latent_kl(), config.relevance.threshold);
  entry["theory"] = {{"kl", group.theory_kl}};
  return entry;
}

/// Rounded to four decimals: what the rows of a sample tell is far less.
Json correlations_json(const SampleMeasures::Correlations& values) {
  Json latents = Json::array();
  for (const auto& of_latent : values) {
    latents.push_back(Json::array());
    for (const std::optional<double>& value : of_latent)
      latents.back().push_back(value ? Json(std::round(*value * 1e4) / 1e4) : Json());
  }
  return latents;
}

Json group_json(const RunResults& results, const SampleMeasures& measures, const Group& group, int id) {
  const ReplicaConfig& config = *group.config;
  Json entry = {{"id", id}};
  add_settings(entry, results, config, group.tau);
  entry["replicas"] = group.replicas;
  entry["done"] = group.done.size();
  entry["failed"] = group.failed.size();
  entry["theory"] = {{"kl", group.theory_kl}};
  if (group.done.empty()) return entry;
  const TrainingVerdict state = training_state(results, group);
  entry["training"] = {{"steps", state.steps},
                       {"too_few_steps", state.too_few_steps},
                       {"still_falling", state.still_falling},
                       {"not_converged", state.not_converged}};
  entry["relevance"] = means_json(sorted_measure(results, group, config.relevance.measure));
  entry["relevance"]["measure"] = to_string(config.relevance.measure);
  entry["ablation"] = means_json(measures.ablation_of(group));
  entry["phi_k"] = {{"replica", group.representative},
                    {"values", correlations_json(measures.phi_k[static_cast<std::size_t>(id)])}};
  entry["active_latents"] = mean_json(group.active_latents);
  entry["active_latents"]["values"] = group.active;
  entry["loss"] = mean_json(group.loss);
  entry["reconstruction"] = mean_json(group.reconstruction);
  entry["kl"] = mean_json(group.kl);
  return entry;
}

Json problem_json(const RunResults& results, const Problem& problem) {
  constexpr std::size_t most_classes = 20;
  Json classes = Json::array();
  for (std::size_t c = 0; c < std::min(problem.optima.size(), most_classes); ++c) {
    const Optimum& optimum = problem.optima[c];
    classes.push_back({{"loss", optimum.loss},
                       {"relevances", optimum.relevances},
                       {"relevant_latents", optimum.relevant},
                       {"effective_latents", optimum.effective},
                       {"best", optimum.best},
                       {"replicas", optimum.replicas},
                       {"latent_dims", optimum.latent_dims}});
  }
  return {{"dataset", results.index.labels[problem.dataset]},
          {"loss_kind", to_string(problem.loss_kind)},
          {"beta", problem.beta},
          {"tau", problem.tau},
          {"trainings", problem.trainings},
          {"converged", problem.converged},
          {"saturated", problem.saturated()},
          {"optima", problem.optima.size()},
          {"classes", std::move(classes)}};
}

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

}  // namespace

Json summary_json(const RunResults& results, const SampleMeasures& measures) {
  const auto groups = make_groups(results);
  Json summary = {{"schema", 1}, {"name", results.sweep.name}};
  Json datasets = Json::array(), replicas = Json::array(), group_entries = Json::array();
  for (std::size_t index = 0; index < results.datasets.size(); ++index) {
    const DatasetRecord& record = results.datasets[index];
    Json constant = Json::array();
    for (std::size_t d = 0; d < record.columns.size(); ++d) {
      if (record.constant[d]) constant.push_back(record.columns[d]);
    }
    datasets.push_back({{"label", results.index.labels[index]},
                        {"rows", record.rows},
                        {"effective_rows", record.effective_rows},
                        {"columns", record.columns},
                        {"constant_columns", constant},
                        {"eigenvalues", record.eigenvalues},
                        {"notes", record.notes}});
  }
  for (const ReplicaConfig& config : results.sweep.replicas) {
    replicas.push_back(
        replica_json(results, measures, config, groups[static_cast<std::size_t>(config.group)]));
  }
  for (std::size_t g = 0; g < groups.size(); ++g) {
    group_entries.push_back(group_json(results, measures, groups[g], static_cast<int>(g)));
  }
  Json optima = Json::array();
  for (std::size_t d = 0; d < results.datasets.size(); ++d)
    for (const Problem& problem : find_problems(results, static_cast<int>(d)))
      optima.push_back(problem_json(results, problem));
  summary["datasets"] = std::move(datasets);
  summary["optima"] = std::move(optima);
  summary["replicas"] = std::move(replicas);
  summary["groups"] = std::move(group_entries);
  return summary;
}

namespace {

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

void write_metrics(const std::filesystem::path& path, const RunResults& results) {
  std::string lines;
  for (const ReplicaConfig& config : results.sweep.replicas) {
    const ReplicaResult& result = results.replicas[config.id].result;
    lines += metrics_lines(config.id, {result.history, result.tracked});
  }
  write_file_atomically(path, lines);
}

}  // namespace symscan
