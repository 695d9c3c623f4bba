#pragma once
#include <vector>

#include "kernels/block/tensor_product.hpp"
#include "kernels/layered/memory.hpp"
#include "kernels/layered/sums.hpp"
#include "kernels/runtime/runtime.hpp"

// The tile operations of step.hpp for the replicas of a pool at once. An operation computes nothing: it
// queues kernels and products, the same ones whatever the replicas do, so that the queue can be recorded and
// replayed. What differs between replicas (samples, noise, settings) lies in their places in device memory,
// where a kernel has put it before the pass; of the arguments of step.hpp only the position of a tile counts.

namespace symscan::layered {

/// Device memory of a pool.
struct PoolMemory {
  Place* places;
  ParameterVectors vectors;
  Vector<float> tile;
  Vector<std::uint32_t> rows;
  Vector<double> sums;   ///< RelevanceSums of an evaluation
  Vector<double> terms;  ///< [evaluation_tile]
};

class LayeredTiles {
 public:
  LayeredTiles(Runtime& runtime, const Network& network, Precision precision, int columns,
               const PoolMemory& memory)
      : runtime_(runtime),
        network_(network),
        precision_(precision),
        memory_(memory),
        layout_(lay_out_tile(network, columns)) {}

  std::size_t tile_samples() const { return static_cast<std::size_t>(layout_.columns); }

  // The kernels that begin a pass clear its sums and set the scales of the gradients.
  void begin_pass() {}
  void begin_batch(std::size_t, const StepSettings&) { add_gradient_ = false; }

  void load(const Batch& batch) {
    begin_ = batch.first;
    each_sample(LoadRows{memory_.places, begin_, memory_.rows, event_weight()});
    each_element(LoadData{memory_.places, begin_, memory_.rows, input(0), network_.features},
                 network_.features);
  }

  void affine(int l) {
    const Layer& layer = network_.layers[l];
    multiply(l, !layer.out_contiguous(), input(l), layer.in, output(l), layer.out);
    each_element(BiasActivation{output(l), derivative(l), constant(vector(layer.bias)), activation_of(l)},
                 layer.out);
  }

  void reparameterise(const Noise&) {
    each_sample(Reparameterise{memory_.places, begin_, output(network_.head()), latent(), noise(),
                               deviation(), event_weight(), sample(layout_.sample_kl), network_.latents});
  }

  void reconstruction_gradient() {
    squared_error();
    each_element(ReconstructionGradient{memory_.places, last_output(), input(0), event_weight()},
                 network_.features);
  }
  void squared_error() {
    each_sample(SampleErrors{last_output(), input(0), event_weight(), sample(layout_.sample_error),
                             network_.features});
  }

  void add_losses() {
    const int segments = layout_.columns / segment_samples;
    const Matrix sums = {memory_.tile.first + layout_.segment_sums, memory_.tile.stride, segments};
    runtime_.run(SegmentSums{sample(layout_.sample_kl), sample(layout_.sample_error), sums}, segments, 2);
    runtime_.run(AddLosses{memory_.places, sums}, 1, 1);
  }

  void weight_gradient(int l) {
    const Layer& layer = network_.layers[l];
    const bool wide_out = layer.out_contiguous();
    const Matrix wide = wide_out ? output(l) : input(l), narrow = wide_out ? input(l) : output(l);
    Gemm gemm = {};
    gemm.transpose_a = true;
    gemm.m = wide_out ? layer.out : layer.in;
    gemm.n = wide_out ? layer.in : layer.out;
    gemm.k = layout_.columns;
    gemm.a = blas_matrix(wide);
    gemm.b = blas_matrix(narrow);
    gemm.beta = add_gradient_ ? 1.0f : 0.0f;
    gemm.c = {memory_.vectors.gradient.first + layer.weight, weight_rows(layer),
              memory_.vectors.gradient.stride};
    gemm.precision = precision_of(layer);
    runtime_.gemm(gemm);
    const Vector<float> bias = {memory_.vectors.gradient.first + layer.bias, memory_.vectors.gradient.stride};
    runtime_.run(BiasGradient{output(l), bias, wide_out, add_gradient_}, layer.out, 1);
    if (l == 0) add_gradient_ = true;  // the last gradient of a tile: the next tile adds to this one
  }

  void bias_gradients() {}  // done with the weights

  void input_gradient(int l) {
    const Layer& layer = network_.layers[l];
    const bool through = l != network_.head() + 1 && bends(activation_of(l - 1));
    const Matrix target = through ? scratch(0) : input(l);
    multiply(l, layer.out_contiguous(), output(l), layer.out, target, layer.in);
    if (through) {
      each_element(
          MultiplySlope{target, output(l - 1), derivative(l - 1), output(l - 1), network_.activation},
          layer.in);
    }
  }

  void latent_gradient() {
    each_element(LatentGradient{memory_.places, output(network_.head()), latent(), noise(), deviation(),
                                event_weight(), network_.latents},
                 network_.latents);
  }

  void take_mean_as_latent() { each_element(TakeMean{output(network_.head()), latent()}, network_.latents); }

  void tangent(int l, int j) {
    const Layer& layer = network_.layers[l];
    const Matrix target = scratch((l - network_.head()) % 2);
    if (l == network_.head() + 1) {
      each_element(FirstTangent{constant(vector(layer.index(j, 0))), layer.out_stride, target}, layer.out);
    } else {
      multiply(l, !layer.out_contiguous(), scratch((l - network_.head() + 1) % 2), layer.in, target,
               layer.out);
    }
    if (!bends(activation_of(l))) return;
    each_element(MultiplySlope{target, output(l), derivative(l), target, network_.activation}, layer.out);
  }

  void add_jacobian(int j, const double*) {
    const Matrix tangent_out = scratch((network_.layer_count() - 1 - network_.head()) % 2);
    each_sample(JacobianTerms{tangent_out, deviation(), event_weight(), memory_.terms, network_.features, j});
    runtime_.run(AddJacobian{memory_.places, memory_.terms, layout_.columns,
                             RelevanceSums::of_encoder * network_.latents + j},
                 1, 1);
  }

  void add_relevance(const RelevanceSums&) {
    runtime_.run(
        AddRelevance{memory_.places, output(network_.head()), deviation(), event_weight(), network_.latents},
        network_.latents, RelevanceSums::of_encoder);
  }

  void update_if_finite(const StepSettings&, std::uint64_t) {
    runtime_.run(PrepareUpdate{memory_.places}, 1, 1);
    runtime_.run(Update{memory_.places, memory_.vectors}, static_cast<int>(network_.parameter_count), 1);
  }

 private:
  Matrix matrix(std::size_t offset) const {
    return {memory_.tile.first + offset, memory_.tile.stride, layout_.columns};
  }
  Matrix output(int l) const { return matrix(layout_.outputs[l]); }
  Matrix last_output() const { return output(network_.layer_count() - 1); }
  Matrix input(int l) const {
    return l == 0 ? matrix(layout_.data) : l == network_.head() + 1 ? latent() : output(l - 1);
  }
  Matrix derivative(int l) const {
    return layout_.derivatives[l] == no_offset ? Matrix{} : matrix(layout_.derivatives[l]);
  }
  Matrix latent() const { return matrix(layout_.z); }
  Matrix noise() const { return matrix(layout_.noise); }
  Matrix deviation() const { return matrix(layout_.deviation); }
  Matrix scratch(int which) const { return matrix(layout_.scratch[which]); }
  Vector<float> sample(std::size_t offset) const {
    return {memory_.tile.first + offset, memory_.tile.stride};
  }
  Vector<float> event_weight() const { return sample(layout_.event_weight); }
  /// The parameters from `offset` on.
  Vector<float> vector(std::size_t offset) const {
    return {memory_.vectors.parameters.first + offset, memory_.vectors.parameters.stride};
  }
  static Vector<const float> constant(const Vector<float>& vector) { return {vector.first, vector.stride}; }

  Activation activation_of(int l) const {
    return network_.layers[l].activated ? network_.activation : Activation::linear;
  }
  Precision precision_of(const Layer& layer) const {
    const bool large = layer.in >= block::tensor_least && layer.out >= block::tensor_least;
    return large ? precision_ : Precision::fp32;
  }

  template <class Kernel>
  void each_sample(const Kernel& kernel) {
    runtime_.run(kernel, layout_.columns, 1);
  }
  template <class Kernel>
  void each_element(const Kernel& kernel, int rows) {
    runtime_.run(kernel, layout_.columns, rows);
  }

  // A matrix [row][sample] is [sample][row] to BLAS, whose columns are contiguous.
  static BlasMatrix<const float> blas_matrix(const Matrix& matrix) {
    return {matrix.first, matrix.columns, matrix.stride};
  }
  /// The weights are stored as the columns of a matrix with this many rows, padding included.
  static int weight_rows(const Layer& layer) {
    return static_cast<int>(layer.out_contiguous() ? layer.in_stride : layer.out_stride);
  }

  /// to = (weights of layer l, or their transpose) from, which have `rows` and `depth` rows. `by_column`:
  /// rows of `to` belong to columns of the weights as they are stored.
  void multiply(int l, bool by_column, const Matrix& from, int depth, const Matrix& to, int rows) {
    const Layer& layer = network_.layers[l];
    const Vector<float> weights = vector(layer.weight);
    Gemm gemm = {};
    gemm.transpose_b = !by_column;
    gemm.m = layout_.columns;
    gemm.n = rows;
    gemm.k = depth;
    gemm.a = blas_matrix(from);
    gemm.b = {weights.first, weight_rows(layer), weights.stride};
    gemm.c = {to.first, to.columns, to.stride};
    gemm.precision = precision_of(layer);
    runtime_.gemm(gemm);
  }

  Runtime& runtime_;
  const Network& network_;
  const Precision precision_;
  const PoolMemory memory_;
  const TileLayout layout_;
  std::size_t begin_ = 0;  ///< sample of the pass where the tile starts
  bool add_gradient_ = false;
};

}  // namespace symscan::layered
