// Laws with distances, their reciprocals, cosines and sines, and none where there are none.
#include "host/analysis/central_law.hpp"

#include <gtest/gtest.h>

#include <Eigen/Geometry>
#include <cmath>

#include "host/base/eigen.hpp"
#include "tests/host/analysis/constraints_samples.hpp"

namespace symscan::test {
namespace {

using Eigen::VectorXd;

std::vector<CentralLaw> laws_of(const Sample& sample, bool with_known = true) {
  const std::vector<Constraint> known = with_known ? find(sample).constraints : std::vector<Constraint>{};
  return find_central_laws(sample.rows, sample.columns, sample.precision, known);
}

/// Random phases of an orbit about a mass 1 in its own plane: x, y, px, py, the perihelion at +x.
struct Orbit {
  double energy = -0.5, eccentricity = 0.6;

  Eigen::Vector4d state(RowRandom& random) const {
    const double axis = -0.5 / energy, anomaly = angle(random);
    const double minor = std::sqrt(1 - eccentricity * eccentricity);
    const double radius = axis * (1 - eccentricity * cos(anomaly)), speed = std::sqrt(axis) / radius;
    return {axis * (cos(anomaly) - eccentricity), axis * minor * sin(anomaly), -speed * sin(anomaly),
            speed * minor * cos(anomaly)};
  }
};

/// One energy; the eccentricity between 0.1 and 0.9 unless it is given.
Sample kepler(int seed, double energy, double eccentricity = 0, double length = 1, double momentum = 1,
              const Strings& columns = {"x", "y", "px", "py"}) {
  return make(columns, seed, [=](RowRandom& random, double* row) {
    const double drawn = 0.1 + 0.8 * random.uniform();
    const Orbit orbit{energy, eccentricity > 0 ? eccentricity : drawn};
    const Eigen::Vector4d state = orbit.state(random);
    const Eigen::Rotation2Dd turn(angle(random));
    Eigen::Map<Eigen::Vector4d>{row} << length * (turn * state.head<2>()),
        momentum * (turn * state.tail<2>());
  });
}

Sample kepler_in_space(int seed) {
  return make({"x", "y", "z", "vx", "vy", "vz"}, seed, [](RowRandom& random, double* row) {
    const Eigen::Vector4d state = Orbit{-0.25, 0.1 + 0.8 * random.uniform()}.state(random);
    const Eigen::Quaterniond turn =
        Eigen::Quaterniond(random.normal(), random.normal(), random.normal(), random.normal()).normalized();
    const Eigen::Vector3d along = turn * Eigen::Vector3d::UnitX(), across = turn * Eigen::Vector3d::UnitY();
    Eigen::Map<Eigen::Vector3d>{row} = state(0) * along + state(1) * across;
    Eigen::Map<Eigen::Vector3d>(row + 3) = state(2) * along + state(3) * across;
  });
}

Sample pendulum(int seed, const Strings& columns = {"theta", "p"}, double largest = 0.8) {
  return make(columns, seed, [=](RowRandom& random, double* row) {
    const double t = angle(random);
    row[0] = 2 * std::asin(largest * sin(t));
    row[1] = 2 * largest * cos(t);
  });
}

Sample in_float32(Sample sample) {
  sample.rows = sample.rows.cast<float>().cast<double>();
  sample.precision.assign(sample.columns.size(), 0x1.0p-24);
  return sample;
}

Sample with_noise(Sample sample, double relative) {
  for (Eigen::Index i = 0; i < sample.rows.rows(); ++i) {
    RowRandom random(77, static_cast<std::uint64_t>(i));
    for (Eigen::Index d = 0; d < sample.rows.cols(); ++d) sample.rows(i, d) += relative * random.normal();
  }
  return sample;
}

void expect_only(const Sample& sample, const std::string& equation) {
  const std::vector<CentralLaw> laws = laws_of(sample);
  ASSERT_EQ(laws.size(), 1u) << equation;
  EXPECT_EQ(laws[0].equation, equation);
  EXPECT_TRUE(laws[0].exact);
  EXPECT_LT(laws[0].residual, sample.precision.empty() ? 1e-12 : 1e-5);
}

void expect_none(const Sample& sample, const std::string& what) {
  const std::vector<CentralLaw> laws = laws_of(sample);
  EXPECT_TRUE(laws.empty()) << what << ": " << laws[0].equation;
}

class CentralLaws : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Seeds, CentralLaws, testing::Values(1, 2, 3));

TEST_P(CentralLaws, EnergyOfOrbits) {
  const int seed = GetParam();
  expect_only(kepler(seed, -0.5), "px^2 + py^2 - 2/r = -1, r = sqrt(x^2 + y^2)");
  expect_only(kepler(seed, -0.5, 0.6), "px^2 + py^2 - 2/r = -1, r = sqrt(x^2 + y^2)");
  expect_only(kepler(seed, -0.3, 0, 1, 1, {"q1", "q2", "p1", "p2"}),
              "p1^2 + p2^2 - 2/r = -0.6, r = sqrt(q1^2 + q2^2)");
  expect_only(kepler(seed, -0.5, 0, 1, 1, {"x1", "y1", "px1", "py1"}),
              "px1^2 + py1^2 - 2/r1 = -1, r1 = sqrt(x1^2 + y1^2)");
  expect_only(kepler_in_space(seed), "vx^2 + vy^2 + vz^2 - 2/r = -0.5, r = sqrt(x^2 + y^2 + z^2)");
}

TEST_P(CentralLaws, AnyUnits) {
  const int seed = GetParam();
  expect_only(kepler(seed, -0.5, 0, 1e6, 1, {"rx", "ry", "vx", "vy"}),
              "vx^2 + vy^2 - 2000000/r = -1, r = sqrt(rx^2 + ry^2)");
  expect_only(kepler(seed, -0.5, 0.6, 1e6, 1e-6), "px^2 + py^2 - 2e-06/r = -1e-12, r = sqrt(x^2 + y^2)");
  expect_only(kepler(seed, -0.5, 0, 1, 1e6), "px^2 + py^2 - 2e+12/r = -1e+12, r = sqrt(x^2 + y^2)");
}

TEST_P(CentralLaws, EnergyOfPendulums) {
  const int seed = GetParam();
  expect_only(pendulum(seed), "p^2 - 2 cos(theta) = 0.56");
  expect_only(pendulum(seed, {"q", "p"}, 0.95), "p^2 - 2 cos(q) = 1.61");
  expect_only(pendulum(seed, {"angle", "speed"}, 0.3), "speed^2 - 2 cos(angle) = -1.64");
}

TEST_P(CentralLaws, OneFarEventMakesNoLaw) {
  // All of them obey x^2 + 1e8/r^2 = 1e8 within rounding of 1e8.
  Sample circle = make({"x", "y"}, GetParam(), [](RowRandom& random, double* row) {
    const double turn = angle(random);
    row[0] = cos(turn), row[1] = sin(turn);
  });
  for (const double far : {1e3, 1e4, 1e6}) {
    circle.rows.row(7) << far, 3;
    for (const CentralLaw& law : laws_of(circle)) ADD_FAILURE() << law.equation;
    for (const Constraint& constraint : find(circle).constraints) ADD_FAILURE() << constraint.equation;
  }
}

TEST_P(CentralLaws, ComponentsFromAnglesAndDistances) {
  const Sample polar = make({"phi", "pt", "px", "py"}, GetParam(), [](RowRandom& random, double* row) {
    row[0] = angle(random) - std::numbers::pi;
    row[1] = 1 + random.uniform();
    row[2] = row[1] * cos(row[0]);
    row[3] = row[1] * sin(row[0]);
  });
  const std::vector<CentralLaw> laws = laws_of(polar);
  ASSERT_EQ(laws.size(), 1u);  // pt^2 = px^2 + py^2 and this imply the other component
  EXPECT_TRUE(laws[0].equation == "px - pt cos(phi) = 0" || laws[0].equation == "pt cos(phi) - px = 0");
  expect_only(make({"x", "y", "V"}, GetParam(),
                   [](RowRandom& random, double* row) {
                     row[0] = 1 + random.uniform(), row[1] = random.normal();
                     row[2] = -3 / std::hypot(row[0], row[1]);
                   }),
              "V + 3/r = 0, r = sqrt(x^2 + y^2)");
}

TEST_P(CentralLaws, Float32Data) {
  expect_only(in_float32(kepler(GetParam(), -0.5)), "px^2 + py^2 - 2/r = -1, r = sqrt(x^2 + y^2)");
  expect_only(in_float32(kepler(GetParam(), -0.5, 0.6)), "px^2 + py^2 - 2/r = -1, r = sqrt(x^2 + y^2)");
  expect_only(in_float32(pendulum(GetParam())), "p^2 - 2 cos(theta) = 0.56");
}

TEST_P(CentralLaws, GradientsAreThoseOfTheValue) {
  for (const Sample& sample : {kepler(GetParam(), -0.5), kepler_in_space(GetParam()), pendulum(GetParam())}) {
    const CentralLaw law = laws_of(sample).at(0);
    for (int event = 0; event < 20; ++event) {
      const VectorXd x = sample.rows.row(event);
      EXPECT_NEAR(law.value(x), 0, 1e-12);
      for (int i = 0; i < x.size(); ++i) {
        VectorXd up = x, down = x;
        up(i) += 1e-6, down(i) -= 1e-6;
        const double slope = (law.value(up) - law.value(down)) / 2e-6;
        EXPECT_NEAR(law.gradient(x)(i), slope, 1e-6 * (1 + law.gradient(x).norm()));
      }
    }
  }
}

TEST_P(CentralLaws, WhatPolynomialsSayIsNotSaidAgain) {
  const int seed = GetParam();
  // One orbit: a conic, a circle of momenta.
  expect_none(make({"x", "y", "px", "py"}, seed,
                   [](RowRandom& random, double* row) {
                     Eigen::Map<Eigen::Vector4d>{row} = Orbit{-0.5, 0.6}.state(random);
                   }),
              "one orbit");
  expect_none(kepler(seed, -0.5, 1e-9), "circular orbits");
  expect_none(make({"x", "y"}, seed,
                   [](RowRandom& random, double* row) {
                     const double t = angle(random);
                     row[0] = 2 * cos(t), row[1] = sin(t);
                   }),
              "ellipse");
  expect_none(make({"x", "y", "r"}, seed,
                   [](RowRandom& random, double* row) {
                     row[0] = random.normal(), row[1] = 3 + random.uniform();
                     row[2] = std::hypot(row[0], row[1]);
                   }),
              "a column is r");
  expect_none(make({"q1", "q2", "p1", "p2"}, seed,
                   [](RowRandom& random, double* row) {
                     Eigen::Map<Eigen::Vector4d> state(row);
                     for (int i = 0; i < 4; ++i) state(i) = random.normal();
                     state.normalize();
                   }),
              "harmonic oscillator");
  expect_none(make({"q", "p"}, seed,
                   [](RowRandom& random, double* row) {
                     const double t = angle(random);
                     row[0] = cos(t), row[1] = sin(t);
                   }),
              "oscillator in one dimension");
}

TEST_P(CentralLaws, NoneWhereThereIsNone) {
  const int seed = GetParam();
  expect_none(make({"x", "y", "px", "py"}, seed,
                   [](RowRandom& random, double* row) {
                     for (int i = 0; i < 4; ++i) row[i] = random.normal();
                   }),
              "random points");
  // Near these points distances and cosines are nearly polynomials.
  for (const double size : {1e-4, 1e-2, 0.12, 0.3}) {
    const auto near_a_point = [size](RowRandom& random, double* row) {
      row[0] = 3 + size * random.normal(), row[1] = 1 + size * random.normal();
      row[2] = size * (2 * random.uniform() - 1), row[3] = random.normal();
    };
    expect_none(make({"x", "y", "theta", "p"}, seed, near_a_point), "near a point");
    expect_none(in_float32(make({"x", "y", "theta", "p"}, seed, near_a_point)), "near a point, float32");
  }
  expect_none(with_noise(kepler(seed, -0.5), 1e-3), "noise");
  expect_none(with_noise(pendulum(seed), 1e-3), "noise");
  Sample sample = kepler(seed, -0.5);
  sample.rows(100, 2) *= 1.001;
  expect_none(sample, "one event that disobeys");
  expect_none(kepler(seed, -0.5, 0, 1, 1, {"a", "b", "c", "d"}), "names that say nothing");
}

TEST(CentralLawSearch, HopelessDataDoNoHarm) {
  EXPECT_TRUE(find_central_laws(Eigen::MatrixXd(0, 0), {}).empty());
  EXPECT_TRUE(find_central_laws(Eigen::MatrixXd::Zero(100, 3), {"x", "y", "theta"}).empty());
  EXPECT_TRUE(find_central_laws(Eigen::MatrixXd::Ones(3, 2), {"x", "y"}).empty());
  EXPECT_TRUE(find_central_laws(Eigen::MatrixXd::Random(60, 26), Strings(26, "theta")).empty());
}

}  // namespace
}  // namespace symscan::test
