#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/base/json.hpp"
#include "host/data/preprocess.hpp"
#include "kernels/vocabulary.hpp"

namespace symscan {

enum class Schedule { constant, cosine };

struct ModelConfig {
  std::vector<int> hidden = {64, 32};  ///< encoder widths; the decoder mirrors them; empty: no hidden layer
  Activation activation = Activation::tanh;
  int latent_dim = 4;
};

struct LossConfig {
  LossKind kind = LossKind::sum;
  double beta = 0.1;
};

struct EarlyStopping {
  int patience = 10;       ///< epochs without improvement of the validation loss
  double min_delta = 0.0;  ///< smallest decrease that counts
};

struct TrainConfig {
  int epochs = 30;
  int batch_size = 128;
  Optimizer optimizer = Optimizer::adam;
  double learning_rate = 1e-3;
  Schedule schedule = Schedule::constant;
  double beta_warmup_epochs = 0;  ///< beta rises linearly from 0 over these epochs
  double validation_fraction = 0.1;
  std::optional<EarlyStopping> early_stopping;
  double adam_beta1 = 0.9, adam_beta2 = 0.999, epsilon = 1e-8;  ///< Kingma & Ba, arXiv:1412.6980
  double weight_decay = 0.01;             ///< adamw only (Loshchilov & Hutter, arXiv:1711.05101)
  double momentum = 0.0;                  ///< sgd only
  Precision precision = Precision::fp32;  ///< of the matrix products; the CPU has fp32 only
};

struct RelevanceConfig {
  RelevanceMeasure measure = RelevanceMeasure::kl;
  double threshold = 0.01;  ///< nats; a latent is active if E KL_j is above it
  int every = 0;            ///< epochs between relevance passes during training; 0: none
};

/// One VAE to train: a point of the sweep.
struct ReplicaConfig {
  int id = 0;     ///< position in the sweep, from 0
  int group = 0;  ///< replicas that differ only in the seed share a group
  Json dataset;   ///< resolved dataset section, one single dataset, defaults filled in
  Preprocess preprocess = Preprocess::standardize;
  ModelConfig model;
  LossConfig loss;
  TrainConfig train;
  RelevanceConfig relevance;
  std::uint64_t seed = 1;
  Json resolved;  ///< the same as JSON: every key, no list, plus "seed"
};

struct SweepConfig {
  std::string name;
  Json resolved;  ///< every key with its default; lists kept: this is config.json of the run directory
  std::vector<ReplicaConfig> replicas;
};

/// Checks, fills in defaults and expands the sweep. `overrides` are "path=value" texts of the command line
/// (value: JSON, else text; lists need no quotes and lists of one no brackets). Relative data paths are left
/// as they are. Throws ConfigError.
SweepConfig parse_config(const Json& document, const std::vector<std::string>& overrides = {});

/// Reads a JSON file (// comments allowed, at most 16 MiB) and parses it. A relative dataset.path in the file
/// is taken from the file's own folder if there is such a file, else from the working directory; one given as
/// an override is always taken from the working directory. Throws ConfigError naming file, line and column.
SweepConfig load_config(const std::string& path, const std::vector<std::string>& overrides = {});

/// JSON Schema (draft 2020-12) of the config, made from the same tables that the checks use.
Json config_schema();

/// Short text that tells a dataset from the others of a sweep: the kind and the settings that differ from
/// their defaults, e.g. "circle" or "annulus (width 0.2)"; for a file the file name without its endings.
std::string dataset_label(const Json& dataset);

/// Labels of the datasets of one sweep, in their order: dataset_label, and where two datasets share that, as
/// much of the path and as many settings as tell them apart, e.g. "a/data", "b/data" or "data (columns x)".
/// Different datasets have different labels, equal ones the same.
std::vector<std::string> dataset_labels(const std::vector<Json>& datasets);

/// Dotted paths of the settings that take more than one value over the sweep, in the order of the tables,
/// e.g.
/// {"model.latent_dim", "loss.beta"}. Settings of the datasets and seeds are left out. Reads sweep.resolved
/// only.
std::vector<std::string> varying_settings(const SweepConfig& sweep);

/// Values of a replica at dotted paths, e.g. "hidden [64, 32], latent_dim 4, beta 0.1"; "" for no paths.
/// Settings that the replica does not have are left out.
std::string settings_text(const ReplicaConfig& replica, const std::vector<std::string>& paths);

/// The dotted paths whose values differ between two resolved configs, e.g. {"loss.beta", "train.epochs"}.
std::vector<std::string> differing_keys(const Json& left, const Json& right);

/// Weights and biases of one replica's network for `features` input features.
std::uint64_t count_parameters(const ModelConfig& model, std::uint64_t features);
/// Throws ConfigError if the network has more than 2^31 parameters. Configs are checked with one feature;
/// data with more of them need the check again.
void check_network_size(const ModelConfig& model, std::uint64_t features);

/// Squared-error weight of a loss kind: 1, 1/2 or 1/D.
double reconstruction_scale(LossKind kind, int features);
/// Variance of the Gaussian decoder that the loss stands for: beta / (2 * reconstruction_scale).
double decoder_variance(const LossConfig& loss, int features);

std::string to_string(Activation);
std::string to_string(LossKind);
std::string to_string(Optimizer);
std::string to_string(Schedule);
std::string to_string(Precision);
std::string to_string(RelevanceMeasure);
std::string to_string(Preprocess);

}  // namespace symscan
