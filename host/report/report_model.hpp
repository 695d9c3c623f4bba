#pragma once
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "host/base/json.hpp"
#include "host/findings/answers.hpp"
#include "host/findings/model.hpp"
#include "host/findings/truth_table.hpp"

/// What report.html shows. report_json() and report_schema() are made from the descriptions in
/// report_records.hpp; the page's scripts read that JSON and leave out what is null or empty.
namespace symscan {

/// Mean and range over the replicas of a group, per epoch. The range of one replica is empty.
struct EpochCurve {
  std::vector<double> mean, min, max;
};

struct TrainingCurves {
  std::vector<std::size_t> epoch;
  std::optional<EpochCurve> loss, validation_loss, reconstruction, kl;
};

/// What an encoder makes of the plane of two columns, on the data and beyond: a quarter of their range on
/// each side. Columns that do not vary have their value.
struct EncodedPlane {
  std::vector<std::size_t> columns;                    ///< two positions in Study::columns
  std::vector<double> x, y;                            ///< raw units of the first and of the second
  std::vector<std::vector<std::vector<double>>> mean;  ///< [latents of `order`, at most 4][y][x] mu
};

/// The done replica of lowest loss, with what it makes of the study's sample.
struct Representative {
  int replica = -1;
  std::uint64_t seed = 0;
  std::vector<std::size_t> order;  ///< latents by decreasing relevance
  std::vector<std::vector<double>>
      activations;  ///< [sample rows x latents, at most 16] mu of latent order[j]
  /// [latents x columns] with the first columns of the study, of the first latents of `order`; none for what
  /// is constant (SampleMeasures::phi_k).
  std::vector<std::vector<std::optional<double>>> phi_k;
  std::optional<EncodedPlane> plane;  ///< of studies with two varying columns
};

/// A relevance measure per latent, most relevant first.
struct RankedRelevance {
  std::string measure;
  std::vector<double> mean, std;
};

struct SeedCounts {
  double mean = 0, std = 0;
  std::vector<int> values;  ///< one per seed
};

/// Mean and spread of what no replica has: null on the page, where 0 would be a result.
inline constexpr MeanAndSpread nothing_finished = {std::numeric_limits<double>::quiet_NaN(),
                                                   std::numeric_limits<double>::quiet_NaN()};

/// Replicas that differ only in the seed. Lists over latents are by decreasing relevance. Without a replica
/// that is done they are empty, and means are NaN.
struct StudyGroup {
  int id = -1;
  std::string label;
  int latent_dim = 0;
  double beta = 0, tau = 0;
  std::vector<int> hidden;
  std::string activation;
  Json settings;  ///< of its resolved config what varies over the sweep
  std::size_t trainings = 0, done = 0, near_lowest = 0;  ///< as many replicas, and `best`, as there are
  std::vector<int> replicas;                             ///< the first of them
  std::vector<int> best;  ///< the first of those that are done, with a loss within 2 % of the lowest;
                          ///< relevances are of these
  std::size_t failed = 0;
  RankedRelevance relevance;                             ///< the measure by which latents are ordered
  std::vector<std::pair<std::string, Series>> measures;  ///< all measures, and "ablation"; kl in nats
  std::vector<double> share;                             ///< of the total relevance
  std::vector<double> theory_kl;                         ///< nats, linear theory
  SeedCounts active_latents;
  MeanAndSpread loss, reconstruction, kl;  ///< kl: total, nats
  TrainingCurves curves;
  std::optional<Representative> representative;  ///< of the groups that are drawn point by point
};

/// Trainings of one dataset, loss and beta that ended in the same place (host/store/optima.hpp).
struct StudyOptimum {
  std::string loss_kind;
  double beta = 0, tau = 0;
  double loss = 0;                 ///< the lowest
  std::vector<double> relevances;  ///< of the training with that loss, nats, descending
  int relevant = 0;                ///< latents
  double effective = 0;            ///< number of latents
  std::size_t trainings = 0, of_trainings = 0;
  std::vector<int> latent_dims;
  int group = -1;  ///< of the training with the lowest loss
};

/// The groups of a study with one value, or neighbouring ones, of a setting. Means and spreads: over the
/// groups' means, those that finished.
struct StudyAggregate {
  std::string setting, value;  ///< a path, and its value as text
  std::size_t groups = 0, trainings = 0, failed = 0;
  std::optional<double> lowest_loss;  ///< none: nothing finished
  MeanAndSpread active_latents, loss, reconstruction, kl;
};

/// How many there are in all, where only some groups are shown.
struct StudyTotals {
  std::size_t groups = 0, trainings = 0, failed = 0;
};

/// One dataset.
struct Study {
  std::string dataset;
  std::optional<int> first_group;  ///< id of the group that is shown first
  std::string description, shape;
  std::size_t replicas = 0, done = 0, failed = 0;  ///< without those that seeds "auto" skipped
  std::size_t rows = 0;
  std::vector<std::string> columns, constant_columns, notes;
  std::string preprocess;
  std::vector<double> eigenvalues;          ///< of the covariance of the prepared data
  std::size_t kept_rows = 0;                ///< with the run, of which `sample` shows all or some
  std::vector<std::vector<double>> sample;  ///< [n x columns] raw units
  std::vector<std::string> summary;         ///< sentences, the few that answer
  std::vector<std::string> details;         ///< sentences that can be folded
  std::vector<StudyOptimum> optima;         ///< up to four of each loss and beta, the lowest loss first
  std::optional<StudyTotals> totals;        ///< of a large run (is_large()): not all groups are shown
  std::vector<StudyAggregate> aggregates;   ///< of a large run, by setting and value
  std::vector<StudyGroup> groups;
  std::optional<DatasetFinding> analysis;  ///< none: the section "Symmetry" is left out
  std::optional<Answer> answer;            ///< of the analysis
  std::vector<Known> known;                ///< of a built-in dataset that was analysed
};

struct Failure {
  int replica = -1;
  std::string message;
};

/// A measure of latents, as the page calls it.
struct MeasureDescription {
  std::string measure;            ///< as in configs: "kl"; or "ablation"
  std::string name, title, unit;  ///< title: its formula
};

struct Report {
  std::string name, symscan_version, created, backend;
  std::vector<MeasureDescription> measures;
  std::string measure;                                 ///< by which latents are ordered
  double threshold = 0;                                ///< nats of KL above which a latent is active
  Json settings;                                       ///< the resolved config
  std::vector<std::string> defaults;                   ///< paths of those of them that are as by default
  std::size_t datasets = 0, replicas = 0, failed = 0;  ///< of the run; a large one's page shows some of them
  std::size_t done = 0, skipped = 0;  ///< of the replicas; skipped: seeds "auto" needed no more
  std::vector<Study> studies;
  std::vector<BreakingCurve> breaking_curves;
  std::vector<Failure> failures;
};

/// Version of the report's data, its member "schema".
inline constexpr int report_schema_version = 1;

/// The report's data as the page reads them, numbers rounded to four digits: enough for a plot, a third of
/// the text.
Json report_json(const Report& report);

/// The JSON Schema of report_json (draft 2020-12).
Json report_schema();

}  // namespace symscan
