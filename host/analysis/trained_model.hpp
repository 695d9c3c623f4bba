#pragma once
#include <vector>

#include "host/base/eigen.hpp"
#include "kernels/network.hpp"

namespace symscan {

/// A trained network in float64, with the derivatives that the search for symmetries needs. Rows are points
/// in prepared (standardised) units. Plain matrix algebra: a few thousand points per replica are looked at
/// once, after training.
class TrainedModel {
 public:
  /// `canonical`: weights in the order of tensor_shapes(network). Throws std::invalid_argument if there are
  /// too few or too many.
  TrainedModel(const Network& network, const std::vector<float>& canonical);

  struct Posterior {
    Eigen::MatrixXd mean, log_variance;  ///< [points x L]
    Eigen::ArrayXXd latent_kl() const;   ///< [points x L] to the prior, nats
  };
  Posterior encode(const Eigen::MatrixXd& points) const;
  Eigen::MatrixXd decode(const Eigen::MatrixXd& latents) const;

  /// The learned manifold near the points: xhat(mu(x)) and its derivative.
  struct Tangents {
    Eigen::MatrixXd reconstruction;          ///< [points x D]
    std::vector<Eigen::MatrixXd> jacobians;  ///< [points] of [D x L]: d xhat / d z at z = mu(x)
  };
  Tangents tangents(const Eigen::MatrixXd& points) const;

  /// Negative log-likelihood bound of each point in nats, up to a constant that depends on tau and D only:
  /// (squared error at z = mu + s * noise) / (2 tau) + sum_j KL_j. `noise`: [points x L].
  Eigen::VectorXd bound(const Eigen::MatrixXd& points, const Eigen::MatrixXd& noise, double tau) const;

  int latents() const { return latents_; }

 private:
  struct Affine {
    Eigen::MatrixXd weight;  ///< [out x in]
    Eigen::VectorXd bias;
    Eigen::MatrixXd apply(const Eigen::MatrixXd& rows) const;
  };
  Activation activation_;
  int latents_;
  std::vector<Affine> encoder_, decoder_;  ///< hidden layers; the decoder ends with the output layer
  Affine mean_, log_variance_;
};

}  // namespace symscan
