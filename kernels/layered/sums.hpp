#pragma once
#include "kernels/layered/kernels.hpp"

// The kernels of Tier::layered that add up samples, and those that go over the parameters.

namespace symscan::layered {

/// sums[which][g] = the sum of segment g of sample_kl (which 0) or sample_error (1).
struct SegmentSums {
  Vector<float> sample_kl, sample_error;
  Matrix sums;
  SYMSCAN_BLOCK void operator()(int place, int which, int g) const {
    const float* terms = (which == 0 ? sample_kl : sample_error).of(place) + g * segment_samples;
    sums.at(place, which, g) = segment_sum<float>([&](int k) { return terms[k]; });
  }
};

struct AddLosses {
  Place* places;
  Matrix sums;
  SYMSCAN_BLOCK void operator()(int place, int, int) const {
    LossSums& loss = places[place].pass.sums;
    for (int g = 0; g < sums.columns; ++g) {
      loss.kl += sums.at(place, 0, g);
      loss.squared_error += sums.at(place, 1, g);
    }
  }
};

/// Adds to the gradient of the biases of a layer; the order of the sum is that of the CPU.
struct BiasGradient {
  Matrix output;
  Vector<float> bias;
  bool chain;  ///< sample after sample, where the outputs are contiguous in the weights; else by segments
  bool add;
  SYMSCAN_BLOCK void operator()(int place, int, int o) const {
    const float* row = output.row(place, o);
    float* target = bias.of(place) + o;
    float sum = add ? *target : 0.0f;
    if (chain) {
      for (int s = 0; s < output.columns; s += 4) {
        const block::Four four = block::load4(row + s);
        sum = (((sum + four.x) + four.y) + four.z) + four.w;
      }
    } else {
      for (int s = 0; s < output.columns; s += segment_samples) {
        sum += segment_sum<float>([&](int k) { return row[s + k]; });
      }
    }
    *target = sum;
  }
};

/// Adds a tile's sums of one measure of one latent (row: kl, mean, mean^2, variance).
struct AddRelevance {
  const Place* places;
  Matrix head, deviation;
  Vector<float> event_weight;
  int latents;
  SYMSCAN_BLOCK void operator()(int place, int measure, int j) const {
    double* const sums = places[place].pass.relevance;
    if (sums == nullptr) return;
    const float *mean = head.row(place, j), *logvar = head.row(place, latents + j);
    const float *deviations = deviation.row(place, j), *weights = event_weight.of(place);
    double sum = sums[measure * latents + j];
    for (int begin = 0; begin < head.columns; begin += segment_samples) {
      sum += segment_sum<double>([&](int k) {
        const int s = begin + k;
        const double weight = weights[s];
        if (measure == 0) {
          return static_cast<double>(scalar::kl_term(mean[s], logvar[s], deviations[s], weights[s]));
        }
        if (measure == 1) return weight * mean[s];
        return measure == 2 ? weight * mean[s] * mean[s] : weight * deviations[s] * deviations[s];
      });
    }
    sums[measure * latents + j] = sum;
  }
};

/// w s_j^2 |d xhat / d z_j|^2 of each sample.
struct JacobianTerms {
  Matrix tangent, deviation;
  Vector<float> event_weight;
  Vector<double> terms;
  int features, latent;
  SYMSCAN_BLOCK void operator()(int place, int, int s) const {
    double norm = 0;
    for (int d = 0; d < features; ++d) {
      const double slope = tangent.at(place, d, s);
      norm += slope * slope;
    }
    const double s_j = deviation.at(place, latent, s);
    terms.of(place)[s] = event_weight.of(place)[s] * s_j * s_j * norm;
  }
};

struct AddJacobian {
  const Place* places;
  Vector<double> terms;
  int columns, index;  ///< of the latent in the sums
  SYMSCAN_BLOCK void operator()(int place, int, int) const {
    double* const sums = places[place].pass.relevance;
    if (sums == nullptr) return;
    const double* term = terms.of(place);
    double sum = sums[index];
    for (int s = 0; s < columns; s += segment_samples) {
      sum += segment_sum<double>([&](int k) { return term[s + k]; });
    }
    sums[index] = sum;
  }
};

struct BeginEvaluation {
  Place* places;
  std::size_t chunk;
  double* totals[pool_places];  ///< nullptr: this place is not evaluated
  Vector<double> sums;
  int count;  ///< of sums
  SYMSCAN_BLOCK void operator()(int place, int, int) const {
    double* const relevance = sums.of(place);
    begin_evaluation(places[place], chunk, totals[place] != nullptr ? relevance : nullptr);
    for (int i = 0; i < count; ++i) relevance[i] = 0;
  }
};

/// totals += the sums of a chunk: losses, then those of the latents.
struct EndEvaluation {
  const Place* places;
  double* totals[pool_places];
  Vector<double> sums;
  int count;
  SYMSCAN_BLOCK void operator()(int place, int, int) const {
    const Pass& pass = places[place].pass;
    if (!pass.working) return;
    totals[place][0] += pass.sums.squared_error;
    totals[place][1] += pass.sums.kl;
    for (int i = 0; i < count; ++i) totals[place][2 + i] += sums.of(place)[i];
  }
};

/// What the kernels over the parameters work on, [parameter_count] each.
struct ParameterVectors {
  Vector<float> parameters, gradient, first_moment, second_moment, kept;
};

struct Update {
  const Place* places;
  ParameterVectors vectors;
  SYMSCAN_BLOCK void operator()(int place, int, int p) const {
    const Pass& pass = places[place].pass;
    if (!pass.updates) return;
    const float g = vectors.gradient.of(place)[p];
    float &w = vectors.parameters.of(place)[p], &m = vectors.first_moment.of(place)[p];
    if (pass.optimizer.optimizer == Optimizer::sgd) {
      scalar::sgd_update(pass.optimizer, g, w, m);
    } else {
      scalar::adam_update(pass.optimizer, g, w, m, vectors.second_moment.of(place)[p]);
    }
  }
};

/// Keeps a copy of the parameters, and brings it back (early stopping).
struct KeepParameters {
  const Place* places;
  ParameterVectors vectors;
  SYMSCAN_BLOCK void operator()(int place, int, int p) const {
    float &parameter = vectors.parameters.of(place)[p], &kept = vectors.kept.of(place)[p];
    if (places[place].keeps) kept = parameter;
    if (places[place].restores) parameter = kept;
  }
};

struct CopyParameters {
  const float* from;
  float* to;
  SYMSCAN_BLOCK void operator()(int place, int, int p) const {
    if (place == 0) to[p] = from[p];
  }
};

// clang-format off
/// Every kernel: for the runtimes, which make one launch of each.
#define SYMSCAN_LAYERED_KERNELS(X)                                                                      \
  X(BeginStep) X(PrepareUpdate) X(EndStep) X(BeginValidation) X(EndValidation) X(BeginMeasuring)        \
  X(EndMeasuring) X(GiveUnits) X(PublishStates) X(LoadRows) X(LoadData) X(BiasActivation)               \
  X(MultiplySlope) X(Reparameterise) X(SampleErrors) X(ReconstructionGradient) X(LatentGradient)        \
  X(TakeMean) X(FirstTangent) X(SegmentSums) X(AddLosses) X(BiasGradient) X(AddRelevance)                 \
  X(JacobianTerms) X(AddJacobian) X(BeginEvaluation) X(EndEvaluation) X(Update) X(KeepParameters)       \
  X(CopyParameters)
// clang-format on

}  // namespace symscan::layered
