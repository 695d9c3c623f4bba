#include "host/report/report_data.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "host/config/default_settings.hpp"
#include "host/config/fields.hpp"
#include "host/config/labels.hpp"
#include "host/config/names.hpp"
#include "host/data/dataset.hpp"
#include "host/report/aggregates.hpp"
#include "host/report/main_group.hpp"
#include "host/report/representative.hpp"
#include "host/report/sentences.hpp"
#include "host/report/shown_groups.hpp"
#include "host/report/training_counts.hpp"
#include "host/report/training_curves.hpp"
#include "host/store/optima.hpp"

namespace symscan {
namespace {

/// Datasets and groups that the page of a large run (is_large()) shows, and classes of optima.
constexpr std::size_t most_studies = 100, most_groups = 250, most_problems = 250;

std::size_t shown_studies(const RunResults& results) {
  return is_large(results) ? std::min(results.datasets.size(), most_studies) : results.datasets.size();
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

/// Lists that nobody reads, such as a thousand seeds, by their ends.
Json shortened_lists(Json settings) {
  constexpr std::size_t longest = 200;
  for (Json& value : settings) {
    if (value.is_object()) value = shortened_lists(std::move(value));
    if (value.is_array() && value.size() > longest)
      value = value.front().dump() + ", ..., " + value.back().dump() + " (" + std::to_string(value.size()) +
              " values)";
  }
  return settings;
}

/// The lists that grow with the number of seeds; a page counts them, and shows none of a large run whole.
void add_replicas(const Group& group, bool large, StudyGroup& entry) {
  const auto first = [&](const std::vector<int>& all) {
    constexpr std::size_t most_of_large = 100;
    const std::size_t count = large ? std::min(all.size(), most_of_large) : all.size();
    return std::vector<int>(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count));
  };
  entry.trainings = group.replicas.size();
  entry.near_lowest = group.best.size();
  entry.replicas = first(group.replicas);
  entry.best = first(group.best);
  const MeanAndSpread active = group.done.empty() ? nothing_finished : group.active_latents;
  entry.active_latents = {active.mean, active.std, first(group.active)};
}

/// As in the resolved config, and nothing else of it: the run's own says what all groups share.
Json varying_values(const RunResults& results, const ReplicaConfig& config) {
  const Json resolved = config.points->config(config.point);
  Json values = Json::object();
  for (const std::string& path : results.varying) {
    Json* place = &values;
    for (const std::string& part : split_path(path)) place = &(*place)[part];
    *place = value_at(resolved, path);
  }
  return values;
}

StudyGroup study_group(const RunResults& results, const SampleMeasures& measures, const Group& group, int id,
                       Ledger& ledger) {
  const ReplicaConfig& config = *group.config;
  StudyGroup entry;
  entry.id = id;
  entry.label = settings_text(config, results.varying);
  entry.latent_dim = config.model.latent_dim;
  entry.beta = config.loss.beta;
  entry.tau = group.tau;
  entry.hidden = config.model.hidden;
  entry.activation = to_string(config.model.activation);
  entry.settings = varying_values(results, config);
  add_replicas(group, is_large(results), entry);
  entry.failed = group.failed.size();
  entry.done = group.done.size();
  add_relevances(results, measures, group, entry);
  entry.theory_kl = group.theory_kl;
  const bool nothing = group.done.empty();
  entry.loss = nothing ? nothing_finished : group.loss;
  entry.reconstruction = nothing ? nothing_finished : group.reconstruction;
  entry.kl = nothing ? nothing_finished : group.kl;
  entry.curves = training_curves(results, group, ledger);
  return entry;
}

/// Which groups of a study are drawn point by point: all if there are few, else evenly chosen, the last
/// always.
bool is_chosen(std::size_t position, std::size_t count, std::size_t most) {
  if (count <= most) return true;
  const std::size_t stride = (count + most - 1) / most;
  return (count - 1 - position) % stride == 0;
}

/// Of a large run: the totals and aggregates of its groups, and those of them that are shown.
std::vector<int> choose_members(const RunResults& results, const std::vector<Group>& groups,
                                const std::vector<int>& members, const Group* main, Study& study) {
  constexpr std::size_t most_values = 40;
  const std::size_t studies = shown_studies(results);
  StudyTotals& totals = study.totals.emplace();
  for (const int member : members) {
    const Group& group = groups[static_cast<std::size_t>(member)];
    ++totals.groups;
    totals.trainings += group.replicas.size();
    totals.failed += group.failed.size();
  }
  study.aggregates = aggregates_of(results, groups, members, most_values);
  std::vector<int> shown = shown_groups(groups, members, std::max<std::size_t>(1, most_groups / studies));
  const auto place =
      main == nullptr ? shown.end() : std::lower_bound(shown.begin(), shown.end(), main->config->group);
  if (main != nullptr && (place == shown.end() || *place != main->config->group))
    shown.insert(place, main->config->group);
  return shown;
}

void add_groups(const RunResults& results, const SampleMeasures& measures, const std::vector<Group>& groups,
                int dataset, const DrawnDetail& detail, Ledger& ledger, Study& study) {
  std::vector<int> members;
  for (std::size_t g = 0; g < groups.size(); ++g)
    if (groups[g].dataset == dataset) members.push_back(static_cast<int>(g));
  const Group* first = main_group(results, groups, dataset);
  if (is_large(results)) members = choose_members(results, groups, members, first, study);
  if (first != nullptr) study.first_group = first->config->group;
  for (std::size_t position = 0; position < members.size(); ++position) {
    const Group& group = groups[static_cast<std::size_t>(members[position])];
    study.groups.push_back(study_group(results, measures, group, members[position], ledger));
    const bool chosen = is_chosen(position, members.size(), detail.representatives) || &group == first;
    if (chosen && !group.done.empty())
      study.groups.back().representative = representative_of(results, measures, group, detail, ledger);
  }
}

std::string description_of(const Json& settings) {
  const BuiltinDataset* builtin = find_builtin_dataset(settings.at("kind").get<std::string>());
  return builtin != nullptr ? builtin->description : "from " + settings.value("path", "a file");
}

/// The classes of lowest loss of each problem.
void add_optima(const RunResults& results, int dataset, Study& study) {
  constexpr std::size_t most_classes = 4;
  std::vector<Problem> problems = find_problems(results, dataset);
  const std::size_t all = problems.size(), studies = std::min(results.datasets.size(), most_studies),
                    most = is_large(results) ? std::max<std::size_t>(1, most_problems / studies) : all;
  for (std::size_t i = 0; i < std::min(all, most); ++i) {
    const Problem& problem = problems[all <= most ? i : (i + 1) * all / most - 1];
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
  const DrawnDetail detail = drawn_detail(shown_studies(results));
  study.kept_rows = record.sample.size() / features;
  for (const std::size_t row : drawn_rows(record, detail.rows)) {
    const double* const values = &record.sample[row * features];
    study.sample.emplace_back(values, values + features);
  }
  StudySentences sentences = study_sentences(results, groups, dataset);
  study.summary = std::move(sentences.summary);
  study.details = std::move(sentences.details);
  const TrainingCounts counts = training_counts(results, groups, dataset);
  study.replicas = counts.wanted;
  study.done = counts.done;
  study.failed = counts.failed;
  add_optima(results, dataset, study);
  add_groups(results, measures, groups, dataset, detail, ledger, study);
  return study;
}

void add_analysis(const DatasetFinding& finding, const TrainingCounts& counts, Study& study) {
  study.analysis = finding;
  Answer& answer = study.answer.emplace(answer_of(finding));
  // The finding knows the groups that were analysed only.
  answer.converged = have_converged(counts);
  answer.convergence = convergence_text(counts);
  study.known = known_quantities(finding);
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
  report.settings = shortened_lists(results.sweep.resolved);
  report.defaults = default_settings(results.sweep);
  for (const auto& [measure, name] : names_of<RelevanceMeasure>()) {
    const MeasureText text = text_of(measure);
    report.measures.push_back({name, text.name, text.title, text.unit});
  }
  report.measures.push_back({"ablation", "Ablation", "loss of reconstruction without the latent", "loss"});
  const bool large = is_large(results);
  report.datasets = results.datasets.size();
  report.replicas = results.replicas.size();
  for (const ReplicaRecord& record : results.replicas) {
    report.done += record.status == ReplicaRecord::Status::done ? 1 : 0;
    report.skipped += record.status == ReplicaRecord::Status::skipped ? 1 : 0;
  }
  for (std::size_t d = 0; d < shown_studies(results); ++d) {
    report.studies.push_back(study_of(results, measures, groups, static_cast<int>(d), ledger));
    if (findings == nullptr) continue;
    for (const DatasetFinding& finding : findings->datasets)
      if (finding.dataset == results.index.labels[d])
        add_analysis(finding, training_counts(results, groups, static_cast<int>(d)), report.studies.back());
  }
  if (findings != nullptr) report.breaking_curves = findings->breaking_curves;
  constexpr std::size_t most_failures = 500;
  for (const Group& group : groups)
    for (const int id : group.failed)
      if (++report.failed <= most_failures || !large)
        report.failures.push_back({id, results.replicas[static_cast<std::size_t>(id)].result.message});
  return report;
}

}  // namespace symscan
