#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/base/json.hpp"
#include "host/store/run_results.hpp"
#include "kernels/network.hpp"

namespace symscan {

/// A trained replica as it leaves its run: network, preprocessing, and what a model card says. Its latents
/// are in the order of their relevance: latent 1 is the most relevant one, as in the report. `parameters` are
/// turned accordingly, so nobody who uses them needs `order`.
struct SavedModel {
  int replica = 0;
  std::uint64_t seed = 0;
  std::string run;       ///< name of the sweep
  std::string dataset;   ///< label
  Json settings;         ///< resolved config of the replica, with its one dataset and seed
  std::size_t rows = 0;  ///< of the dataset

  // prepared = (raw - offset) / scale; a constant column is `constant_value` in every row
  std::vector<std::string> columns;    ///< [D]
  std::vector<double> offset, scale;   ///< [D]
  std::vector<bool> constant;          ///< [D] spread that was rounding noise
  std::vector<double> constant_value;  ///< [D] raw; of constant columns, else 0

  Network network;
  std::vector<float> parameters;  ///< in the order of tensor_shapes(network)

  double beta = 0, tau = 0;
  double reconstruction_scale = 1;  ///< loss = reconstruction_scale * squared error + beta * KL, of an event
  double loss = 0, reconstruction = 0, kl = 0;  ///< averages over the dataset after training, z sampled
  bool converged = false;
  std::string measure;             ///< relevance.measure
  std::vector<double> relevance;   ///< [L] by that measure
  std::vector<double> latent_kl;   ///< [L] E KL_j, nats
  std::vector<std::size_t> order;  ///< [L] place of each latent in the run's network

  std::size_t features() const { return columns.size(); }
  std::size_t latents() const { return static_cast<std::size_t>(network.latents); }
};

/// The replica that is meant: `wanted`, or, if none is, the one with the lowest loss where all trainings are
/// comparable (one dataset, loss and beta). Throws UsageError, with the choice, where they are not, or if
/// there is no such replica or it has not been trained.
int chosen_replica(const RunResults& results, std::optional<int> wanted);

/// Throws UsageError for a replica that is not done, Error if the ledger is damaged.
SavedModel saved_model(const RunResults& results, Ledger& ledger, int replica);

/// What a model card says, as JSON: program and version, run, replica, dataset with columns, settings, tau,
/// losses, relevances.
Json model_card(const SavedModel& model);

/// "z1", "z2", ...: how files and graphs call the latents.
std::vector<std::string> latent_names(std::size_t latents);

}  // namespace symscan
