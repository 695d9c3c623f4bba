// What the reconstruction loses without a latent: linear networks, where it is known, and the float64 model.
#include "host/analysis/ablation.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "host/analysis/trained_model.hpp"
#include "host/train/replica_network.hpp"

namespace symscan {
namespace {

using Eigen::MatrixXd;
using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// [count x features] uniform in [-2, 2].
std::vector<float> random_values(std::size_t count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(static_cast<double>(random() >> 44) * 0x1.0p-18 - 2);
  return values;
}

std::vector<float> weights_of(const Network& network, std::uint64_t seed) {
  std::vector<float> padded_weights(network.parameter_count);
  initialise_parameters(network, seed, padded_weights.data());
  return canonical_parameters(network, padded_weights.data());
}

std::vector<double> ablation_of(const Network& network, const std::vector<float>& weights,
                                const std::vector<float>& rows, double scale = 1) {
  ForwardPass pass(network, weights);
  return ablation(pass, rows, pass.encode(rows), scale);
}

double second_moment(const std::vector<float>& rows, std::size_t column, std::size_t columns) {
  double mean = 0, square = 0;
  const auto count = static_cast<double>(rows.size() / columns);
  for (std::size_t at = column; at < rows.size(); at += columns) mean += rows[at] / count;
  for (std::size_t at = column; at < rows.size(); at += columns)
    square += (rows[at] - mean) * (rows[at] - mean) / count;
  return square;
}

/// The optimum of a linear VAE: mu_i = sqrt(lambda - tau) / lambda x_i, xhat_i = sqrt(lambda - tau) mu_i. The
/// error of x_i grows from tau^2 / lambda to lambda when its latent is set to the mean.
TEST(Ablation, OfALinearVaeIsWhatItsPrincipalComponentCarries) {
  constexpr std::size_t features = 3;
  constexpr double tau = 0.05;
  std::vector<float> rows = random_values(300 * features, 4);
  for (std::size_t at = 0; at < rows.size(); at += features) {
    rows[at] *= 2;
    rows[at + 2] *= 0.25f;
  }
  for (std::size_t d = 0; d < features; ++d) {  // mean 0, so that no bias is needed
    double mean = 0;
    for (std::size_t at = d; at < rows.size(); at += features) mean += rows[at] / 300;
    for (std::size_t at = d; at < rows.size(); at += features) rows[at] -= static_cast<float>(mean);
  }
  // mu.weight, mu.bias, logvar.weight, logvar.bias, output.weight, output.bias
  std::vector<float> weights(9 + 3 + 9 + 3 + 9 + 3, 0.0f);
  for (std::size_t i = 0; i < features; ++i) {
    const double lambda = second_moment(rows, i, features);
    weights[4 * i] = static_cast<float>(std::sqrt(lambda - tau) / lambda);
    weights[24 + 4 * i] = static_cast<float>(std::sqrt(lambda - tau));
  }
  const Network network = make_network(features, {}, features, Activation::tanh);
  const std::vector<double> found = ablation_of(network, weights, rows);
  for (std::size_t i = 0; i < features; ++i) {
    const double lambda = second_moment(rows, i, features);
    EXPECT_NEAR(found[i], lambda - tau * tau / lambda, 1e-5 * lambda) << "component " << i;  // float32
  }
}

/// E |e + w_j (mu_j - E mu_j)|^2 - E |e|^2 with the error e = x - xhat and column w_j of the decoder.
TEST(Ablation, OfAnyLinearNetworkFollowsItsFormula) {
  const Network network = make_network(4, {}, 2, Activation::tanh);
  const std::vector<float> weights = weights_of(network, 3), values = random_values(200 * 4, 5);
  const TrainedModel model(network, weights);
  const MatrixXd x = Eigen::Map<const Rows>(values.data(), 200, 4).cast<double>();
  const MatrixXd mean = model.encode(x).mean, error = x - model.decode(mean);
  const std::vector<double> found = ablation_of(network, weights, values, 0.5);
  for (Eigen::Index j = 0; j < 2; ++j) {
    MatrixXd unit = MatrixXd::Zero(2, 2);
    unit(1, j) = 1;
    const MatrixXd decoded = model.decode(unit);
    const Eigen::RowVectorXd w = decoded.row(1) - decoded.row(0);
    const Eigen::VectorXd centred = mean.col(j).array() - mean.col(j).mean();
    const double increase = ((error + centred * w).squaredNorm() - error.squaredNorm()) / 200;
    EXPECT_NEAR(found[static_cast<std::size_t>(j)], 0.5 * increase, 1e-5) << "latent " << j;  // float32
  }
}

TEST(Ablation, OfADeepNetworkIsThatOfTheFloat64Model) {
  for (const Activation activation : all_activations) {
    const Network network = make_network(3, {17, 9}, 4, activation);
    const std::vector<float> weights = weights_of(network, 8), values = random_values(150 * 3, 6);
    const TrainedModel model(network, weights);
    const MatrixXd x = Eigen::Map<const Rows>(values.data(), 150, 3).cast<double>();
    const MatrixXd mean = model.encode(x).mean;
    const double whole = (x - model.decode(mean)).squaredNorm();
    const std::vector<double> found = ablation_of(network, weights, values);
    for (Eigen::Index j = 0; j < 4; ++j) {
      MatrixXd z = mean;
      z.col(j).setConstant(mean.col(j).mean());
      EXPECT_NEAR(found[static_cast<std::size_t>(j)], ((x - model.decode(z)).squaredNorm() - whole) / 150,
                  1e-4);
    }
  }
}

TEST(Ablation, OfALatentThatSaysNothingIsZero) {
  const Network network = make_network(2, {}, 2, Activation::tanh);
  // Latent 0 is 0.3 for every row; latent 1 is x_0.
  const std::vector<float> weights = {0, 0, 1, 0, 0.3f, 0, 0, 0, 0, 0, 0, 0, 5, 1, 5, 0, 0, 0};
  const std::vector<double> found = ablation_of(network, weights, random_values(101 * 2, 7));
  EXPECT_EQ(found[0], 0.0);
  EXPECT_GT(std::abs(found[1]), 0.1);
}

TEST(Ablation, WithoutRowsIsNotKnown) {
  const Network network = make_network(2, {3}, 2, Activation::tanh);
  for (const double value : ablation_of(network, weights_of(network, 1), {})) EXPECT_TRUE(std::isnan(value));
}

}  // namespace
}  // namespace symscan
