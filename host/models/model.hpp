#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "host/analysis/trained_model.hpp"
#include "host/models/saved_model.hpp"

namespace symscan {

/// What the encoder says of events. z_j of an event has a normal distribution.
struct Encoding {
  std::vector<double> mean, deviation;  ///< [rows][L]
  std::vector<double> latent_kl;        ///< [rows][L] KL_j to the prior, nats
};

/// Events through the whole model, z = mean.
struct Reconstruction {
  std::vector<double> values;  ///< [rows][D] raw units
  std::vector<double> error;   ///< [rows] squared error over all features, prepared units
  std::vector<double> kl;      ///< [rows] nats, over all latents
  /// [rows] reconstruction_scale * error + beta * kl: the loss of the event, an anomaly score. Divided by
  /// beta it is its negative log-likelihood bound in nats, up to a constant.
  std::vector<double> loss;
};

/// A trained model in use. Events are rows in raw units, [rows][D], row-major, in the order of
/// saved().columns; latents are in the order of their relevance. Arithmetic is float64 on the float32
/// weights. Rows are worked on by `threads` threads; the result does not depend on their number. All members
/// may be called by several threads at one time. Values that are not finite give DataError, with the row.
class Model {
 public:
  explicit Model(SavedModel saved);

  const SavedModel& saved() const { return saved_; }

  Encoding encode(std::span<const double> rows, int threads = 1) const;
  /// `latents`: [rows][L]. Raw units, [rows][D].
  std::vector<double> decode(std::span<const double> latents, int threads = 1) const;
  Reconstruction reconstruct(std::span<const double> rows, int threads = 1) const;
  /// `count` events: z from the prior, decoded. With `noise` also the decoder's own, variance tau in prepared
  /// units. The first rows do not depend on `count`.
  std::vector<double> sample(std::size_t count, std::uint64_t seed, bool noise, int threads = 1) const;
  /// d decode_d / d z_j at z = mean of each event: [rows][D][L], raw units.
  std::vector<double> jacobian(std::span<const double> rows, int threads = 1) const;

  /// Sentences about columns that were constant in the training and are not here.
  std::vector<std::string> notes_on(std::span<const double> rows) const;

 private:
  Eigen::MatrixXd prepared(std::span<const double> rows, std::size_t first, std::size_t count) const;

  SavedModel saved_;
  TrainedModel network_;
};

}  // namespace symscan
