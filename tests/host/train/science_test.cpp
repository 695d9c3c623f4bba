// What the trainer finds on data whose answer is known (exact linear theory, or the figures in the README).
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "host/analysis/relevance.hpp"
#include "host/base/error.hpp"
#include "host/data/dataset.hpp"
#include "host/train/replica_trainer.hpp"

namespace symscan::test {
namespace {

struct Trained {
  SweepConfig sweep;
  PreparedData data;
  std::vector<ReplicaResult> results;
};

ReplicaTrainer::Pause never() {
  return ReplicaTrainer::Pause::no;
}

Trained train(const std::string& document, const std::vector<std::string>& settings = {}) {
  Trained trained{parse_config(Json::parse(document), settings), {}, {}};
  trained.data =
      prepare(load_dataset(trained.sweep.replicas[0].dataset), trained.sweep.replicas[0].preprocess);
  for (const ReplicaConfig& config : trained.sweep.replicas) {
    ReplicaTrainer trainer(config, trained.data);
    EXPECT_EQ(trainer.run(never), ReplicaTrainer::State::finished);
    trained.results.push_back(trainer.result());
    EXPECT_FALSE(trainer.result().failed) << trainer.result().message;
  }
  return trained;
}

std::vector<double> sorted_kl(const ReplicaResult& result) {
  return reordered(result.latent_kl(), relevance_order(result, RelevanceMeasure::kl));
}

/// The training with the lowest loss.
const ReplicaResult& best_of(const Trained& trained) {
  return *std::min_element(trained.results.begin(), trained.results.end(),
                           [](const ReplicaResult& a, const ReplicaResult& b) { return a.loss < b.loss; });
}

TEST(Science, TheBestModelTearsTheCircleAndNeedsOneLatent) {
  const Trained trained =
      train(R"({"dataset": {"kind": "circle"}, "model": {"latent_dim": 4}, "seeds": [1, 2]})");
  const ReplicaResult& best = best_of(trained);
  EXPECT_LE(best.loss, 0.290);
  EXPECT_LT(sorted_kl(best)[1], 0.1 * sorted_kl(best)[0]);
  EXPECT_NEAR(sorted_kl(best)[0], 2.30, 0.05);
}

TEST(Science, TheSquareNeedsTwoEqualLatents) {
  const Trained trained =
      train(R"({"dataset": {"kind": "square"}, "model": {"latent_dim": 4}, "seeds": [1, 2]})");
  const ReplicaResult& best = best_of(trained);
  EXPECT_TRUE(best.convergence.converged);
  EXPECT_NEAR(sorted_kl(best)[1], sorted_kl(best)[0], 0.03 * sorted_kl(best)[0]);
  EXPECT_LT(sorted_kl(best)[2], 0.02);
}

TEST(Science, TheSphereNeedsTwoLatents) {
  const Trained trained = train(R"({"dataset": {"kind": "sphere"}, "model": {"latent_dim": 3}})");
  EXPECT_LT(sorted_kl(best_of(trained))[2], 0.1 * sorted_kl(best_of(trained))[0]);
}

TEST(Science, MuonPairsAtFixedEnergyNeedTwoLatentsAndConstantEnergiesAreSeen) {
  const Trained trained = train(R"({"dataset": {"kind": "ee_mumu"}, "model": {"latent_dim": 3}})");
  EXPECT_LT(sorted_kl(best_of(trained))[2], 0.1 * sorted_kl(best_of(trained))[0]);
  const std::vector<bool> expected = {true, false, false, false, true, false, false, false};
  EXPECT_EQ(trained.data.constant, expected);
}

TEST(Science, ALinearModelReachesTheExactRelevances) {
  const Trained trained = train(R"({"dataset": {"kind": "gaussian", "dimension": 6, "decay": 0.4, "n": 20000},
      "preprocess": "center", "model": {"hidden": [], "activation": "linear", "latent_dim": 6}, "loss": {"beta": 0.1},
      "train": {"epochs": 60, "schedule": "cosine", "learning_rate": 0.01, "validation_fraction": 0}})");
  const ReplicaConfig& config = trained.sweep.replicas[0];
  const double tau = decoder_variance(config.loss, 6);
  EXPECT_DOUBLE_EQ(tau, 0.05);
  const auto theory = linear_theory_kl(trained.data.eigenvalues, tau, 6);
  const auto kl = sorted_kl(trained.results[0]);
  double distortion = 0;
  for (std::size_t i = 0; i < 6; ++i) {
    const double lambda = trained.data.eigenvalues[i];
    distortion += std::min(lambda, tau);
    if (lambda > 2 * tau) {
      EXPECT_NEAR(kl[i], theory[i], 0.02 * theory[i]) << "lambda " << lambda;
    } else if (lambda < 0.8 * tau) {
      EXPECT_LT(kl[i], 0.02) << "lambda " << lambda;
    }
  }
  EXPECT_NEAR(trained.results[0].reconstruction, distortion, 0.02 * distortion);
  // the same optimum: posterior variance tau / lambda, activity 1 - tau / lambda
  const auto order = relevance_order(trained.results[0], RelevanceMeasure::kl);
  EXPECT_NEAR(trained.results[0].measures[RelevanceMeasure::posterior_variance][order[0]],
              tau / trained.data.eigenvalues[0], 0.005);
  EXPECT_NEAR(trained.results[0].measures[RelevanceMeasure::activity][order[0]],
              1 - tau / trained.data.eigenvalues[0], 0.02);
}

TEST(Science, LossConventionsOnlyMoveTau) {
  // mean over 2 features with beta, half sum with beta, sum with 2 beta have the same minimum.
  const auto kl_of = [](const std::string& kind, double beta) {
    return train(R"({"dataset": {"kind": "circle", "n": 4000}, "train": {"epochs": 30}})",
                 {"loss.kind=" + kind, "loss.beta=" + std::to_string(beta)})
        .results[0]
        .kl;
  };
  const double sum = kl_of("sum", 0.2);
  EXPECT_NEAR(kl_of("half_sum", 0.1), sum, 0.03 * sum);
  EXPECT_NEAR(kl_of("mean", 0.1), sum, 0.03 * sum);
}

TEST(Trainer, InterruptedAtEveryPlaceGivesTheSameBits) {
  const SweepConfig sweep =
      parse_config(Json::parse(R"({"dataset": {"kind": "disk", "n": 700}, "model": {"hidden": [9]},
      "train": {"epochs": 5, "batch_size": 64, "early_stopping": {"patience": 1}, "beta_warmup_epochs": 1.5}})"));
  const PreparedData data = prepare(load_dataset(sweep.replicas[0].dataset), sweep.replicas[0].preprocess);
  ReplicaTrainer whole(sweep.replicas[0], data);
  whole.run(never);
  int interruptions = 0;
  auto trainer = std::make_unique<ReplicaTrainer>(sweep.replicas[0], data);
  const auto after_one_call = [calls = 0]() mutable {
    return ++calls % 2 == 0 ? ReplicaTrainer::Pause::to_stop : ReplicaTrainer::Pause::no;
  };
  while (trainer->run(after_one_call) == ReplicaTrainer::State::paused) {
    const std::string blob = trainer->checkpoint();
    trainer = std::make_unique<ReplicaTrainer>(sweep.replicas[0], data);
    trainer->restore(blob);
    ++interruptions;
  }
  EXPECT_GT(interruptions, 10);
  EXPECT_EQ(trainer->result().parameters, whole.result().parameters);
  EXPECT_EQ(trainer->result().loss, whole.result().loss);
  ASSERT_EQ(trainer->result().history.size(), whole.result().history.size());
  EXPECT_EQ(trainer->result().history.back().loss, whole.result().history.back().loss);
}

TEST(Trainer, ACutCheckpointIsRefusedNotRead) {
  const SweepConfig sweep =
      parse_config(Json::parse(R"({"dataset": {"kind": "disk", "n": 100}, "train": {"epochs": 1}})"));
  const PreparedData data = prepare(load_dataset(sweep.replicas[0].dataset), sweep.replicas[0].preprocess);
  ReplicaTrainer trainer(sweep.replicas[0], data);
  const std::string blob = trainer.checkpoint();
  for (const std::size_t length : {std::size_t{0}, std::size_t{3}, std::size_t{40}, blob.size() - 1}) {
    EXPECT_THROW(trainer.restore(std::string_view(blob).substr(0, length)), Error) << length;
  }
}

TEST(Trainer, EventWeightsActLikeRepeatedEvents) {
  // Weight 3 on half of the rows of a table against the same rows three times: the same statistics, and after
  // training nearly the same relevances.
  Table weighted, repeated;
  weighted.columns = repeated.columns = {"x", "y"};
  for (int i = 0; i < 3000; ++i) {
    const double angle = 0.61803398875 * i * 2 * 3.14159265358979;
    const bool heavy = std::cos(angle) > 0;
    weighted.values.insert(weighted.values.end(), {std::cos(angle), std::sin(angle)});
    weighted.weights.push_back(heavy ? 3 : 1);
    for (int copy = 0; copy < (heavy ? 3 : 1); ++copy) {
      repeated.values.insert(repeated.values.end(), {std::cos(angle), std::sin(angle)});
    }
  }
  weighted.rows = weighted.weights.size();
  repeated.rows = repeated.values.size() / 2;
  const PreparedData a = prepare(weighted, Preprocess::standardize),
                     b = prepare(repeated, Preprocess::standardize);
  for (int d = 0; d < 2; ++d) {
    EXPECT_NEAR(a.offset[d], b.offset[d], 1e-12);
    EXPECT_NEAR(a.scale[d], b.scale[d], 1e-12);
    EXPECT_NEAR(a.eigenvalues[d], b.eigenvalues[d], 1e-6);
  }
  const SweepConfig sweep =
      parse_config(Json::parse(R"({"dataset": {"kind": "circle"}, "train": {"epochs": 60}})"));
  ReplicaTrainer one(sweep.replicas[0], a), other(sweep.replicas[0], b);
  one.run(never);
  other.run(never);
  EXPECT_NEAR(one.result().kl, other.result().kl, 0.05 * other.result().kl);
  EXPECT_NEAR(one.result().loss, other.result().loss, 0.05 * other.result().loss);
}

TEST(Trainer, EarlyStoppingKeepsTheBestParameters) {
  const std::string document =
      R"({"dataset": {"kind": "gaussian", "n": 300}, "train": {"epochs": 400, "batch_size": 32,
      "learning_rate": 0.01, "validation_fraction": 0.3, "early_stopping": {"patience": 5}}})";
  const ReplicaResult result = train(document).results[0];
  ASSERT_LT(result.history.size(), 400u);
  const auto best =
      std::min_element(result.history.begin(), result.history.end(),
                       [](const auto& a, const auto& b) { return a.validation_loss < b.validation_loss; });
  EXPECT_EQ(result.history.end() - best, 6);
}

TEST(Trainer, NoEpochsMeansInitialWeights) {
  const Trained trained = train(R"({"dataset": {"kind": "circle", "n": 100}, "train": {"epochs": 0}})");
  EXPECT_TRUE(trained.results[0].history.empty());
  EXPECT_GT(trained.results[0].loss, 0);
}

}  // namespace
}  // namespace symscan::test
