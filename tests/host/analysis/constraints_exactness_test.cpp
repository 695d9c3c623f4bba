// What counts as exact: every event, as far as its rounding goes, and no smooth curve that merely comes near.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/host/analysis/constraints_samples.hpp"

namespace symscan::test {
namespace {

constexpr double kFloat32Rounding = 0x1.0p-24;

int exact_ones(const ConstraintReport& report) {
  return static_cast<int>(std::count_if(report.constraints.begin(), report.constraints.end(),
                                        [](const Constraint& constraint) { return constraint.exact; }));
}

bool has_note(const ConstraintReport& report, const std::string& text) {
  return std::any_of(report.notes.begin(), report.notes.end(),
                     [&](const std::string& note) { return note.find(text) != std::string::npos; });
}

Sample circle(int seed, double offset = 0, double radius = 1) {
  return make({"x", "y"}, seed, [=](RowRandom& random, double* row) {
    const double t = angle(random);
    row[0] = offset + radius * std::cos(t);
    row[1] = offset + radius * std::sin(t);
  });
}

Sample as_float32(Sample sample) {
  sample.rows = sample.rows.cast<float>().cast<double>();
  sample.precision.assign(sample.columns.size(), kFloat32Rounding);
  return sample;
}

class Exactness : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Seeds, Exactness, testing::Values(1, 2, 3));

TEST_P(Exactness, OneEventThatDisobeysIsOneTooMany) {
  Sample sample = circle(GetParam());
  sample.rows(1234, 0) = 0.2;
  sample.rows(77, 1) = 1.5;
  const ConstraintReport report = find(sample);
  EXPECT_TRUE(report.constraints.empty());
  ASSERT_EQ(report.partial.size(), 1u);
  EXPECT_EQ(report.partial[0].outliers, 2);
  EXPECT_EQ(report.partial[0].equation, "x^2 + y^2 = 1");
  EXPECT_TRUE(has_note(report, "x^2 + y^2 = 1 holds in all but 2 of 4000 events"));
}

TEST_P(Exactness, NearlyConstantColumnsAreNotConstant) {
  const ConstraintReport report = find(make({"x", "y"}, GetParam(), [](RowRandom& random, double* row) {
    row[0] = random.normal();
    row[1] = random.uniform() < 0.001 ? random.normal() : 0;
  }));
  EXPECT_TRUE(report.constraints.empty());
  EXPECT_TRUE(has_note(report, "y is 0 in all but "));
}

TEST_P(Exactness, AConstantMayBeOffByItsLastDigit) {
  const ConstraintReport report = find(make(
      {"E", "x"}, GetParam(),
      [](RowRandom& random, double* row) {
        const double value = 67.57733333333333;
        row[0] = random.uniform() < 0.5 ? value : std::nextafter(value, 100.0);
        row[1] = random.normal();
      },
      20000));
  ASSERT_EQ(report.constraints.size(), 1u);
  EXPECT_TRUE(report.constraints[0].exact);
  EXPECT_NEAR(report.constraints[0].constant, 67.57733333333333, 1e-13);
}

TEST_P(Exactness, ASmoothCurveNearAConicIsNone) {
  for (const double range : {2.0, 1.0, 0.5, 0.3}) {
    const ConstraintReport report = find(make({"x", "y"}, GetParam(), [=](RowRandom& random, double* row) {
      row[0] = range * (random.uniform() - 0.5);
      row[1] = std::sin(row[0] + 0.4);
    }));
    EXPECT_EQ(exact_ones(report), 0) << range;
    EXPECT_TRUE(report.constraints.empty()) << range << " " << report.constraints[0].equation;
  }
}

TEST_P(Exactness, AnEnergyThatAnIntegratorKeepsIsApproximate) {
  // A harmonic oscillator whose energy varies by 1e-7 in step with the position.
  const ConstraintReport report = find(make({"q", "p"}, GetParam(), [](RowRandom& random, double* row) {
    const double t = angle(random), radius = 1 + 1e-7 * std::cos(3 * t);
    row[0] = radius * std::cos(t);
    row[1] = radius * std::sin(t);
  }));
  ASSERT_EQ(report.constraints.size(), 1u);
  EXPECT_FALSE(report.constraints[0].exact);
  EXPECT_EQ(report.constraints[0].equation.substr(0, 21), "q^2 + p^2 = 1 within ");
  EXPECT_LT(report.constraints[0].width, 3e-7);
}

TEST_P(Exactness, NoiseOfTheLastDigitsIsRounding) {
  // Six digits were kept.
  Sample sample = circle(GetParam());
  sample.rows = (sample.rows * 1e6).array().round() / 1e6;
  const ConstraintReport report = find(sample);
  ASSERT_EQ(report.constraints.size(), 1u);
  EXPECT_TRUE(report.constraints[0].exact);
  EXPECT_EQ(report.constraints[0].equation, "x^2 + y^2 = 1");
}

TEST_P(Exactness, CirclesFarFromTheOriginAreFound) {
  const ConstraintReport far = find(circle(GetParam(), 1e6));
  ASSERT_EQ(far.constraints.size(), 1u);
  EXPECT_TRUE(far.constraints[0].exact);
  EXPECT_EQ(far.constraints[0].equation, "x^2 + y^2 - 2000000 x - 2000000 y = -1999999999999");
  EXPECT_EQ(far.constraints[0].centred, "(x - 1000000)^2 + (y - 1000000)^2 = 1");
  const ConstraintReport single = find(as_float32(circle(GetParam(), 1e3, 2)));
  ASSERT_EQ(single.constraints.size(), 1u);
  EXPECT_TRUE(single.constraints[0].exact);
  EXPECT_EQ(single.constraints[0].centred, "(x - 1000)^2 + (y - 1000)^2 = 4");
}

TEST_P(Exactness, ValuesAndGradientsKeepTheirDigits) {
  const Sample sample = circle(GetParam(), 1e6);
  const Constraint constraint = find(sample).constraints.at(0);
  for (int event = 0; event < 100; ++event) {
    const Eigen::VectorXd x = sample.rows.row(event);
    EXPECT_NEAR(constraint.value(x), 0, 1e-9);
    const Eigen::VectorXd slope = constraint.gradient_at(x);
    EXPECT_NEAR(slope(0), 2 * (x(0) - 1e6), 1e-9);
    EXPECT_NEAR(slope(1), 2 * (x(1) - 1e6), 1e-9);
  }
}

TEST_P(Exactness, AMassIsAPolynomialInItsOwnUnits) {
  // Two photons of mass 2 at rest or in motion.
  const Sample sample = make({"E(a)", "px(a)", "py(a)", "pz(a)", "E(b)", "px(b)", "py(b)", "pz(b)"},
                             GetParam(), [](RowRandom& random, double* row) {
                               const double cosine = 2 * random.uniform() - 1, phi = angle(random),
                                            rapidity = random.normal();
                               const double sine = std::sqrt(1 - cosine * cosine);
                               for (int k = 0; k < 2; ++k) {
                                 const double sign = k ? -1 : 1, pz = sign * cosine;
                                 row[4 * k] = std::cosh(rapidity) + std::sinh(rapidity) * pz;
                                 row[4 * k + 1] = sign * sine * std::cos(phi);
                                 row[4 * k + 2] = sign * sine * std::sin(phi);
                                 row[4 * k + 3] = std::sinh(rapidity) + std::cosh(rapidity) * pz;
                               }
                             });
  const ConstraintReport report = find(sample);
  EXPECT_EQ(exact_ones(report), 5);
  int masses = 0;
  for (const Constraint& constraint : report.constraints) {
    if (constraint.mass) {
      ++masses;
      EXPECT_EQ(constraint.equation, "m(a b) = 2 GeV");
      EXPECT_NEAR(constraint.relation.constant, 4, 1e-12);
    }
    for (int event = 0; event < 50; ++event) {
      const Eigen::VectorXd x = sample.rows.row(event);
      EXPECT_NEAR(constraint.value(x), 0, 1e-11 * x.squaredNorm()) << constraint.equation;
    }
  }
  EXPECT_EQ(masses, 1);
}

TEST(ExactnessSearch, FitsOfACurveAddNoRelations) {
  // x, x / (1 + x^2) and their squares lie near many conics, but only the squares are exact.
  const ConstraintReport report = find(make({"x", "y", "z"}, 1, [](RowRandom& random, double* row) {
    row[0] = random.uniform();
    row[1] = std::sin(row[0]);
    row[2] = row[0] * row[0];
  }));
  ASSERT_EQ(exact_ones(report), 1);
  EXPECT_EQ(report.constraints[0].equation, "x^2 - z = 0");
}

}  // namespace
}  // namespace symscan::test
