// Approximate relations: width, noise and outliers.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/host/analysis/constraints_samples.hpp"

namespace symscan::test {
namespace {

/// A circle of the given radius with normal noise on both features and a share of events anywhere.
Sample noisy_circle(int seed, double radius, double noise, double outliers = 0) {
  return make({"x", "y"}, seed, [=](RowRandom& random, double* row) {
    const double t = angle(random);
    row[0] = radius * std::cos(t) + noise * random.normal();
    row[1] = radius * std::sin(t) + noise * random.normal();
    if (random.uniform() < outliers) {
      row[0] = radius * (4 * random.uniform() - 2);
      row[1] = radius * (4 * random.uniform() - 2);
    }
  });
}

class NoisyRelations : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Seeds, NoisyRelations, testing::Values(1, 2, 3));

TEST_P(NoisyRelations, ACircleKeepsItsEquation) {
  for (const double noise : {0.002, 0.01, 0.03}) {
    const ConstraintReport report = find(noisy_circle(GetParam(), 1, noise));
    ASSERT_EQ(report.constraints.size(), 1u) << noise;
    const Constraint& circle = report.constraints[0];
    EXPECT_FALSE(circle.exact);
    EXPECT_EQ(circle.equation.substr(0, 10), "x^2 + y^2 ") << circle.equation;
    EXPECT_NEAR(circle.constant, 1, 10 * noise * noise + 0.1 * noise);
    EXPECT_NEAR(circle.noise, noise, 0.08 * noise) << circle.equation;
    EXPECT_NEAR(circle.width, 2 * noise, 0.2 * noise);
  }
}

TEST_P(NoisyRelations, TheNoiseHasTheUnitsOfTheFeatures) {
  const ConstraintReport report = find(noisy_circle(GetParam(), 50, 0.5));
  ASSERT_EQ(report.constraints.size(), 1u);
  EXPECT_NEAR(report.constraints[0].noise, 0.5, 0.05);
}

TEST_P(NoisyRelations, OutliersAreCounted) {
  const ConstraintReport clean = find(noisy_circle(GetParam(), 1, 0, 0.05));
  EXPECT_TRUE(clean.constraints.empty());
  ASSERT_EQ(clean.partial.size(), 1u);
  EXPECT_EQ(clean.partial[0].equation, "x^2 + y^2 = 1");
  EXPECT_NEAR(clean.partial[0].outliers, 200, 50);
  const ConstraintReport noisy = find(noisy_circle(GetParam(), 1, 0.01, 0.05));
  ASSERT_EQ(noisy.constraints.size(), 1u);
  EXPECT_EQ(noisy.constraints[0].equation.substr(0, 21), "x^2 + y^2 = 1 within ");
  EXPECT_NEAR(noisy.constraints[0].outliers, 190, 60);
  EXPECT_NEAR(noisy.constraints[0].noise, 0.01, 0.002);
}

TEST_P(NoisyRelations, ALineWithOutliers) {
  const ConstraintReport report = find(make({"x", "y"}, GetParam(), [](RowRandom& random, double* row) {
    row[0] = random.normal();
    row[1] = 2 * row[0] + 1 + 0.02 * random.normal();
    if (random.uniform() < 0.06) row[1] = 30 * random.normal();
  }));
  ASSERT_EQ(report.constraints.size(), 1u);
  EXPECT_EQ(report.constraints[0].equation.substr(0, 21), "2 x - y = -1 within 0");
  EXPECT_NEAR(report.constraints[0].outliers, 240, 60);
}

TEST_P(NoisyRelations, TwoDecimalsAreNoise) {
  Sample sample = noisy_circle(GetParam(), 1, 0);
  sample.rows = (sample.rows * 100).array().round() / 100;
  const ConstraintReport report = find(sample);
  ASSERT_EQ(report.constraints.size(), 1u);
  EXPECT_FALSE(report.constraints[0].exact);
  EXPECT_EQ(report.constraints[0].equation.substr(0, 21), "x^2 + y^2 = 1 within ");
  EXPECT_NEAR(report.constraints[0].noise, 0.01 / std::sqrt(12.0), 0.0005);
}

TEST_P(NoisyRelations, AsManyLinearOnesAsTheDataHave) {
  // Five features of two hidden ones, each with 2 % noise: three relations.
  const ConstraintReport report =
      find(make({"a", "b", "c", "d", "e"}, GetParam(), [](RowRandom& random, double* row) {
        const double u = random.normal(), v = random.normal();
        row[0] = u + 0.02 * random.normal();
        row[1] = v + 0.02 * random.normal();
        row[2] = u + v + 0.02 * random.normal();
        row[3] = u - 0.7 * v + 0.02 * random.normal();
        row[4] = 0.3 * u + 1.3 * v + 0.02 * random.normal();
      }));
  EXPECT_EQ(report.constraints.size(), 3u);
  for (const Constraint& constraint : report.constraints) {
    EXPECT_EQ(constraint.degree, 1);
    EXPECT_NEAR(constraint.noise, 0.02, 0.002) << constraint.equation;
  }
}

TEST_P(NoisyRelations, ANarrowFeatureIsNoRelation) {
  const ConstraintReport report = find(make({"T", "p"}, GetParam(), [](RowRandom& random, double* row) {
    row[0] = 293 + 0.1 * random.normal();
    row[1] = 1013 + 10 * random.normal();
  }));
  EXPECT_TRUE(report.constraints.empty());
  ASSERT_EQ(report.notes.size(), 1u);
  EXPECT_EQ(report.notes[0].substr(0, 16), "T is 293 within ");
}

TEST_P(NoisyRelations, CurvesThatAreNoConicsHaveNone) {
  const int seed = GetParam();
  EXPECT_EQ(equations(make({"x", "y"}, seed,
                           [](RowRandom& random, double* row) {
                             row[0] = 3 * random.uniform() - 1.5;
                             row[1] = std::exp(row[0]);
                           })),
            Strings{});
  EXPECT_EQ(equations(make({"x", "y", "z"}, seed,
                           [](RowRandom& random, double* row) {
                             const double t = angle(random);
                             row[2] = 3 * random.uniform() - 1.5;
                             row[0] = std::cosh(row[2]) * std::cos(t);
                             row[1] = std::cosh(row[2]) * std::sin(t);
                           })),
            Strings{});
}

TEST_P(NoisyRelations, HeavyTailsAreNoOutliers) {
  EXPECT_EQ(equations(make({"x", "y", "z"}, GetParam(),
                           [](RowRandom& random, double* row) {
                             for (int i = 0; i < 3; ++i)
                               row[i] = std::tan(std::numbers::pi * (random.uniform() - 0.5));
                           })),
            Strings{});
}

}  // namespace
}  // namespace symscan::test
