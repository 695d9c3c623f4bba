#include "host/analysis/regressor.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <random>
#include <utility>

#include "kernels/cpu_backend.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using FloatRows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using FloatMap = Eigen::Map<FloatRows>;

std::size_t area(int rows, int columns) {
  return static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns);
}

int padded_width(int count) {
  return static_cast<int>(padded(static_cast<std::size_t>(count)));
}

/// What one layer holds of a batch; every matrix is [row][sample].
struct LayerBatch {
  AlignedFloats input;           ///< [in + 1], the last row 1
  AlignedFloats sums, slopes;    ///< [out]; in the backward pass `sums` is the gradient there
  AlignedFloats turned_input;    ///< [sample][in + 1, padded]
  AlignedFloats turned_weights;  ///< [in][out]
  AlignedFloats gradient;        ///< [out][in + 1, padded]
};

/// Forward and backward passes of one batch.
class Pass {
 public:
  Pass(const std::vector<Regressor::Layer>& layers, Activation activation, int batch)
      : layers_(layers), activation_(activation), batch_(batch) {
    for (const Regressor::Layer& layer : layers) {
      LayerBatch& state = states_.emplace_back();
      state.input = AlignedFloats(area(layer.in + 1, batch));
      state.sums = AlignedFloats(area(layer.out, batch));
      state.slopes = AlignedFloats(area(layer.out, batch));
      state.turned_input = AlignedFloats(area(batch, padded_width(layer.in + 1)));
      state.turned_weights = AlignedFloats(area(layer.in, layer.out));
      state.gradient = AlignedFloats(area(layer.out, padded_width(layer.in + 1)));
      FloatMap(state.input.data(), layer.in + 1, batch).row(layer.in).setOnes();
    }
  }

  /// [D x batch]
  Eigen::Block<FloatMap> input() { return block(states_.front().input, layers_.front().in); }
  /// [1 x batch]; in the backward pass the gradient with respect to it.
  FloatMap output() { return {states_.back().sums.data(), 1, batch_}; }
  FloatMap gradient(std::size_t l) {
    return {states_[l].gradient.data(), layers_[l].out, padded_width(layers_[l].in + 1)};
  }

  void forward() {
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      const Regressor::Layer& layer = layers_[l];
      LayerBatch& state = states_[l];
      cpu_backend().matrix_product(layer.weights.data(), state.input.data(), layer.out, layer.in + 1, batch_,
                                   state.sums.data());
      if (l + 1 < layers_.size())
        cpu_backend().activate(activation_, state.sums.data(), states_[l + 1].input.data(),
                               state.slopes.data(), area(layer.out, batch_));
    }
  }

  /// From the gradient in output() to those of the weights.
  void weight_gradients() {
    for (std::size_t l = layers_.size(); l-- > 0;) {
      const Regressor::Layer& layer = layers_[l];
      LayerBatch& state = states_[l];
      const int width = padded_width(layer.in + 1);
      FloatMap(state.turned_input.data(), batch_, width).leftCols(layer.in + 1) =
          FloatMap(state.input.data(), layer.in + 1, batch_).transpose();
      cpu_backend().matrix_product(state.sums.data(), state.turned_input.data(), layer.out, batch_, width,
                                   state.gradient.data());
      if (l > 0) input_gradient(l, states_[l - 1].sums.data());
    }
  }

  /// From the gradient in output() to that of the input, [D x batch].
  FloatRows input_gradients() {
    for (std::size_t l = layers_.size() - 1; l > 0; --l) input_gradient(l, states_[l - 1].sums.data());
    AlignedFloats result(area(layers_.front().in, batch_));
    input_gradient(0, result.data());
    return FloatMap(result.data(), layers_.front().in, batch_);
  }

 private:
  Eigen::Block<FloatMap> block(AlignedFloats& values, int rows) {
    FloatMap map(values.data(), rows, batch_);
    return {map, 0, 0, rows, batch_};
  }

  /// The gradient at the input of layer l, through the activation of the layer before.
  void input_gradient(std::size_t l, float* out) {
    const Regressor::Layer& layer = layers_[l];
    LayerBatch& state = states_[l];
    FloatMap(state.turned_weights.data(), layer.in, layer.out) =
        Eigen::Map<const FloatRows>(layer.weights.data(), layer.out, layer.in + 1)
            .leftCols(layer.in)
            .transpose();
    cpu_backend().matrix_product(state.turned_weights.data(), state.sums.data(), layer.in, layer.out, batch_,
                                 out);
    if (l == 0) return;
    FloatMap(out, layer.in, batch_).array() *=
        FloatMap(states_[l - 1].slopes.data(), layer.in, batch_).array();
  }

  const std::vector<Regressor::Layer>& layers_;
  Activation activation_;
  int batch_;
  std::vector<LayerBatch> states_;
};

/// Adam without weight decay.
class Adam {
 public:
  explicit Adam(const Regressor::Layer& layer)
      : first_(FloatRows::Zero(layer.out, layer.in + 1)), second_(first_) {}

  void update(Regressor::Layer& layer, const FloatMap& padded_gradient, double rate, int step) {
    constexpr float decay_1 = 0.9f, decay_2 = 0.999f;
    const auto gradient = padded_gradient.leftCols(layer.in + 1);
    first_ = decay_1 * first_ + (1 - decay_1) * gradient;
    second_ = decay_2 * second_ + (1 - decay_2) * gradient.cwiseAbs2();
    const auto size = static_cast<float>(rate / (1 - std::pow(0.9, step)));
    const auto correction = static_cast<float>(1 / (1 - std::pow(0.999, step)));
    FloatMap(layer.weights.data(), layer.out, layer.in + 1).array() -=
        size * first_.array() / ((second_.array() * correction).sqrt() + 1e-8f);
  }

 private:
  FloatRows first_, second_;
};

/// Uniform in the limits of Glorot & Bengio or He et al.; biases zero.
void initialise(Regressor::Layer& layer, InitialWeights kind, std::mt19937_64& random) {
  const double limit =
      kind == InitialWeights::he ? std::sqrt(6.0 / layer.in) : std::sqrt(6.0 / (layer.in + layer.out));
  FloatMap weights(layer.weights.data(), layer.out, layer.in + 1);
  for (int o = 0; o < layer.out; ++o) {
    for (int i = 0; i < layer.in; ++i) {
      const double uniform = static_cast<double>(random() >> 11) * 0x1.0p-53;
      weights(o, i) = static_cast<float>(limit * (2 * uniform - 1));
    }
  }
}

/// Rows in an order that is drawn anew when all have been taken.
class Shuffle {
 public:
  Shuffle(Index rows, std::mt19937_64& random) : order_(static_cast<std::size_t>(rows)), random_(random) {
    std::iota(order_.begin(), order_.end(), Index{0});
  }
  Index next() {
    if (taken_ % order_.size() == 0) {
      for (std::size_t i = order_.size(); i > 1; --i) std::swap(order_[i - 1], order_[random_() % i]);
    }
    return order_[taken_++ % order_.size()];
  }

 private:
  std::vector<Index> order_;
  std::mt19937_64& random_;
  std::size_t taken_ = 0;
};

double learning_rate_at(int step, const RegressorSettings& settings) {
  const int warmup = std::max(1, settings.steps / 20);
  const double rise = std::min(1.0, (step + 1.0) / warmup);
  const double share = static_cast<double>(step) / settings.steps;
  return settings.learning_rate * rise * 0.5 * (1 + std::cos(std::numbers::pi * share));
}

double spread_of(const VectorXd& values) {
  const double mean = values.mean();
  const double spread =
      std::sqrt((values.array() - mean).square().sum() / static_cast<double>(values.size()));
  return spread > 4e-15 * std::abs(mean) ? spread : 0;
}

}  // namespace

Regressor::Regressor(const MatrixXd& rows, const VectorXd& values, const RegressorSettings& settings)
    : activation_(settings.activation), batch_(settings.batch) {
  offset_ = rows.colwise().mean();
  scale_.resize(rows.cols());
  for (Index d = 0; d < rows.cols(); ++d) scale_(d) = spread_of(rows.col(d));
  value_offset_ = values.mean();
  value_scale_ = spread_of(values);
  std::vector<int> widths = {static_cast<int>(rows.cols())};
  widths.insert(widths.end(), settings.hidden.begin(), settings.hidden.end());
  widths.push_back(1);
  for (std::size_t l = 0; l + 1 < widths.size(); ++l)
    layers_.push_back({widths[l], widths[l + 1], AlignedFloats(area(widths[l + 1], widths[l] + 1))});
  if (value_scale_ > 0) train(rows, values, settings);
}

void Regressor::train(const MatrixXd& rows, const VectorXd& values, const RegressorSettings& settings) {
  const Eigen::RowVectorXd inverse = (scale_.array() > 0).select(scale_.cwiseMax(1e-300).cwiseInverse(), 0.0);
  const FloatRows standard =
      ((rows.rowwise() - offset_) * inverse.asDiagonal()).transpose().cast<float>();  // [D x n]
  const Eigen::VectorXf wanted = ((values.array() - value_offset_) / value_scale_).cast<float>();
  std::mt19937_64 random(settings.seed);
  std::vector<Adam> optimisers;
  for (Layer& layer : layers_) {
    initialise(layer, properties_of(activation_).weights, random);
    optimisers.emplace_back(layer);
  }
  Shuffle shuffle(rows.rows(), random);
  Pass pass(layers_, activation_, batch_);
  std::vector<Index> samples(static_cast<std::size_t>(batch_));
  for (int step = 0; step < settings.steps; ++step) {
    for (Index& sample : samples) sample = shuffle.next();
    pass.input() = standard(Eigen::all, samples);
    pass.forward();
    pass.output() = (pass.output() - wanted(samples).transpose()) * (2.0f / static_cast<float>(batch_));
    pass.weight_gradients();
    const double rate = learning_rate_at(step, settings);
    for (std::size_t l = 0; l < layers_.size(); ++l)
      optimisers[l].update(layers_[l], pass.gradient(l), rate, step + 1);
  }
}

Regressor::Estimate Regressor::at(const MatrixXd& rows) const {
  Estimate estimate{VectorXd::Constant(rows.rows(), value_offset_), MatrixXd::Zero(rows.rows(), rows.cols())};
  if (!(value_scale_ > 0)) return estimate;
  const Eigen::RowVectorXd inverse = (scale_.array() > 0).select(scale_.cwiseMax(1e-300).cwiseInverse(), 0.0);
  Pass pass(layers_, activation_, batch_);
  for (Index begin = 0; begin < rows.rows(); begin += batch_) {
    const Index count = std::min<Index>(batch_, rows.rows() - begin);
    pass.input().leftCols(count) =
        ((rows.middleRows(begin, count).rowwise() - offset_) * inverse.asDiagonal())
            .transpose()
            .cast<float>();
    pass.forward();
    estimate.values.segment(begin, count).array() +=
        value_scale_ * pass.output().row(0).head(count).transpose().cast<double>().array();
    pass.output().setOnes();
    estimate.gradients.middleRows(begin, count) =
        pass.input_gradients().leftCols(count).transpose().cast<double>() *
        (value_scale_ * inverse).asDiagonal();
  }
  return estimate;
}

}  // namespace symscan
