// Power laws and relations among reciprocals, and none where there are none.
#include "host/analysis/power_law.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/host/analysis/constraints_samples.hpp"

namespace symscan::test {
namespace {

std::vector<PowerLaw> power_laws(const Sample& sample, bool with_known = true) {
  const std::vector<Constraint> known = with_known ? find(sample).constraints : std::vector<Constraint>{};
  return find_power_laws(sample.rows, sample.columns, sample.precision, known);
}

Sample ideal_gas(int seed) {
  return make({"p", "V", "n", "T"}, seed, [](RowRandom& random, double* row) {
    row[2] = 1 + 2 * random.uniform();
    row[3] = 280 + 60 * random.uniform();
    row[1] = 0.5 + random.uniform();
    row[0] = row[2] * 8.314 * row[3] / row[1];
  });
}

/// The product of the other columns' powers, times a constant.
Sample product(int seed, const Strings& columns, double constant, const std::vector<double>& exponents) {
  return make(columns, seed, [=](RowRandom& random, double* row) {
    row[0] = constant;
    for (std::size_t i = 0; i < exponents.size(); ++i) {
      row[i + 1] = 0.4 + 3 * random.uniform();
      row[0] *= std::pow(row[i + 1], exponents[i]);
    }
  });
}

void expect_only(const Sample& sample, const std::string& equation) {
  const std::vector<PowerLaw> laws = power_laws(sample);
  ASSERT_EQ(laws.size(), 1u) << equation;
  EXPECT_EQ(laws[0].equation, equation);
  EXPECT_TRUE(laws[0].exact);
  EXPECT_LT(laws[0].residual, 1e-12);
  for (int event = 0; event < 20; ++event) {
    const Eigen::VectorXd x = sample.rows.row(event);
    EXPECT_NEAR(laws[0].value(x), 0, 1e-10) << equation;
  }
}

class PowerLaws : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Seeds, PowerLaws, testing::Values(1, 2, 3));

TEST_P(PowerLaws, LawsThatPeopleKnow) {
  const int seed = GetParam();
  expect_only(product(seed, {"T", "a"}, 1, {1.5}), "T^2 = a^3");
  expect_only(product(seed, {"K", "m", "v"}, 0.5, {1, 2}), "K = 0.5 m v^2");
  expect_only(product(seed, {"F", "m", "M", "r"}, 6.674e-11, {1, 1, -2}), "F r^2 = 6.674e-11 m M");
  expect_only(product(seed, {"t", "l", "g"}, 2 * std::numbers::pi, {0.5, -0.5}), "t^2 g = 39.4784176 l");
  expect_only(product(seed, {"L", "R", "T"}, 7.1, {2, 4}), "L = 7.1 R^2 T^4");
}

TEST_P(PowerLaws, WhatAQuadraticRelationSaysIsNotSaidAgain) {
  EXPECT_TRUE(power_laws(ideal_gas(GetParam())).empty());
  const std::vector<PowerLaw> alone = power_laws(ideal_gas(GetParam()), false);
  ASSERT_EQ(alone.size(), 1u);
  EXPECT_EQ(alone[0].equation, "p V = 8.314 n T");
  const Sample parabola = product(GetParam(), {"y", "x"}, 3, {2});
  EXPECT_TRUE(power_laws(parabola).empty());
}

TEST_P(PowerLaws, NegativeFeaturesCountByTheirSize) {
  Sample sample = product(GetParam(), {"K", "m", "v"}, 0.5, {1, 2});
  sample.rows.col(2) *= -1;
  const std::vector<PowerLaw> laws = power_laws(sample);
  ASSERT_EQ(laws.size(), 1u);
  EXPECT_EQ(laws[0].equation, "K = 0.5 m |v|^2");
  const Eigen::VectorXd x = sample.rows.row(3);
  EXPECT_NEAR(laws[0].gradient(x)(2), -2 / x(2), 1e-12 * std::abs(2 / x(2)));
}

TEST_P(PowerLaws, GradientsAreThoseOfTheValue) {
  const Sample sample = product(GetParam(), {"T", "a"}, 2, {1.5});
  const PowerLaw law = power_laws(sample).at(0);
  Eigen::VectorXd x = sample.rows.row(5);
  for (int i = 0; i < 2; ++i) {
    Eigen::VectorXd up = x, down = x;
    up(i) += 1e-6, down(i) -= 1e-6;
    EXPECT_NEAR(law.gradient(x)(i), (law.value(up) - law.value(down)) / 2e-6, 1e-6);
  }
}

TEST_P(PowerLaws, Float32Data) {
  Sample sample = product(GetParam(), {"K", "m", "v"}, 0.5, {1, 2});
  sample.rows = sample.rows.cast<float>().cast<double>();
  sample.precision.assign(3, 0x1.0p-24);
  const std::vector<PowerLaw> laws = power_laws(sample);
  ASSERT_EQ(laws.size(), 1u);
  EXPECT_EQ(laws[0].equation, "K = 0.5 m v^2");
}

TEST_P(PowerLaws, NoneWhereThereIsNone) {
  const int seed = GetParam();
  EXPECT_TRUE(power_laws(make({"x", "y", "z"}, seed, [](RowRandom& random, double* row) {
                for (int i = 0; i < 3; ++i) row[i] = 0.1 + random.uniform();
              })).empty());
  // Noise of 1 %: not exact.
  EXPECT_TRUE(power_laws(make({"T", "a"}, seed, [](RowRandom& random, double* row) {
                row[1] = 1 + random.uniform();
                row[0] = std::pow(row[1], 1.5) * (1 + 0.01 * random.normal());
              })).empty());
  // One event that disobeys.
  Sample sample = product(seed, {"T", "a"}, 1, {1.5});
  sample.rows(100, 0) *= 1.001;
  EXPECT_TRUE(power_laws(sample).empty());
  // Irrational exponents, exponentials and sums are no power laws.
  EXPECT_TRUE(power_laws(product(seed, {"T", "a"}, 1, {std::numbers::pi})).empty());
  EXPECT_TRUE(power_laws(make({"y", "x"}, seed, [](RowRandom& random, double* row) {
                row[1] = 1 + random.uniform();
                row[0] = std::exp(row[1]);
              })).empty());
  EXPECT_TRUE(power_laws(make({"x", "y"}, seed, [](RowRandom& random, double* row) {
                row[0] = random.normal();
                row[1] = row[0] * row[0] * row[0];
              })).empty());
}

TEST_P(PowerLaws, LensesAndResistors) {
  const Sample lens = make({"f", "a", "b"}, GetParam(), [](RowRandom& random, double* row) {
    row[1] = 1 + 4 * random.uniform();
    row[2] = 1 + 4 * random.uniform();
    row[0] = 1 / (1 / row[1] + 1 / row[2]);
  });
  const auto found = find_reciprocal_laws(lens.rows, lens.columns, {}, find(lens).constraints);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].equation, "1/f = 1/a + 1/b");
  EXPECT_TRUE(found[0].implied);
  EXPECT_TRUE(power_laws(lens).empty());
  const Sample parallel = make({"R1", "R2", "R3", "R"}, GetParam(), [](RowRandom& random, double* row) {
    double sum = 0;
    for (int i = 0; i < 3; ++i) {
      row[i] = 10 + 90 * random.uniform();
      sum += 1 / row[i];
    }
    row[3] = 1 / sum;
  });
  const auto resistors =
      find_reciprocal_laws(parallel.rows, parallel.columns, {}, find(parallel).constraints);
  ASSERT_EQ(resistors.size(), 1u);
  EXPECT_EQ(resistors[0].equation, "1/R1 + 1/R2 + 1/R3 = 1/R");
  EXPECT_FALSE(resistors[0].implied);
  const Eigen::VectorXd x = parallel.rows.row(0);
  EXPECT_NEAR(resistors[0].value(x), 0, 1e-12);
  EXPECT_NEAR(resistors[0].gradient(x)(0), -1 / (x(0) * x(0)), 1e-12);
}

TEST(PowerLawSearch, HopelessDataDoNoHarm) {
  EXPECT_TRUE(find_power_laws(Eigen::MatrixXd(0, 0), {}).empty());
  EXPECT_TRUE(find_power_laws(Eigen::MatrixXd::Ones(100, 3), {"a", "b", "c"}).empty());
  EXPECT_TRUE(find_power_laws(-Eigen::MatrixXd::Ones(3, 3), {"a", "b", "c"}).empty());
  EXPECT_TRUE(find_reciprocal_laws(Eigen::MatrixXd::Zero(100, 2), {"a", "b"}).empty());
}

}  // namespace
}  // namespace symscan::test
