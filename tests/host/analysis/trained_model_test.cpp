// The float64 model of the analysis against the CPU executor that trained it, finite differences and numbers
// by hand.
#include "host/analysis/trained_model.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>
#include <stdexcept>
#include <string>

#include "host/train/replica_memory.hpp"
#include "host/train/replica_network.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

struct Shape {
  int features;
  std::vector<int> hidden;
  int latents;
};
const std::vector<Shape> shapes = {{1, {}, 1},  {3, {}, 2},     {2, {1}, 1},     {7, {33, 7}, 3},
                                   {1, {7}, 5}, {33, {16}, 17}, {5, {1, 33}, 4}, {16, {32, 32, 32}, 16}};

/// Uniform in [-2, 2], exact in float32.
MatrixXd random_rows(Index rows, Index columns, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  MatrixXd result(rows, columns);
  for (double& value : result.reshaped()) value = static_cast<double>(random() >> 44) * 0x1.0p-18 - 2;
  return result;
}

/// A network with random weights and biases, as the executor and as the analysis see it.
struct Pair {
  CpuReplica replica;
  TrainedModel model;

  Pair(const Shape& shape, Activation activation)
      : replica(make_network(shape.features, shape.hidden, shape.latents, activation)),
        model(replica.network(), filled(replica)) {}

  static std::vector<float> filled(const CpuReplica& replica) {
    const Network& network = replica.network();
    float* parameters = replica.buffers().parameters;
    initialise_parameters(network, 11, parameters);
    std::mt19937 random(5);
    for (int l = 0; l < network.layer_count(); ++l) {
      for (int o = 0; o < network.layers[l].out; ++o)
        parameters[network.layers[l].bias + static_cast<std::size_t>(o)] =
            0.001f * static_cast<float>(random() % 1001) - 0.5f;
    }
    return canonical_parameters(network, parameters);
  }

  TrainedModel::Posterior executor_encode(const MatrixXd& points) const {
    const RowMajor values = points.cast<float>();
    RowMajor mean(points.rows(), model.latents()), log_variance(points.rows(), model.latents());
    Batch batch;
    batch.values = values.data();
    batch.count = static_cast<std::size_t>(points.rows());
    cpu_backend().encode(replica.network(), replica.buffers(), batch, mean.data(), log_variance.data());
    return {mean.cast<double>(), log_variance.cast<double>()};
  }

  MatrixXd executor_decode(const MatrixXd& latents) const {
    const RowMajor z = latents.cast<float>();
    RowMajor reconstruction(latents.rows(), replica.network().features);
    cpu_backend().decode(replica.network(), replica.buffers(), z.data(),
                         static_cast<std::size_t>(latents.rows()), reconstruction.data());
    return reconstruction.cast<double>();
  }
};

void for_each_model(const std::function<void(const Pair&, const Shape&)>& check) {
  for (const Shape& shape : shapes) {
    for (const Activation activation : all_activations) {
      SCOPED_TRACE(std::to_string(shape.features) + " features, " + std::to_string(shape.hidden.size()) +
                   " hidden layers, " + std::to_string(shape.latents) + " latents, activation " +
                   std::to_string(static_cast<int>(activation)));
      check(Pair(shape, activation), shape);
    }
  }
}

double relative_difference(const MatrixXd& a, const MatrixXd& b) {
  return (a - b).cwiseAbs().maxCoeff() / std::max(1.0, b.cwiseAbs().maxCoeff());
}

TEST(TrainedModel, EncodesAndDecodesAsTheExecutor) {
  for_each_model([](const Pair& pair, const Shape& shape) {
    const MatrixXd points = random_rows(19, shape.features, 1), z = random_rows(19, shape.latents, 2);
    const auto own = pair.model.encode(points), executor = pair.executor_encode(points);
    EXPECT_EQ(pair.model.latents(), shape.latents);
    EXPECT_LT(relative_difference(own.mean, executor.mean), 1e-5);
    EXPECT_LT(relative_difference(own.log_variance, executor.log_variance), 1e-5);
    EXPECT_LT(relative_difference(pair.model.decode(z), pair.executor_decode(z)), 1e-5);
  });
}

TEST(TrainedModel, TangentsAreTheDecoderAndItsDerivativeAtTheMean) {
  for_each_model([](const Pair& pair, const Shape& shape) {
    const MatrixXd points = random_rows(6, shape.features, 3), z = pair.model.encode(points).mean;
    const auto tangents = pair.model.tangents(points);
    EXPECT_LT(relative_difference(tangents.reconstruction, pair.model.decode(z)), 1e-12);
    ASSERT_EQ(tangents.jacobians.size(), 6u);
    constexpr double step = 1e-5;
    for (int j = 0; j < shape.latents; ++j) {
      MatrixXd before = z, after = z;
      before.col(j).array() -= step;
      after.col(j).array() += step;
      const MatrixXd slope = (pair.model.decode(after) - pair.model.decode(before)) / (2 * step);
      for (Index p = 0; p < points.rows(); ++p) {
        const MatrixXd& jacobian = tangents.jacobians[static_cast<std::size_t>(p)];
        ASSERT_EQ(jacobian.rows(), shape.features);
        ASSERT_EQ(jacobian.cols(), shape.latents);
        EXPECT_LT(relative_difference(jacobian.col(j), slope.row(p).transpose()), 1e-6);
      }
    }
  });
}

TEST(TrainedModel, BoundIsErrorAndDivergence) {
  for_each_model([](const Pair& pair, const Shape& shape) {
    const MatrixXd points = random_rows(9, shape.features, 4), noise = random_rows(9, shape.latents, 5);
    constexpr double tau = 0.07;
    const auto posterior = pair.executor_encode(points);
    MatrixXd z(9, shape.latents);
    for (Index p = 0; p < 9; ++p)
      for (Index j = 0; j < shape.latents; ++j)
        z(p, j) = posterior.mean(p, j) + std::exp(0.5 * posterior.log_variance(p, j)) * noise(p, j);
    const MatrixXd reconstruction = pair.executor_decode(z);
    const VectorXd bound = pair.model.bound(points, noise, tau);
    ASSERT_EQ(bound.size(), 9);
    for (Index p = 0; p < 9; ++p) {
      double expected = 0;
      for (Index d = 0; d < shape.features; ++d) {
        const double error = points(p, d) - reconstruction(p, d);
        expected += error * error / (2 * tau);
      }
      for (Index j = 0; j < shape.latents; ++j) {
        const double mean = posterior.mean(p, j), log_variance = posterior.log_variance(p, j);
        expected += 0.5 * (mean * mean + std::exp(log_variance) - 1 - log_variance);
      }
      EXPECT_NEAR(bound(p), expected, 1e-4 * std::max(1.0, expected));
    }
  });
}

TEST(TrainedModel, BoundByHand) {
  // mu = 2 x + 1, s = 2, xhat = 3 z - 1. At x = 1 with noise 0.5: z = 4, xhat = 11, error 100.
  const Network network = make_network(1, {}, 1, Activation::tanh);
  const auto log_four = static_cast<float>(std::log(4.0));
  const TrainedModel model(network, {2, 1, 0, log_four, 3, -1});
  const VectorXd bound = model.bound(MatrixXd::Ones(1, 1), MatrixXd::Constant(1, 1, 0.5), 0.25);
  EXPECT_NEAR(bound(0), 100 / 0.5 + 0.5 * (9 + 4 - 1 - std::log(4.0)), 1e-4);
}

TEST(TrainedModel, RefusesAWrongNumberOfWeights) {
  const Network network = make_network(3, {4}, 2, Activation::relu);
  std::vector<float> weights(trainable_parameters(network));
  EXPECT_NO_THROW(TrainedModel(network, weights));
  weights.push_back(0);
  EXPECT_THROW(TrainedModel(network, weights), std::invalid_argument);
  weights.resize(weights.size() - 2);
  EXPECT_THROW(TrainedModel(network, weights), std::invalid_argument);
  EXPECT_THROW(TrainedModel(network, {}), std::invalid_argument);
}

TEST(TrainedModel, TakesNoPoints) {
  const Pair pair({7, {33, 7}, 3}, Activation::gelu);
  const auto tangents = pair.model.tangents(MatrixXd(0, 7));
  EXPECT_EQ(tangents.reconstruction.rows(), 0);
  EXPECT_EQ(tangents.reconstruction.cols(), 7);
  EXPECT_TRUE(tangents.jacobians.empty());
  EXPECT_EQ(pair.model.bound(MatrixXd(0, 7), MatrixXd(0, 3), 1).size(), 0);
}

}  // namespace
}  // namespace symscan
