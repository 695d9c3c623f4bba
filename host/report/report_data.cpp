#include "host/report/report_data.hpp"

#include <cmath>

#include "host/data/dataset.hpp"
#include "host/report/sentences.hpp"
#include "host/train/replica_memory.hpp"
#include "host/train/replica_network.hpp"

namespace symscan {
namespace {

/// Groups of a study whose latents are drawn point by point; more would only make the page heavy.
constexpr std::size_t representatives_per_study = 10;

/// Four significant digits everywhere: enough for a plot, a third of the text.
void round_numbers(Json& value) {
  if (value.is_number_float()) {
    char text[32];
    std::snprintf(text, sizeof text, "%.4g", value.get<double>());
    value = std::strtod(text, nullptr);
  } else if (value.is_structured()) {
    for (Json& entry : value) round_numbers(entry);
  }
}

/// Mean and range over the group's replicas, epoch by epoch; null if no replica has the quantity.
Json curve(const RunResults& results, const Group& group, double EpochMetrics::*quantity) {
  Json mean = Json::array(), low = Json::array(), high = Json::array();
  for (std::size_t epoch = 0;; ++epoch) {
    std::vector<double> values;
    for (const int id : group.done) {
      const auto& history = results.replicas[id].result.history;
      if (epoch < history.size() && std::isfinite(history[epoch].*quantity))
        values.push_back(history[epoch].*quantity);
    }
    if (values.empty()) break;
    mean.push_back(mean_and_spread(values).mean);
    low.push_back(*std::min_element(values.begin(), values.end()));
    high.push_back(*std::max_element(values.begin(), values.end()));
  }
  if (mean.empty()) return nullptr;
  return {{"mean", mean}, {"min", low}, {"max", high}};
}

Json curves_json(const RunResults& results, const Group& group) {
  Json epochs = Json::array();
  std::size_t longest = 0;
  for (const int id : group.done) longest = std::max(longest, results.replicas[id].result.history.size());
  for (std::size_t epoch = 1; epoch <= longest; ++epoch) epochs.push_back(epoch);
  return {{"epoch", epochs},
          {"loss", curve(results, group, &EpochMetrics::loss)},
          {"validation_loss", curve(results, group, &EpochMetrics::validation_loss)},
          {"reconstruction", curve(results, group, &EpochMetrics::reconstruction)},
          {"kl", curve(results, group, &EpochMetrics::kl)}};
}

Json representative_json(const RunResults& results, const Group& group, Ledger& ledger) {
  const ReplicaConfig& config = results.sweep.replicas[group.representative];
  const DatasetRecord& record = results.datasets[group.dataset];
  const std::size_t features = record.columns.size(), rows = record.sample.size() / features;
  std::vector<float> prepared(record.sample.size());
  for (std::size_t i = 0; i < prepared.size(); ++i) {
    prepared[i] =
        static_cast<float>((record.sample[i] - record.offset[i % features]) / record.scale[i % features]);
  }
  CpuReplica replica(network_of(config, features));
  const ReplicaResult result = ledger.replica(config.id, true).result;
  load_canonical_parameters(replica.network(), result.parameters, replica.buffers().parameters);
  const auto latents = static_cast<std::size_t>(config.model.latent_dim);
  std::vector<float> mean(rows * latents);
  Batch batch;
  batch.values = prepared.data();
  batch.count = rows;
  cpu_backend().encode(replica.network(), replica.buffers(), batch, mean.data(), nullptr);
  const auto order = relevance_order(result, config.relevance.measure);
  Json activations = Json::array();
  for (std::size_t row = 0; row < rows; ++row) {
    Json values = Json::array();
    for (const std::size_t j : order) values.push_back(mean[row * latents + j]);
    activations.push_back(std::move(values));
  }
  return {{"replica", config.id},
          {"seed", config.seed},
          {"order", order},
          {"activations", std::move(activations)}};
}

Json group_json(const RunResults& results, const Group& group, int id) {
  const ReplicaConfig& config = *group.config;
  Json measures = Json::object();
  for (const RelevanceMeasure measure : {RelevanceMeasure::kl, RelevanceMeasure::activity,
                                         RelevanceMeasure::posterior_variance, RelevanceMeasure::jacobian}) {
    measures[to_string(measure)] = means_json(sorted_measure(results, group, measure));
  }
  Json relevance = measures[to_string(config.relevance.measure)];
  Json share = Json::array();
  double total = 0;
  const auto ranks = sorted_measure(results, group, config.relevance.measure);
  for (const MeanAndSpread& rank : ranks) total += rank.mean;
  for (const MeanAndSpread& rank : ranks) share.push_back(total > 0 ? rank.mean / total : 0.0);
  relevance["measure"] = to_string(config.relevance.measure);
  Json active = mean_json(group.active_latents);
  active["values"] = group.active;
  return {{"id", id},
          {"label", settings_text(config, results.varying)},
          {"latent_dim", config.model.latent_dim},
          {"beta", config.loss.beta},
          {"tau", group.tau},
          {"hidden", config.model.hidden},
          {"activation", to_string(config.model.activation)},
          {"settings", config.resolved},
          {"replicas", group.replicas},
          {"failed", group.failed.size()},
          {"relevance", relevance},
          {"measures", measures},
          {"share", share},
          {"theory_kl", group.theory_kl},
          {"active_latents", active},
          {"loss", mean_json(group.loss)},
          {"reconstruction", mean_json(group.reconstruction)},
          {"kl", mean_json(group.kl)},
          {"curves", curves_json(results, group)},
          {"representative", nullptr}};
}

/// Which groups of a study are drawn point by point: all if there are few, else evenly chosen, the last
/// always.
bool is_chosen(std::size_t position, std::size_t count) {
  if (count <= representatives_per_study) return true;
  const std::size_t stride = (count + representatives_per_study - 1) / representatives_per_study;
  return (count - 1 - position) % stride == 0;
}

Json study_json(const RunResults& results, const std::vector<Group>& groups, int dataset, Ledger& ledger) {
  const DatasetRecord& record = results.datasets[dataset];
  const std::string kind = record.settings.at("kind").get<std::string>();
  const BuiltinDataset* builtin = find_builtin_dataset(kind);
  Json constant = Json::array(), sample = Json::array(), entries = Json::array();
  for (std::size_t d = 0; d < record.columns.size(); ++d) {
    if (record.constant[d]) constant.push_back(record.columns[d]);
  }
  for (std::size_t row = 0; row * record.columns.size() < record.sample.size(); ++row) {
    Json values = Json::array();
    for (std::size_t d = 0; d < record.columns.size(); ++d) {
      values.push_back(record.sample[row * record.columns.size() + d]);
    }
    sample.push_back(std::move(values));
  }
  std::vector<int> members;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    if (groups[g].dataset == dataset) members.push_back(static_cast<int>(g));
  }
  const Group* first = main_group(groups, dataset);
  for (std::size_t position = 0; position < members.size(); ++position) {
    const Group& group = groups[static_cast<std::size_t>(members[position])];
    Json entry = group_json(results, group, members[position]);
    const bool chosen = is_chosen(position, members.size()) || &group == first;
    if (chosen && !group.done.empty()) entry["representative"] = representative_json(results, group, ledger);
    entries.push_back(std::move(entry));
  }
  return {{"dataset", results.index.labels[dataset]},
          {"first_group", first == nullptr ? Json() : Json(first->config->group)},
          {"description",
           builtin != nullptr ? builtin->description : "from " + record.settings.value("path", "a file")},
          {"shape", dataset_facts(record.settings).shape},
          {"rows", record.rows},
          {"columns", record.columns},
          {"constant_columns", constant},
          {"notes", record.notes},
          {"preprocess", to_string(record.preprocess)},
          {"eigenvalues", record.eigenvalues},
          {"sample", sample},
          {"summary", summary_sentences(results, groups, dataset)},
          {"groups", entries}};
}

}  // namespace

Json report_data(const RunResults& results, Ledger& ledger, const std::string& created,
                 const Json& analysis) {
  const auto groups = make_groups(results);
  const RelevanceConfig& relevance = results.sweep.replicas.front().relevance;
  Json studies = Json::array(), failures = Json::array();
  for (std::size_t d = 0; d < results.datasets.size(); ++d) {
    studies.push_back(study_json(results, groups, static_cast<int>(d), ledger));
    if (analysis.is_object()) {
      for (const Json& entry : analysis.at("datasets"))
        if (entry.at("dataset") == results.index.labels[d]) studies.back()["analysis"] = entry;
    }
    round_numbers(studies.back());
  }
  for (const Group& group : groups) {
    for (const int id : group.failed) {
      failures.push_back({{"replica", id}, {"message", results.replicas[id].result.message}});
    }
  }
  return {{"schema", 1},
          {"name", results.sweep.name},
          {"symscan_version", ledger.meta("symscan")},
          {"created", created},
          {"backend", ledger.meta("backend")},
          {"measure", to_string(relevance.measure)},
          {"threshold", relevance.threshold},
          {"settings", results.sweep.resolved},
          {"studies", studies},
          {"breaking_curves", analysis.is_object() ? analysis.value("breaking_curves", Json()) : Json()},
          {"failures", failures}};
}

}  // namespace symscan
