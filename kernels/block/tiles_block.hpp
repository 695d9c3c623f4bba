#pragma once
#include "kernels/block/adam.hpp"
#include "kernels/block/block_memory.hpp"
#include "kernels/block/layer_product.hpp"
#include "kernels/block/team.hpp"

// The tile operations of step.hpp for the threads of one GPU block. A matrix is [row = feature or
// neuron][sample] in shared memory. Every operation leaves its results behind a barrier.

namespace symscan::block {

/// `in_cache`: Tier::cached.
template <class Team, bool in_cache = false>
struct BlockTiles {
  static constexpr bool cached = in_cache;
  Team team;
  int samples = 0;  ///< in this tile
  int columns = 0;  ///< samples padded to whole segments; padding has event weight 0
  std::uint32_t first_item = 0;
  float error_scale = 0, kl_scale = 0;
  bool add_gradient = false;

  SYMSCAN_BLOCK float* at(int offset) const { return team.memory() + offset; }
  SYMSCAN_BLOCK BlockHeader& header() const { return *reinterpret_cast<BlockHeader*>(team.memory()); }
  SYMSCAN_BLOCK const BlockShape& shape() const { return header().shape; }
  SYMSCAN_BLOCK BlockLayer* layers() const { return reinterpret_cast<BlockLayer*>(&header() + 1); }
  SYMSCAN_BLOCK const BlockLayer& layer(int l) const { return layers()[l]; }
  SYMSCAN_BLOCK bool fused() const { return shape().gradient >= 0; }
  SYMSCAN_BLOCK float* gradient() const { return fused() ? at(shape().gradient) : header().gradient; }
  SYMSCAN_BLOCK float* first_moment() const {
    return fused() ? at(shape().first_moment) : header().first_moment;
  }
  SYMSCAN_BLOCK float* second_moment() const {
    return fused() ? at(shape().second_moment) : header().second_moment;
  }
  SYMSCAN_BLOCK float* parameters() const { return cached ? header().parameters : at(shape().parameters); }
  SYMSCAN_BLOCK Matrices<BlockTiles> matrices() const {
    return {team, SharedPlace(team.memory()), shape().matrices, columns,
            cached ? header().parameters : nullptr};
  }

  SYMSCAN_BLOCK std::size_t tile_samples() const { return static_cast<std::size_t>(shape().tile); }
  SYMSCAN_BLOCK LossSums sums() const { return header().sums; }
  template <class F>
  SYMSCAN_BLOCK void single(F f) const {
    team.single(f);
  }

  /// No barrier: whoever reads or changes the sums does so behind the barrier of a phase.
  SYMSCAN_BLOCK void begin_pass() {
    team.phase_nosync(1, [&](int) { header().sums = LossSums(); });
  }

  SYMSCAN_BLOCK void begin_batch(std::size_t count, const StepSettings& settings) {
    begin_pass();
    error_scale = error_scale_of(settings, count);
    kl_scale = kl_scale_of(settings, count);
    add_gradient = false;
  }

  SYMSCAN_BLOCK_CALL void load(Batch batch) {
    samples = static_cast<int>(batch.count);
    columns = static_cast<int>((batch.count + segment_samples - 1) / segment_samples * segment_samples);
    first_item = batch.first_item;
    const Permutation order = batch.shuffle != nullptr ? *batch.shuffle : Permutation();
    const bool shuffled = batch.shuffle != nullptr;
    const int features = shape().features;
    const MatrixShape matrix = shape().matrices;
    team.phase(columns, [&](int s) {
      float* x = at(shape().data);
      const bool real = s < samples;
      std::size_t row = 0;
      if (real) {
        const std::size_t position = batch.first + static_cast<std::size_t>(s);
        row = shuffled ? order(static_cast<std::uint32_t>(position)) : position;
        if (batch.rows != nullptr) row = batch.rows[row];
      }
      const float* sample = batch.values + row * static_cast<std::size_t>(features);
      for (int d = 0; d < features; ++d) x[matrix.at(d, s)] = real ? sample[d] : 0.0f;
      at(shape().event_weight)[s] = !real ? 0.0f : batch.weights != nullptr ? batch.weights[row] : 1.0f;
    });
  }

  SYMSCAN_BLOCK void affine(int l) const {
    const BlockLayer now = layer(l);
    multiply_layer(matrices(),
                   LayerProduct{shape().parameters + now.weight, now.in_stride, now.out_stride,
                                shape().parameters + now.bias, now.out, now.in, now.input, now.output,
                                now.activated != 0 ? After::activation : After::nothing, 0, now.derivative});
  }

  /// z = mu + s eps, and the KL terms of each sample. Draws depend on (seed, stream, step, item, latent)
  /// only.
  SYMSCAN_BLOCK_CALL void reparameterise(const Noise& noise) const {
    team.phase(columns, [&](int s) {
      const float* head = at(layer(shape().head()).output);
      const MatrixShape matrix = shape().matrices;
      const float weight = at(shape().event_weight)[s];
      float kl = 0.0f;
      for (int first = 0; first < shape().latents; first += 4) {
        float eps[4];
        draw_normals(noise, first_item + static_cast<std::uint32_t>(s), static_cast<std::uint32_t>(first / 4),
                     eps);
        SYMSCAN_UNROLL
        for (int i = 0; i < 4; ++i) {
          if (first + i >= shape().latents) break;
          const int offset = matrix.at(first + i, s);
          const float mu = head[offset], logvar = head[matrix.at(shape().latents + first + i, s)];
          const float deviation = posterior_deviation(logvar);
          at(shape().noise)[offset] = eps[i];
          at(shape().deviation)[offset] = deviation;
          at(shape().z)[offset] = fma(deviation, eps[i], mu);
          kl += kl_term(mu, logvar, deviation, weight);
        }
      }
      at(shape().sample_kl)[s] = kl;
    });
  }

  /// Leaves 2 scale w (xhat - x) / batch in the output, and the squared error of each sample.
  SYMSCAN_BLOCK void reconstruction_gradient() const { compare<true>(); }
  SYMSCAN_BLOCK void squared_error() const { compare<false>(); }

  template <bool with_gradient>
  SYMSCAN_BLOCK_CALL void compare() const {
    team.phase(columns, [&](int s) {
      float* output = at(layer(shape().layer_count() - 1).output);
      const float* x = at(shape().data);
      const MatrixShape matrix = shape().matrices;
      const float weight = at(shape().event_weight)[s];
      float error = 0.0f;
      for (int d = 0; d < shape().features; ++d) {
        const int offset = matrix.at(d, s);
        const float difference = output[offset] - x[offset];
        const float weighted = difference * weight;
        error = fma(weighted, difference, error);
        if (with_gradient) output[offset] = weighted * error_scale;
      }
      at(shape().sample_error)[s] = error;
    });
  }

  SYMSCAN_BLOCK_CALL void add_losses() const {
    const int segments = columns / segment_samples;
    // The sum of a segment takes the place of its first term.
    const auto segment = [&](int which, int g) {
      return at(which == 0 ? shape().sample_kl : shape().sample_error) + g * segment_samples;
    };
    team.phase(2 * segments, [&](int i) {
      float* terms = segment(i & 1, i >> 1);
      *terms = segment_sum<float>([&](int k) { return terms[k]; });
    });
    // The next barrier is a phase's: nobody reads the sums before it.
    team.phase_nosync(2, [&](int which) {
      double& total = which == 0 ? header().sums.kl : header().sums.squared_error;
      double value = total;
      for (int g = 0; g < segments; ++g) value += *segment(which, g);
      total = value;
    });
  }

  /// Gradient of the weights of layer l from its input and from the gradient at its output. The input of
  /// layer 0 stays: no barrier.
  SYMSCAN_BLOCK void weight_gradient(int l) {
    add_weight_gradient(matrices(), layer(l), gradient(), add_gradient, l > 0);
  }

  /// Gradients of all biases: the gradients at the outputs of all layers stay until the next tile. The next
  /// tile adds to the gradients.
  SYMSCAN_BLOCK void bias_gradients() {
    add_bias_gradients();
    add_gradient = true;
  }

  SYMSCAN_BLOCK_CALL void add_bias_gradients() const {
    const Matrices<BlockTiles> m = matrices();
    float* const target = gradient();
    int outputs = 0;
    for (int l = 0; l < shape().layer_count(); ++l) outputs += layer(l).out;
    team.phase(outputs, [&](int index) {
      int l = 0, o = index;
      for (; o >= layer(l).out; ++l) o -= layer(l).out;
      bias_gradient(m, layer(l), target, add_gradient, o);
    });
  }

  /// Overwrites the input of layer l with the gradient there, through the activation of the layer before.
  SYMSCAN_BLOCK void input_gradient(int l) const {
    const BlockLayer now = layer(l);
    multiply_layer(matrices(), LayerProduct{shape().parameters + now.weight, now.out_stride, now.in_stride,
                                            -1, now.in, now.out, now.output, now.input,
                                            now.input_activated != 0 ? After::slope : After::nothing,
                                            now.input, now.input_derivative});
  }

  /// From the gradient at z to the gradient at (mu, logvar), in place of the head's output.
  SYMSCAN_BLOCK_CALL void latent_gradient() const {
    team.phase(columns * shape().latents, [&](int i) {
      const int s = i % columns, j = i / columns, offset = shape().at(j, s);
      float* head = at(layer(shape().head()).output);
      const float weight = at(shape().event_weight)[s] * kl_scale;
      const float dz = at(shape().z)[offset], deviation = at(shape().deviation)[offset];
      head[offset] = mean_gradient(dz, head[offset], weight);
      head[shape().at(shape().latents + j, s)] =
          logvar_gradient(dz, at(shape().noise)[offset], deviation, weight);
    });
  }

  SYMSCAN_BLOCK void take_mean_as_latent() const {
    team.phase(columns * shape().latents, [&](int i) {
      const int offset = shape().at(i / columns, i % columns);
      at(shape().z)[offset] = at(layer(shape().head()).output)[offset];
    });
  }

  /// Forward-mode derivative of the decoder along latent j, layer by layer (l from the first decoder layer
  /// on).
  SYMSCAN_BLOCK void tangent(int l, int j) const {
    const BlockLayer now = layer(l);
    const int number = l - shape().head();
    const LayerProduct p = {shape().parameters + now.weight,
                            now.in_stride,
                            now.out_stride,
                            -1,
                            now.out,
                            now.in,
                            shape().tangents[(number + 1) % 2],
                            shape().tangents[number % 2],
                            now.activated != 0 ? After::slope : After::nothing,
                            now.output,
                            now.derivative};
    if (l > shape().head() + 1) {
      multiply_layer(matrices(), p);
      return;
    }
    team.phase(now.out * columns, [&](int i) {
      const int o = i / columns;
      float slope[1][1] = {{matrices().weights_at(p.w)[j * now.in_stride + o * now.out_stride]}};
      store_product(matrices(), p, o, i % columns, slope);
    });
  }

  SYMSCAN_BLOCK double* terms() const {
    return reinterpret_cast<double*>(at(shape().relevance)) + RelevanceSums::count * shape().latents;
  }

  /// Adds sum_samples w s_j^2 |d xhat / d z_j|^2 of the tangent in place.
  SYMSCAN_BLOCK void add_jacobian(int j, double* jacobian) const {
    const int segments = columns / segment_samples;
    double *term = terms(), *sum = term + shape().tile;
    team.phase(columns, [&](int s) {
      const float* tangent_out = at(shape().tangents[(shape().layer_count() - 1 - shape().head()) % 2]);
      double norm = 0;
      for (int d = 0; d < shape().features; ++d) {
        const double slope = tangent_out[shape().at(d, s)];
        norm += slope * slope;
      }
      const double deviation = at(shape().deviation)[shape().at(j, s)];
      term[s] = at(shape().event_weight)[s] * deviation * deviation * norm;
    });
    team.phase(segments, [&](int g) {
      sum[g] = segment_sum<double>([&](int k) { return term[g * segment_samples + k]; });
    });
    single([&] {
      for (int g = 0; g < segments; ++g) jacobian[j] += sum[g];
    });
  }

  SYMSCAN_BLOCK void add_relevance(const RelevanceSums& sums_of) const {
    const float* weights = at(shape().event_weight);
    constexpr int measures = RelevanceSums::of_encoder;
    team.phase(measures * shape().latents, [&](int i) {
      const int j = i / measures, measure = i % measures;
      const float* head = at(layer(shape().head()).output);
      const float* all_deviations = at(shape().deviation);
      double* target = measure == 0   ? sums_of.kl
                       : measure == 1 ? sums_of.mean
                       : measure == 2 ? sums_of.mean_square
                                      : sums_of.variance;
      double sum = target[j];
      for (int begin = 0; begin < columns; begin += segment_samples) {
        sum += segment_sum<double>([&](int k) {
          const int s = begin + k;
          const double weight = weights[s];
          const float mean = head[shape().at(j, s)], deviation = all_deviations[shape().at(j, s)];
          if (measure == 0) {
            const float logvar = head[shape().at(shape().latents + j, s)];
            return static_cast<double>(kl_term(mean, logvar, deviation, weights[s]));
          }
          if (measure == 1) return weight * mean;
          return measure == 2 ? weight * mean * mean : weight * deviation * deviation;
        });
      }
      target[j] = sum;
    });
  }

  SYMSCAN_BLOCK_CALL void update_if_finite(const StepSettings& settings, std::uint64_t step) const {
    if (!sums().finite()) return;
    team.phase(1, [&](int) { prepare_update(settings, step); });
    const int count = shape().parameter_count;
    if (fused()) {
      update_all(count, parameters(), at(shape().gradient), at(shape().first_moment),
                 at(shape().second_moment));
    } else {
      update_all(count, parameters(), header().gradient, header().first_moment, header().second_moment);
    }
  }
  /// A function of its own: what one thread computes must not take registers from what all compute.
  SYMSCAN_BLOCK_CALL void prepare_update(const StepSettings& settings, std::uint64_t step) const {
    header().optimizer = optimizer_step(settings, step);
  }
  /// Four parameters per thread and index; their number is a multiple of lane_padding.
  SYMSCAN_BLOCK void update_all(int count, float* SYMSCAN_RESTRICT weights,
                                const float* SYMSCAN_RESTRICT gradient, float* SYMSCAN_RESTRICT first_moment,
                                float* SYMSCAN_RESTRICT second_moment) const {
    const OptimizerStep constants = header().optimizer;
    if (constants.optimizer == Optimizer::sgd) {
      team.phase(count / 4, [&](int i) {
        float g[4], w[4], m[4];
        load_samples(gradient + 4 * i, g);
        load_samples(weights + 4 * i, w);
        load_samples(first_moment + 4 * i, m);
        SYMSCAN_UNROLL
        for (int k = 0; k < 4; ++k) sgd_update(constants, g[k], w[k], m[k]);
        store_samples(first_moment + 4 * i, m);
        store_samples(weights + 4 * i, w);
      });
      return;
    }
    // Each thread asks for its next parameters before it works on these.
    const int threads = team.threads();
    team.phase(threads, [&](int thread) {
      float g[4], m[4], v[4], next_g[4] = {}, next_m[4] = {}, next_v[4] = {};
      const auto ask = [&](int p) {
        if (p >= count) return;
        load_samples(gradient + p, next_g);
        load_samples(first_moment + p, next_m);
        load_samples(second_moment + p, next_v);
      };
      ask(4 * thread);
      SYMSCAN_NO_UNROLL
      for (int p = 4 * thread; p < count; p += 4 * threads) {
        float w[4];
        SYMSCAN_UNROLL
        for (int k = 0; k < 4; ++k) g[k] = next_g[k], m[k] = next_m[k], v[k] = next_v[k];
        ask(p + 4 * threads);
        load_samples(weights + p, w);
        adam_update_4(constants, g, w, m, v);
        store_samples(first_moment + p, m);
        store_samples(second_moment + p, v);
        store_samples(weights + p, w);
      }
    });
  }

  /// Keeps a copy of the parameters, and brings it back (early stopping).
  SYMSCAN_BLOCK_CALL void keep_parameters() const {
    team.phase(shape().parameter_count, [&](int p) { header().kept_parameters[p] = parameters()[p]; });
  }
  SYMSCAN_BLOCK_CALL void restore_parameters() const {
    team.phase(shape().parameter_count, [&](int p) { parameters()[p] = header().kept_parameters[p]; });
  }
};

}  // namespace symscan::block
