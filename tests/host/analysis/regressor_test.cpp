// The network that is fitted to labels: its gradients, its fit, and that it repeats itself.
#include "host/analysis/regressor.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "host/analysis/polynomial_regression.hpp"
#include "tests/host/analysis/seeded_points.hpp"

namespace symscan::test {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

VectorXd waves(const MatrixXd& rows) {
  return (2 * rows.col(0).array()).sin() + rows.col(1).array().square() * rows.col(2).array();
}

RegressorSettings short_training() {
  RegressorSettings settings;
  settings.steps = 1500;
  return settings;
}

/// The gradients against differences of the values. `step`: where float32 values and curvature err alike.
template <class Model>
void expect_gradients(const Model& model, const MatrixXd& rows, double step, double tolerance) {
  const MatrixXd gradients = model.at(rows).gradients;
  for (Index d = 0; d < rows.cols(); ++d) {
    MatrixXd above = rows, below = rows;
    above.col(d).array() += step;
    below.col(d).array() -= step;
    const VectorXd slope = (model.at(above).values - model.at(below).values) / (2 * step);
    EXPECT_LT((slope - gradients.col(d)).cwiseAbs().maxCoeff(), tolerance) << d;
  }
}

TEST(Regressor, GradientsAreDerivativesOfTheValues) {
  const MatrixXd rows = gaussian_points(1000, 3, 3);
  const Regressor model(rows, waves(rows), short_training());
  // Values have errors of about 1e-6 (float32), 1e-6 / 1e-2 = 1e-4; the third derivative gives as much.
  expect_gradients(model, rows.topRows(100), 0.01, 5e-3);
}

TEST(Regressor, UnitsOfTheDataAreKept) {
  MatrixXd rows = gaussian_points(500, 2, 4);
  rows.col(0) = rows.col(0) * 1e4;
  rows.col(1).array() += 300;
  const VectorXd values = 1e5 + 2 * rows.col(0).array() - 700 * rows.col(1).array();
  const Regressor::Estimate estimate = Regressor(rows, values, short_training()).at(rows);
  // A linear function is fitted to a few per cent at least.
  EXPECT_NEAR(estimate.gradients.col(0).mean(), 2, 0.05);
  EXPECT_NEAR(estimate.gradients.col(1).mean(), -700, 35);
  EXPECT_LT((estimate.values - values).norm(), 0.02 * (values.array() - values.mean()).matrix().norm());
}

TEST(Regressor, FitsRowsThatItDidNotSee) {
  const MatrixXd rows = gaussian_points(4000, 3, 5), others = gaussian_points(1000, 3, 6);
  const Regressor model(rows, waves(rows), short_training());
  const VectorXd wanted = waves(others);
  const double variance = (wanted.array() - wanted.mean()).square().mean();
  EXPECT_LT((model.at(others).values - wanted).squaredNorm() / 1000 / variance, 0.01);
}

TEST(Regressor, RepeatsItself) {
  const MatrixXd rows = gaussian_points(300, 3, 7);
  const Regressor::Estimate one = Regressor(rows, waves(rows), short_training()).at(rows);
  const Regressor::Estimate other = Regressor(rows, waves(rows), short_training()).at(rows);
  EXPECT_EQ(one.values, other.values);
  EXPECT_EQ(one.gradients, other.gradients);
}

TEST(Regressor, TakesAnyShape) {
  for (const Index count : {1, 2, 17}) {
    MatrixXd rows = gaussian_points(count, 2, 8);
    rows.col(1).setConstant(5);
    RegressorSettings settings;
    settings.steps = 20;
    const Regressor::Estimate estimate = Regressor(rows, rows.col(0), settings).at(rows);
    EXPECT_TRUE(estimate.values.allFinite());
    EXPECT_EQ(estimate.gradients.col(1), VectorXd::Zero(count));
    EXPECT_EQ(Regressor(rows, rows.col(1), settings).at(rows).values, rows.col(1));
  }
}

TEST(PolynomialRegression, IsExactForPolynomialsOfItsDegree) {
  MatrixXd rows = gaussian_points(400, 3, 9);
  rows.col(2) = rows.col(2).array() * 50 + 10;
  const auto x = rows.col(0).array(), y = rows.col(1).array(), z = rows.col(2).array();
  const VectorXd values = 3 + x * y * z - 2 * z * z + x * x * x;
  const PolynomialRegression model(rows, values, 3);
  const Regressor::Estimate estimate = model.at(rows);
  // Rounding of sums of 20 terms, with a condition of about 1e3.
  EXPECT_LT((estimate.values - values).norm(), 1e-11 * values.norm());
  MatrixXd gradients(400, 3);
  gradients << y * z + 3 * x * x, x * z, x * y - 4 * z;
  EXPECT_LT((estimate.gradients - gradients).norm(), 1e-10 * gradients.norm());
  expect_gradients(model, rows.topRows(50), 1e-4, 1e-3);
}

}  // namespace
}  // namespace symscan::test
