#include "host/store/optima.hpp"

#include <gtest/gtest.h>

#include "host/config/config.hpp"

namespace symscan {
namespace {

/// A run of three sizes and two seeds; `ends`: loss and relevances of each replica.
RunResults results_of(const std::vector<std::pair<double, std::vector<double>>>& ends) {
  RunResults results;
  results.sweep = parse_config(
      {{"dataset", {{"kind", "circle"}}}, {"model", {{"latent_dim", {1, 2, 4}}}}, {"seeds", {1, 2}}});
  results.index = index_datasets(results.sweep);
  DatasetRecord record;
  record.columns = {"x", "y"};
  results.datasets.push_back(record);
  for (const auto& [loss, relevances] : ends) {
    ReplicaRecord replica;
    replica.status = ReplicaRecord::Status::done;
    replica.result.loss = loss;
    replica.result.measures[RelevanceMeasure::kl] = relevances;
    replica.result.convergence.converged = loss < 0.3;
    results.replicas.push_back(replica);
  }
  return results;
}

const std::vector<std::pair<double, std::vector<double>>> circle_ends = {{0.282, {2.30}},
                                                                         {0.285, {2.31}},
                                                                         {0.319, {1.63, 0.91}},
                                                                         {0.281, {0.02, 2.30}},
                                                                         {0.318, {0, 1.64, 0.90, 0}},
                                                                         {0.350, {1.2, 1.2, 0, 0}}};

TEST(Optima, ModelsOfAllSizesThatEndInOnePlaceAreOneClass) {
  const auto problems = find_problems(results_of(circle_ends), 0);
  ASSERT_EQ(problems.size(), 1u);
  const Problem& problem = problems[0];
  EXPECT_EQ(problem.trainings, 6u);
  EXPECT_EQ(problem.converged, 3u);
  ASSERT_EQ(problem.optima.size(), 3u);
  EXPECT_EQ(problem.optima[0].best, 3);
  EXPECT_EQ(problem.optima[0].replicas, (std::vector<int>{3, 0, 1}));
  EXPECT_EQ(problem.optima[0].latent_dims, (std::vector<int>{1, 2}));
  EXPECT_EQ(problem.optima[1].replicas, (std::vector<int>{4, 2}));
  EXPECT_EQ(problem.optima[2].replicas, (std::vector<int>{5}));
}

TEST(Optima, AModelWithoutASpareLatentIsSaturatedIfNoneIsLarger) {
  const RunResults results = results_of(circle_ends);
  EXPECT_FALSE(find_problems(results, 0)[0].saturated());
  auto ends = circle_ends;
  ends[5] = {0.1, {2.0, 1.9, 1.8, 1.0}};
  const RunResults full = results_of(ends);
  EXPECT_TRUE(find_problems(full, 0)[0].saturated());
}

TEST(Optima, RelevantLatentsCarryATenthOfTheLargest) {
  EXPECT_EQ(relevant_latents({2.30, 0.22, 0.0}, 0.01), 1);
  EXPECT_EQ(relevant_latents({2.30, 0.24}, 0.01), 2);
  EXPECT_EQ(relevant_latents({0.005, 0.004}, 0.01), 0);
  EXPECT_EQ(relevant_latents({}, 0.01), 0);
}

}  // namespace
}  // namespace symscan
