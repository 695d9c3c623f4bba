#pragma once
#include <cmath>
#include <numbers>
#include <vector>

#include "kernels/step.hpp"

namespace symscan::test {

/// Noise of one draw in float64, from the same Philox words as the executors.
inline double reference_normal(const Noise& noise, std::uint32_t item, int latent) {
  const auto words =
      philox4x32(draw_counter(noise.stream, noise.step, item, static_cast<std::uint32_t>(latent / 4)),
                 seed_key(noise.seed));
  const std::uint32_t first = words[latent % 4 / 2 * 2], second = words[latent % 4 / 2 * 2 + 1];
  const double radius = std::sqrt(-2 * std::log(((first >> 8) + 0.5) * 0x1p-24));
  const double angle = std::numbers::pi * static_cast<std::int32_t>(second) * 0x1p-31;
  return latent % 2 == 0 ? radius * std::cos(angle) : radius * std::sin(angle);
}

inline double reference_activation(Activation activation, double x) {
  switch (activation) {
    case Activation::tanh:
      return std::tanh(x);
    case Activation::relu:
      return x > 0 ? x : 0;
    case Activation::gelu:
      return 0.5 * x * std::erfc(-x / std::numbers::sqrt2);
    case Activation::silu:
      return x / (1 + std::exp(-x));
    case Activation::linear:
      break;
  }
  return x;
}

inline double reference_slope(Activation activation, double x) {
  const double logistic = 1 / (1 + std::exp(-x));
  switch (activation) {
    case Activation::tanh:
      return 1 - std::tanh(x) * std::tanh(x);
    case Activation::relu:
      return x > 0 ? 1 : 0;
    case Activation::gelu:
      return 0.5 * std::erfc(-x / std::numbers::sqrt2) +
             x * std::exp(-x * x / 2) / std::sqrt(2 * std::numbers::pi);
    case Activation::silu:
      return logistic * (1 + x * (1 - logistic));
    case Activation::linear:
      break;
  }
  return 1;
}

/// The tile operations of step.hpp as plain float64 loops over [sample][neuron] matrices: shares no code with
/// the executors. `parameters` and `gradient` use the network's parameter layout.
struct ReferenceTiles {
  static constexpr std::size_t tile_samples() { return 50; }  // not that of any executor: it must not matter
  using Matrix = std::vector<std::vector<double>>;

  ReferenceTiles(const Network& shape, const std::vector<double>& values)
      : network(shape), parameters(values), gradient(values.size()) {}

  const Network& network;
  std::vector<double> parameters, gradient;

  Matrix before[max_layers], after[max_layers],
      delta[max_layers];  // pre-activation, output, gradient at pre-activation
  Matrix data, z, eps, tangent_now;
  std::vector<double> weight;
  std::uint32_t first_item = 0;
  double error_scale = 0, kl_scale = 0;

  LossSums loss_sums;
  double tile_kl = 0, tile_error = 0;
  LossSums sums() const { return loss_sums; }
  void begin_pass() { loss_sums = {}; }
  void add_losses() {
    loss_sums.kl += tile_kl;
    loss_sums.squared_error += tile_error;
  }

  void begin_batch(std::size_t count, const StepSettings& settings) {
    begin_pass();
    error_scale = 2.0 * settings.reconstruction_scale / static_cast<double>(count);
    kl_scale = settings.beta / static_cast<double>(count);
    std::fill(gradient.begin(), gradient.end(), 0.0);
  }

  void load(const Batch& batch) {
    first_item = batch.first_item;
    data.assign(batch.count, std::vector<double>(network.features));
    weight.assign(batch.count, 1.0);
    for (std::size_t s = 0; s < batch.count; ++s) {
      const std::size_t row = batch.row(s);
      for (int d = 0; d < network.features; ++d) data[s][d] = batch.values[row * network.features + d];
      if (batch.weights != nullptr) weight[s] = batch.weights[row];
    }
  }

  const Matrix& input(int l) const { return l == 0 ? data : l == network.head() + 1 ? z : after[l - 1]; }

  void affine(int l) {
    const Layer& layer = network.layers[l];
    const Matrix& x = input(l);
    before[l].assign(x.size(), std::vector<double>(layer.out));
    after[l] = before[l];
    for (std::size_t s = 0; s < x.size(); ++s) {
      for (int o = 0; o < layer.out; ++o) {
        double sum = parameters[layer.bias + o];
        for (int i = 0; i < layer.in; ++i) sum += parameters[layer.index(i, o)] * x[s][i];
        before[l][s][o] = sum;
        after[l][s][o] = layer.activated ? reference_activation(network.activation, sum) : sum;
      }
    }
  }

  double mu(std::size_t s, int j) const { return after[network.head()][s][j]; }
  double variance(std::size_t s, int j) const {
    return std::exp(after[network.head()][s][network.latents + j]);
  }
  double latent_kl(std::size_t s, int j) const {
    return 0.5 * (mu(s, j) * mu(s, j) + variance(s, j) - 1 - after[network.head()][s][network.latents + j]);
  }

  void reparameterise(const Noise& noise) {
    z.assign(data.size(), std::vector<double>(network.latents));
    eps = z;
    tile_kl = 0;
    for (std::size_t s = 0; s < data.size(); ++s) {
      for (int j = 0; j < network.latents; ++j) {
        eps[s][j] = reference_normal(noise, first_item + static_cast<std::uint32_t>(s), j);
        z[s][j] = mu(s, j) + std::sqrt(variance(s, j)) * eps[s][j];
        tile_kl += weight[s] * latent_kl(s, j);
      }
    }
  }

  void squared_error() {
    tile_error = 0;
    for (std::size_t s = 0; s < data.size(); ++s) {
      for (int d = 0; d < network.features; ++d) {
        const double difference = after[network.layer_count() - 1][s][d] - data[s][d];
        tile_error += weight[s] * difference * difference;
      }
    }
  }

  void reconstruction_gradient() {
    const int last = network.layer_count() - 1;
    delta[last] = after[last];
    for (std::size_t s = 0; s < data.size(); ++s) {
      for (int d = 0; d < network.features; ++d) {
        delta[last][s][d] = error_scale * weight[s] * (after[last][s][d] - data[s][d]);
      }
    }
    squared_error();
  }

  void weight_gradient(int l) {
    const Layer& layer = network.layers[l];
    for (std::size_t s = 0; s < data.size(); ++s) {
      for (int o = 0; o < layer.out; ++o) {
        gradient[layer.bias + o] += delta[l][s][o];
        for (int i = 0; i < layer.in; ++i) gradient[layer.index(i, o)] += delta[l][s][o] * input(l)[s][i];
      }
    }
  }

  void bias_gradients() {}  // done with the weights

  Matrix z_delta;
  void input_gradient(int l) {
    const Layer& layer = network.layers[l];
    Matrix result(data.size(), std::vector<double>(layer.in));
    for (std::size_t s = 0; s < data.size(); ++s) {
      for (int i = 0; i < layer.in; ++i) {
        for (int o = 0; o < layer.out; ++o) result[s][i] += parameters[layer.index(i, o)] * delta[l][s][o];
        if (l != network.head() + 1 && network.layers[l - 1].activated) {
          result[s][i] *= reference_slope(network.activation, before[l - 1][s][i]);
        }
      }
    }
    (l == network.head() + 1 ? z_delta : delta[l - 1]) = result;
  }

  void latent_gradient() {
    Matrix& head = delta[network.head()];
    head.assign(data.size(), std::vector<double>(2 * network.latents));
    for (std::size_t s = 0; s < data.size(); ++s) {
      for (int j = 0; j < network.latents; ++j) {
        const double deviation = std::sqrt(variance(s, j));
        head[s][j] = z_delta[s][j] + kl_scale * weight[s] * mu(s, j);
        head[s][network.latents + j] =
            0.5 * z_delta[s][j] * eps[s][j] * deviation + 0.5 * kl_scale * weight[s] * (variance(s, j) - 1);
      }
    }
  }

  void take_mean_as_latent() {
    for (std::size_t s = 0; s < data.size(); ++s) {
      for (int j = 0; j < network.latents; ++j) z[s][j] = mu(s, j);
    }
  }

  void tangent(int l, int j) {
    const Layer& layer = network.layers[l];
    Matrix next(data.size(), std::vector<double>(layer.out));
    for (std::size_t s = 0; s < data.size(); ++s) {
      for (int o = 0; o < layer.out; ++o) {
        if (l == network.head() + 1) {
          next[s][o] = parameters[layer.index(j, o)];
        } else {
          for (int i = 0; i < layer.in; ++i) next[s][o] += parameters[layer.index(i, o)] * tangent_now[s][i];
        }
        if (layer.activated) next[s][o] *= reference_slope(network.activation, before[l][s][o]);
      }
    }
    tangent_now = next;
  }

  void add_jacobian(int j, double* jacobian) {
    for (std::size_t s = 0; s < data.size(); ++s) {
      for (int d = 0; d < network.features; ++d) {
        jacobian[j] += weight[s] * variance(s, j) * tangent_now[s][d] * tangent_now[s][d];
      }
    }
  }

  void add_relevance(const RelevanceSums& sums) {
    for (std::size_t s = 0; s < data.size(); ++s) {
      for (int j = 0; j < network.latents; ++j) {
        sums.kl[j] += weight[s] * latent_kl(s, j);
        sums.mean[j] += weight[s] * mu(s, j);
        sums.mean_square[j] += weight[s] * mu(s, j) * mu(s, j);
        sums.variance[j] += weight[s] * variance(s, j);
      }
    }
  }

  void update_if_finite(const StepSettings&, std::uint64_t) {}
};

}  // namespace symscan::test
