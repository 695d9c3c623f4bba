#pragma once
#include "kernels/block/product.hpp"
#include "kernels/layered/gemm.hpp"
#include "kernels/layered/place.hpp"

// The kernels of Tier::layered beside the matrix products. A kernel is a function of (place, row, column);
// each call is one thread of a GPU, or one turn of a loop on the host, in any order.

namespace symscan::layered {

/// The activation's derivative from its value, where it is not stored. Comparisons in turn: cheaper than
/// with_activation, whose jump stands in the way of the loop over the rows.
SYMSCAN_BLOCK float slope_at_run_time(Activation activation, float y) {
#define SYMSCAN_ACTIVATION(name, slope, weights)                                           \
  if constexpr (bends(Activation::name) && !stores_derivative(Activation::name)) {         \
    if (activation == Activation::name) return scalar::slope_of_kept<Activation::name>(y); \
  }
  SYMSCAN_ACTIVATIONS(SYMSCAN_ACTIVATION)
#undef SYMSCAN_ACTIVATION
  return 1.0f;
}

/// A matrix [row][sample] of each place.
struct Matrix {
  float* first = nullptr;  ///< of place 0; nullptr: there is no such matrix
  std::size_t stride = 0;  ///< floats from one place to the next
  int columns = 0;

  SYMSCAN_BLOCK float* row(int place, int r) const {
    return first + static_cast<std::size_t>(place) * stride + static_cast<std::size_t>(r) * columns;
  }
  SYMSCAN_BLOCK float& at(int place, int r, int column) const { return row(place, r)[column]; }
};

/// A vector of each place.
template <class T>
struct Vector {
  T* first = nullptr;
  std::size_t stride = 0;

  SYMSCAN_BLOCK T* of(int place) const { return first + static_cast<std::size_t>(place) * stride; }
};

/// Runs a function of place.hpp for each place.
#define SYMSCAN_PLACE_KERNEL(Name, function)                                              \
  struct Name {                                                                           \
    Place* places;                                                                        \
    SYMSCAN_BLOCK void operator()(int place, int, int) const { function(places[place]); } \
  };
SYMSCAN_PLACE_KERNEL(BeginStep, begin_step)
SYMSCAN_PLACE_KERNEL(PrepareUpdate, prepare_update)
SYMSCAN_PLACE_KERNEL(EndStep, end_step)
SYMSCAN_PLACE_KERNEL(BeginValidation, begin_validation)
SYMSCAN_PLACE_KERNEL(EndValidation, end_validation)
#undef SYMSCAN_PLACE_KERNEL

struct BeginMeasuring {
  Place* places;
  int latents;
  SYMSCAN_BLOCK void operator()(int place, int, int) const { begin_measuring(places[place], latents); }
};

struct EndMeasuring {
  Place* places;
  int latents;
  SYMSCAN_BLOCK void operator()(int place, int, int) const { end_measuring(places[place], latents); }
};

struct GiveUnits {
  Place* places;
  std::uint64_t units[pool_places];
  SYMSCAN_BLOCK void operator()(int place, int, int) const { places[place].units = units[place]; }
};

struct PublishStates {
  const Place* places;
  bool wanted[pool_places];
  SYMSCAN_BLOCK void operator()(int place, int, int) const {
    if (wanted[place]) *places[place].published = places[place].state;
  }
};

/// Row of the dataset and event weight of each sample of a tile that starts at sample `begin` of the pass.
struct LoadRows {
  const Place* places;
  std::size_t begin;
  Vector<std::uint32_t> rows;
  Vector<float> event_weight;
  SYMSCAN_BLOCK void operator()(int place, int, int s) const {
    const Batch& batch = places[place].pass.batch;
    const std::size_t sample = begin + static_cast<std::size_t>(s);
    const bool real = sample < batch.count;
    const std::size_t row = real ? batch.row(sample) : 0;
    rows.of(place)[s] = static_cast<std::uint32_t>(row);
    event_weight.of(place)[s] = !real ? 0.0f : batch.weights != nullptr ? batch.weights[row] : 1.0f;
  }
};

struct LoadData {
  const Place* places;
  std::size_t begin;
  Vector<std::uint32_t> rows;
  Matrix data;
  int features;
  SYMSCAN_BLOCK void operator()(int place, int d, int s) const {
    const Batch& batch = places[place].pass.batch;
    const bool real = begin + static_cast<std::size_t>(s) < batch.count;
    const std::size_t row = rows.of(place)[s];
    data.at(place, d, s) = real ? batch.values[row * static_cast<std::size_t>(features) + d] : 0.0f;
  }
};

/// output = activation(output + bias)
struct BiasActivation {
  Matrix output, derivative;
  Vector<const float> bias;
  Activation activation;
  SYMSCAN_BLOCK void operator()(int place, int o, int s) const {
    float slope = 1.0f, value = output.at(place, o, s) + bias.of(place)[o];
    with_activation(activation, [&](auto a) { value = scalar::activate<a>(value, slope); });
    output.at(place, o, s) = value;
    if (derivative.first != nullptr) derivative.at(place, o, s) = slope;
  }
};

/// target = values times the activation's derivative at `output`
struct MultiplySlope {
  Matrix values, output, derivative, target;
  Activation activation;
  SYMSCAN_BLOCK void operator()(int place, int row, int s) const {
    const float slope = derivative.first != nullptr ? derivative.at(place, row, s)
                                                    : slope_at_run_time(activation, output.at(place, row, s));
    target.at(place, row, s) = values.at(place, row, s) * slope;
  }
};

/// z = mu + s eps, and the KL divergence of each sample.
struct Reparameterise {
  const Place* places;
  std::size_t begin;
  Matrix head, z, noise, deviation;
  Vector<float> event_weight, sample_kl;
  int latents;
  SYMSCAN_BLOCK void operator()(int place, int, int s) const {
    const Pass& pass = places[place].pass;
    const auto item =
        pass.batch.first_item + static_cast<std::uint32_t>(begin) + static_cast<std::uint32_t>(s);
    const float weight = event_weight.of(place)[s];
    float kl = 0.0f;
    for (int first = 0; first < latents; first += 4) {
      float eps[4];
      scalar::draw_normals(pass.noise, item, static_cast<std::uint32_t>(first / 4), eps);
      SYMSCAN_UNROLL
      for (int i = 0; i < 4; ++i) {
        const int j = first + i;
        if (j >= latents) break;
        const float mu = head.at(place, j, s), logvar = head.at(place, latents + j, s);
        const float s_j = scalar::posterior_deviation(logvar);
        noise.at(place, j, s) = eps[i];
        deviation.at(place, j, s) = s_j;
        z.at(place, j, s) = scalar::fma(s_j, eps[i], mu);
        kl += scalar::kl_term(mu, logvar, s_j, weight);
      }
    }
    sample_kl.of(place)[s] = kl;
  }
};

/// w sum_d (xhat_d - x_d)^2 of each sample.
struct SampleErrors {
  Matrix output, data;
  Vector<float> event_weight, sample_error;
  int features;
  SYMSCAN_BLOCK void operator()(int place, int, int s) const {
    const float weight = event_weight.of(place)[s];
    float error = 0.0f;
    for (int d = 0; d < features; ++d) {
      const float difference = output.at(place, d, s) - data.at(place, d, s);
      error = scalar::fma(difference * weight, difference, error);
    }
    sample_error.of(place)[s] = error;
  }
};

/// output = 2 scale w (output - x) / batch
struct ReconstructionGradient {
  const Place* places;
  Matrix output, data;
  Vector<float> event_weight;
  SYMSCAN_BLOCK void operator()(int place, int d, int s) const {
    const float weighted = (output.at(place, d, s) - data.at(place, d, s)) * event_weight.of(place)[s];
    output.at(place, d, s) = weighted * places[place].pass.error_scale;
  }
};

/// From the gradient at z to the gradient at (mu, logvar), in place of the head's output.
struct LatentGradient {
  const Place* places;
  Matrix head, z, noise, deviation;
  Vector<float> event_weight;
  int latents;
  SYMSCAN_BLOCK void operator()(int place, int j, int s) const {
    const float weight = event_weight.of(place)[s] * places[place].pass.kl_scale;
    const float dz = z.at(place, j, s);
    float& mean = head.at(place, j, s);
    mean = scalar::mean_gradient(dz, mean, weight);
    head.at(place, latents + j, s) =
        scalar::logvar_gradient(dz, noise.at(place, j, s), deviation.at(place, j, s), weight);
  }
};

struct TakeMean {
  Matrix head, z;
  SYMSCAN_BLOCK void operator()(int place, int j, int s) const { z.at(place, j, s) = head.at(place, j, s); }
};

/// The tangent along a latent at the first decoder layer: the weights from this latent, for every sample.
struct FirstTangent {
  Vector<const float> weight;
  std::size_t out_stride;
  Matrix target;
  SYMSCAN_BLOCK void operator()(int place, int o, int s) const {
    target.at(place, o, s) = weight.of(place)[static_cast<std::size_t>(o) * out_stride];
  }
};

}  // namespace symscan::layered
