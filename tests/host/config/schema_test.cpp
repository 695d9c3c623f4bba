#include "host/config/schema.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <random>

#include "host/base/file.hpp"
#include "host/config/config.hpp"
#include "host/config/config_file.hpp"
#include "host/data/dataset.hpp"

namespace symscan {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> committed_configs() {
  std::vector<fs::path> paths;
  for (const char* folder : {"configs/paper", "configs/examples", "configs/bench"}) {
    for (const auto& entry : fs::directory_iterator(fs::path(SYMSCAN_SOURCE_DIR) / folder)) {
      if (entry.path().extension() == ".json") paths.push_back(entry.path());
    }
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

// The document must give itself, byte for byte, when it is parsed again.
void expect_stable(const SweepConfig& sweep) {
  EXPECT_EQ(parse_config(sweep.resolved).resolved.dump(), sweep.resolved.dump());
  EXPECT_EQ(parse_config(sweep.resolved).replicas.size(), sweep.replicas.size());
  for (const ReplicaConfig& replica : sweep.replicas) {
    const SweepConfig again = parse_config(replica.resolved());
    ASSERT_EQ(again.replicas.size(), 1u);
    ASSERT_EQ(again.replicas[0].resolved().dump(), replica.resolved().dump());
    ASSERT_EQ(again.replicas[0].seed, replica.seed);
  }
}

TEST(CommittedConfigs, AllParseAndAreStable) {
  const auto paths = committed_configs();
  EXPECT_GE(paths.size(), 11u);
  for (const fs::path& path : paths) {
    SCOPED_TRACE(path.string());
    expect_stable(load_config(path.string()));
  }
}

TEST(CommittedConfigs, TheHeadlineSweepHas1200Replicas) {
  const auto sweep = load_config(std::string(SYMSCAN_SOURCE_DIR) + "/configs/paper/all.json");
  EXPECT_EQ(sweep.replicas.size(), 1200u);
  EXPECT_EQ(sweep.replicas.back().group, 239);
}

TEST(CommittedConfigs, TheSchemaIsUpToDate) {
  const std::string committed = read_text_file(fs::path(SYMSCAN_SOURCE_DIR) / "configs/schema.json");
  EXPECT_TRUE(committed == config_schema().dump(2) + "\n") << "run: symscan schema > configs/schema.json";
}

TEST(Schema, DocumentsEverySetting) {
  const Json schema = config_schema();
  const Json resolved = parse_config({{"dataset", "circle"}}).resolved;
  const std::function<void(const Json&, const Json&, const std::string&)> compare =
      [&](const Json& properties, const Json& values, const std::string& path) {
        for (const auto& [key, value] : values.items()) {
          ASSERT_TRUE(properties.contains(key)) << path << key;
          const Json& property = properties[key];
          EXPECT_FALSE(property.value("description", "").empty()) << path << key;
          if (value.is_object() && key != "dataset") {
            compare(property.at("properties"), value, path + key + ".");
          } else if (key != "name" && key != "dataset") {
            EXPECT_EQ(property.at("default"), value) << path << key;
          }
        }
      };
  compare(schema.at("properties"), resolved, "");
  const Json stopping = Json::object({{"epochs", 30}, {"early_stopping", Json::object()}});
  const Json& train = schema.at("properties").at("train").at("properties");
  compare(train.at("early_stopping").at("properties"),
          parse_config({{"dataset", "circle"}, {"train", stopping}}).resolved["train"]["early_stopping"],
          "train.early_stopping.");
}

TEST(Schema, KnowsEveryDatasetKind) {
  const Json schema = config_schema();
  const Json& object = schema.at("$defs").at("dataset").at("anyOf").at(0);
  EXPECT_EQ(object.at("allOf").size(), builtin_datasets().size() + 1);
  for (const Json& branch : object.at("allOf")) {
    EXPECT_FALSE(branch.at("then").at("additionalProperties").get<bool>());
    for (const auto& [key, property] : branch.at("then").at("properties").items()) {
      EXPECT_TRUE(key == "kind" || !property.value("description", "").empty()) << key;
    }
  }
}

TEST(Resolved, DefaultsOfEveryDatasetAreStable) {
  for (const BuiltinDataset& dataset : builtin_datasets()) {
    SCOPED_TRACE(dataset.kind);
    expect_stable(parse_config({{"dataset", dataset.kind}}));
  }
  expect_stable(parse_config({{"dataset", {{"kind", "file"}, {"path", "a.csv"}}}}));
}

TEST(Resolved, KeysComeInOneOrderWhateverTheUserWrote) {
  const Json one =
      Json::parse(R"({"seeds":1,"loss":{"beta":1,"kind":"sum"},"dataset":{"n":5,"kind":"circle"}})");
  const Json two =
      Json::parse(R"({"dataset":{"kind":"circle","n":5.0},"loss":{"kind":"sum","beta":1.0},"seed":1})");
  EXPECT_EQ(parse_config(one).resolved.dump(), parse_config(two).resolved.dump());
  EXPECT_EQ(parse_config(one).replicas[0].resolved().dump(), parse_config(two).replicas[0].resolved().dump());
}

// One to three distinct entries of `choices`, or one alone.
Json pick(std::mt19937& random, const std::vector<Json>& choices) {
  if (random() % 3 == 0) return choices[random() % choices.size()];
  std::vector<Json> shuffled = choices;
  std::shuffle(shuffled.begin(), shuffled.end(), random);
  shuffled.resize(1 + random() % std::min<std::size_t>(3, choices.size()));
  return shuffled;
}

TEST(Resolved, RandomSweepsAreStable) {
  const unsigned seed = 20250407;
  std::mt19937 random(seed);
  for (int trial = 0; trial < 100; ++trial) {
    SCOPED_TRACE("seed " + std::to_string(seed) + ", trial " + std::to_string(trial));
    Json document;
    document["dataset"] = pick(random, {"circle", Json{{"kind", "disk"}, {"n", 1e3}},
                                        Json{{"kind", "annulus"}, {"width", pick(random, {0.25, 0.5, 1})}},
                                        Json{{"kind", "file"}, {"path", pick(random, {"a.csv", "b.csv"})}}});
    if (random() % 2) document["preprocess"] = pick(random, {"none", "center", "standardize"});
    if (random() % 2) document["model"]["latent_dim"] = pick(random, {1, 2.0, 3, 1024});
    if (random() % 2) document["model"]["hidden"] = pick(random, {Json::array(), Json{8}, Json{8, 4}});
    if (random() % 2) document["loss"]["beta"] = pick(random, {0, 1e-3, 0.1, 7, 1e308});
    if (random() % 2) document["train"]["early_stopping"]["patience"] = pick(random, {1, 20});
    if (random() % 2) document["seeds"] = pick(random, {0, 1, 4294967296, 9007199254740992});
    expect_stable(parse_config(document));
  }
}

}  // namespace
}  // namespace symscan
