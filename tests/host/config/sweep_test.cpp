#include <gtest/gtest.h>

#include "host/base/error.hpp"
#include "host/config/config.hpp"
#include "host/config/differing_keys.hpp"
#include "host/config/labels.hpp"
#include "host/config/seeds.hpp"

namespace symscan {
namespace {

SweepConfig parse(const std::string& text, const std::vector<std::string>& overrides = {}) {
  return parse_config(Json::parse(text), overrides);
}

// "circle 4 0.1 seed 1": what distinguishes the replicas of these tests.
std::vector<std::string> listing(const SweepConfig& sweep) {
  std::vector<std::string> lines;
  for (const ReplicaConfig& replica : sweep.replicas) {
    lines.push_back(dataset_label(replica.dataset) + " " + std::to_string(replica.model.latent_dim) + " " +
                    Json(replica.loss.beta).dump() + " seed " + std::to_string(replica.seed));
  }
  return lines;
}

using Lines = std::vector<std::string>;

TEST(Sweep, OnlyTheDatasetIsNeeded) {
  const SweepConfig sweep = parse(R"({"dataset":{"kind":"circle"}})");
  EXPECT_EQ(sweep.name, "circle");
  ASSERT_EQ(sweep.replicas.size(), 1u);
  const ReplicaConfig& replica = sweep.replicas[0];
  EXPECT_EQ(replica.dataset->at("n"), 10000);
  EXPECT_EQ(replica.dataset->at("seed"), 1);
  EXPECT_EQ(replica.preprocess, Preprocess::standardize);
  EXPECT_EQ(replica.model.hidden, (std::vector<int>{64, 32}));
  EXPECT_EQ(replica.seed, 1u);
  EXPECT_FALSE(replica.train.early_stopping.has_value());
  const TrainConfig defaults;
  EXPECT_EQ(replica.train.epochs, defaults.epochs);
  EXPECT_EQ(replica.train.learning_rate, defaults.learning_rate);
  EXPECT_EQ(replica.train.validation_fraction, defaults.validation_fraction);
  EXPECT_EQ(replica.train.epsilon, defaults.epsilon);
}

TEST(Sweep, EverySettingReachesItsReplica) {
  const ReplicaConfig replica = parse(R"({
    "name": "n", "dataset": {"kind": "annulus", "n": 50, "seed": 7, "width": 0.25}, "preprocess": "center",
    "model": {"hidden": [5], "activation": "silu", "latent_dim": 3},
    "loss": {"kind": "half_sum", "beta": 2},
    "train": {"epochs": 5, "batch_size": 9, "optimizer": "sgd", "learning_rate": 0.5, "schedule": "cosine",
              "beta_warmup_epochs": 2.5, "validation_fraction": 0.25, "early_stopping": {"patience": 3, "min_delta": 0.5},
              "adam_beta1": 0.5, "adam_beta2": 0.75, "epsilon": 1e-4, "weight_decay": 0.125, "momentum": 0.875},
    "relevance": {"measure": "jacobian", "threshold": 0.0625}, "seeds": [42]})")
                                    .replicas.at(0);
  EXPECT_EQ(replica.dataset->at("width"), 0.25);
  EXPECT_EQ(replica.dataset->at("seed"), 7);
  EXPECT_EQ(replica.preprocess, Preprocess::center);
  EXPECT_EQ(replica.model.hidden, std::vector<int>{5});
  EXPECT_EQ(replica.model.activation, Activation::silu);
  EXPECT_EQ(replica.model.latent_dim, 3);
  EXPECT_EQ(replica.loss.kind, LossKind::half_sum);
  EXPECT_EQ(replica.loss.beta, 2.0);
  EXPECT_EQ(replica.train.epochs, 5);
  EXPECT_EQ(replica.train.batch_size, 9);
  EXPECT_EQ(replica.train.optimizer, Optimizer::sgd);
  EXPECT_EQ(replica.train.learning_rate, 0.5);
  EXPECT_EQ(replica.train.schedule, Schedule::cosine);
  EXPECT_EQ(replica.train.beta_warmup_epochs, 2.5);
  EXPECT_EQ(replica.train.validation_fraction, 0.25);
  ASSERT_TRUE(replica.train.early_stopping.has_value());
  EXPECT_EQ(replica.train.early_stopping->patience, 3);
  EXPECT_EQ(replica.train.early_stopping->min_delta, 0.5);
  EXPECT_EQ(replica.train.adam_beta1, 0.5);
  EXPECT_EQ(replica.train.adam_beta2, 0.75);
  EXPECT_EQ(replica.train.epsilon, 1e-4);
  EXPECT_EQ(replica.train.weight_decay, 0.125);
  EXPECT_EQ(replica.train.momentum, 0.875);
  EXPECT_EQ(replica.relevance.measure, RelevanceMeasure::jacobian);
  EXPECT_EQ(replica.relevance.threshold, 0.0625);
  EXPECT_EQ(replica.seed, 42u);
}

TEST(Sweep, DatasetsAreOutermostAndSeedsInnermost) {
  const SweepConfig sweep = parse(R"({"seeds":[3,1], "loss":{"beta":[0.5,0.25]}, "model":{"latent_dim":[2,1]},
                                      "dataset":["disk","circle"]})");
  EXPECT_EQ(
      listing(sweep),
      (Lines{"disk 2 0.5 seed 3", "disk 2 0.5 seed 1", "disk 2 0.25 seed 3", "disk 2 0.25 seed 1",
             "disk 1 0.5 seed 3", "disk 1 0.5 seed 1", "disk 1 0.25 seed 3", "disk 1 0.25 seed 1",
             "circle 2 0.5 seed 3", "circle 2 0.5 seed 1", "circle 2 0.25 seed 3", "circle 2 0.25 seed 1",
             "circle 1 0.5 seed 3", "circle 1 0.5 seed 1", "circle 1 0.25 seed 3", "circle 1 0.25 seed 1"}));
  for (std::size_t i = 0; i < sweep.replicas.size(); ++i) {
    EXPECT_EQ(sweep.replicas[i].id, static_cast<int>(i));
    EXPECT_EQ(sweep.replicas[i].group, static_cast<int>(i / 2));
  }
}

TEST(Sweep, ListsInsideADatasetAreSwept) {
  const SweepConfig sweep =
      parse(R"({"dataset":[{"kind":"annulus","width":[0.2,0.3]},"circle"], "loss":{"beta":[1,2]}})");
  EXPECT_EQ(listing(sweep), (Lines{"annulus (width 0.2) 4 1.0 seed 1", "annulus (width 0.2) 4 2.0 seed 1",
                                   "annulus (width 0.3) 4 1.0 seed 1", "annulus (width 0.3) 4 2.0 seed 1",
                                   "circle 4 1.0 seed 1", "circle 4 2.0 seed 1"}));
}

TEST(Sweep, ListFieldsSweepOverListsOfLists) {
  const SweepConfig sweep = parse(R"({"dataset":{"kind":"file","path":"a.csv","columns":[["x"],["x","y"]]},
                                      "model":{"hidden":[[],[8,4]]}})");
  ASSERT_EQ(sweep.replicas.size(), 4u);
  EXPECT_EQ(sweep.replicas[0].dataset->at("columns"), Json::array({"x"}));
  EXPECT_EQ(sweep.replicas[0].model.hidden, std::vector<int>{});
  EXPECT_EQ(sweep.replicas[1].model.hidden, (std::vector<int>{8, 4}));
  EXPECT_EQ(sweep.replicas[2].dataset->at("columns"), Json::array({"x", "y"}));
}

TEST(Sweep, NoHiddenLayerIsOneValueAndNoEmptySweep) {
  const SweepConfig sweep = parse(R"({"dataset":"circle","model":{"hidden":[],"activation":"linear"}})");
  ASSERT_EQ(sweep.replicas.size(), 1u);
  EXPECT_TRUE(sweep.replicas[0].model.hidden.empty());
}

TEST(Sweep, EarlyStoppingSettingsAreSwept) {
  const SweepConfig sweep = parse(R"({"dataset":"circle","train":{"early_stopping":{"patience":[2,5]}}})");
  ASSERT_EQ(sweep.replicas.size(), 2u);
  EXPECT_EQ(sweep.replicas[1].train.early_stopping->patience, 5);
}

TEST(Sweep, IntegersMayBeWrittenAsWholeNumbers) {
  const SweepConfig sweep = parse(R"({"dataset":{"kind":"circle","n":1e3},"model":{"latent_dim":2.0}})");
  EXPECT_EQ(sweep.replicas[0].dataset->dump(),
            R"({"kind":"circle","n":1000,"seed":1,"radius":1.0,"acceptance":"","angles":[]})");
  EXPECT_EQ(sweep.replicas[0].model.latent_dim, 2);
}

TEST(Sweep, OneSeedNeedsNoList) {
  EXPECT_EQ(listing(parse(R"({"dataset":"circle","seeds":5})")), Lines{"circle 4 0.1 seed 5"});
  EXPECT_EQ(listing(parse(R"({"dataset":"circle","seed":9007199254740992})")),
            Lines{"circle 4 0.1 seed 9007199254740992"});
  EXPECT_EQ(parse(R"({"dataset":"circle","seeds":0})").resolved.at("seeds"), Json::array({0}));
}

TEST(Sweep, ARangeOfSeedsStaysShort) {
  const SweepConfig range = parse(R"({"dataset":"circle","seeds":"3..6"})"),
                    list = parse(R"({"dataset":"circle","seeds":[3,4,5,6]})");
  EXPECT_EQ(range.resolved.at("seeds"), "3..6");
  EXPECT_EQ(listing(range), listing(list));
  EXPECT_EQ(seed_list(range.resolved), list.resolved.at("seeds"));
  EXPECT_EQ(seed_count(range.resolved), 4u);
  EXPECT_EQ(listing(parse(R"({"dataset":"circle"})", {"seeds=7..7"})), Lines{"circle 4 0.1 seed 7"});
  EXPECT_EQ(parse_config(range.resolved).resolved, range.resolved);
  for (const char* wrong :
       {"18446744073709551617..3", "1..99999999999999999999", "-1..3", "1..-3", "1...3", "..3", "1.."})
    EXPECT_THROW(parse(R"({"dataset":"circle"})", {std::string("seeds=") + wrong}), ConfigError) << wrong;
}

TEST(Sweep, ReplicasShareWhatTheyHaveInCommon) {
  const SweepConfig sweep = parse(
      R"({"dataset":["circle",{"kind":"annulus","width":[0.1,0.2]}],"model":{"latent_dim":[1,2]},"seeds":"1..3"})");
  ASSERT_EQ(sweep.replicas.size(), 18u);
  for (const ReplicaConfig& replica : sweep.replicas) {
    const ReplicaConfig& first = sweep.replicas[static_cast<std::size_t>(replica.id / 6) * 6];
    EXPECT_TRUE(replica.dataset.is_same_as(first.dataset)) << replica.id;
    EXPECT_EQ(replica.dataset.is_same_as(sweep.replicas[0].dataset), replica.id < 6) << replica.id;
  }
}

TEST(Sweep, TextsOfConfigsAreThoseOfTheirJson) {
  const SweepConfig sweep = parse(R"({"dataset":["circle",{"kind":"annulus","width":[0.1,0.2]}],
     "model":{"latent_dim":[1,2],"hidden":[[4],[]]},"loss":{"beta":[0.1,1e-5]},"seeds":[5,9007199254740992],
     "zip":[["model.latent_dim","loss.beta"]]})");
  ResolvedTexts texts;
  for (const ReplicaConfig& replica : sweep.replicas) {
    const Json resolved = replica.resolved();
    EXPECT_EQ(texts.of(replica), resolved.dump());
    EXPECT_EQ(resolved.at("dataset"), *replica.dataset);
    EXPECT_EQ(resolved.at("model").at("latent_dim"), replica.model.latent_dim);
    EXPECT_EQ(resolved.at("model").at("hidden"), Json(replica.model.hidden));
    EXPECT_EQ(resolved.at("loss").at("beta"), replica.loss.beta);
    EXPECT_EQ(resolved.at("seed"), replica.seed);
  }
  EXPECT_EQ(texts.of(sweep.replicas[0]), sweep.replicas[0].resolved().dump()) << "in any order";
}

TEST(Sweep, AListOfOneIsOneValue) {
  const SweepConfig sweep = parse(R"({"dataset":["circle"],"loss":{"beta":[0.5]}})");
  EXPECT_EQ(listing(sweep), Lines{"circle 4 0.5 seed 1"});
  EXPECT_TRUE(sweep.replicas[0].resolved().at("loss").at("beta").is_number());
}

TEST(Zip, ListsAdvanceTogether) {
  const SweepConfig sweep =
      parse(R"({"dataset":"circle","model":{"latent_dim":[2,3,4]},"loss":{"beta":[0.5,0.25,0.5]},
                                      "zip":[["loss.beta","model.latent_dim"]],"seeds":[1,2]})");
  EXPECT_EQ(listing(sweep), (Lines{"circle 2 0.5 seed 1", "circle 2 0.5 seed 2", "circle 3 0.25 seed 1",
                                   "circle 3 0.25 seed 2", "circle 4 0.5 seed 1", "circle 4 0.5 seed 2"}));
}

TEST(Zip, TakesThePlaceOfTheFirstOfItsLists) {
  for (const std::string zip :
       {R"("train.epochs","model.latent_dim")", R"("model.latent_dim","train.epochs")"}) {
    const SweepConfig sweep =
        parse(R"({"dataset":"circle","model":{"latent_dim":[2,3]},"loss":{"beta":[0.5,0.25]},
                                        "train":{"epochs":[7,8]},"zip":[[)" +
              zip + "]]}");
    EXPECT_EQ(listing(sweep), (Lines{"circle 2 0.5 seed 1", "circle 2 0.25 seed 1", "circle 3 0.5 seed 1",
                                     "circle 3 0.25 seed 1"}));
    EXPECT_EQ(sweep.replicas[1].train.epochs, 7);
    EXPECT_EQ(sweep.replicas[2].train.epochs, 8);
  }
}

TEST(Zip, DatasetsGoWithASetting) {
  const SweepConfig sweep = parse(R"({"dataset":["circle","disk"],"loss":{"beta":[0.5,0.25]},
                                      "model":{"latent_dim":[1,2]},"zip":[["dataset","loss.beta"]]})");
  EXPECT_EQ(listing(sweep), (Lines{"circle 1 0.5 seed 1", "circle 2 0.5 seed 1", "disk 1 0.25 seed 1",
                                   "disk 2 0.25 seed 1"}));
}

TEST(Zip, SettingsOfADatasetGoWithOthers) {
  const SweepConfig sweep =
      parse(R"({"dataset":{"kind":"annulus","width":[0.2,0.3]},"loss":{"beta":[0.5,0.25]},
                                      "zip":[["dataset.width","loss.beta"]]})");
  EXPECT_EQ(listing(sweep), (Lines{"annulus (width 0.2) 4 0.5 seed 1", "annulus (width 0.3) 4 0.25 seed 1"}));
}

TEST(Zip, TwoZipsMultiply) {
  const SweepConfig sweep = parse(R"({"dataset":{"kind":"annulus","width":[0.2,0.3],"radius":[1,2]},
      "loss":{"beta":[0.5,0.25]},"model":{"latent_dim":[1,2]},
      "zip":[["dataset.width","dataset.radius"],["model.latent_dim","loss.beta"]]})");
  EXPECT_EQ(listing(sweep), (Lines{"annulus (width 0.2) 1 0.5 seed 1", "annulus (width 0.2) 2 0.25 seed 1",
                                   "annulus (radius 2, width 0.3) 1 0.5 seed 1",
                                   "annulus (radius 2, width 0.3) 2 0.25 seed 1"}));
}

TEST(Override, SetsOneValueOrAList) {
  EXPECT_EQ(listing(parse(R"({"dataset":"circle","seeds":[1,2]})", {"loss.beta=[0.5,0.25]", "seeds=7"})),
            (Lines{"circle 4 0.5 seed 7", "circle 4 0.25 seed 7"}));
  EXPECT_EQ(listing(parse(R"({"dataset":"circle","seeds":[1,2]})", {"seed=8"})),
            Lines{"circle 4 0.1 seed 8"});
  EXPECT_EQ(parse(R"({"dataset":"circle"})", {"name=my run"}).name, "my run");
  EXPECT_EQ(parse(R"({"dataset":"circle"})", {"name=\"7\""}).name, "7");
  EXPECT_EQ(parse(R"({"dataset":"circle"})", {"name=a=b"}).name, "a=b");
  EXPECT_TRUE(parse(R"({"dataset":"circle"})", {"model.hidden=[]"}).replicas[0].model.hidden.empty());
}

TEST(Override, LaterOnesWin) {
  EXPECT_EQ(listing(parse(R"({"dataset":"circle"})", {"loss.beta=1", "loss.beta=2"})),
            Lines{"circle 4 2.0 seed 1"});
}

TEST(Override, MakesTheSectionsThatItNeeds) {
  const auto sweep = parse(R"({"dataset":"circle"})", {"train.early_stopping.patience=3", "train.epochs=2"});
  EXPECT_EQ(sweep.replicas[0].train.early_stopping->patience, 3);
  EXPECT_EQ(sweep.replicas[0].train.epochs, 2);
  const auto null =
      parse(R"({"dataset":"circle","train":{"early_stopping":{}}})", {"train.early_stopping=null"});
  EXPECT_FALSE(null.replicas[0].train.early_stopping.has_value());
}

TEST(Override, GivesTheDataset) {
  EXPECT_EQ(listing(parse("{}", {"dataset=circle"})), Lines{"circle 4 0.1 seed 1"});
  EXPECT_EQ(listing(parse("{}", {"dataset.kind=disk"})), Lines{"disk 4 0.1 seed 1"});
  EXPECT_EQ(listing(parse(R"({"dataset":{"kind":"annulus","width":1}})", {"dataset=circle"})),
            Lines{"circle 4 0.1 seed 1"});
  EXPECT_EQ(listing(parse("{}", {"dataset=[\"circle\",\"disk\"]"})).size(), 2u);
}

TEST(Override, ReachesEveryDatasetOrOneOfThem) {
  const std::string two = R"({"dataset":["circle",{"kind":"disk","n":5}]})";
  EXPECT_EQ(listing(parse(two, {"dataset.n=20"})),
            (Lines{"circle (n 20) 4 0.1 seed 1", "disk (n 20) 4 0.1 seed 1"}));
  EXPECT_EQ(listing(parse(two, {"dataset.0.n=20"})),
            (Lines{"circle (n 20) 4 0.1 seed 1", "disk (n 5) 4 0.1 seed 1"}));
  EXPECT_EQ(listing(parse(two, {"dataset.1=square"})), (Lines{"circle 4 0.1 seed 1", "square 4 0.1 seed 1"}));
  EXPECT_EQ(listing(parse(R"({"dataset":"circle"})", {"dataset.0.n=20"})),
            Lines{"circle (n 20) 4 0.1 seed 1"});
  EXPECT_EQ(listing(parse(R"({"dataset":"circle"})", {"dataset.n=[20,30]"})).size(), 2u);
}

TEST(DifferingKeys, NamesTheDottedPaths) {
  const Json left = parse(R"({"dataset":"circle","train":{"epochs":30}})").resolved;
  const Json right =
      parse(
          R"({"name":"circle","dataset":"circle","loss":{"beta":1},"train":{"epochs":2,"early_stopping":{}}})")
          .resolved;
  EXPECT_EQ(differing_keys(left, left), Lines{});
  EXPECT_EQ(differing_keys(left, right), (Lines{"loss.beta", "train.epochs", "train.early_stopping"}));
  EXPECT_EQ(differing_keys({{"a", 1}, {"b", {{"c", 1}}}}, {{"b", {{"d", 1}}}}), (Lines{"a", "b.c", "b.d"}));
}

TEST(Sweep, ParametersAreCountedAsTheNetworkHasThem) {
  // 3 -> 5 -> (2 + 2), 2 -> 5 -> 3
  EXPECT_EQ(count_parameters({.hidden = {5}, .latent_dim = 2}, 3), 4u * 5 + 6 * 4 + 3 * 5 + 6 * 3);
  EXPECT_EQ(count_parameters({.hidden = {}, .latent_dim = 2}, 3), 4u * 4 + 3 * 3);
  EXPECT_NO_THROW(check_network_size({.hidden = {64, 32}, .latent_dim = 4}, 65536));
  EXPECT_THROW(check_network_size({.hidden = {16384}, .latent_dim = 4}, 65536), ConfigError);
}

TEST(Sweep, SettingsWithoutEffectAreNoted) {
  const Json circle = {{"dataset", "circle"}};
  EXPECT_EQ(parse_config(circle).notes, Lines{});
  EXPECT_EQ(parse_config(circle, {"train.momentum=0.5"}).notes,
            Lines{"train.momentum has no effect with the optimizer adam"});
  EXPECT_EQ(parse_config(circle, {"train.momentum=0.5", "train.optimizer=[adam,sgd]"}).notes, Lines{});
  EXPECT_EQ(
      parse_config(circle, {"train.weight_decay=0.1", "model.hidden=[]", "model.activation=relu"}).notes,
      (Lines{"model.activation has no effect without hidden layers",
             "train.weight_decay has no effect with the optimizer adam"}));
  // A config in full, as in a run directory, says nothing new.
  EXPECT_EQ(parse_config(parse_config(circle).resolved).notes, Lines{});
}

TEST(Sweep, SettingsWithAnEffectMayBeSwept) {
  EXPECT_EQ(parse(R"({"dataset":"circle","train":{"optimizer":"sgd","momentum":[0,0.9]}})").replicas.size(),
            2u);
  EXPECT_EQ(parse(R"({"dataset":"circle","train":{"optimizer":["adam","sgd","sgd"],"momentum":[0,0,0.9]},
                "zip":[["train.optimizer","train.momentum"]]})")
                .replicas.size(),
            3u);
  EXPECT_EQ(parse(R"({"dataset":"circle","model":{"hidden":[]},"loss":{"beta":[0,1]}})").replicas.size(), 2u);
  EXPECT_EQ(parse(R"({"dataset":"circle","train":{"epochs":[0,1,2]}})").replicas.size(), 3u);
}

TEST(Loss, DecoderVarianceFollowsTheConvention) {
  EXPECT_DOUBLE_EQ(decoder_variance({LossKind::sum, 0.1}, 8), 0.05);
  EXPECT_DOUBLE_EQ(decoder_variance({LossKind::half_sum, 0.1}, 8), 0.1);
  EXPECT_DOUBLE_EQ(decoder_variance({LossKind::mean, 0.1}, 8), 0.4);
  EXPECT_DOUBLE_EQ(reconstruction_scale(LossKind::mean, 8), 0.125);
}

}  // namespace
}  // namespace symscan
