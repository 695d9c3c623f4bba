#include "host/config/replica.hpp"

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/config/check.hpp"
#include "host/config/names.hpp"
#include "host/config/training_length.hpp"

namespace symscan {
namespace {

constexpr std::uint64_t most_parameters = std::uint64_t{1} << 31;  // of one replica
constexpr std::size_t longest_hidden = 60;                         // bytes of a list in a message

template <typename Enum>
Enum read_enum(const Json& value) {
  return value_of<Enum>(value.get<std::string>());
}

ModelConfig read_model(const Json& json) {
  return {.hidden = json.at("hidden").get<std::vector<int>>(),
          .activation = read_enum<Activation>(json.at("activation")),
          .latent_dim = json.at("latent_dim").get<int>()};
}

std::optional<EarlyStopping> read_early_stopping(const Json& json) {
  if (json.is_null()) return std::nullopt;
  return EarlyStopping{.patience = json.at("patience").get<int>(),
                       .min_delta = json.at("min_delta").get<double>()};
}

TrainConfig read_train(const Json& json) {
  const Json& epochs = json.at("epochs");
  const Json& steps = json.at("steps");
  return {.epochs = epochs.is_string() ? automatic_epochs : epochs.get<int>(),
          .steps = steps.is_null() ? std::nullopt : std::optional(steps.get<int>()),
          .max_steps = json.at("max_steps").get<int>(),
          .tolerance = json.at("tolerance").get<double>(),
          .batch_size = json.at("batch_size").get<int>(),
          .optimizer = read_enum<Optimizer>(json.at("optimizer")),
          .learning_rate = json.at("learning_rate").get<double>(),
          .schedule = read_enum<Schedule>(json.at("schedule")),
          .warmup_steps = json.at("warmup_steps").get<int>(),
          .beta_warmup_epochs = json.at("beta_warmup_epochs").get<double>(),
          .validation_fraction = json.at("validation_fraction").get<double>(),
          .early_stopping = read_early_stopping(json.at("early_stopping")),
          .adam_beta1 = json.at("adam_beta1").get<double>(),
          .adam_beta2 = json.at("adam_beta2").get<double>(),
          .epsilon = json.at("epsilon").get<double>(),
          .weight_decay = json.at("weight_decay").get<double>(),
          .momentum = json.at("momentum").get<double>(),
          .precision = read_enum<Precision>(json.at("precision"))};
}

}  // namespace

Json ReplicaConfig::resolved() const {
  Json config = points->config(point);
  config["seed"] = seed;
  return config;
}

ReplicaConfig read_replica(const Json& resolved) {
  ReplicaConfig replica;
  replica.dataset = resolved.at("dataset");
  replica.preprocess = read_enum<Preprocess>(resolved.at("preprocess"));
  replica.model = read_model(resolved.at("model"));
  const Json& loss = resolved.at("loss");
  replica.loss = {.kind = read_enum<LossKind>(loss.at("kind")), .beta = loss.at("beta").get<double>()};
  replica.train = read_train(resolved.at("train"));
  const Json& relevance = resolved.at("relevance");
  replica.relevance = {.measure = read_enum<RelevanceMeasure>(relevance.at("measure")),
                       .threshold = relevance.at("threshold").get<double>(),
                       .every = relevance.at("every").get<int>()};
  check_network_size(replica.model, 1);
  check_training_length(replica.train);
  if (replica.train.early_stopping && replica.train.validation_fraction == 0) {
    throw ConfigError(
        "train.early_stopping watches the validation loss, but train.validation_fraction is 0; raise it "
        "above 0 or "
        "set train.early_stopping to null");
  }
  return replica;
}

std::uint64_t count_parameters(const ModelConfig& model, std::uint64_t features) {
  std::uint64_t count = 0, in = features;
  const auto add_layer = [&](std::uint64_t out) {
    count += (in + 1) * out;
    in = out;
  };
  const auto latents = static_cast<std::uint64_t>(model.latent_dim);
  for (const int width : model.hidden) add_layer(static_cast<std::uint64_t>(width));
  add_layer(2 * latents);  // mean and log-variance
  in = latents;
  for (auto width = model.hidden.rbegin(); width != model.hidden.rend(); ++width) {
    add_layer(static_cast<std::uint64_t>(*width));
  }
  add_layer(features);
  return count;
}

void check_network_size(const ModelConfig& model, std::uint64_t features) {
  const std::uint64_t count = count_parameters(model, features);
  if (count <= most_parameters) return;
  throw ConfigError("model.hidden " + shortened(Json(model.hidden).dump(), longest_hidden) +
                    " with model.latent_dim " + std::to_string(model.latent_dim) + " makes a network of " +
                    std::to_string(count) + " parameters for " + plural(features, "feature") + "; at most " +
                    std::to_string(most_parameters) +
                    " are possible, so give model.hidden fewer or narrower layers");
}

double reconstruction_scale(LossKind kind, int features) {
  switch (kind) {
    case LossKind::sum:
      return 1.0;
    case LossKind::half_sum:
      return 0.5;
    case LossKind::mean:
      return 1.0 / features;
  }
  return 1.0;
}

double decoder_variance(const LossConfig& loss, int features) {
  return loss.beta / (2 * reconstruction_scale(loss.kind, features));
}

}  // namespace symscan
