#include "host/config/default_settings.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace symscan {
namespace {

bool is_default(const Json& config, const std::string& path) {
  const std::vector<std::string> paths = default_settings(parse_config(config));
  return std::find(paths.begin(), paths.end(), path) != paths.end();
}

TEST(DefaultSettings, AreThoseOfAConfigThatGivesNothing) {
  const Json config = {{"dataset", "circle"}};
  for (const char* path :
       {"name", "dataset.n", "dataset.seed", "model.hidden", "model.activation", "loss.beta", "train.epochs",
        "train.learning_rate", "train.early_stopping", "relevance.measure", "seeds"})
    EXPECT_TRUE(is_default(config, path)) << path;
  EXPECT_FALSE(is_default(config, "dataset.kind"));
}

TEST(DefaultSettings, AreNotThoseThatDiffer) {
  const Json config = {{"name", "a sweep"},
                       {"dataset", {{"kind", "circle"}, {"n", 500}}},
                       {"model", {{"latent_dim", {1, 4}}}},
                       {"loss", {{"beta", 0.1}}},
                       {"seeds", {1, 2}}};
  for (const char* path : {"name", "dataset.n", "model.latent_dim", "seeds"})
    EXPECT_FALSE(is_default(config, path)) << path;
  for (const char* path : {"dataset.seed", "model.hidden", "loss.beta"})
    EXPECT_TRUE(is_default(config, path)) << path;
}

TEST(DefaultSettings, OfAFixedLengthAreItsOwn) {
  const Json config = {{"dataset", "circle"}, {"train", {{"epochs", 30}}}};
  EXPECT_TRUE(is_default(config, "train.learning_rate"));
  EXPECT_TRUE(is_default(config, "model.activation"));
  EXPECT_FALSE(is_default(config, "train.epochs"));
  const Json stopping = {{"dataset", "circle"},
                         {"train", {{"epochs", 30}, {"early_stopping", {{"patience", 3}}}}}};
  for (const char* path : {"train.early_stopping", "train.early_stopping.patience"})
    EXPECT_FALSE(is_default(stopping, path)) << path;
  EXPECT_TRUE(is_default(stopping, "train.early_stopping.min_delta"));
}

TEST(DefaultSettings, OfSeveralDatasetsNameTheirPlace) {
  const Json config = {{"dataset", {{{"kind", "circle"}}, {{"kind", "annulus"}, {"n", 50}}}}};
  EXPECT_TRUE(is_default(config, "dataset.0.n"));
  EXPECT_FALSE(is_default(config, "dataset.1.n"));
  EXPECT_TRUE(is_default(config, "dataset.1.seed"));
}

}  // namespace
}  // namespace symscan
