#include "host/store/summary.hpp"

#include <cmath>
#include <functional>
#include <string_view>

#include "host/base/file.hpp"
#include "host/config/names.hpp"
#include "host/store/measures_json.hpp"
#include "host/store/optima.hpp"
#include "host/store/replica_table.hpp"

namespace symscan {
namespace {

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
  Json entry = {{"id", config.id}, {"status", name_of_status(record.status)}, {"group", config.group}};
  add_settings(entry, results, config, group.tau);
  entry["seed"] = config.seed;
  if (record.status == ReplicaRecord::Status::failed) entry["message"] = record.result.message;
  if (record.status != ReplicaRecord::Status::done) return entry;
  const ReplicaResult& result = record.result;
  const RelevanceMeasure measure = config.relevance.measure;
  const auto order = relevance_order(result, measure);
  const auto values = reordered(result.measures[measure], order);
  entry["epochs"] = record.epochs;
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

/// `whole`: with the lists of replicas.
Json group_json(const RunResults& results, const SampleMeasures& measures, const Group& group, int id,
                bool whole) {
  const ReplicaConfig& config = *group.config;
  Json entry = {{"id", id}};
  add_settings(entry, results, config, group.tau);
  if (whole)
    entry["replicas"] = group.replicas;
  else
    entry["trainings"] = group.replicas.size();
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
  if (whole) entry["active_latents"]["values"] = group.active;
  entry["loss"] = mean_json(group.loss);
  entry["reconstruction"] = mean_json(group.reconstruction);
  entry["kl"] = mean_json(group.kl);
  return entry;
}

Json problem_json(const RunResults& results, const Problem& problem, bool whole) {
  constexpr std::size_t most_classes = 20;
  Json classes = Json::array();
  for (std::size_t c = 0; c < std::min(problem.optima.size(), most_classes); ++c) {
    const Optimum& optimum = problem.optima[c];
    classes.push_back(
        {{"loss", optimum.loss},
         {"relevances", optimum.relevances},
         {"relevant_latents", optimum.relevant},
         {"effective_latents", optimum.effective},
         {"best", optimum.best},
         {whole ? "replicas" : "trainings", whole ? Json(optimum.replicas) : Json(optimum.replicas.size())},
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

Json dataset_json(const RunResults& results, std::size_t index) {
  const DatasetRecord& record = results.datasets[index];
  Json constant = Json::array();
  for (std::size_t d = 0; d < record.columns.size(); ++d) {
    if (record.constant[d]) constant.push_back(record.columns[d]);
  }
  return {{"label", results.index.labels[index]},
          {"rows", record.rows},
          {"effective_rows", record.effective_rows},
          {"columns", record.columns},
          {"constant_columns", constant},
          {"eigenvalues", record.eigenvalues},
          {"notes", record.notes}};
}

/// The text of a JSON object as Json::dump(1) makes it, member by member, without the object in memory.
class ObjectText {
 public:
  using Sink = std::function<void(std::string_view)>;
  /// `by_line`: every entry of a list on a line of its own.
  ObjectText(Sink sink, bool by_line) : sink_(std::move(sink)), by_line_(by_line) {}

  void add(const char* key, const Json& value) {
    begin_member(key);
    text_ += value.dump();
  }
  void begin_list(const char* key) {
    begin_member(key);
    text_ += '[';
    entries_ = 0;
  }
  void add_entry(const Json& value) {
    text_ += entries_++ == 0 ? "\n  " : ",\n  ";
    for (const char c : value.dump(by_line_ ? -1 : 1)) {
      text_ += c;
      if (c == '\n') text_ += "  ";  // texts in JSON have no line ends of their own
    }
    constexpr std::size_t piece = std::size_t{1} << 20;
    if (text_.size() > piece) give();
  }
  void end_list() { text_ += entries_ == 0 ? "]" : "\n ]"; }
  void end() {
    text_ += "\n}\n";
    give();
  }

 private:
  void begin_member(const char* key) {
    text_ += members_++ == 0 ? "{\n \"" : ",\n \"";
    text_ += std::string(key) + "\": ";
  }
  void give() {
    sink_(text_);
    text_.clear();
  }

  Sink sink_;
  const bool by_line_;
  std::string text_;
  std::size_t members_ = 0, entries_ = 0;
};

/// `whole`: with everything that is listed by replica.
void write_members(ObjectText& text, const RunResults& results, const SampleMeasures& measures, bool whole) {
  const auto groups = make_groups(results);
  text.add("schema", 1);
  text.add("name", results.sweep.name);
  text.begin_list("datasets");
  for (std::size_t d = 0; d < results.datasets.size(); ++d) text.add_entry(dataset_json(results, d));
  text.end_list();
  text.begin_list("optima");
  for (std::size_t d = 0; d < results.datasets.size(); ++d)
    for (const Problem& problem : find_problems(results, static_cast<int>(d)))
      text.add_entry(problem_json(results, problem, whole));
  text.end_list();
  if (whole) {
    text.begin_list("replicas");
    for (const ReplicaConfig& config : results.sweep.replicas)
      text.add_entry(replica_json(results, measures, config, groups[static_cast<std::size_t>(config.group)]));
    text.end_list();
  } else {
    text.add("replica_table", replica_table_name);
  }
  text.begin_list("groups");
  for (std::size_t g = 0; g < groups.size(); ++g)
    text.add_entry(group_json(results, measures, groups[g], static_cast<int>(g), whole));
  text.end_list();
  text.end();
}

}  // namespace

std::string summary_text(const RunResults& results, const SampleMeasures& measures) {
  std::string whole;
  ObjectText text([&](std::string_view piece) { whole += piece; }, false);
  write_members(text, results, measures, true);
  return whole;
}

void write_summary(const std::filesystem::path& path, const RunResults& results,
                   const SampleMeasures& measures) {
  const bool large = is_large(results);
  write_file_atomically(path, [&](const std::filesystem::path& temporary) {
    FileWriter file(temporary);
    ObjectText text([&](std::string_view piece) { file.write(piece); }, large);
    write_members(text, results, measures, !large);
    file.close();
  });
}

}  // namespace symscan
