#include "host/findings/group_analysis.hpp"

#include <algorithm>
#include <cmath>
#include <mutex>

#include "host/analysis/local_dimension.hpp"
#include "host/base/text.hpp"
#include "host/train/replica_network.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

MatrixXd as_matrix(const std::vector<double>& values, std::size_t rows, std::size_t columns) {
  return Eigen::Map<const RowMajor>(values.data(), static_cast<Index>(rows), static_cast<Index>(columns));
}

void average_spectra(GroupAnalysis& group) {
  if (group.replicas.empty()) return;
  const auto seeds = static_cast<double>(group.replicas.size());
  const Index size = static_cast<Index>(group.replicas.front().eigenvalues.size());
  group.eigenvalues = group.spread = VectorXd::Zero(size);
  const auto eigenvalues_of = [size](const ModelMeasures& model) {
    return Eigen::Map<const VectorXd>(model.eigenvalues.data(), size);
  };
  for (const ModelMeasures& replica : group.replicas) {
    group.eigenvalues += eigenvalues_of(replica) / seeds;
    group.normal_directions += replica.normal_directions / seeds;
  }
  for (const ModelMeasures& replica : group.replicas)
    group.spread += (eigenvalues_of(replica) - group.eigenvalues).cwiseAbs2();
  if (seeds > 1) group.spread = (group.spread / (seeds - 1)).cwiseSqrt();
}

}  // namespace

std::size_t rows_of_jacobians(std::size_t most, std::size_t columns, int latents) {
  constexpr std::size_t most_entries = 4000000, fewest = 50;
  const std::size_t each = std::max<std::size_t>(1, columns * static_cast<std::size_t>(std::max(1, latents)));
  return std::min(most, std::max(fewest, most_entries / each));
}

MatrixXd thinned(const MatrixXd& rows, std::size_t count) {
  const auto total = static_cast<std::size_t>(rows.rows());
  if (total <= count) return rows;
  MatrixXd chosen(static_cast<Index>(count), rows.cols());
  for (std::size_t i = 0; i < count; ++i)
    chosen.row(static_cast<Index>(i)) = rows.row(static_cast<Index>(i * total / count));
  return chosen;
}

void DatasetPoints::set_acceptance(const std::string& text, const std::vector<std::string>& columns) {
  if (text.empty()) return;
  acceptance.emplace(text, columns);
  acceptance->fit(raw);
  notes.push_back("Tests of the distribution allow for the acceptance " + printable_line(text) + ".");
}

DatasetPoints dataset_points(const DatasetRecord& record, const DatasetRows& rows) {
  const std::size_t features = record.columns.size();
  DatasetPoints points;
  points.raw = as_matrix(rows.values, rows.rows, features);
  points.precision = rows.precision;
  points.weights = Eigen::Map<const VectorXd>(rows.weights.data(), static_cast<Index>(rows.weights.size()));
  points.groups = rows.groups;
  points.target = Eigen::Map<const VectorXd>(rows.target.data(), static_cast<Index>(rows.target.size()));
  if (!rows.weights.empty())
    points.notes.push_back(
        "Tests of the distribution use the event weights; constraints and dimensions do not depend on them.");
  points.set_acceptance(record.settings.value("acceptance", ""), record.columns);
  if (const auto angles = record.settings.find("angles"); angles != record.settings.end())
    points.angle_names = angles->get<std::vector<std::string>>();
  const Eigen::Map<const VectorXd> offset(record.offset.data(), static_cast<Index>(features)),
      scale(record.scale.data(), static_cast<Index>(features));
  points.prepared = (points.raw.rowwise() - offset.transpose()) * scale.cwiseInverse().asDiagonal();
  return points;
}

TrainedModel load_model(const RunResults& results, Ledger& ledger, int replica) {
  const ReplicaConfig& config = results.sweep.replicas[replica];
  const Network network = network_of(config, results.dataset_of(replica).columns.size());
  static std::mutex one_reader;
  const std::lock_guard lock(one_reader);
  return TrainedModel(network, trained_parameters(results, ledger, replica));
}

namespace {

constexpr std::size_t scanned_points = 500;  ///< per replica: only the spectrum is wanted

/// Null where it is to be measured: a file may say anything.
const ModelMeasures* known_model(const Subject& subject, const Group& group, int replica,
                                 const KnownModels& known) {
  const ModelMeasures* model = known.find(replica, static_cast<std::size_t>(group.dataset),
                                          static_cast<std::size_t>(subject.points.raw.rows()));
  const Index rank = subject.span.rank();
  const bool fits = model != nullptr && static_cast<Index>(model->eigenvalues.size()) == rank * (rank + 1);
  return fits ? model : nullptr;
}

}  // namespace

std::vector<int> models_of(const Group& group, const FindingsOptions& options) {
  const auto count = std::min<std::size_t>(group.best.size(), options.most_seeds);
  return {group.best.begin(), group.best.begin() + static_cast<std::ptrdiff_t>(count)};
}

ModelMeasures measure_model(const Subject& subject, const Group& group, int replica) {
  const std::size_t rows =
      rows_of_jacobians(scanned_points, subject.record.columns.size(), group.config->model.latent_dim);
  const auto tangents =
      load_model(subject.results, subject.ledger, replica).tangents(thinned(subject.points.prepared, rows));
  const GeneratorSpectrum spectrum =
      GeneratorSums(subject.span, tangents.reconstruction, tangents.jacobians, group.tau).solve();
  return {replica,
          local_dimension(tangents.jacobians, group.tau),
          spectrum.normal_directions,
          {spectrum.eigenvalues.begin(), spectrum.eigenvalues.end()}};
}

GroupAnalysis analyse_group(const Subject& subject, const Group& group, const KnownModels& known) {
  GroupAnalysis findings;
  findings.group = group.config->group;
  std::vector<double> dimensions;
  for (const int id : models_of(group, subject.options)) {
    const ModelMeasures* model = known_model(subject, group, id, known);
    findings.replicas.push_back(model != nullptr ? *model : measure_model(subject, group, id));
    dimensions.push_back(findings.replicas.back().local_dimension);
  }
  findings.local_dimension = mean_and_spread(dimensions);
  average_spectra(findings);
  if (!findings.replicas.empty())
    findings.gap = find_gap(findings.eigenvalues, findings.normal_directions -
                                                      normal_directions_of_full_set(subject.span, group.tau));
  return findings;
}

}  // namespace symscan
