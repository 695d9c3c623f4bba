#pragma once
#include <gtest/gtest.h>

#include "host/config/config.hpp"
#include "host/store/run_results.hpp"

namespace symscan::test {

/// A circle whose replicas, in the order of the sweep, have so many active latents of 1 nat each.
inline RunResults results_with(const std::vector<std::string>& settings, const std::vector<int>& active) {
  RunResults results;
  results.sweep = parse_config(Json{{"dataset", "circle"}}, settings);
  results.index = index_datasets(results.sweep);
  results.varying = {"model.latent_dim", "loss.beta"};
  DatasetRecord record;
  record.settings = results.sweep.replicas.front().dataset;
  record.rows = 10000;
  record.columns = {"x", "y"};
  record.constant = {false, false};
  record.eigenvalues = {1, 1};
  results.datasets = {record};
  EXPECT_EQ(results.sweep.replicas.size(), active.size());
  for (const ReplicaConfig& config : results.sweep.replicas) {
    ReplicaRecord replica;
    replica.status = ReplicaRecord::Status::done;
    const auto latents = static_cast<std::size_t>(config.model.latent_dim);
    for (const MeasureTraits& traits : relevance_measures)
      replica.result.measures[traits.measure].assign(latents, 0.0);
    auto& kl = replica.result.measures[RelevanceMeasure::kl];
    std::fill_n(kl.begin(), active[static_cast<std::size_t>(config.id)], 1.0);
    replica.epochs = 30;
    results.replicas.push_back(replica);
  }
  return results;
}

}  // namespace symscan::test
