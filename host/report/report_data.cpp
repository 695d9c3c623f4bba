#include "host/report/report_data.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "host/config/labels.hpp"
#include "host/config/names.hpp"
#include "host/data/dataset.hpp"
#include "host/report/aggregates.hpp"
#include "host/report/sentences.hpp"
#include "host/report/shown_groups.hpp"
#include "host/store/optima.hpp"

namespace symscan {
namespace {

/// Datasets and groups that the page of a large run (is_large()) shows, and classes of optima.
constexpr std::size_t most_studies = 100, most_groups = 250, most_problems = 250;

/// Groups of a study whose latents are drawn point by point; more would only make the page heavy.
constexpr std::size_t representatives_per_study = 10;

/// Mean and range of one quantity at each of some epochs, over the replicas that are added.
class CurveSums {
 public:
  explicit CurveSums(double EpochMetrics::*quantity) : quantity_(quantity) {}

  void add(const std::vector<EpochMetrics>& history, const std::vector<std::size_t>& epochs) {
    sums_.resize(epochs.size());
    for (std::size_t i = 0; i < epochs.size() && epochs[i] <= history.size(); ++i) {
      const double value = history[epochs[i] - 1].*quantity_;
      if (!std::isfinite(value)) continue;
      Sum& sum = sums_[i];
      sum.min = sum.count == 0 ? value : std::min(sum.min, value);
      sum.max = sum.count == 0 ? value : std::max(sum.max, value);
      sum.total += value;
      ++sum.count;
    }
  }

  /// Up to the first epoch at which no replica has the quantity; none if that is the first.
  std::optional<EpochCurve> curve() const {
    EpochCurve curve;
    for (const Sum& sum : sums_) {
      if (sum.count == 0) break;
      curve.mean.push_back(sum.total / static_cast<double>(sum.count));
      curve.min.push_back(sum.min);
      curve.max.push_back(sum.max);
    }
    if (curve.mean.empty()) return std::nullopt;
    return curve;
  }

 private:
  struct Sum {
    double total = 0, min = 0, max = 0;
    std::size_t count = 0;
  };
  double EpochMetrics::*quantity_;
  std::vector<Sum> sums_;
};

/// The histories are in the ledger; one is in memory at a time.
TrainingCurves training_curves(const RunResults& results, const Group& group, Ledger& ledger) {
  constexpr std::size_t most_points = 400;  // what a plot resolves
  std::size_t longest = 0;
  for (const int id : group.done)
    longest = std::max(longest, results.replicas[static_cast<std::size_t>(id)].epochs);
  const std::size_t stride = std::max<std::size_t>(1, (longest + most_points - 1) / most_points);
  TrainingCurves curves;
  for (std::size_t epoch = 1; epoch <= longest; epoch += stride) curves.epoch.push_back(epoch);
  if (!curves.epoch.empty() && curves.epoch.back() != longest) curves.epoch.push_back(longest);
  CurveSums loss(&EpochMetrics::loss), validation_loss(&EpochMetrics::validation_loss),
      reconstruction(&EpochMetrics::reconstruction), kl(&EpochMetrics::kl);
  for (const int id : group.done) {
    const std::vector<EpochMetrics> history = ledger.replica(id, false).result.history;
    for (CurveSums* sums : {&loss, &validation_loss, &reconstruction, &kl}) sums->add(history, curves.epoch);
  }
  curves.loss = loss.curve();
  curves.validation_loss = validation_loss.curve();
  curves.reconstruction = reconstruction.curve();
  curves.kl = kl.curve();
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
  entry.active_latents = {group.active_latents.mean, group.active_latents.std, first(group.active)};
  entry.active_latents = {group.active_latents.mean, group.active_latents.std, first(group.active)};
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
  entry.settings = shortened_lists(config.resolved());
  add_replicas(group, is_large(results), entry);
  entry.failed = group.failed.size();
  add_relevances(results, measures, group, entry);
  entry.theory_kl = group.theory_kl;
  entry.loss = group.loss;
  entry.reconstruction = group.reconstruction;
  entry.kl = group.kl;
  entry.curves = training_curves(results, group, ledger);
  return entry;
}

/// Which groups of a study are drawn point by point: all if there are few, else evenly chosen, the last
/// always.
bool is_chosen(std::size_t position, std::size_t count) {
  if (count <= representatives_per_study) return true;
  const std::size_t stride = (count + representatives_per_study - 1) / representatives_per_study;
  return (count - 1 - position) % stride == 0;
}

/// Of a large run: the totals and aggregates of its groups, and those of them that are shown.
std::vector<int> choose_members(const RunResults& results, const std::vector<Group>& groups,
                                const std::vector<int>& members, const Group* main, Study& study) {
  constexpr std::size_t most_values = 40;
  const std::size_t studies = std::min(results.datasets.size(), most_studies);
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
                int dataset, Ledger& ledger, Study& study) {
  std::vector<int> members;
  for (std::size_t g = 0; g < groups.size(); ++g)
    if (groups[g].dataset == dataset) members.push_back(static_cast<int>(g));
  const Group* first = main_group(results, groups, dataset);
  if (is_large(results)) members = choose_members(results, groups, members, first, study);
  if (first != nullptr) study.first_group = first->config->group;
  for (std::size_t position = 0; position < members.size(); ++position) {
    const Group& group = groups[static_cast<std::size_t>(members[position])];
    study.groups.push_back(study_group(results, measures, group, members[position], ledger));
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
  for (std::size_t at = 0; at + features <= record.sample.size(); at += features)
    study.sample.emplace_back(&record.sample[at], &record.sample[at] + features);
  study.summary = summary_sentences(results, groups, dataset);
  add_optima(results, dataset, study);
  add_groups(results, measures, groups, dataset, ledger, study);
  return study;
}

void add_analysis(const DatasetFinding& finding, Study& study) {
  study.analysis = finding;
  study.answer = answer_of(finding);
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
  for (const auto& [measure, name] : names_of<RelevanceMeasure>()) {
    const MeasureText text = text_of(measure);
    report.measures.push_back({name, text.name, text.title, text.unit});
  }
  report.measures.push_back({"ablation", "Ablation", "loss of reconstruction without the latent", "loss"});
  const bool large = is_large(results);
  report.datasets = results.datasets.size();
  report.replicas = results.replicas.size();
  for (std::size_t d = 0; d < (large ? std::min(report.datasets, most_studies) : report.datasets); ++d) {
    report.studies.push_back(study_of(results, measures, groups, static_cast<int>(d), ledger));
    if (findings == nullptr) continue;
    for (const DatasetFinding& finding : findings->datasets)
      if (finding.dataset == results.index.labels[d]) add_analysis(finding, report.studies.back());
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
