// Built-in datasets of classical mechanics against conservation laws and closed forms of their densities.
// Seeds are fixed; the bounds are five standard errors or 99.99 % points of chi-square.
#include <numbers>

#include "tests/host/data/raw_rows.hpp"

namespace symscan::test {
namespace {

constexpr int kRows = 40000;
constexpr double kPi = std::numbers::pi;
using Rows = std::vector<std::vector<double>>;

double variance_of(const std::vector<double>& values) {
  double sum = 0.0, squares = 0.0;
  for (const double value : values) {
    sum += value;
    squares += value * value;
  }
  const double mean = sum / static_cast<double>(values.size());
  return squares / static_cast<double>(values.size()) - mean * mean;
}

TEST(HarmonicOscillator, EnergyIsConservedAndTheShellIsUniform) {
  const double mass = 0.7, omega = 2.1, energy = 3.0;
  const Rows rows =
      raw_rows(builtin_settings("harmonic_oscillator", kRows, 1,
                                {{"dimensions", 3}, {"mass", mass}, {"omega", omega}, {"energy", energy}}));
  for (const auto& x : rows) {
    const double kinetic = (x[3] * x[3] + x[4] * x[4] + x[5] * x[5]) / (2 * mass);
    const double potential = mass * omega * omega * (x[0] * x[0] + x[1] * x[1] + x[2] * x[2]) / 2;
    ASSERT_NEAR(kinetic + potential, energy, 1e-12);
  }
  // Of a uniform point u on S^5, u1^2 + u2^2 has the density 2 (1 - t).
  const auto first_axis = each_row(rows, [&](const auto& x) {
    return (x[3] * x[3] / (2 * mass) + mass * omega * omega * x[0] * x[0] / 2) / energy;
  });
  EXPECT_LT(chi_square(first_axis, 0, 1, [](double t) { return 2 * t - t * t; }), kChiSquareLimit);
  const auto phase = each_row(rows, [&](const auto& x) { return std::atan2(x[4], mass * omega * x[1]); });
  EXPECT_LT(uniform_chi_square(phase, -kPi, kPi), kChiSquareLimit);
}

TEST(HarmonicOscillator, EnergySpreadIsRelative) {
  const Rows rows =
      raw_rows(builtin_settings("harmonic_oscillator", kRows, 1, {{"energy", 2.0}, {"energy_spread", 0.1}}));
  const auto energy = each_row(rows, [](const auto& x) { return (x[0] * x[0] + x[1] * x[1]) / 2; });
  EXPECT_NEAR(variance_of(energy), 0.04, 5 * 0.04 * std::sqrt(2.0 / kRows));
}

Rows pendulum_rows(double energy, const std::string& direction = "both") {
  const Rows rows =
      raw_rows(builtin_settings("pendulum", kRows, 3, {{"energy", energy}, {"direction", direction}}));
  for (const auto& x : rows) {
    EXPECT_NEAR(x[0] * x[0] + x[1] * x[1], 1.0, 1e-13);
    EXPECT_NEAR(x[2] * x[2] / 2 + 1 - x[0], energy, 1e-12 * (1 + energy));
  }
  return rows;
}

double angle(const std::vector<double>& x) {
  return std::atan2(x[1], x[0]);
}

/// The time until an angle is reached is an elliptic integral of the first kind.
TEST(Pendulum, LibrationSpendsTheTimeOfTheMotionAtEveryAngle) {
  for (const double energy : {0.05, 1.0, 1.99}) {
    SCOPED_TRACE(energy);
    const double k = std::sqrt(energy / 2), turning = 2 * std::asin(k);
    const auto time = [&](double theta) {
      return std::ellint_1(k, std::asin(std::clamp(std::sin(theta / 2) / k, -1.0, 1.0)));
    };
    const Rows rows = pendulum_rows(energy);
    EXPECT_LT(chi_square(each_row(rows, angle), -turning, turning, time), kChiSquareLimit);
    const auto forward = each_row(rows, [](const auto& x) { return x[2] > 0 ? 1.0 : 0.0; });
    EXPECT_NEAR(variance_of(forward), 0.25, 1e-3);
  }
}

TEST(Pendulum, RotationSpendsTheTimeOfTheMotionAtEveryAngle) {
  for (const double energy : {2.01, 3.0, 40.0}) {
    SCOPED_TRACE(energy);
    const auto time = [&](double theta) { return std::ellint_1(std::sqrt(2 / energy), theta / 2); };
    const Rows rows = pendulum_rows(energy), positive = pendulum_rows(energy, "positive");
    EXPECT_LT(chi_square(each_row(rows, angle), -kPi, kPi, time), kChiSquareLimit);
    EXPECT_LT(chi_square(each_row(positive, angle), -kPi, kPi, time), kChiSquareLimit);
    double forward = 0;
    for (const auto& x : rows) forward += x[2] > 0;
    EXPECT_NEAR(forward / kRows, 0.5, 2.5 / std::sqrt(kRows));
    for (const auto& x : positive) ASSERT_GT(x[2], 0);
  }
}

TEST(Pendulum, NextToTheSeparatrixRowsAreFiniteAndTheSeparatrixIsRefused) {
  for (const double energy : {1e-12, std::nextafter(2.0, 0.0), std::nextafter(2.0, 3.0), 1e6}) {
    pendulum_rows(energy);
  }
  const std::string sentence = error_of([] {
    load_dataset(builtin_settings("pendulum", 5, 1, {{"energy", 2.0}}));
  });
  EXPECT_NE(sentence.find("dataset.energy is 2"), std::string::npos) << sentence;
  EXPECT_NO_THROW(
      load_dataset(builtin_settings("pendulum", 5, 1, {{"energy", 2.0}, {"energy_spread", 0.1}})));
}

Rows kepler_rows(double energy, double momentum, const std::string& orientation) {
  const Rows rows = raw_rows(
      builtin_settings("kepler", kRows, 5,
                       {{"energy", energy}, {"angular_momentum", momentum}, {"orientation", orientation}}));
  for (const auto& x : rows) {
    const double kinetic = (x[2] * x[2] + x[3] * x[3]) / 2, potential = -1 / std::hypot(x[0], x[1]);
    EXPECT_NEAR(kinetic + potential, energy, 1e-13 * (kinetic - potential));
    EXPECT_NEAR(x[0] * x[3] - x[1] * x[2], momentum, 1e-13);
  }
  return rows;
}

/// The vector from the centre to the perihelion, of the length e: p x L - r / |r|.
double perihelion_angle(const std::vector<double>& x) {
  const double momentum = x[0] * x[3] - x[1] * x[2], r = std::hypot(x[0], x[1]);
  return std::atan2(-x[2] * momentum - x[1] / r, x[3] * momentum - x[0] / r);
}

double mean_anomaly(const std::vector<double>& x) {
  const double r = std::hypot(x[0], x[1]), energy = (x[2] * x[2] + x[3] * x[3]) / 2 - 1 / r;
  const double axis = -1 / (2 * energy), e_sine = (x[0] * x[2] + x[1] * x[3]) / std::sqrt(axis);
  return std::atan2(e_sine, 1 - r / axis) - e_sine;
}

TEST(Kepler, TimeAndOrientationAreUniform) {
  for (const auto& [energy, momentum] : {std::pair{-0.5, 0.8}, {-1.3, 0.05}, {-0.02, 4.9}}) {
    SCOPED_TRACE(energy);
    const Rows rows = kepler_rows(energy, momentum, "uniform");
    const auto anomaly = each_row(rows, mean_anomaly), direction = each_row(rows, perihelion_angle);
    EXPECT_LT(uniform_chi_square(anomaly, -kPi, kPi), kChiSquareLimit);
    EXPECT_LT(uniform_chi_square(direction, -kPi, kPi), kChiSquareLimit);
    // Independent: their sum modulo 2 pi is uniform too.
    std::vector<double> sum;
    for (std::size_t i = 0; i < anomaly.size(); ++i)
      sum.push_back(std::remainder(anomaly[i] + direction[i], 2 * kPi));
    EXPECT_LT(uniform_chi_square(sum, -kPi, kPi), kChiSquareLimit);
  }
}

TEST(Kepler, FixedOrbitHasItsPerihelionOnThePositiveAxis) {
  const Rows rows = kepler_rows(-0.5, 0.8, "fixed");
  EXPECT_LT(uniform_chi_square(each_row(rows, mean_anomaly), -kPi, kPi), kChiSquareLimit);
  for (const auto& x : rows) ASSERT_NEAR(perihelion_angle(x), 0.0, 1e-12);
}

TEST(Kepler, CircularOrbitIsACircleAndMoreAngularMomentumIsRefused) {
  // 1 / sqrt(0.64) = 1.25, with a rounding error in the square of the eccentricity.
  for (const auto& x : kepler_rows(-0.32, 1.25, "uniform")) {
    ASSERT_NEAR(std::hypot(x[0], x[1]), 1.5625, 1e-13);
  }
  const auto refused = [](const Json& changes) {
    return error_of([&] { load_dataset(builtin_settings("kepler", 5, 1, changes)); });
  };
  EXPECT_NE(refused({{"angular_momentum", 1.1}}).find("the circular orbit has the most, 1"),
            std::string::npos);
  EXPECT_NE(refused({{"energy", 0.1}}).find("below 0"), std::string::npos);
}

TEST(Collision1d, MomentumAndEnergyAreConservedAndVelocitiesTurnOver) {
  const double m1 = 0.4, m2 = 2.5;
  const Rows rows = raw_rows(
      builtin_settings("collision_1d", kRows, 7, {{"mass1", m1}, {"mass2", m2}, {"momentum_spread", 3.0}}));
  for (const auto& x : rows) {
    ASSERT_NEAR(x[0] + x[1], x[2] + x[3], 1e-13);
    ASSERT_NEAR(x[0] * x[0] / m1 + x[1] * x[1] / m2, x[2] * x[2] / m1 + x[3] * x[3] / m2, 1e-10);
    ASSERT_NEAR(x[0] / m1 - x[1] / m2, x[3] / m2 - x[2] / m1, 1e-12);
  }
  for (const std::size_t column : {0u, 1u}) {
    const auto momenta = each_row(rows, [&](const auto& x) { return x[column]; });
    EXPECT_NEAR(variance_of(momenta), 9.0, 5 * 9.0 * std::sqrt(2.0 / kRows));
  }
}

TEST(Collision2d, MomentumAndEnergyAreConservedAndAnglesAreUniform) {
  const double m1 = 0.4, m2 = 2.5, reduced = m1 * m2 / (m1 + m2);
  const Rows rows = raw_rows(
      builtin_settings("collision_2d", kRows, 7,
                       {{"mass1", m1}, {"mass2", m2}, {"energy", 1.7}, {"total_momentum_spread", 2.0}}));
  const auto relative = [&](const std::vector<double>& x, std::size_t first, std::size_t axis) {
    return (m2 * x[first + axis] - m1 * x[first + 2 + axis]) / (m1 + m2);
  };
  std::vector<double> before, turned;
  for (const auto& x : rows) {
    double kinetic[2];
    for (const std::size_t time : {0u, 1u}) {
      const std::size_t at = 4 * time;
      kinetic[time] = (x[at] * x[at] + x[at + 1] * x[at + 1]) / (2 * m1) +
                      (x[at + 2] * x[at + 2] + x[at + 3] * x[at + 3]) / (2 * m2);
      const double qx = relative(x, at, 0), qy = relative(x, at, 1);
      ASSERT_NEAR((qx * qx + qy * qy) / (2 * reduced), 1.7, 1e-12);
    }
    ASSERT_NEAR(kinetic[0], kinetic[1], 1e-11);
    ASSERT_NEAR(x[0] + x[2], x[4] + x[6], 1e-13);
    ASSERT_NEAR(x[1] + x[3], x[5] + x[7], 1e-13);
    before.push_back(std::atan2(relative(x, 0, 1), relative(x, 0, 0)));
    turned.push_back(
        std::remainder(std::atan2(relative(x, 4, 1), relative(x, 4, 0)) - before.back(), 2 * kPi));
  }
  EXPECT_LT(uniform_chi_square(before, -kPi, kPi), kChiSquareLimit);
  EXPECT_LT(uniform_chi_square(turned, -kPi, kPi), kChiSquareLimit);
  const auto total = each_row(rows, [](const auto& x) { return x[0] + x[2]; });
  EXPECT_NEAR(variance_of(total), 4.0, 5 * 4.0 * std::sqrt(2.0 / kRows));
}

TEST(Collision2d, TheDefaultIsTheCentreOfMassFrame) {
  for (const auto& x : raw_rows(builtin_settings("collision_2d", 100))) {
    for (const std::size_t column : {0u, 1u, 4u, 5u}) ASSERT_EQ(x[column], -x[column + 2]);
  }
}

TEST(Mechanics, ParametersOutOfRangeAreKnown) {
  const double nan = std::nan("");
  const RowSampler wrong[] = {HarmonicOscillator{0, 1, 1, 1, 0},
                              HarmonicOscillator{1, -1, 1, 1, 0},
                              HarmonicOscillator{1, 1, 1, nan, 0},
                              HarmonicOscillator{1, 1, 1, 1, 1.5},
                              Pendulum{0, 0, false},
                              Pendulum{2, 0, false},
                              Pendulum{1, -0.1, false},
                              Kepler{0.1, 0.5, true},
                              Kepler{-0.5, 1.01, true},
                              Kepler{-0.5, 0, true},
                              Kepler{nan, 0.5, true},
                              Collision1d{1, 0, 1},
                              Collision1d{1, 1, nan},
                              Collision2d{1, 1, 0, 0, 0},
                              Collision2d{1, 1, 1, 0, -1}};
  for (std::size_t i = 0; i < std::size(wrong); ++i) EXPECT_FALSE(wrong[i].valid()) << i;
}

}  // namespace
}  // namespace symscan::test
