// Sentences of a run's summary, of results made by hand.
#include "host/report/sentences.hpp"

#include <gtest/gtest.h>

#include "tests/host/report/example_results.hpp"
#include "tests/host/text_checks.hpp"

namespace symscan {
namespace {

using test::expect_in;
using test::expect_not_in;
using test::results_with;

std::string text_of(const RunResults& results) {
  std::string text;
  for (const std::string& sentence : summary_sentences(results, make_groups(results), 0))
    text += sentence + "\n";
  return text;
}

TEST(SummarySentences, CountActiveLatents) {
  expect_in(text_of(results_with({}, {2})),
            "2 of 4 latents are active (KL above 0.01 nats). KL in nats: 1 and 1.");
  expect_in(text_of(results_with({}, {1})), "1 of 4 latents is active");
  expect_in(text_of(results_with({"model.latent_dim=1"}, {0})), "0 of 1 latent is active");
  expect_in(text_of(results_with({"seeds=[1,2]"}, {1, 2})), "Between 1 and 2 of 4 latents are active");
  expect_in(text_of(results_with({"model.latent_dim=12"}, {12})),
            "KL in nats: 1, 1, 1, 1, 1, 1, 1 and 5 smaller ones.");
  expect_in(text_of(results_with({"loss.beta=[0.1,0.3]"}, {2, 2})), "With latent_dim 4, beta 0.1: 2 of 4");
}

TEST(SummarySentences, LeadWithConvergence) {
  RunResults results = results_with({"seeds=[1,2]"}, {2, 2});
  const auto first_of = [&] { return summary_sentences(results, make_groups(results), 0).at(0); };
  EXPECT_EQ(first_of(),
            "2 of 2 trainings have not converged: whether the relevances still changed is not known. Raise "
            "train.max_steps.");
  results.replicas[0].result.convergence.relevance_change = 0.1;
  expect_in(first_of(), "relevances or loss still changed, or it is not known.");
  results.replicas[1].result.convergence.relevance_change = 0.1;
  expect_in(first_of(), "relevances or loss still changed. Raise");
  results.replicas[0].result.convergence.converged = true;
  expect_in(first_of(), "1 of 2 trainings has not converged");
  results.replicas[1].result.convergence.converged = true;
  EXPECT_EQ(first_of(), "All 2 trainings have converged.");
  expect_in(text_of(results_with({"train.epochs=30"}, {2})),
            "Leave train.epochs out (\"auto\"), or raise it.");
}

TEST(SummarySentences, NameTheLowestLossAndWhoMetIt) {
  RunResults results = results_with({"model.latent_dim=[1,4]", "seeds=[1,2]"}, {1, 1, 2, 1});
  const std::vector<double> losses = {0.282, 0.285, 0.319, 0.281};
  for (std::size_t i = 0; i < losses.size(); ++i) results.replicas[i].result.loss = losses[i];
  expect_in(
      text_of(results),
      "Lowest loss at beta 0.1: 0.281 (latent_dim 4, seed 2), with 1 relevant latent: KL 1 nats, effective "
      "number 1.0. 3 of 4 trainings ended there; the next optimum has the loss 0.319 and KL 1 and 1 nats.");
  const std::string more = "No model had more latents: train a larger latent_dim before you count them.";
  expect_in(text_of(results_with({"model.latent_dim=1"}, {1})), more);
  expect_not_in(text_of(results_with({"model.latent_dim=2"}, {2})), more);  // as many as columns
  expect_in(text_of(results_with({}, {0})), "without a relevant latent.");
}

TEST(SummarySentences, SayWhereTheNumberOfActiveLatentsStopsGrowing) {
  const auto scan = [](const std::string& sizes, const std::vector<int>& active) {
    return text_of(results_with({"model.latent_dim=" + sizes}, active));
  };
  expect_in(scan("[1,2,4]", {1, 2, 2}), "stops growing at 2 (latent_dim 1 to 4, beta 0.1)");
  expect_in(scan("[1,2,4]", {1, 2, 4}), "still grows, from 2 to 4, at the largest latent_dim");
  expect_in(scan("[1,2,4]", {0, 0, 0}), "No latent is active at any size");
  RunResults worse = results_with({"model.latent_dim=[1,2,4]"}, {1, 2, 4});
  for (std::size_t i = 0; i < 3; ++i) worse.replicas[i].result.loss = 0.28 + 0.02 * static_cast<double>(i);
  expect_in(text_of(worse), "The models with 4 latents ended in worse optima than those with 1 (beta 0.1)");
  // The last size alone says nothing of the others.
  const std::string fallen = scan("[1,2,4]", {1, 2, 0});
  expect_in(fallen, "lies between 0 and 2 and does not settle");
  expect_not_in(fallen, "No latent is active");
  expect_in(scan("[2,3,4,6]", {1, 3, 2, 2}), "lies between 1 and 3 and does not settle");
  expect_not_in(scan("[1,2]", {1, 2}), "growing");
}

TEST(SummarySentences, OfManyBetasAreNotScansOfSizes) {
  const std::string betas = "loss.beta=[0.01,0.02,0.03,0.04,0.05,0.06,0.07,0.08]";
  expect_not_in(text_of(results_with({betas}, std::vector<int>(8, 2))), "more scan");
  const std::string both =
      text_of(results_with({betas, "model.latent_dim=[1,2,3]"}, std::vector<int>(24, 1)));
  expect_in(both, "The figures show 2 more scans of latent_dim.");
}

TEST(SummarySentences, CompareWithALinearModel) {
  expect_in(
      text_of(results_with({"model.latent_dim=1"}, {1})),
      "a linear model of the same loss with enough latents uses 2, one for each principal component with a "
      "variance above tau (0.05 at beta 0.1).");
  expect_in(text_of(results_with({"loss.beta=10"}, {0})), "uses no latent: no principal component");
  expect_not_in(text_of(results_with({"loss.beta=0"}, {4})), "linear model");
}

TEST(SummarySentences, OfRunsWithoutAResult) {
  RunResults results = results_with({"seeds=[1,2]"}, {2, 2});
  results.replicas[0].status = ReplicaRecord::Status::failed;
  expect_in(text_of(results), "1 replica failed. Means are over the others; the list of failures says why.");
  results.replicas[1].status = ReplicaRecord::Status::failed;
  results.replicas[0].result.message = "the loss is not finite";
  const std::string text = text_of(results);
  expect_in(text, "No training has finished: 2 of 2 failed. First failure: the loss is not finite.\n");
  expect_not_in(text, "the others");
  results.replicas[1].status = ReplicaRecord::Status::pending;
  expect_in(text_of(results), "1 of 2 failed. 1 of 2 has not ended: run train again with --resume.");
}

TEST(SummarySentences, SayHowMuchHasFinished) {
  RunResults results = results_with({"seeds=[1,2,3,4]"}, {2, 2, 2, 2});
  const auto first_of = [&] { return summary_sentences(results, make_groups(results), 0).at(0); };
  expect_in(first_of(), "have not converged");
  results.replicas[3].status = ReplicaRecord::Status::pending;
  EXPECT_EQ(first_of(), "3 of 4 replicas are finished: what follows is of these.");
  results.replicas[2].status = ReplicaRecord::Status::failed;
  EXPECT_EQ(first_of(), "2 of 4 replicas are finished: what follows is of these.");
  results.replicas[1].status = ReplicaRecord::Status::pending;
  EXPECT_EQ(first_of(), "1 of 4 replicas is finished: what follows is of this one.");
  for (const int left : {1, 3}) results.replicas[left].status = ReplicaRecord::Status::failed;
  expect_not_in(text_of(results), "finished");
}

TEST(SummarySentences, TakeSkippedSeedsForFinished) {
  RunResults results = results_with({R"(seeds="auto")"}, std::vector<int>(12, 2));
  for (std::size_t i = 6; i < 12; ++i) results.replicas[i].status = ReplicaRecord::Status::skipped;
  expect_not_in(text_of(results), "finished");
  results.replicas[5].status = ReplicaRecord::Status::pending;
  expect_in(text_of(results), "5 of at most 6 replicas are finished");
}

TEST(StudySentences, KeepTheFewThatAnswerAndFoldTheOthers) {
  const RunResults results =
      results_with({"loss.beta=[0.1,0.2,0.3,0.4,0.5]", "model.latent_dim=[1,2,4]"}, std::vector<int>(15, 1));
  const StudySentences study = study_sentences(results, make_groups(results), 0);
  ASSERT_EQ(study.summary.size(), 4u);
  expect_in(study.summary[0], "have not converged");
  expect_in(study.summary[1], "Known: ");
  expect_in(study.summary[2], "Lowest loss at beta 0.1");
  expect_in(study.summary[3], "stops growing at 1 (latent_dim 1 to 4, beta 0.1)");
  std::string details;
  for (const std::string& sentence : study.details) details += sentence + "\n";
  for (const char* part : {"Lowest loss at beta 0.3", "Lowest loss at beta 0.5",
                           "With latent_dim 4, beta 0.1:", "beta 0.2)", "linear model"})
    expect_in(details, part);
  EXPECT_EQ(study.summary.size() + study.details.size(),
            summary_sentences(results, make_groups(results), 0).size());
}

TEST(StudySentences, OfAnUnfinishedStudyAreOne) {
  RunResults results = results_with({}, {2});
  results.replicas[0].status = ReplicaRecord::Status::pending;
  const StudySentences study = study_sentences(results, make_groups(results), 0);
  ASSERT_EQ(study.summary.size(), 1u);
  expect_in(study.summary[0], "No training has finished.");
  EXPECT_TRUE(study.details.empty());
}

TEST(ResultsDigest, ChangesWithResultsAndConfigs) {
  RunResults results = results_with({"seeds=[1,2]"}, {2, 2});
  const std::string digest = digest_of(results);
  EXPECT_EQ(digest.size(), 32u);
  EXPECT_EQ(digest_of(results_with({"seeds=[1,2]"}, {2, 2})), digest);
  EXPECT_NE(digest_of(results_with({"seeds=[1,3]"}, {2, 2})), digest);
  EXPECT_NE(digest_of(results_with({"seeds=[1,2]"}, {2, 1})), digest);
  results.replicas[1].result.loss += 1e-12;
  EXPECT_NE(digest_of(results), digest);
  results.replicas[1].status = ReplicaRecord::Status::pending;
  const std::string unfinished = digest_of(results);
  EXPECT_NE(unfinished, digest);
  results.replicas[1].result.loss += 1;  // not a result yet
  EXPECT_EQ(digest_of(results), unfinished);
}

}  // namespace
}  // namespace symscan
