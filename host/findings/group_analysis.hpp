#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "host/analysis/acceptance.hpp"
#include "host/analysis/generators.hpp"
#include "host/analysis/trained_model.hpp"
#include "host/base/eigen.hpp"
#include "host/config/labels.hpp"
#include "host/findings/analysis_parts.hpp"
#include "host/findings/angle_motions.hpp"
#include "host/findings/options.hpp"
#include "host/store/dataset_rows.hpp"
#include "host/store/run_results.hpp"

namespace symscan {

/// The rows of a dataset that the analysis looks at.
struct DatasetPoints {
  Eigen::MatrixXd raw;       ///< [n x D]
  Eigen::MatrixXd prepared;  ///< [n x D]: (raw - offset) / scale
  std::vector<double> precision;
  Eigen::VectorXd weights;     ///< [n] of the events; empty: 1 each
  std::vector<double> groups;  ///< [n] which trajectory a row belongs to; empty: not stated
  Eigen::VectorXd target;      ///< [n] a function of the features; empty: none
  std::vector<std::string> notes;
  std::optional<Acceptance> acceptance = {};  ///< of the raw rows; none: events are seen everywhere
  std::vector<std::string> angle_names = {};  ///< columns that the user calls angles
  ColumnMeaning meaning = {};                 ///< of the columns; empty before with_plain_columns()

  /// Takes dataset.acceptance, with a note; "" is none. Throws DataError if the columns do not fit.
  void set_acceptance(const std::string& text, const std::vector<std::string>& columns);
  EventWindow window() const { return acceptance ? acceptance->windows(raw) : EventWindow{}; }
};
/// `rows`: evenly_spaced_rows() of the dataset.
DatasetPoints dataset_points(const DatasetRecord& record, const DatasetRows& rows);
/// Rows at which Jacobians of such a decoder are looked at: `most`, fewer where each is large.
std::size_t rows_of_jacobians(std::size_t most, std::size_t columns, int latents);
/// Every stride-th row, `count` at most.
Eigen::MatrixXd thinned(const Eigen::MatrixXd& rows, std::size_t count);

/// One dataset of a run, with all that the search for its symmetries needs.
struct Subject {
  const RunResults& results;
  Ledger& ledger;
  const FindingsOptions& options;
  const DatasetRecord& record;
  DatasetPoints points;
  DataSpan span;

  std::string label_of(const Group& group) const { return settings_text(*group.config, results.varying); }
};

/// Replicas that differ only in the seed.
struct GroupAnalysis {
  int group = -1;
  std::vector<ModelMeasures> replicas;
  MeanAndSpread local_dimension;
  Eigen::VectorXd eigenvalues, spread;  ///< mean and standard deviation over the seeds
  double normal_directions = 0;         ///< mean E tr P
  GeneratorGap gap;                     ///< of the mean eigenvalues
};

/// May be called by several threads at one time.
TrainedModel load_model(const RunResults& results, Ledger& ledger, int replica);

/// The replicas of a group that are looked at: the first options.most_seeds of its best ones.
std::vector<int> models_of(const Group& group, const FindingsOptions& options);

/// Local dimension and generator spectrum of a trained replica of the group.
ModelMeasures measure_model(const Subject& subject, const Group& group, int replica);

/// The same of all models_of() the group, those that are known from there, and their means.
GroupAnalysis analyse_group(const Subject& subject, const Group& group, const KnownModels& known);

}  // namespace symscan
