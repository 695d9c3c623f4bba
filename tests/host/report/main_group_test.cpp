#include "host/report/main_group.hpp"

#include "tests/host/report/example_results.hpp"

namespace symscan {
namespace {

/// What becomes of the trainings of a sweep over sizes 1, 2, 4, ... with one seed each.
struct Training {
  int active;  ///< latents of 1 nat
  double loss;
  bool converged = true;
};

RunResults results_of(const std::vector<std::string>& settings, const std::vector<Training>& trainings) {
  std::vector<int> active;
  for (const Training& training : trainings) active.push_back(training.active);
  RunResults results = test::results_with(settings, active);
  for (std::size_t i = 0; i < trainings.size(); ++i) {
    results.replicas[i].result.loss = trainings[i].loss;
    results.replicas[i].result.convergence.converged = trainings[i].converged;
  }
  return results;
}

/// {latent_dim, beta} of the main group.
std::pair<int, double> main_of(const RunResults& results) {
  const auto groups = make_groups(results);
  const MainGroup main = find_main_group(results, groups, 0);
  if (main.group == nullptr) return {0, 0};
  EXPECT_EQ(main.problem->beta, main.group->config->loss.beta);
  return {main.group->config->model.latent_dim, main.group->config->loss.beta};
}

int latents_of(const std::vector<Training>& trainings) {
  return main_of(results_of({"model.latent_dim=[1,2,4]"}, trainings)).first;
}

TEST(MainGroup, IsTheLargestInTheClassOfTheLowestLoss) {
  EXPECT_EQ(latents_of({{1, 0.6}, {2, 0.300}, {2, 0.301}}), 4);
  EXPECT_EQ(latents_of({{1, 0.6}, {2, 0.300}, {2, 0.400}}), 2) << "4 latents ended in a worse optimum";
  EXPECT_EQ(latents_of({{1, 0.300}, {2, 0.330}, {3, 0.340}}), 1);
}

TEST(MainGroup, IsNotTheSmallestOfEqualLosses) {
  EXPECT_EQ(latents_of({{1, 0.300}, {2, 0.304}, {2, 0.350}}), 2) << "another class, 1.3 % above";
}

TEST(MainGroup, HasConvergedWhereOneHas) {
  EXPECT_EQ(latents_of({{1, 0.6}, {2, 0.300}, {2, 0.299, false}}), 2);
  EXPECT_EQ(latents_of({{1, 0.6}, {2, 0.305}, {3, 0.280, false}}), 2) << "the best that has converged";
  EXPECT_EQ(latents_of({{1, 0.6, false}, {2, 0.300, false}, {2, 0.301, false}}), 4) << "none has converged";
  EXPECT_EQ(latents_of({{1, 0.6}, {2, 0.300, false}, {2, 0.301, false}}), 4)
      << "a small model that has converged far above the lowest loss is no answer";
}

TEST(MainGroup, BelongsToTheFirstBetaWhoseLargestModelHasConverged) {
  const std::vector<std::string> settings = {"loss.beta=[0.1,0.3]", "model.latent_dim=[2,4]"};
  const auto order = results_of(settings, {{2, 1}, {2, 1}, {2, 1}, {2, 1}});
  const auto beta_of = [&](int id) { return order.sweep.replicas[static_cast<std::size_t>(id)].loss.beta; };
  std::vector<Training> trainings = {{2, 0.3}, {2, 0.3}, {2, 0.3}, {2, 0.3}};
  EXPECT_EQ(main_of(results_of(settings, trainings)), std::pair(4, 0.1));
  for (std::size_t id = 0; id < 4; ++id) trainings[id].converged = beta_of(static_cast<int>(id)) == 0.3;
  EXPECT_EQ(main_of(results_of(settings, trainings)), std::pair(4, 0.3));
  for (Training& training : trainings) training.converged = false;
  EXPECT_EQ(main_of(results_of(settings, trainings)), std::pair(4, 0.1));
}

TEST(MainGroup, IsNoneWhereNothingIsDone) {
  RunResults results = results_of({}, {{2, 0.3}});
  results.replicas[0].status = ReplicaRecord::Status::failed;
  EXPECT_EQ(main_group(results, make_groups(results), 0), nullptr);
}

}  // namespace
}  // namespace symscan
