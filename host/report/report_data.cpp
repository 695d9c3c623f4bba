#include "host/report/report_data.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "host/config/labels.hpp"
#include "host/config/names.hpp"
#include "host/data/dataset.hpp"
#include "host/report/sentences.hpp"
#include "host/store/optima.hpp"

namespace symscan {
namespace {

/// Groups of a study whose latents are drawn point by point; more would only make the page heavy.
constexpr std::size_t representatives_per_study = 10;

/// Mean and range over the group's replicas at these epochs (from 1); none if no replica has the quantity.
std::optional<EpochCurve> epoch_curve(const RunResults& results, const Group& group,
                                      const std::vector<std::size_t>& epochs,
                                      double EpochMetrics::*quantity) {
  EpochCurve curve;
  for (const std::size_t epoch : epochs) {
    std::vector<double> values;
    for (const int id : group.done) {
      const auto& history = results.replicas[id].result.history;
      if (epoch <= history.size() && std::isfinite(history[epoch - 1].*quantity))
        values.push_back(history[epoch - 1].*quantity);
    }
    if (values.empty()) break;
    curve.mean.push_back(mean_and_spread(values).mean);
    curve.min.push_back(*std::min_element(values.begin(), values.end()));
    curve.max.push_back(*std::max_element(values.begin(), values.end()));
  }
  if (curve.mean.empty()) return std::nullopt;
  return curve;
}

TrainingCurves training_curves(const RunResults& results, const Group& group) {
  constexpr std::size_t most_points = 400;  // what a plot resolves
  std::size_t longest = 0;
  for (const int id : group.done) longest = std::max(longest, results.replicas[id].result.history.size());
  const std::size_t stride = std::max<std::size_t>(1, (longest + most_points - 1) / most_points);
  TrainingCurves curves;
  for (std::size_t epoch = 1; epoch <= longest; epoch += stride) curves.epoch.push_back(epoch);
  if (!curves.epoch.empty() && curves.epoch.back() != longest) curves.epoch.push_back(longest);
  curves.loss = epoch_curve(results, group, curves.epoch, &EpochMetrics::loss);
  curves.validation_loss = epoch_curve(results, group, curves.epoch, &EpochMetrics::validation_loss);
  curves.reconstruction = epoch_curve(results, group, curves.epoch, &EpochMetrics::reconstruction);
  curves.kl = epoch_curve(results, group, curves.epoch, &EpochMetrics::kl);
  return curves;
}

Representative representative_of(const RunResults& results, const SampleMeasures& measures,
                                 const Group& group, Ledger& ledger) {
  const ReplicaConfig& config = results.sweep.replicas[group.representative];
  const ReplicaResult& result = results.replicas[config.id].result;
  const std::vector<float> mean = encoded_sample(results, ledger, config.id);
  Representative representative;
  representative.replica = config.id;
  representative.seed = config.seed;
  representative.order = relevance_order(result, config.relevance.measure);
  representative.phi_k = measures.phi_k[static_cast<std::size_t>(config.group)];
  const std::size_t latents = representative.order.size();
  for (std::size_t at = 0; at < mean.size(); at += latents) {
    std::vector<double> values;
    for (const std::size_t j : representative.order) values.push_back(mean[at + j]);
    representative.activations.push_back(std::move(values));
  }
  return representative;
}

Series series_of(const std::vector<MeanAndSpread>& values) {
  Series series;
  for (const MeanAndSpread& value : values) series.add(value);
  return series;
}

void add_relevances(const RunResults& results, const SampleMeasures& measures, const Group& group,
                    StudyGroup& entry) {
  for (const auto& [measure, name] : names_of<RelevanceMeasure>())
    entry.measures.emplace_back(name, series_of(sorted_measure(results, group, measure)));
  entry.measures.emplace_back("ablation", series_of(measures.ablation_of(group)));
  const RelevanceMeasure chosen = group.config->relevance.measure;
  const Series sorted = series_of(sorted_measure(results, group, chosen));
  entry.relevance = {to_string(chosen), sorted.mean, sorted.std};
  const double total = std::accumulate(sorted.mean.begin(), sorted.mean.end(), 0.0);
  for (const double value : sorted.mean) entry.share.push_back(total > 0 ? value / total : 0.0);
}

StudyGroup study_group(const RunResults& results, const SampleMeasures& measures, const Group& group,
                       int id) {
  const ReplicaConfig& config = *group.config;
  StudyGroup entry;
  entry.id = id;
  entry.label = settings_text(config, results.varying);
  entry.latent_dim = config.model.latent_dim;
  entry.beta = config.loss.beta;
  entry.tau = group.tau;
  entry.hidden = config.model.hidden;
  entry.activation = to_string(config.model.activation);
  entry.settings = config.resolved;
  entry.replicas = group.replicas;
  entry.best = group.best;
  entry.failed = group.failed.size();
  add_relevances(results, measures, group, entry);
  entry.theory_kl = group.theory_kl;
  entry.active_latents = {group.active_latents.mean, group.active_latents.std, group.active};
  entry.loss = group.loss;
  entry.reconstruction = group.reconstruction;
  entry.kl = group.kl;
  entry.curves = training_curves(results, group);
  return entry;
}

/// Which groups of a study are drawn point by point: all if there are few, else evenly chosen, the last
/// always.
bool is_chosen(std::size_t position, std::size_t count) {
  if (count <= representatives_per_study) return true;
  const std::size_t stride = (count + representatives_per_study - 1) / representatives_per_study;
  return (count - 1 - position) % stride == 0;
}

void add_groups(const RunResults& results, const SampleMeasures& measures, const std::vector<Group>& groups,
                int dataset, Ledger& ledger, Study& study) {
  std::vector<int> members;
  for (std::size_t g = 0; g < groups.size(); ++g)
    if (groups[g].dataset == dataset) members.push_back(static_cast<int>(g));
  const Group* first = main_group(results, groups, dataset);
  if (first != nullptr) study.first_group = first->config->group;
  for (std::size_t position = 0; position < members.size(); ++position) {
    const Group& group = groups[static_cast<std::size_t>(members[position])];
    study.groups.push_back(study_group(results, measures, group, members[position]));
    const bool chosen = is_chosen(position, members.size()) || &group == first;
    if (chosen && !group.done.empty())
      study.groups.back().representative = representative_of(results, measures, group, ledger);
  }
}

std::string description_of(const Json& settings) {
  const BuiltinDataset* builtin = find_builtin_dataset(settings.at("kind").get<std::string>());
  return builtin != nullptr ? builtin->description : "from " + settings.value("path", "a file");
}

/// The classes of lowest loss of each problem.
void add_optima(const RunResults& results, int dataset, Study& study) {
  constexpr std::size_t most_classes = 4;
  for (const Problem& problem : find_problems(results, dataset)) {
    for (std::size_t c = 0; c < std::min(problem.optima.size(), most_classes); ++c) {
      const Optimum& optimum = problem.optima[c];
      study.optima.push_back({to_string(problem.loss_kind), problem.beta, problem.tau, optimum.loss,
                              optimum.relevances, optimum.relevant, optimum.effective,
                              optimum.replicas.size(), problem.trainings, optimum.latent_dims,
                              results.sweep.replicas[optimum.best].group});
    }
  }
}

Study study_of(const RunResults& results, const SampleMeasures& measures, const std::vector<Group>& groups,
               int dataset, Ledger& ledger) {
  const DatasetRecord& record = results.datasets[dataset];
  Study study;
  study.dataset = results.index.labels[dataset];
  study.description = description_of(record.settings);
  study.shape = dataset_facts(record.settings).shape;
  study.rows = record.rows;
  study.columns = record.columns;
  const std::size_t features = record.columns.size();
  for (std::size_t d = 0; d < features; ++d)
    if (record.constant[d]) study.constant_columns.push_back(record.columns[d]);
  study.notes = record.notes;
  study.preprocess = to_string(record.preprocess);
  study.eigenvalues = record.eigenvalues;
  for (std::size_t at = 0; at + features <= record.sample.size(); at += features)
    study.sample.emplace_back(&record.sample[at], &record.sample[at] + features);
  study.summary = summary_sentences(results, groups, dataset);
  add_optima(results, dataset, study);
  add_groups(results, measures, groups, dataset, ledger, study);
  return study;
}

}  // namespace

Report report_data(const RunResults& results, const SampleMeasures& measures, Ledger& ledger,
                   const std::string& created, const Findings* findings) {
  const auto groups = make_groups(results);
  const RelevanceConfig& relevance = results.sweep.replicas.front().relevance;
  Report report;
  report.name = results.sweep.name;
  report.symscan_version = ledger.meta("symscan");
  report.created = created;
  report.backend = ledger.meta("backend");
  report.measure = to_string(relevance.measure);
  report.threshold = relevance.threshold;
  report.settings = results.sweep.resolved;
  for (const auto& [measure, name] : names_of<RelevanceMeasure>()) {
    const MeasureText text = text_of(measure);
    report.measures.push_back({name, text.name, text.title, text.unit});
  }
  report.measures.push_back({"ablation", "Ablation", "loss of reconstruction without the latent", "loss"});
  for (std::size_t d = 0; d < results.datasets.size(); ++d) {
    report.studies.push_back(study_of(results, measures, groups, static_cast<int>(d), ledger));
    if (findings == nullptr) continue;
    for (const DatasetFinding& finding : findings->datasets)
      if (finding.dataset == results.index.labels[d]) report.studies.back().analysis = finding;
  }
  if (findings != nullptr) report.breaking_curves = findings->breaking_curves;
  for (const Group& group : groups)
    for (const int id : group.failed)
      report.failures.push_back({id, results.replicas[static_cast<std::size_t>(id)].result.message});
  return report;
}

}  // namespace symscan
