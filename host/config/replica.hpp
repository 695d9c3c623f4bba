#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "host/base/shared_json.hpp"
#include "host/config/sweep_points.hpp"
#include "host/data/preprocess.hpp"
#include "kernels/vocabulary.hpp"

namespace symscan {

/// rounds: kernels/rounds.hpp, where the length of the training is not fixed.
enum class Schedule { constant, cosine, rounds };

struct ModelConfig {
  std::vector<int> hidden = {64, 32};  ///< encoder widths; the decoder mirrors them; empty: no hidden layer
  Activation activation = Activation::gelu;
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

inline constexpr int automatic_epochs = -1;  ///< "auto": until the relevances have settled

/// The defaults are those of a training until convergence. A config that fixes the length has older ones
/// (training_length.hpp).
struct TrainConfig {
  int epochs = automatic_epochs;
  std::optional<int> steps;  ///< instead of epochs
  int max_steps = 128000;    ///< with "auto": no round is begun that would end after these
  double tolerance = 0.02;   ///< relevances that change less between two rounds have settled
  int batch_size = 128;
  Optimizer optimizer = Optimizer::adam;
  double learning_rate = 5e-3;
  Schedule schedule = Schedule::rounds;
  int warmup_steps = 100;         ///< steps over which the learning rate rises
  double beta_warmup_epochs = 0;  ///< beta rises linearly from 0 over these epochs
  double validation_fraction = 0.1;
  std::optional<EarlyStopping> early_stopping;
  double adam_beta1 = 0.9, adam_beta2 = 0.99, epsilon = 1e-8;  ///< Kingma & Ba, arXiv:1412.6980
  double weight_decay = 0.01;             ///< adamw only (Loshchilov & Hutter, arXiv:1711.05101)
  double momentum = 0.0;                  ///< sgd only
  Precision precision = Precision::fp32;  ///< of the matrix products; the CPU has fp32 only

  /// Whether the length of the training is not fixed.
  bool automatic() const { return epochs == automatic_epochs && !steps; }
};

struct RelevanceConfig {
  RelevanceMeasure measure = RelevanceMeasure::kl;
  double threshold = 0.01;  ///< nats; a latent is active if E KL_j is above it
  int every = 0;            ///< epochs between relevance passes during training; 0: none
};

/// One VAE to train: a point of the sweep. A sweep may have a million of them, so what they have in common is
/// shared.
struct ReplicaConfig {
  int id = 0;          ///< position in the sweep, from 0
  int group = 0;       ///< replicas that differ only in the seed share a group
  SharedJson dataset;  ///< resolved dataset section, one single dataset, defaults filled in
  Preprocess preprocess = Preprocess::standardize;
  ModelConfig model;
  LossConfig loss;
  TrainConfig train;
  RelevanceConfig relevance;
  std::uint64_t seed = 1;
  std::shared_ptr<const SweepPoints> points;  ///< of the sweep, with the configs of this dataset
  std::size_t point = 0;                      ///< of them

  /// The same as JSON: every key, no list, plus "seed". Made by every call.
  Json resolved() const;
};

/// The settings of a point of a sweep, from its resolved JSON, which needs no seed: identity, seed and points
/// are left as they are by default. Throws ConfigError.
ReplicaConfig read_replica(const Json& resolved);

/// Weights and biases of one replica's network for `features` input features.
std::uint64_t count_parameters(const ModelConfig& model, std::uint64_t features);
/// Throws ConfigError if the network has more than 2^31 parameters. Configs are checked with one feature;
/// data with more of them need the check again.
void check_network_size(const ModelConfig& model, std::uint64_t features);

/// Squared-error weight of a loss kind: 1, 1/2 or 1/D.
double reconstruction_scale(LossKind kind, int features);
/// Variance of the Gaussian decoder that the loss stands for: beta / (2 * reconstruction_scale).
double decoder_variance(const LossConfig& loss, int features);

}  // namespace symscan
