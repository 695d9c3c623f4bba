#include "host/findings/findings.hpp"

#include <algorithm>
#include <atomic>
#include <iterator>
#include <map>
#include <mutex>
#include <numeric>
#include <utility>

#include "host/analysis/analysis_table.hpp"
#include "host/analysis/candidates.hpp"
#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/base/threads.hpp"
#include "host/data/dataset.hpp"
#include "host/data/expression.hpp"
#include "host/findings/alignment.hpp"
#include "host/findings/breaking_curves.hpp"
#include "host/findings/candidate_tests.hpp"
#include "host/findings/curves.hpp"
#include "host/findings/finding_sentences.hpp"
#include "host/findings/further_findings.hpp"
#include "host/findings/recorded_data.hpp"
#include "host/findings/row_findings.hpp"
#include "host/findings/shown_values.hpp"
#include "host/store/optima.hpp"

namespace symscan {
namespace {

std::optional<Truth> truth_of(const DatasetRecord& record) {
  const DatasetFacts facts = dataset_facts(record.settings);
  if (facts.intrinsic_dimension < 0 && facts.laws < 0) return std::nullopt;
  return Truth{facts.intrinsic_dimension,
               facts.embedding_dimension,
               facts.symmetry,
               facts.density_symmetry,
               facts.constraints,
               facts.laws,
               facts.discrete};
}

GroupFinding group_finding(const Subject& subject, const Group& group, const GroupAnalysis& analysis) {
  GroupFinding finding;
  finding.group = group.config->group;
  finding.label = subject.label_of(group);
  finding.beta = group.config->loss.beta;
  finding.tau = group.tau;
  finding.seeds = analysis.replicas.size();
  finding.active_latents = group.active_latents;
  finding.local_dimension = {analysis.local_dimension.mean, analysis.local_dimension.std, {}};
  for (const ModelMeasures& replica : analysis.replicas)
    finding.local_dimension.values.push_back(replica.local_dimension);
  finding.normal_directions = analysis.normal_directions;
  finding.generator_eigenvalues = {shown_values(analysis.eigenvalues), shown_values(analysis.spread)};
  finding.generators = analysis.gap.count;
  finding.gap = analysis.gap.ratio;
  return finding;
}

/// The group whose latents are compared with the principal directions: that of the models' plateau, else the
/// first that shows most directions.
const Group& shown_group(const DatasetGroups& groups, const DimensionFinding& dimension) {
  for (const Group* group : groups.groups)
    if (group->config->loss.beta == dimension.from_beta) return *group;
  const auto most = std::max_element(groups.analyses.begin(), groups.analyses.end(),
                                     [](const GroupAnalysis& a, const GroupAnalysis& b) {
                                       return a.local_dimension.mean < b.local_dimension.mean;
                                     });
  return *groups.groups[static_cast<std::size_t>(most - groups.analyses.begin())];
}

TrainingFinding training_of(const Subject& subject, const DatasetGroups& own) {
  TrainingFinding finding;
  finding.groups = own.groups.size();
  finding.without_noise = own.without_noise;
  for (const Group* group : own.groups) {
    const TrainingVerdict state = training_state(subject.results, *group);
    finding.steps = group == own.groups.front() ? state.steps : std::min(finding.steps, state.steps);
    if (state.too_few_steps)
      ++finding.too_few_steps;
    else if (state.still_falling)
      ++finding.still_falling;
    else if (state.not_converged)
      ++finding.not_converged;
    if (state.too_few_steps || state.still_falling || state.not_converged)
      finding.doubtful.push_back(subject.label_of(*group));
  }
  return finding;
}

/// Models that can be trusted: trained long enough, with a latent that is active.
std::optional<ModelDimension> trusted_models(const Subject& subject, const DatasetGroups& own,
                                             const DatasetFinding& finding) {
  const TrainingFinding& training = finding.training;
  const std::size_t doubtful = doubtful_groups(training);
  if (own.groups.empty() || all_collapsed(finding) || doubtful == training.groups) return std::nullopt;
  return judge_models(subject.results, own, subject.span);
}

/// Rows from which the directions of the models are taken: fewer where there are many columns.
std::size_t rows_of_span(std::size_t columns) {
  constexpr std::size_t few_columns = 256, rows_of_many = 2000;
  return columns > few_columns ? rows_of_many : most_analysed_rows;
}

/// Where many columns leave time for some of the rows only.
void add_note_on_rows(const DatasetRecord& record, std::size_t used, std::vector<std::string>& notes) {
  const std::size_t columns = record.columns.size();
  if (used < std::min(record.rows, most_analysed_rows) && used == analysed_rows(record.rows, columns))
    notes.push_back("Looked at " + std::to_string(used) + " of " + std::to_string(record.rows) +
                    " rows, evenly spaced, since there are " + std::to_string(columns) + " columns.");
}

std::vector<std::string> notes_about(const Subject& subject, const DatasetGroups& own) {
  std::vector<std::string> notes = subject.points.notes;
  if (std::string why = unfinished_sentence(subject.results, own.dataset); !why.empty())
    notes.insert(notes.begin(), std::move(why));
  add_note_on_rows(subject.record, static_cast<std::size_t>(subject.points.raw.rows()), notes);
  if (subject.span.left_out > 0) {
    notes.push_back("What the models show is measured along the " + std::to_string(most_directions) +
                    " directions of largest variance; " + std::to_string(subject.span.left_out) +
                    " more are left out.");
  }
  return notes;
}

/// Of the progress of a dataset, before its rows are looked at.
constexpr double share_of_models = 0.2;

/// Each group for itself: they may be analysed in any order.
void analyse_groups(const Subject& subject, const std::string& label, int threads, const KnownModels& known,
                    DatasetGroups& own) {
  const std::size_t count = own.groups.size();
  own.analyses.resize(count);
  std::atomic<std::size_t> begun{0};
  in_parallel(count, threads, [&](std::size_t g) {
    const std::size_t before = begun++;
    if (subject.options.progress)
      subject.options.progress(
          {label, "models of group " + std::to_string(before + 1) + " of " + std::to_string(count),
           share_of_models * static_cast<double>(before) / static_cast<double>(count)});
    own.analyses[g] = analyse_group(subject, *own.groups[g], known);
  });
}

/// The options for the rows of a dataset whose models were looked at.
FindingsOptions options_after_models(const FindingsOptions& options) {
  FindingsOptions of_rows = options;
  if (options.progress)
    of_rows.progress = [progress = options.progress](AnalysisProgress within) {
      within.share = share_of_models + (1 - share_of_models) * within.share;
      within.until = share_of_models + (1 - share_of_models) * within.until;
      progress(within);
    };
  return of_rows;
}

/// `loaded`: null where its rows are to be read again.
Subject subject_of(const RunResults& results, Ledger& ledger, const FindingsOptions& options,
                   const DatasetRows* loaded, std::size_t dataset) {
  const DatasetRecord& record = results.datasets[dataset];
  Subject subject{results, ledger, options, record, {}, {}};
  subject.points = loaded != nullptr ? dataset_points(record, *loaded) : recorded_points(record, options);
  subject.span = data_span(thinned(subject.points.prepared, rows_of_span(record.columns.size())));
  return subject;
}

/// `threads`: for the groups of this dataset.
DatasetFinding analyse_dataset(const Subject& subject, int threads, const KnownModels& known,
                               DatasetGroups& own) {
  const RunResults& results = subject.results;
  const DatasetRecord& record = subject.record;
  DatasetFinding finding;
  finding.dataset = results.index.labels[static_cast<std::size_t>(own.dataset)];
  finding.columns = record.columns;
  finding.truth = truth_of(record);
  finding.notes = notes_about(subject, own);
  analyse_groups(subject, finding.dataset, threads, known, own);
  for (std::size_t g = 0; g < own.groups.size(); ++g)
    finding.groups.push_back(group_finding(subject, *own.groups[g], own.analyses[g]));
  finding.beta_curves = beta_curves(results, own, subject.span);
  finding.training = training_of(subject, own);
  add_row_findings(subject.points, options_after_models(subject.options),
                   trusted_models(subject, own, finding), finding);
  if (finding.dimension && !own.groups.empty())
    finding.alignment = find_alignment(subject, shown_group(own, *finding.dimension));
  finding.sentences = finding_sentences(finding);
  return finding;
}

/// The columns that the analysis may make of those of the dataset.
AnalysisTable possible_table(const DatasetRecord& record) {
  const auto angles = record.settings.find("angles");
  return analysis_table(
      Eigen::MatrixXd(0, static_cast<Eigen::Index>(record.columns.size())), record.columns, {},
      angles == record.settings.end() ? std::vector<std::string>() : angles->get<std::vector<std::string>>());
}

/// Throws for vector fields that suit the columns of no dataset, with the reason for the first.
void check_fields(const RunResults& results, const FindingsOptions& options) {
  if (options.field_lines.empty() || results.datasets.empty()) return;
  for (const DatasetRecord& record : results.datasets)
    if (fields_fit(options, record.columns) || fields_fit(options, possible_table(record).columns)) return;
  try {
    if (parse_fields(options.field_lines, results.datasets.front().columns).empty())
      throw DataError("it holds no vector field");
  } catch (const DataError& error) {
    throw DataError(printable_line(options.fields) + ", " + error.what());
  }
}

/// Whether the transformation is one of the columns, or of those that the analysis may make of them.
bool may_understand(const DatasetRecord& record, const std::string& text) {
  if (understands(record.columns, {}, text)) return true;
  const AnalysisTable possible = possible_table(record);
  return understands(possible.columns, possible.angles, text);
}

/// Throws for a named candidate that no dataset has, with the reason for the first dataset.
void check_candidates(const RunResults& results, const FindingsOptions& options) {
  if (results.datasets.empty()) return;
  for (const std::string& text : options.candidates) {
    const auto has = [&](const DatasetRecord& record) { return may_understand(record, text); };
    if (std::none_of(results.datasets.begin(), results.datasets.end(), has))
      (void)parse_candidate(text, results.datasets.front().columns);
  }
}

/// Leaves out groups far above the lowest loss that others of the same loss and beta reached.
void leave_out_hopeless(std::vector<const Group*>& groups) {
  std::map<std::pair<LossKind, double>, double> lowest;
  const auto problem_of = [](const Group* group) {
    return std::pair(group->config->loss.kind, group->config->loss.beta);
  };
  for (const Group* group : groups) {
    double& loss = lowest.emplace(problem_of(group), group->lowest_loss).first->second;
    loss = std::min(loss, group->lowest_loss);
  }
  std::erase_if(groups, [&](const Group* group) {
    return !is_promising(group->lowest_loss, lowest.at(problem_of(group)));
  });
}

std::vector<DatasetGroups> groups_by_dataset(const std::vector<Group>& groups, std::size_t datasets) {
  std::vector<DatasetGroups> sorted(datasets);
  for (std::size_t d = 0; d < datasets; ++d) sorted[d].dataset = static_cast<int>(d);
  for (const Group& group : groups)
    if (!group.done.empty()) {
      DatasetGroups& own = sorted[static_cast<std::size_t>(group.dataset)];
      if (group.tau > 0)
        own.groups.push_back(&group);
      else
        ++own.without_noise;
    }
  for (DatasetGroups& own : sorted) leave_out_hopeless(own.groups);
  return sorted;
}

/// Puts the progress of datasets that are analysed at one time together.
class ProgressOfAll {
 public:
  ProgressOfAll(const FindingsOptions& given, std::size_t datasets) : given_(given), shares_(datasets, 0) {}

  /// Refers to this.
  FindingsOptions options_of(std::size_t dataset) {
    FindingsOptions options = given_;
    if (given_.progress)
      options.progress = [this, dataset](const AnalysisProgress& within) { show(dataset, within); };
    return options;
  }

 private:
  void show(std::size_t dataset, const AnalysisProgress& within) {
    const std::lock_guard lock(one_at_a_time_);
    shares_[dataset] = within.share;
    const auto count = static_cast<double>(shares_.size());
    AnalysisProgress all = within;
    all.share = std::accumulate(shares_.begin(), shares_.end(), 0.0) / count;
    all.until = all.share + std::max(0.0, within.until - within.share) / count;
    given_.progress(all);
  }

  const FindingsOptions& given_;
  std::mutex one_at_a_time_;
  std::vector<double> shares_;  ///< of each dataset, that is done
};

}  // namespace

Findings analyse(const RunResults& results, Ledger& ledger, const FindingsOptions& given,
                 const std::vector<DatasetRows>& loaded, const KnownModels& known) {
  check_candidates(results, given);
  check_fields(results, given);
  check_given_data(results, given);
  const auto groups = make_groups(results);
  std::vector<DatasetGroups> own = groups_by_dataset(groups, results.datasets.size());
  Findings findings;
  findings.name = results.sweep.name;
  findings.results = digest_of(results);
  findings.datasets.resize(own.size());
  const auto datasets = static_cast<int>(std::max<std::size_t>(1, own.size()));
  const int threads_each = std::max(1, given.threads / datasets);
  ProgressOfAll progress(given, own.size());
  in_parallel(own.size(), given.threads, [&](std::size_t d) {
    const FindingsOptions options = progress.options_of(d);
    if (options.progress) options.progress({results.index.labels[d], "reading rows"});
    const Subject subject = subject_of(results, ledger, options, loaded.empty() ? nullptr : &loaded[d], d);
    if (options.tell && d < known.rows.size() &&
        known.rows[d] != static_cast<std::size_t>(subject.points.raw.rows()))
      options.tell(results.index.labels[d] + ": what was measured before was at " +
                   plural(known.rows[d], "row") + ", not at these " +
                   std::to_string(subject.points.raw.rows()) + "; it is measured again");
    findings.datasets[d] = analyse_dataset(subject, threads_each, known, own[d]);
  });
  findings.breaking_curves = breaking_curves(results, own, findings.datasets);
  return findings;
}

AnalysisPart measure_models(const RunResults& results, Ledger& ledger, const FindingsOptions& options,
                            const Shard& shard) {
  check_given_data(results, options);
  const auto groups = make_groups(results);
  AnalysisPart part;
  part.results = digest_of(results);
  std::size_t position = 0;  // of a model among all
  for (const DatasetGroups& own : groups_by_dataset(groups, results.datasets.size())) {
    const Subject subject =
        subject_of(results, ledger, options, nullptr, static_cast<std::size_t>(own.dataset));
    part.rows.push_back(static_cast<std::size_t>(subject.points.raw.rows()));
    std::vector<std::pair<const Group*, int>> mine;
    for (const Group* group : own.groups)
      for (const int replica : models_of(*group, options))
        if (position++ % static_cast<std::size_t>(shard.count) == static_cast<std::size_t>(shard.index))
          mine.emplace_back(group, replica);
    std::vector<ModelMeasures> measured(mine.size());
    std::atomic<std::size_t> begun{0};
    std::mutex one_at_a_time;
    in_parallel(mine.size(), options.threads, [&](std::size_t i) {
      if (options.progress) {
        const std::lock_guard lock(one_at_a_time);
        options.progress({results.index.labels[static_cast<std::size_t>(own.dataset)], "models",
                          static_cast<double>(begun++) / static_cast<double>(mine.size())});
      }
      measured[i] = measure_model(subject, *mine[i].first, mine[i].second);
    });
    std::move(measured.begin(), measured.end(), std::back_inserter(part.models));
  }
  return part;
}

Findings analyse_rows(const DatasetRecord& record, const DatasetRows& rows, const FindingsOptions& options) {
  RunResults about;
  about.datasets = {record};
  check_candidates(about, options);
  check_fields(about, options);
  const DatasetPoints points = dataset_points(record, rows);
  Findings findings;
  findings.name = record.label;
  DatasetFinding& finding = findings.datasets.emplace_back();
  finding.dataset = record.label;
  finding.columns = record.columns;
  finding.notes = points.notes;
  add_note_on_rows(record, rows.rows, finding.notes);
  add_row_findings(points, options, std::nullopt, finding);
  finding.sentences = finding_sentences(finding);
  return findings;
}

}  // namespace symscan
