#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace symscan {

struct SavedModel;

#pragma GCC visibility push(default)

/// What the encoder says of events: z_j of an event is normally distributed.
struct Encoding {
  std::vector<double> mean, deviation;  ///< [rows][L]
  std::vector<double> latent_kl;        ///< [rows][L] KL_j to the prior, nats
};

/// Events through the whole model, z = mean.
struct Reconstruction {
  std::vector<double> values;  ///< [rows][D] raw units
  std::vector<double> error;   ///< [rows] squared error over all features, prepared units
  std::vector<double> kl;      ///< [rows] nats, over all latents
  /// [rows] scale * error + beta * kl, with the scale of loss.kind (1, 1/2 or 1/D): the loss of the event,
  /// an anomaly score. Divided by beta it is its negative log-likelihood bound in nats, up to a constant.
  std::vector<double> loss;
};

/// A trained autoencoder in use. Events are rows in raw units, [rows][D], row-major, in the order of
/// columns(); latents are in the order of their relevance, the most relevant one first, as in the report.
/// Arithmetic is float64 on the float32 weights. `threads` share the rows; the result does not depend on
/// their number. All members may be called by several threads at one time. Throws DataError for values that
/// are not finite or do not fill whole rows. Copies share their weights.
class Model {
 public:
  explicit Model(SavedModel saved);

  const std::vector<std::string>& columns() const;  ///< [D]
  std::size_t latents() const;                      ///< L
  /// Program, run, dataset with its preprocessing, settings, tau, losses, relevances, as a JSON object.
  std::string card() const;

  Encoding encode(std::span<const double> rows, int threads = 1) const;
  /// `latents`: [rows][L]. Raw units, [rows][D].
  std::vector<double> decode(std::span<const double> latents, int threads = 1) const;
  Reconstruction reconstruct(std::span<const double> rows, int threads = 1) const;
  /// `count` events: z from the prior, decoded. With `noise` also the decoder's own, variance tau in prepared
  /// units. Draws of a row do not depend on `count`.
  std::vector<double> sample(std::size_t count, std::uint64_t seed, bool noise = false,
                             int threads = 1) const;
  /// d decode_d / d z_j at z = mean of each event: [rows][D][L], raw units.
  std::vector<double> jacobian(std::span<const double> rows, int threads = 1) const;

  /// Sentences about columns that were constant in the training and are not in these rows.
  std::vector<std::string> notes_on(std::span<const double> rows) const;

  /// For the library itself (host/models/saved_model.hpp).
  const SavedModel& saved() const;

 private:
  struct Parts;
  std::shared_ptr<const Parts> parts_;
};

#pragma GCC visibility pop

}  // namespace symscan
