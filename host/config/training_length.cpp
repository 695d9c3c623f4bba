#include "host/config/training_length.hpp"

#include "host/base/error.hpp"
#include "host/base/text.hpp"

namespace symscan {
namespace {

bool given(const Json& train, const char* key) {
  return train.contains(key) && !train[key].is_null();
}

bool fixes_length(const Json& train) {
  if (given(train, "steps")) return true;
  if (given(train, "epochs")) return train["epochs"] != "auto";
  return (given(train, "schedule") && train["schedule"] != "rounds") || given(train, "early_stopping") ||
         given(train, "beta_warmup_epochs");
}

}  // namespace

Json with_fixed_length_defaults(Json document) {
  if (!document.is_object() || !document.contains("train")) return document;
  Json& train = document["train"];
  if (!train.is_object() || !fixes_length(train)) return document;
  if (!given(train, "steps")) train.emplace("epochs", 30);
  train.emplace("learning_rate", 1e-3);
  train.emplace("schedule", "constant");
  train.emplace("warmup_steps", 0);
  train.emplace("adam_beta2", 0.999);
  Json& model = document.emplace("model", Json::object()).first.value();
  if (model.is_object()) model.emplace("activation", "tanh");
  return document;
}

void check_training_length(const TrainConfig& train) {
  if (train.steps && train.epochs != automatic_epochs) {
    throw ConfigError("train.epochs and train.steps both give the length of the training; keep one of them");
  }
  if (train.automatic() && train.schedule != Schedule::rounds) {
    throw ConfigError(
        R"(train.epochs "auto" needs train.schedule "rounds"; leave the schedule out, or give a number )"
        "of epochs");
  }
  if (!train.automatic() && train.schedule == Schedule::rounds) {
    throw ConfigError(
        R"(train.schedule "rounds" needs train.epochs "auto"; with a fixed length choose "constant" or )"
        R"("cosine")");
  }
  if (train.automatic() && train.early_stopping) {
    throw ConfigError(
        R"(train.early_stopping cannot be combined with train.epochs "auto", which has a rule of its )"
        "own; set it to null or give a number of epochs");
  }
  if (train.epochs >= 0 && train.beta_warmup_epochs > train.epochs) {
    throw ConfigError("train.beta_warmup_epochs is " + number_text(train.beta_warmup_epochs) +
                      ", but train.epochs is " + std::to_string(train.epochs) +
                      "; beta must reach its full value, so let the warm-up last at most all epochs");
  }
}

}  // namespace symscan
