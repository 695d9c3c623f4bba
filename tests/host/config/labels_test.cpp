#include "host/config/labels.hpp"

#include <gtest/gtest.h>

#include <set>

#include "host/config/config.hpp"

namespace symscan {
namespace {

SweepConfig parse(const std::string& text) {
  return parse_config(Json::parse(text));
}

Json file(const std::string& path, const Json& settings = Json::object()) {
  Json dataset = {{"kind", "file"}, {"path", path}};
  dataset.update(settings);
  return parse_config({{"dataset", dataset}}).replicas.at(0).dataset;
}

using Lines = std::vector<std::string>;

TEST(DatasetLabel, ShowsWhatDiffersFromTheDefaults) {
  EXPECT_EQ(dataset_label({{"kind", "circle"}}), "circle");
  EXPECT_EQ(dataset_label({{"kind", "circle"}, {"n", 500}, {"seed", 2}}), "circle (n 500, seed 2)");
  EXPECT_EQ(dataset_label({{"kind", "annulus"}, {"width", {0.2, 0.3}}}), "annulus (width 0.2/0.3)");
  EXPECT_EQ(
      dataset_label({{"kind", "file"}, {"path", "/data/run 2/pp_Z.v2.lhe.gz"}, {"particles", {13, -13}}}),
      "pp_Z.v2");
  EXPECT_EQ(dataset_label({{"kind", "file"}, {"path", "events.csv"}, {"max_rows", 10}}),
            "events (max_rows 10)");
}

TEST(DatasetLabel, NamesASweepWithoutAName) {
  EXPECT_EQ(parse(R"({"dataset":["circle","disk"]})").name, "circle, disk");
  EXPECT_EQ(parse(R"({"dataset":{"kind":"file","path":"a/b.csv"}})").name, "b");
  const Json odd = {{"dataset", {{"kind", "file"}, {"path", "a\nb.csv"}}}};
  EXPECT_EQ(parse_config(odd).name, "file");
}

TEST(DatasetLabels, TakeAsMuchOfThePathAsIsNeeded) {
  EXPECT_EQ(dataset_labels({file("a/data.csv"), file("b/data.csv")}), (Lines{"a/data", "b/data"}));
  EXPECT_EQ(dataset_labels({file("data.csv"), file("data.npy")}), (Lines{"data.csv", "data.npy"}));
  EXPECT_EQ(dataset_labels({file("x/a/data.csv"), file("y/a/data.csv")}), (Lines{"x/a/data", "y/a/data"}));
  EXPECT_EQ(dataset_labels({file("data.csv"), file("/b/data.csv")}), (Lines{"data", "b/data"}));
  EXPECT_EQ(dataset_labels({file("a.csv"), file("./a.csv")}), (Lines{"a", "./a"}));
  EXPECT_EQ(dataset_labels({file("a/b.csv"), file("a//b.csv")}), (Lines{"a/b.csv", "a//b.csv"}));
  EXPECT_EQ(dataset_labels({file("a/data.csv"), file("other.csv")}), (Lines{"data", "other"}));
  EXPECT_EQ(dataset_labels({{{"kind", "circle"}}, file("d/circle.csv")}), (Lines{"circle", "circle.csv"}));
}

TEST(DatasetLabels, ShowTheSettingsThatDiffer) {
  EXPECT_EQ(
      dataset_labels({file("e.lhe", {{"particles", {13, -13}}}), file("e.lhe", {{"particles", {11, -11}}})}),
      (Lines{"e (particles 13/-13)", "e (particles 11/-11)"}));
  EXPECT_EQ(dataset_labels({file("e.csv"), file("e.csv", {{"columns", {"x"}}, {"header", "no"}})}),
            (Lines{"e", "e (header no)"}));
  EXPECT_EQ(dataset_labels({file("e.csv", {{"columns", {"x"}}, {"header", "no"}}),
                            file("e.csv", {{"columns", {"y"}}, {"header", "no"}})}),
            (Lines{"e (columns x)", "e (columns y)"}))
      << "what they share is not shown";
  EXPECT_EQ(dataset_labels({file("e.csv", {{"max_rows", 5}}), file("e.csv")}),
            (Lines{"e (max_rows 5)", "e"}));
}

TEST(DatasetLabels, AreDifferentForDifferentDatasetsOnly) {
  const Json slash = file("e.csv", {{"columns", {"x/y"}}}), two = file("e.csv", {{"columns", {"x", "y"}}});
  EXPECT_EQ(dataset_labels({slash, two, slash}), (Lines{"e", "e #2", "e"}));
  std::vector<Json> datasets;
  for (const std::string folder : {"", "a/", "b/", "a/b/", "/"}) {
    for (const std::string ending : {".csv", ".csv.gz", ".npy", ".csv.csv", ""}) {
      datasets.push_back(file(folder + "data" + ending));
      datasets.push_back(file(folder + "data" + ending, {{"columns", {"a"}}}));
      datasets.push_back(file(folder + "data" + ending, {{"columns", {std::string(100, 'x')}}}));
      datasets.push_back(file(folder + "data" + ending, {{"columns", {std::string(100, 'x'), "y"}}}));
    }
  }
  datasets.push_back({{"kind", "circle"}});
  datasets.push_back({{"kind", "circle"}, {"n", 5}});
  const Lines labels = dataset_labels(datasets);
  EXPECT_EQ(std::set<std::string>(labels.begin(), labels.end()).size(), datasets.size());
  for (const std::string& label : labels) EXPECT_LT(label.size(), 100u) << label;
  EXPECT_EQ(dataset_labels({}), Lines{});
}

TEST(DatasetLabels, NameASweepOfFilesWithOneName) {
  EXPECT_EQ(parse(R"({"dataset":[{"kind":"file","path":"a/d.csv"},{"kind":"file","path":"b/d.csv"}]})").name,
            "a/d, b/d");
}

TEST(VaryingSettings, AreThoseWithSeveralValuesInTheOrderOfTheTables) {
  const SweepConfig sweep = parse(R"({"dataset":{"kind":"annulus","width":[0.1,0.2]},"seeds":[1,2],
      "loss":{"kind":["mean"],"beta":[0.1,1,10]},"train":{"epochs":[3,3,3],"early_stopping":{"patience":[1,2]}},
      "model":{"hidden":[[64,32],[]],"latent_dim":[4,5,6],"activation":"relu"},"preprocess":["none","center"],
      "zip":[["loss.beta","train.epochs","model.latent_dim"]]})");
  const Lines paths = varying_settings(sweep);
  EXPECT_EQ(paths, (Lines{"preprocess", "model.hidden", "model.latent_dim", "loss.beta",
                          "train.early_stopping.patience"}));
  EXPECT_EQ(settings_text(sweep.replicas.front(), paths),
            "preprocess none, hidden [64, 32], latent_dim 4, beta 0.1, patience 1");
  EXPECT_EQ(settings_text(sweep.replicas.back(), paths),
            "preprocess center, hidden [], latent_dim 6, beta 10, patience 2");
}

TEST(VaryingSettings, AreNoneInASweepOverSeedsAndDatasets) {
  const SweepConfig sweep = parse(R"({"dataset":["circle","disk"],"seeds":[1,2]})");
  EXPECT_EQ(varying_settings(sweep), Lines{});
  EXPECT_EQ(settings_text(sweep.replicas[0], {}), "");
}

TEST(SettingsText, IsNotCut) {
  Json config = {{"dataset", "circle"}};
  for (const int last : {8, 9}) {
    config["model"]["hidden"].push_back(std::vector<int>(31, 16));
    config["model"]["hidden"].back().push_back(last);
  }
  const SweepConfig sweep = parse_config(config);
  std::set<std::string> labels;
  for (const ReplicaConfig& replica : sweep.replicas)
    labels.insert(settings_text(replica, varying_settings(sweep)));
  EXPECT_EQ(labels.size(), 2u);
}

TEST(SettingsText, LeavesOutWhatTheReplicaDoesNotHave) {
  const ReplicaConfig replica = parse(R"({"dataset":"circle","model":{"activation":"relu"}})").replicas.at(0);
  EXPECT_EQ(
      settings_text(replica, {"train.early_stopping.patience", "model.activation", "quux", "loss.kind"}),
      "activation relu, loss kind sum");
}

}  // namespace
}  // namespace symscan
