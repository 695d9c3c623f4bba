#pragma once
#include "kernels/cpu_share.hpp"
#include "kernels/elementwise.hpp"
#include "kernels/gather_cpu.hpp"
#include "kernels/multiply_cpu.hpp"
#include "kernels/workspace.hpp"

// The tile operations of step.hpp for one CPU thread, or for each of several that share a tile
// (cpu_share.hpp): they have the matrices in common, and every other member is each thread's own and the same
// for all. A matrix is [row = feature or neuron][sample], the sample contiguous: narrow layers (2 features, 4
// latents) then still fill whole vectors. One product (multiply_cpu.hpp) serves a layer three times: forward,
// input gradient, and weight gradient (after a transposition of the side that is contiguous in the weights,
// so that gradients come out in the weights' own layout).
//
// The activation is looked up once per layer and tile: only the products that apply it exist once for each.

namespace symscan::SYMSCAN_ISA {

struct CpuTiles {
  static constexpr std::size_t tile_samples() { return Workspace::tile_samples; }
  static constexpr std::size_t stride = Workspace::row_stride;

  const Network& network;
  Workspace work;
  float* parameters;
  float* gradient;
  float* first_moment;
  float* second_moment;
  float* kept_parameters = nullptr;
  CpuShare share = {};
  int samples = 0;  ///< in this tile
  int columns = 0;  ///< samples padded to whole vectors; padding has event weight 0
  std::uint32_t first_item = 0;
  float error_scale = 0, kl_scale = 0;
  bool add_gradient = false;
  LossSums loss_sums = {};

  template <class F>
  void single(F f) {
    share.meet();
    if (share.rank == 0) f();
    share.meet();
  }
  LossSums sums() const { return loss_sums; }

  void begin_pass() { loss_sums = LossSums(); }

  void begin_batch(std::size_t count, const StepSettings& settings) {
    begin_pass();
    error_scale = error_scale_of(settings, count);
    kl_scale = kl_scale_of(settings, count);
    add_gradient = false;
  }

  void load(const Batch& batch) {
    samples = static_cast<int>(batch.count);
    columns = static_cast<int>(padded(batch.count));
    first_item = batch.first_item;
    share.begin_tile(columns);
    gather(batch, static_cast<std::size_t>(network.features), share.samples(columns), work.input(0),
           work.event_weight);
    share.pass_on();
  }

  void affine(int l) {
    const Layer& layer = network.layers[l];
    const MatrixProduct product = {
        parameters + layer.weight, layer.in_stride, layer.out_stride, layer.in, work.input(l), stride,
        parameters + layer.bias,   false,           work.output(l),   stride};
    const Part mine = share.product(layer.out, columns);
    if (bends(layer)) {
      multiply_and_activate(l, product, mine);
    } else {
      multiply(product, mine);
    }
    share.pass_on();
  }

  void multiply_and_activate(int l, const MatrixProduct& product, Part mine) {
    with_activation(network.activation, [&](auto a) {
      constexpr Activation activation = a;
      float* const derivatives = stores_derivative(activation) ? work.derivative(l) : nullptr;
      multiply(product, mine, [=](Vec sum, int row, int s) {
        Vec derivative;
        const Vec y = activate<activation>(sum, derivative);
        if constexpr (stores_derivative(activation)) store(derivatives + row * stride + s, derivative);
        return y;
      });
    });
  }

  /// Whether the layer applies an activation that does anything.
  bool bends(const Layer& layer) const { return layer.activated && symscan::bends(network.activation); }

  /// Calls `use` with a function of an offset in the output of layer l: the activation's derivative there.
  template <class Use>
  void with_slopes(int l, Use use) const {
    const float* const values = stores_derivative(network.activation) ? work.derivative(l) : work.output(l);
    with_activation(network.activation, [=](auto a) {
      constexpr Activation activation = a;
      use([=](std::size_t at) { return slope_of_kept<activation>(SYMSCAN_ISA::load(values + at)); });
    });
  }

  /// z = mu + s eps, and the KL terms of each sample. Draws depend on (seed, stream, step, item, latent)
  /// only.
  void reparameterise(const Noise& noise) {
    const int latents = network.latents;
    const float* head = work.output(network.head());
    float* z = work.latent();
    const Range mine = share.samples(columns);
    for (int s = mine.begin; s < mine.end; s += lanes) {
      const Vec weight = SYMSCAN_ISA::load(work.event_weight + s);
      Vec kl = {};
      for (int block = 0; block * 4 < latents; ++block) {
        Vec eps[4];
        draw_normals(noise, as_words(lane_numbers()) + (first_item + static_cast<std::uint32_t>(s)),
                     static_cast<std::uint32_t>(block), eps);
        for (int i = 0; i < 4 && block * 4 + i < latents; ++i) {
          const std::size_t at = (block * 4 + i) * stride + s;
          const Vec mu = SYMSCAN_ISA::load(head + at),
                    logvar = SYMSCAN_ISA::load(head + latents * stride + at);
          const Vec deviation = posterior_deviation(logvar);
          store(work.noise + at, eps[i]);
          store(work.deviation + at, deviation);
          store(z + at, fma(deviation, eps[i], mu));
          const Vec term = kl_term(mu, logvar, deviation, weight);
          store(work.kl_terms + at, term);
          kl += term;
        }
      }
      store(work.sample_kl + s, kl);
    }
    share.pass_on();
  }

  /// Leaves 2 scale w (xhat - x) / batch in the output, and the squared error of each sample. add_losses,
  /// where the threads meet, comes next.
  void reconstruction_gradient() { compare<true>(); }
  void squared_error() { compare<false>(); }

  template <bool with_gradient>
  void compare() {
    float* output = work.output(network.layer_count() - 1);
    const float* x = work.input(0);
    const Range mine = share.samples(columns);
    for (int s = mine.begin; s < mine.end; s += lanes) {
      const Vec weight = SYMSCAN_ISA::load(work.event_weight + s);
      Vec error = {};
      for (int d = 0; d < network.features; ++d) {
        const std::size_t at = d * stride + s;
        const Vec difference = SYMSCAN_ISA::load(output + at) - SYMSCAN_ISA::load(x + at);
        const Vec weighted = difference * weight;
        error = fma(weighted, difference, error);
        if constexpr (with_gradient) store(output + at, weighted * error_scale);
      }
      store(work.sample_error + s, error);
    }
  }

  /// Each thread adds up everything, so that all have the sums. They meet before, and after: the next tile
  /// writes anew.
  void add_losses() {
    share.meet();
    for (int s = 0; s < columns; s += segment_samples) {
      loss_sums.kl += sum_of_segment(work.sample_kl + s);
      loss_sums.squared_error += sum_of_segment(work.sample_error + s);
    }
    share.meet();
  }

  /// Gradients of the weights and biases of layer l from its input and from the gradient at its output, of
  /// all samples: the threads meet before, and after, since the input is overwritten next.
  void weight_gradient(int l) {
    const Layer& layer = network.layers[l];
    const bool wide_out = layer.out_contiguous();
    const int wide = wide_out ? layer.out : layer.in, narrow = wide_out ? layer.in : layer.out;
    const float* wide_rows = wide_out ? work.output(l) : work.input(l);
    const float* narrow_rows = wide_out ? work.input(l) : work.output(l);
    const int wide_padded = static_cast<int>(padded(wide));
    const Range mine = share.of(wide_padded, lane_padding);
    share.meet();
    transpose(wide_rows, wide, wide_padded, mine);
    Part part = {{0, narrow}, mine};
    if (wide_padded < 2 * lane_padding * share.size && !share.few(narrow)) {
      part = {share.of(narrow, block_rows), {0, wide_padded}};
      share.meet();
    }
    multiply({narrow_rows, 1, stride, columns, work.transposed, static_cast<std::size_t>(wide_padded),
              nullptr, add_gradient, gradient + layer.weight, static_cast<std::size_t>(wide_padded)},
             part);
    if (wide_out) {
      multiply({work.ones, 1, 0, columns, work.transposed, static_cast<std::size_t>(wide_padded), nullptr,
                add_gradient, gradient + layer.bias, static_cast<std::size_t>(wide_padded)},
               {{0, 1}, mine});
    } else {
      add_rows(narrow_rows, layer.out, gradient + layer.bias);
    }
    if (l == 0) add_gradient = true;  // the last gradient of a tile: the next tile adds to this one
    share.meet();
  }

  /// sums[i] = (0 or sums[i]) + sum of rows[i] over the samples; padding zero.
  void add_rows(const float* rows, int count, float* sums) const {
    const Range mine = share.of(static_cast<int>(padded(count)), 1);
    for (int i = mine.begin; i < mine.end; ++i) {
      float sum = add_gradient ? sums[i] : 0.0f;
      for (int s = 0; i < count && s < columns; s += segment_samples)
        sum += sum_of_segment(rows + i * stride + s);
      sums[i] = sum;
    }
  }

  void bias_gradients() {}  // done with the weights

  /// work.transposed[s][i] = rows[i][s] for the rows `mine`, padding columns zero.
  void transpose(const float* rows, int count, int count_padded, Range mine) {
    int i = mine.begin;
    for (; i + lanes <= count && i < mine.end; i += lanes) {
      for (int s = 0; s < columns; s += lanes) {
        transpose_block(rows + i * stride + s, stride, work.transposed + s * count_padded + i, count_padded);
      }
    }
    for (int s = 0; s < columns && i < mine.end; ++s) {
      for (int rest = i; rest < mine.end; ++rest) {
        work.transposed[s * count_padded + rest] = rest < count ? rows[rest * stride + s] : 0.0f;
      }
    }
  }

  /// Overwrites the input of layer l with the gradient there, through the activation of the layer before.
  void input_gradient(int l) {
    const Layer& layer = network.layers[l];
    const int before = l - 1;
    const bool through_activation = bends(network.layers[before]) && l != network.head() + 1;
    const MatrixProduct product = {parameters + layer.weight,
                                   layer.out_stride,
                                   layer.in_stride,
                                   layer.out,
                                   work.output(l),
                                   stride,
                                   nullptr,
                                   false,
                                   work.input(l),
                                   stride};
    const Part mine = share.product(layer.in, columns);
    if (through_activation) {
      with_slopes(before, [&](auto slope) {
        multiply(product, mine, [=](Vec sum, int row, int s) { return sum * slope(row * stride + s); });
      });
    } else {
      multiply(product, mine);
    }
    share.pass_on();
  }

  /// From the gradient at z to the gradient at (mu, logvar), in place of the head's output. weight_gradient,
  /// where the threads meet, comes next.
  void latent_gradient() {
    const int latents = network.latents;
    float* mean = work.output(network.head());
    float* logvar = mean + latents * stride;
    const float* z_gradient = work.latent();
    const Range mine = share.samples(columns);
    for (int j = 0; j < latents; ++j) {
      for (int s = mine.begin; s < mine.end; s += lanes) {
        const std::size_t at = j * stride + s;
        const Vec weight = SYMSCAN_ISA::load(work.event_weight + s) * kl_scale;
        const Vec dz = SYMSCAN_ISA::load(z_gradient + at), deviation = SYMSCAN_ISA::load(work.deviation + at);
        store(mean + at, mean_gradient(dz, SYMSCAN_ISA::load(mean + at), weight));
        store(logvar + at, logvar_gradient(dz, SYMSCAN_ISA::load(work.noise + at), deviation, weight));
      }
    }
  }

  void take_mean_as_latent() {
    const float* mean = work.output(network.head());
    const Range mine = share.samples(columns);
    for (int j = 0; j < network.latents; ++j) {
      for (int s = mine.begin; s < mine.end; s += lanes)
        store(work.latent() + j * stride + s, SYMSCAN_ISA::load(mean + j * stride + s));
    }
    share.pass_on();
  }

  /// Forward-mode derivative of the decoder along latent j, layer by layer (l from the first decoder layer
  /// on).
  void tangent(int l, int j) {
    const Layer& layer = network.layers[l];
    float* out = work.tangent((l - network.head()) % 2);
    const Part mine = share.product(layer.out, columns);
    if (l == network.head() + 1) {
      const float* weights = parameters + layer.index(j, 0);
      over(mine, [=](std::size_t at, int o) { store(out + at, broadcast(weights[o * layer.out_stride])); });
    } else {
      multiply({parameters + layer.weight, layer.in_stride, layer.out_stride, layer.in,
                work.tangent((l - network.head() + 1) % 2), stride, nullptr, false, out, stride},
               mine);
    }
    if (bends(layer)) {
      with_slopes(l, [&](auto slope) {
        over(mine, [=](std::size_t at, int) { store(out + at, SYMSCAN_ISA::load(out + at) * slope(at)); });
      });
    }
    share.pass_on();
  }

  /// Calls `use` with the offset of each vector of a part of a matrix, and its row.
  template <class Use>
  static void over(Part part, Use use) {
    for (int row = part.rows.begin; row < part.rows.end; ++row) {
      for (int s = part.columns.begin; s < part.columns.end; s += lanes) use(row * stride + s, row);
    }
  }

  /// Adds the segmented sum of term(sample), float64, over the tile.
  template <class Term>
  void add_segments(double& sum, Term term) const {
    for (int begin = 0; begin < columns; begin += segment_samples) {
      sum += segment_sum<double>([&](int i) { return term(begin + i); });
    }
  }

  /// Adds sum_samples w s_j^2 |d xhat / d z_j|^2 of the tangent in place.
  void add_jacobian(int j, double* jacobian) {
    single([&] { add_jacobian_alone(j, jacobian); });
  }
  void add_jacobian_alone(int j, double* jacobian) const {
    const float* tangent_out = work.tangent((network.layer_count() - 1 - network.head()) % 2);
    add_segments(jacobian[j], [&](int s) {
      double norm = 0;
      for (int d = 0; d < network.features; ++d) {
        const double slope_d = tangent_out[d * stride + s];
        norm += slope_d * slope_d;
      }
      const double deviation = work.deviation[j * stride + s];
      return work.event_weight[s] * deviation * deviation * norm;
    });
  }

  void add_relevance(const RelevanceSums& sums_of) {
    const float* head = work.output(network.head());
    const Range mine = share.of(network.latents, 1);
    share.meet();
    for (int j = mine.begin; j < mine.end; ++j) {
      const float *mean = head + j * stride, *deviation = work.deviation + j * stride;
      const float *kl = work.kl_terms + j * stride, *weight = work.event_weight;
      add_segments(sums_of.kl[j], [=](int s) { return static_cast<double>(kl[s]); });
      add_segments(sums_of.mean[j], [=](int s) { return static_cast<double>(weight[s]) * mean[s]; });
      add_segments(sums_of.mean_square[j],
                   [=](int s) { return static_cast<double>(weight[s]) * mean[s] * mean[s]; });
      add_segments(sums_of.variance[j],
                   [=](int s) { return static_cast<double>(weight[s]) * deviation[s] * deviation[s]; });
    }
    share.meet();
  }

  /// The last operation on a batch: the threads meet after it, before they use the parameters again.
  void update_if_finite(const StepSettings& settings, std::uint64_t step) {
    if (!loss_sums.finite()) return;
    const OptimizerStep constants = optimizer_step(settings, step);
    over_my_parameters([&](std::size_t p) {
      const Vec g = SYMSCAN_ISA::load(gradient + p);
      Vec w = SYMSCAN_ISA::load(parameters + p), m = SYMSCAN_ISA::load(first_moment + p);
      if (constants.optimizer == Optimizer::sgd) {
        sgd_update(constants, g, w, m);
      } else {
        Vec v = SYMSCAN_ISA::load(second_moment + p);
        adam_update(constants, g, w, m, v);
        store(second_moment + p, v);
      }
      store(first_moment + p, m);
      store(parameters + p, w);
    });
  }

  /// Calls `use` with the offset of each vector of this thread's parameters.
  template <class Use>
  void over_my_parameters(Use use) const {
    const auto lines = static_cast<int>(network.parameter_count / lane_padding);
    const Range mine = share.of(lines, 1);
    const std::size_t end = static_cast<std::size_t>(mine.end) * lane_padding;
    for (std::size_t p = static_cast<std::size_t>(mine.begin) * lane_padding; p < end; p += lanes) use(p);
  }

  /// Keeps a copy of the parameters, and brings it back (early stopping).
  void keep_parameters() { copy(parameters, kept_parameters); }
  void restore_parameters() { copy(kept_parameters, parameters); }
  void copy(const float* from, float* to) const {
    over_my_parameters([&](std::size_t p) { store(to + p, SYMSCAN_ISA::load(from + p)); });
  }
};

}  // namespace symscan::SYMSCAN_ISA
