#include "host/analysis/trained_model.hpp"

#include <cmath>
#include <stdexcept>

#include "kernels/elementwise.hpp"

namespace symscan {
namespace {

struct ValueAndSlope {
  double value, slope;
};

ValueAndSlope activate(Activation activation, double x) {
  ValueAndSlope at = {};
  with_activation(activation,
                  [&](auto a) { at.value = SYMSCAN_ISA::ActivationFunctions<a>::exact(x, at.slope); });
  return at;
}

void activate(Activation activation, Eigen::MatrixXd& values) {
  values = values.unaryExpr([activation](double x) { return activate(activation, x).value; });
}

}  // namespace

Eigen::MatrixXd TrainedModel::Affine::apply(const Eigen::MatrixXd& rows) const {
  return (rows * weight.transpose()).rowwise() + bias.transpose();
}

TrainedModel::TrainedModel(const Network& network, const std::vector<float>& canonical)
    : activation_(network.activation), latents_(network.latents) {
  if (canonical.size() != trainable_parameters(network))
    throw std::invalid_argument("the weights do not fit the network");
  const float* next = canonical.data();
  const auto read = [&next](int out, int in) {
    using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    Affine layer;
    layer.weight = Eigen::Map<const RowMajor>(next, out, in).cast<double>();
    next += static_cast<std::ptrdiff_t>(out) * in;
    layer.bias = Eigen::Map<const Eigen::VectorXf>(next, out).cast<double>();
    next += out;
    return layer;
  };
  for (int l = 0; l < network.layer_count(); ++l) {
    const Layer& layer = network.layers[l];
    if (l == network.head()) {
      mean_ = read(latents_, layer.in);
      log_variance_ = read(latents_, layer.in);
    } else {
      (l < network.head() ? encoder_ : decoder_).push_back(read(layer.out, layer.in));
    }
  }
}

TrainedModel::Posterior TrainedModel::encode(const Eigen::MatrixXd& points) const {
  Eigen::MatrixXd values = points;
  for (const Affine& layer : encoder_) {
    values = layer.apply(values);
    activate(activation_, values);
  }
  return {mean_.apply(values), log_variance_.apply(values)};
}

Eigen::ArrayXXd TrainedModel::Posterior::latent_kl() const {
  return 0.5 * (mean.array().square() + log_variance.array().exp() - 1.0 - log_variance.array());
}

Eigen::MatrixXd TrainedModel::decode(const Eigen::MatrixXd& latents) const {
  Eigen::MatrixXd values = latents;
  for (std::size_t l = 0; l < decoder_.size(); ++l) {
    values = decoder_[l].apply(values);
    if (l + 1 < decoder_.size()) activate(activation_, values);
  }
  return values;
}

TrainedModel::Tangents TrainedModel::tangents(const Eigen::MatrixXd& points) const {
  const Eigen::Index count = points.rows();
  Eigen::MatrixXd values = encode(points).mean;
  // All Jacobians side by side: block p holds the L columns of point p.
  Eigen::MatrixXd wide(latents_, count * latents_);
  for (Eigen::Index p = 0; p < count; ++p) wide.middleCols(p * latents_, latents_).setIdentity();
  for (std::size_t l = 0; l < decoder_.size(); ++l) {
    values = decoder_[l].apply(values);
    wide = decoder_[l].weight * wide;
    if (l + 1 == decoder_.size()) break;
    for (Eigen::Index p = 0; p < count; ++p) {
      for (Eigen::Index unit = 0; unit < values.cols(); ++unit) {
        const ValueAndSlope at = activate(activation_, values(p, unit));
        values(p, unit) = at.value;
        wide.block(unit, p * latents_, 1, latents_) *= at.slope;
      }
    }
  }
  Tangents tangents{std::move(values), {}};
  tangents.jacobians.reserve(static_cast<std::size_t>(count));
  for (Eigen::Index p = 0; p < count; ++p)
    tangents.jacobians.push_back(wide.middleCols(p * latents_, latents_));
  return tangents;
}

Eigen::VectorXd TrainedModel::bound(const Eigen::MatrixXd& points, const Eigen::MatrixXd& noise,
                                    double tau) const {
  const Posterior posterior = encode(points);
  const Eigen::ArrayXXd variance = posterior.log_variance.array().exp();
  const Eigen::MatrixXd latents = (posterior.mean.array() + variance.sqrt() * noise.array()).matrix();
  const Eigen::VectorXd error = (decode(latents) - points).rowwise().squaredNorm();
  return error / (2.0 * tau) + posterior.latent_kl().rowwise().sum().matrix();
}

}  // namespace symscan
