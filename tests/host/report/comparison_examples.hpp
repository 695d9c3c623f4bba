#pragma once
#include <cmath>

#include "host/config/config.hpp"
#include "host/report/comparison.hpp"
#include "tests/host/findings/example_findings.hpp"

/// Runs and findings for comparisons. The numbers are made up.
namespace symscan::example {

/// Rows of a circle or of a disk of radius 1, which the run keeps: a few angles at `radii`.
inline std::vector<double> rows_on_circles(const std::vector<double>& radii) {
  std::vector<double> rows;
  for (const double radius : radii)
    for (int k = 0; k < 40; ++k) {
      rows.push_back(radius * std::cos(0.157 * k));
      rows.push_back(radius * std::sin(0.157 * k));
    }
  return rows;
}

/// One finished training, and what was found.
struct SmallRun {
  RunResults results;
  Findings findings;

  ComparedRun named(const std::string& name) const { return {name, results, findings}; }
  DatasetFinding& finding() { return findings.datasets.front(); }
  ReplicaResult& training() { return results.replicas.front().result; }

  /// After a change of the results: the findings are of these.
  void settle() { findings.results = digest_of(results); }
};

inline SmallRun small_run(const std::string& label, const DatasetFinding& finding,
                          const std::vector<double>& sample, const std::string& fingerprint, double loss,
                          const std::vector<double>& relevances) {
  SmallRun run;
  run.results.sweep = parse_config(
      {{"dataset", {{"kind", label}}}, {"model", {{"latent_dim", 2}}}, {"loss", {{"beta", 0.1}}}});
  run.results.index = index_datasets(run.results.sweep);
  DatasetRecord record;
  record.label = label;
  record.fingerprint = fingerprint;
  record.rows = 1000;
  record.columns = {"x", "y"};
  record.constant = {false, false};
  record.offset = {0, 0};
  record.scale = {1, 1};
  record.sample = sample;
  run.results.datasets = {record};
  ReplicaRecord replica;
  replica.status = ReplicaRecord::Status::done;
  replica.result.loss = loss;
  replica.result.measures[RelevanceMeasure::kl] = relevances;
  replica.result.convergence.converged = true;
  replica.epochs = 1000;  // long enough for statements: see training_state()
  run.results.replicas = {replica};
  run.findings.datasets = {finding};
  run.finding().dataset = run.results.index.labels.front();
  run.settle();
  return run;
}

inline SmallRun circle_run() {
  DatasetFinding finding = circle();
  finding.discrete = DiscreteFinding{
      "D4", 8, 6, {finite_map("reflection of x", DensityVerdict::invariant, 0.4)}, {}, {}, {}};
  return small_run("circle", finding, rows_on_circles({1}), "c1-c2", 0.28, {2.30, 0.02});
}

inline SmallRun disk_run() {
  DatasetFinding finding = circle();
  finding.neighbour_dimension = neighbours(1.98, 1.91, 2.04);
  finding.constraints.clear();
  finding.dimension = dimension(2, Evidence::span, 2);
  finding.symmetry.reset();
  finding.rotations.reset();
  finding.discrete = circle_run().finding().discrete;
  return small_run("disk", finding, rows_on_circles({0.2, 0.6, 1}), "d1-d2", 0.39, {1.46, 1.44});
}

}  // namespace symscan::example
