#include "host/config/fields.hpp"

#include <algorithm>
#include <cmath>

#include "host/config/names.hpp"
#include "host/data/dataset.hpp"
#include "host/data/file_fields.hpp"

namespace symscan {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double largest_seed = 9007199254740992.0;  // 2^53: exact in every JSON reader
const double below_one = std::nextafter(1.0, 0.0);

Field integer(const std::string& name, std::int64_t value, const std::string& doc, double minimum,
              double maximum) {
  return {.name = name,
          .type = FieldType::integer,
          .default_value = value,
          .doc = doc,
          .minimum = minimum,
          .maximum = maximum,
          .choices = {}};
}

Field number(const std::string& name, double value, const std::string& doc, double minimum,
             double maximum = infinity) {
  return {.name = name,
          .type = FieldType::number,
          .default_value = value,
          .doc = doc,
          .minimum = minimum,
          .maximum = maximum,
          .choices = {}};
}

Field positive(const std::string& name, double value, const std::string& doc) {
  Field field = number(name, value, doc, 0);
  field.above_minimum = true;
  return field;
}

template <typename Enum>
Field choice(const std::string& name, Enum value, const std::string& doc) {
  return {.name = name,
          .type = FieldType::text,
          .default_value = to_string(value),
          .doc = doc,
          .choices = choices_of<Enum>()};
}

Section model_section() {
  const ModelConfig model;
  const Field hidden = {
      .name = "hidden",
      .type = FieldType::integer_list,
      .default_value = model.hidden,
      .doc =
          "Widths of the encoder's hidden layers, at most 32; the decoder mirrors them (at most 2^31 "
          "parameters in all); "
          "[] for none (with activation linear: the linear toy model).",
      .minimum = 1,
      .maximum = 16384,
      .choices = {}};
  return {"model",
          "The variational autoencoder.",
          {hidden, choice("activation", model.activation, "Activation function of the hidden layers."),
           integer("latent_dim", model.latent_dim, "Number of latents.", 1, 1024)}};
}

Section loss_section() {
  const LossConfig loss;
  return {"loss",
          "Squared error plus beta times the KL divergence in nats, averaged over the batch.",
          {choice("kind", loss.kind,
                  "Squared error: its sum over the D features (decoder variance tau = beta/2), half that sum "
                  "(tau = beta) or its mean (tau = beta D/2)."),
           number("beta", loss.beta, "Weight of the KL term.", 0)}};
}

Section early_stopping_section() {
  const EarlyStopping stopping;
  return {.name = "early_stopping",
          .doc =
              "Stop when the validation loss no longer improves (not with epochs \"auto\"); null: train all "
              "epochs.",
          .fields = {integer("patience", stopping.patience, "Epochs without improvement before stopping.", 1,
                             1e6),
                     number("min_delta", stopping.min_delta,
                            "Smallest decrease of the validation loss that counts.", 0)},
          .optional = true};
}

Field epochs_field() {
  Field field =
      integer("epochs", 0,
              "Passes over the training rows; \"auto\": rounds of doubling length until relevances and "
              "loss change no more; 0: no training.",
              0, 1e6);
  field.word = "auto";
  field.default_value = field.word;
  return field;
}

Field optional_integer(const std::string& name, const std::string& doc, double minimum, double maximum) {
  Field field = integer(name, 0, doc, minimum, maximum);
  field.default_value = Json();
  field.optional = true;
  return field;
}

Section train_section() {
  const TrainConfig train;
  return {
      "train",
      "How a replica is trained.",
      {epochs_field(),
       optional_integer("steps", "Optimiser steps, instead of epochs; whole epochs are made.", 1, 1e7),
       integer("max_steps", train.max_steps,
               "With epochs \"auto\": no round is begun that would end after so many steps.", 1, 1e7),
       number(
           "tolerance", train.tolerance,
           "With epochs \"auto\": from one round to the next at most this change of the total KL (nats per "
           "effective latent) and of the effective number of latents.",
           0),
       integer("batch_size", train.batch_size, "Rows per step.", 1, 1e6),
       choice("optimizer", train.optimizer,
              "adam (arXiv:1412.6980), adamw (arXiv:1711.05101) or sgd with momentum."),
       positive("learning_rate", train.learning_rate, "Step size, at its start if the schedule lowers it."),
       choice("schedule", train.schedule,
              "Learning rate: constant; cosine: falling to 0 along half a cosine; rounds (with epochs "
              "\"auto\"): constant, then falling to 0 over the last fourth of a round."),
       integer("warmup_steps", train.warmup_steps,
               "Steps over which the learning rate rises from 0, at the start and in every round.", 0, 1e6),
       number(
           "beta_warmup_epochs", train.beta_warmup_epochs,
           "Epochs over which beta rises linearly from 0, at most all epochs; 0: full beta from the start.",
           0),
       number("validation_fraction", train.validation_fraction, "Share of the rows kept out of training.", 0,
              below_one),
       number("adam_beta1", train.adam_beta1, "Decay of the mean gradient; adam and adamw only.", 0,
              below_one),
       number("adam_beta2", train.adam_beta2, "Decay of the mean squared gradient; adam and adamw only.", 0,
              below_one),
       positive("epsilon", train.epsilon,
                "Added to the root of the mean squared gradient; adam and adamw only."),
       number("weight_decay", train.weight_decay, "Decoupled weight decay; adamw only.", 0),
       number("momentum", train.momentum, "Momentum; sgd only.", 0, below_one),
       choice("precision", train.precision,
              "Matrix products: fp32, or on the tensor cores of CUDA devices tf32 (10 bits of mantissa) or "
              "bf16 (7 bits), "
              "both with fp32 sums, in layers that have at least 16 inputs and outputs.")},
      {early_stopping_section()}};
}

Section relevance_section() {
  const RelevanceConfig relevance;
  return {
      "relevance",
      "How latents are ranked.",
      {choice("measure", relevance.measure, "The measure by which latents are ordered; all are computed."),
       number("threshold", relevance.threshold, "A latent is active if its mean KL is above this, in nats.",
              0),
       integer("every", relevance.every,
               "Epochs between relevance passes during training (metrics.jsonl); 0: only after it.", 0,
               1e6)}};
}

void append_paths(const Section& section, const std::string& prefix, std::vector<std::string>& paths) {
  for (const Field& field : section.fields) paths.push_back(join_path(prefix, field.name));
  for (const Section& child : section.sections) {
    const std::string path = join_path(prefix, child.name);
    paths.push_back(path);
    append_paths(child, path, paths);
  }
}

}  // namespace

const Section& config_root() {
  static const Section root = {
      .name = "",
      .doc =
          "A sweep of symscan. Where one value is expected, a list of values is swept: the replicas are the "
          "product of all lists.",
      .fields = {choice("preprocess", ReplicaConfig{}.preprocess,
                        "standardize: mean 0 and variance 1 per feature; center: mean 0; none.")},
      .sections = {model_section(), loss_section(), train_section(), relevance_section()},
      .other_keys = {"name", "dataset", "seeds", "seed", "zip", "$schema"}};
  return root;
}

const Field& name_field() {
  static const Field field = {.name = "name",
                              .type = FieldType::text,
                              .default_value = {},
                              .doc = "Title of the sweep in reports; default: the dataset.",
                              .choices = {},
                              .optional = true};
  return field;
}

const Field& seed_field() {
  static const Field field =
      integer("seed", 1, "Seed of a replica's initial weights, noise and order of rows.", 0, largest_seed);
  return field;
}

std::vector<std::string> dataset_kinds() {
  std::vector<std::string> kinds;
  for (const BuiltinDataset& dataset : builtin_datasets()) kinds.push_back(dataset.kind);
  kinds.emplace_back("file");
  return kinds;
}

Section dataset_section(const std::string& kind) {
  Section section = {.name = "dataset", .doc = "", .fields = {}, .other_keys = {"kind"}};
  if (kind == "file") {
    section.doc = "Data read from a file.";
    section.fields = file_dataset_fields();
    return section;
  }
  const BuiltinDataset* dataset = find_builtin_dataset(kind);
  if (dataset == nullptr) throw std::logic_error("unchecked dataset kind '" + kind + "'");
  section.doc = dataset->description;
  section.fields = {integer("n", 10000, "Number of rows.", 1, 1e9),
                    integer("seed", 1, "Seed of the generated data.", 0, largest_seed)};
  section.fields.insert(section.fields.end(), dataset->parameters.begin(), dataset->parameters.end());
  section.fields.push_back(acceptance_field());
  section.fields.push_back(angles_field());
  return section;
}

ListLimits list_limits(const Field& field) {
  if (field.name == "hidden") return {0, 32};
  if (field.name == "angles") return {0, 4096};
  const bool may_be_empty = field.default_value.is_array() && field.default_value.empty();
  return {may_be_empty ? 0u : 1u, 65536};
}

bool is_list_field(const Field& field) {
  return field.type == FieldType::integer_list || field.type == FieldType::text_list;
}

bool is_swept(const Field& field, const Json& value) {
  if (!value.is_array()) return false;
  return !is_list_field(field) || (!value.empty() && value.front().is_array());
}

bool excludes_maximum(const Field& field) {
  return std::isfinite(field.maximum) && field.maximum != std::floor(field.maximum) &&
         upper_bound(field) != field.maximum;
}

double upper_bound(const Field& field) {
  const double next = std::nextafter(field.maximum, infinity);
  return field.maximum != std::floor(field.maximum) && next == std::floor(next) ? next : field.maximum;
}

std::vector<std::string> setting_paths() {
  std::vector<std::string> paths = {"name", "dataset", "seeds", "seed", "zip"};
  append_paths(config_root(), "", paths);
  return paths;
}

std::vector<std::string> all_paths() {
  std::vector<std::string> paths = setting_paths();
  for (const std::string& kind : dataset_kinds()) {
    for (const Field& field : dataset_section(kind).fields) {
      const std::string path = join_path("dataset", field.name);
      if (std::find(paths.begin(), paths.end(), path) == paths.end()) paths.push_back(path);
    }
  }
  paths.push_back("dataset.kind");
  return paths;
}

std::vector<std::string> all_keys() {
  std::vector<std::string> keys;
  for (const std::string& path : all_paths()) keys.push_back(split_path(path).back());
  return keys;
}

std::string join_path(const std::string& prefix, const std::string& key) {
  return prefix.empty() ? key : prefix + "." + key;
}

std::vector<std::string> split_path(const std::string& path) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  for (std::size_t end = path.find('.'); end != std::string::npos; end = path.find('.', begin)) {
    parts.push_back(path.substr(begin, end - begin));
    begin = end + 1;
  }
  parts.push_back(path.substr(begin));
  return parts;
}

Json value_at(const Json& config, const std::string& path) {
  const Json* value = &config;
  for (const std::string& part : split_path(path)) {
    if (!value->is_object() || !value->contains(part)) return nullptr;
    value = &value->at(part);
  }
  return *value;
}

}  // namespace symscan
