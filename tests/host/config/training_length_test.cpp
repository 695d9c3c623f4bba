#include "host/config/training_length.hpp"

#include <gtest/gtest.h>

#include "host/base/error.hpp"
#include "host/config/config.hpp"

namespace symscan {
namespace {

ReplicaConfig config_of(const Json& train, const Json& model = Json::object()) {
  return parse_config({{"dataset", {{"kind", "circle"}}}, {"train", train}, {"model", model}}).replicas.at(0);
}

std::string message_of(const Json& train) {
  try {
    (void)config_of(train);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

TEST(TrainingLength, ConfigsThatFixItMeanWhatTheyMeantBefore) {
  for (const Json& train : {Json{{"epochs", 30}}, Json{{"schedule", "cosine"}}, Json{{"steps", 500}},
                            Json{{"early_stopping", {{"patience", 3}}}}, Json{{"beta_warmup_epochs", 5}}}) {
    const ReplicaConfig config = config_of(train);
    EXPECT_FALSE(config.train.automatic()) << train.dump();
    EXPECT_EQ(config.train.learning_rate, 1e-3) << train.dump();
    EXPECT_EQ(config.train.adam_beta2, 0.999) << train.dump();
    EXPECT_EQ(config.train.warmup_steps, 0) << train.dump();
    EXPECT_EQ(config.model.activation, Activation::tanh) << train.dump();
    if (!train.contains("steps")) {
      EXPECT_EQ(config.train.epochs, 30) << train.dump();
    }
  }
  EXPECT_EQ(config_of({{"epochs", 30}}, {{"activation", "silu"}}).model.activation, Activation::silu);
}

TEST(TrainingLength, OthersTrainUntilTheRelevancesSettle) {
  for (const Json& train : {Json::object(), Json{{"epochs", "auto"}}, Json{{"batch_size", 64}}}) {
    const ReplicaConfig config = config_of(train);
    EXPECT_TRUE(config.train.automatic()) << train.dump();
    EXPECT_EQ(config.train.schedule, Schedule::rounds);
    EXPECT_EQ(config.model.activation, Activation::gelu);
  }
}

TEST(TrainingLength, AResolvedConfigReadsTheSame) {
  for (const Json& train : {Json::object(), Json{{"epochs", 7}}, Json{{"steps", 500}}}) {
    const SweepConfig once = parse_config({{"dataset", {{"kind", "circle"}}}, {"train", train}});
    EXPECT_EQ(parse_config(once.resolved).resolved, once.resolved) << train.dump();
  }
}

TEST(TrainingLength, ContradictionsAreRefused) {
  EXPECT_NE(message_of({{"epochs", 30}, {"steps", 10}}).find("keep one of them"), std::string::npos);
  EXPECT_NE(message_of({{"epochs", "auto"}, {"schedule", "cosine"}}).find("leave the schedule out"),
            std::string::npos);
  EXPECT_NE(message_of({{"epochs", 30}, {"schedule", "rounds"}}).find("needs train.epochs"),
            std::string::npos);
  EXPECT_NE(message_of({{"epochs", "auto"}, {"early_stopping", {{"patience", 3}}}}).find("early_stopping"),
            std::string::npos);
  EXPECT_NE(message_of({{"epochs", "long"}}).find("or \"auto\""), std::string::npos);
  EXPECT_NE(message_of({{"epochs", Json::array({"auto", 30})}}).find("leave the schedule out"),
            std::string::npos);
}

}  // namespace
}  // namespace symscan
