#include "kernels/step.hpp"

#include <cmath>
#include <cstring>

#include "tests/kernels/kernel_fixture.hpp"
#include "tests/kernels/tiles_reference.hpp"

namespace symscan::test {
namespace {

struct Shape {
  int features;
  std::vector<int> hidden;
  int latents;
  std::size_t samples;
};

const Shape awkward_shapes[] = {{1, {1}, 1, 1},        {2, {64, 32}, 4, 128}, {7, {33}, 5, 33},
                                {8, {7, 1, 7}, 3, 65}, {3, {}, 2, 129},       {33, {65, 17}, 9, 200},
                                {1, {129}, 1, 7},      {65, {}, 33, 16},      {16, {16, 16}, 16, 17},
                                {129, {7}, 1, 300}};

StepSettings settings_for(const Shape& shape) {
  StepSettings settings;
  settings.reconstruction_scale = 1.0f / static_cast<float>(shape.features);
  settings.beta = 0.3f;
  return settings;
}

const Noise noise{42, Stream::training_noise, 9};

double mean_loss(ReferenceTiles& tiles, const Network& network, const Batch& batch,
                 const StepSettings& settings) {
  evaluate(tiles, network, batch, noise, nullptr);
  const LossSums sums = tiles.sums();
  return (settings.reconstruction_scale * sums.squared_error + settings.beta * sums.kl) /
         static_cast<double>(batch.count);
}

TEST(Step, ReferenceGradientIsTheSlopeOfTheLoss) {
  for (const Activation activation : all_activations) {
    for (const Shape& shape : {Shape{3, {5, 4}, 2, 60}, Shape{2, {}, 3, 9}, Shape{1, {2, 3, 2}, 1, 4}}) {
      const KernelCase c(shape.features, shape.hidden, shape.latents, activation, shape.samples);
      const StepSettings settings = settings_for(shape);
      ReferenceTiles tiles{c.network, c.double_parameters()};
      batch_gradient(tiles, c.network, c.batch(), noise, settings);
      const auto gradient = tiles.gradient;
      for (int l = 0; l < c.network.layer_count(); ++l) {
        const Layer& layer = c.network.layers[l];
        for (const std::size_t p :
             {layer.index(0, 0), layer.index(layer.in - 1, layer.out - 1), layer.bias}) {
          constexpr double h = 1e-5;
          ReferenceTiles up{c.network, c.double_parameters()}, down{c.network, c.double_parameters()};
          up.parameters[p] += h;
          down.parameters[p] -= h;
          const double slope = (mean_loss(up, c.network, c.batch(), settings) -
                                mean_loss(down, c.network, c.batch(), settings)) /
                               (2 * h);
          // relu has kinks: a sample may cross one within h
          const double tolerance = activation == Activation::relu ? 1e-4 : 1e-7;
          EXPECT_NEAR(gradient[p], slope, tolerance * (1 + std::abs(slope)))
              << "layer " << l << " parameter " << p;
        }
      }
    }
  }
}

TEST(Step, CpuGradientAgreesWithTheReferenceAtAwkwardShapes) {
  for (const CpuBackend* backend : cpu_backends()) {
    for (const Activation activation : all_activations) {
      for (const Shape& shape : awkward_shapes) {
        const KernelCase c(shape.features, shape.hidden, shape.latents, activation, shape.samples);
        const StepSettings settings = settings_for(shape);
        ReferenceTiles tiles{c.network, c.double_parameters()};
        batch_gradient(tiles, c.network, c.batch(), noise, settings);
        const LossSums expected = tiles.sums();
        const LossSums sums = backend->gradient(c.network, c.buffers, c.batch(), noise, settings);
        const std::string where =
            std::string(backend->name) + " activation " + std::to_string(static_cast<int>(activation)) +
            " features " + std::to_string(shape.features) + " samples " + std::to_string(shape.samples);
        EXPECT_NEAR(sums.squared_error, expected.squared_error, 1e-5 * expected.squared_error) << where;
        EXPECT_NEAR(sums.kl, expected.kl, 1e-5 * (1 + expected.kl)) << where;
        double largest = 0;
        for (const double g : tiles.gradient) largest = std::max(largest, std::abs(g));
        for (std::size_t p = 0; p < c.network.parameter_count; ++p) {
          ASSERT_NEAR(c.buffers.gradient[p], tiles.gradient[p], 2e-5 * largest)
              << where << " parameter " << p;
        }
        c.expect_sentinels();
      }
    }
  }
}

TEST(Step, EvaluationAgreesWithTheReference) {
  for (const CpuBackend* backend : cpu_backends()) {
    for (const Activation activation : all_activations) {
      for (const Shape& shape : awkward_shapes) {
        const KernelCase c(shape.features, shape.hidden, shape.latents, activation, shape.samples);
        std::vector<double> got(RelevanceSums::size(shape.latents)), expected(got.size());
        const RelevanceSums got_sums = RelevanceSums::in(got.data(), shape.latents),
                            expected_sums = RelevanceSums::in(expected.data(), shape.latents);
        ReferenceTiles tiles{c.network, c.double_parameters()};
        evaluate(tiles, c.network, c.batch(), noise, &expected_sums);
        const LossSums want = tiles.sums();
        const LossSums have = backend->evaluate(c.network, c.buffers, c.batch(), noise, &got_sums);
        EXPECT_NEAR(have.squared_error, want.squared_error, 1e-5 * want.squared_error);
        for (std::size_t i = 0; i < got.size(); ++i) {
          EXPECT_NEAR(got[i], expected[i],
                      2e-5 * (static_cast<double>(shape.samples) + std::abs(expected[i])))
              << backend->name << " sum " << i;
        }
        c.expect_sentinels();
      }
    }
  }
}

TEST(Step, TheJacobianMeasureIsTheDecodersSlope) {
  const KernelCase c(3, {9}, 2, Activation::gelu, 1);
  double sums[RelevanceSums::size(2)] = {};
  const RelevanceSums relevance = RelevanceSums::in(sums, 2);
  cpu_backend().evaluate(c.network, c.buffers, c.batch(false), noise, &relevance);
  ReferenceTiles tiles{c.network, c.double_parameters()};
  tiles.load(c.batch(false));
  encode_tile(tiles, c.network);
  tiles.reparameterise(noise);
  for (int j = 0; j < 2; ++j) {
    constexpr double h = 1e-5;
    double norm = 0;
    ReferenceTiles::Matrix side[2];
    for (int sign = 0; sign < 2; ++sign) {
      tiles.take_mean_as_latent();
      tiles.z[0][j] += sign == 0 ? h : -h;
      decode_tile(tiles, c.network);
      side[sign] = tiles.after[c.network.layer_count() - 1];
    }
    for (int d = 0; d < 3; ++d) norm += std::pow((side[0][0][d] - side[1][0][d]) / (2 * h), 2);
    EXPECT_NEAR(relevance.jacobian[j], tiles.variance(0, j) * norm, 1e-5 * norm);
  }
}

TEST(Step, InstructionSetsWithFusedMultiplyAddGiveTheSameBits) {
  std::vector<const CpuBackend*> fused;
  for (const CpuBackend* backend : cpu_backends()) {
    if (std::strcmp(backend->name, "baseline") != 0) fused.push_back(backend);
  }
  if (fused.size() < 2) GTEST_SKIP() << "this processor runs fewer than two such instruction sets";
  for (const Activation activation : all_activations) {
    for (const Shape& shape : awkward_shapes) {
      const KernelCase a(shape.features, shape.hidden, shape.latents, activation, shape.samples);
      const KernelCase b(shape.features, shape.hidden, shape.latents, activation, shape.samples);
      for (std::uint64_t step = 1; step <= 3; ++step) {
        const LossSums left =
            fused[0]->train_step(a.network, a.buffers, a.batch(), noise, settings_for(shape), step);
        const LossSums right =
            fused[1]->train_step(b.network, b.buffers, b.batch(), noise, settings_for(shape), step);
        ASSERT_EQ(left.squared_error, right.squared_error);
        ASSERT_EQ(left.kl, right.kl);
      }
      ASSERT_EQ(0, std::memcmp(a.buffers.parameters, b.buffers.parameters,
                               a.network.parameter_count * sizeof(float)));
    }
  }
}

TEST(Step, PaddingOfParametersStaysZero) {
  const KernelCase c(7, {33}, 5, Activation::tanh, 40);
  for (std::uint64_t step = 1; step <= 5; ++step) {
    cpu_backend().train_step(c.network, c.buffers, c.batch(), noise, settings_for(awkward_shapes[2]), step);
  }
  std::vector<bool> real(c.network.parameter_count, false);
  for (int l = 0; l < c.network.layer_count(); ++l) {
    const Layer& layer = c.network.layers[l];
    for (int o = 0; o < layer.out; ++o) {
      real[layer.bias + o] = true;
      for (int i = 0; i < layer.in; ++i) real[layer.index(i, o)] = true;
    }
  }
  for (std::size_t p = 0; p < real.size(); ++p) {
    if (!real[p]) {
      ASSERT_EQ(c.buffers.parameters[p], 0.0f) << p;
    }
  }
}

TEST(Step, EncodeAndDecodeAgreeWithTheReference) {
  const KernelCase c(5, {33, 7}, 3, Activation::silu, 150);
  std::vector<float> mean(150 * 3), logvar(150 * 3), decoded(150 * 5);
  cpu_backend().encode(c.network, c.buffers, c.batch(), mean.data(), logvar.data());
  cpu_backend().decode(c.network, c.buffers, mean.data(), 150, decoded.data());
  ReferenceTiles tiles{c.network, c.double_parameters()};
  tiles.load(c.batch());
  encode_tile(tiles, c.network);
  tiles.reparameterise(noise);
  tiles.take_mean_as_latent();
  decode_tile(tiles, c.network);
  for (std::size_t s = 0; s < 150; ++s) {
    for (int j = 0; j < 3; ++j) {
      EXPECT_NEAR(mean[s * 3 + j], tiles.mu(s, j), 1e-5);
      EXPECT_NEAR(logvar[s * 3 + j], tiles.after[c.network.head()][s][3 + j], 1e-5);
    }
    for (int d = 0; d < 5; ++d)
      EXPECT_NEAR(decoded[s * 5 + d], tiles.after[c.network.layer_count() - 1][s][d], 1e-5);
  }
}

TEST(Step, ANonFiniteLossLeavesTheParametersAlone) {
  KernelCase c(2, {8}, 2, Activation::tanh, 16);
  c.values[2 * c.order[3]] = std::numeric_limits<float>::infinity();
  const auto before = c.double_parameters();
  const LossSums sums =
      cpu_backend().train_step(c.network, c.buffers, c.batch(), noise, settings_for(awkward_shapes[1]), 1);
  EXPECT_FALSE(std::isfinite(sums.squared_error + sums.kl));
  EXPECT_EQ(before, c.double_parameters());
}

}  // namespace
}  // namespace symscan::test
