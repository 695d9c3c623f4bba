// Affine motions of sets that no polynomial of degree two describes, from the points alone.
#include "host/analysis/local_tangents.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <numbers>
#include <random>

#include "host/analysis/standardised.hpp"
#include "host/analysis/two_sample.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// Points f(u) of uniform u in [0, 1]^d.
MatrixXd points_of(Index rows, Index dimension, const std::function<VectorXd(const VectorXd&)>& f,
                   double noise = 0) {
  std::mt19937_64 random(42);
  const auto uniform = [&] { return static_cast<double>(random() >> 11) * 0x1.0p-53; };
  std::vector<VectorXd> all;
  for (Index i = 0; i < rows; ++i) {
    VectorXd u(dimension);
    for (double& value : u) value = uniform();
    VectorXd x = f(u);
    for (double& value : x)
      value += noise * std::sqrt(-2 * std::log(1 - uniform())) * std::cos(2 * std::numbers::pi * uniform());
    all.push_back(x);
  }
  MatrixXd points(rows, all.front().size());
  for (Index i = 0; i < rows; ++i) points.row(i) = all[static_cast<std::size_t>(i)];
  return points;
}

VectorXd vector(std::initializer_list<double> values) {
  VectorXd result(static_cast<Index>(values.size()));
  std::copy(values.begin(), values.end(), result.begin());
  return result;
}

std::size_t motions(const MatrixXd& points, Index dimension, double noise = 0) {
  return algebra_from_neighbours(standardise(points, 0).whitened, dimension, noise).fields.size();
}

constexpr double turn = 2 * std::numbers::pi;

TEST(LocalTangents, CurvesWithOneMotion) {
  EXPECT_EQ(
      motions(points_of(
                  4000, 1,
                  [](const VectorXd& u) {
                    const double t = 2 * turn * u(0), r = std::exp(0.15 * t);
                    return vector({r * std::cos(t), r * std::sin(t)});  // logarithmic spiral: turns and grows
                  }),
              1),
      1u);
  EXPECT_EQ(motions(points_of(4000, 1,
                              [](const VectorXd& u) {
                                return vector({3 * u(0), std::exp(3 * u(0))});
                              }),
                    1),
            1u);
  EXPECT_EQ(motions(points_of(4000, 1,
                              [](const VectorXd& u) {
                                const double t = 5 * turn * u(0);
                                return vector({std::cos(t), std::sin(t), t});  // helix: a screw
                              }),
                    1),
            1u);
}

TEST(LocalTangents, SurfacesWithMotions) {
  EXPECT_EQ(
      motions(
          points_of(8000, 2,
                    [](const VectorXd& u) {
                      const double t = turn * u(0), v = 3 * u(1) - 1.5;
                      return vector({std::cosh(v) * std::cos(t), std::cosh(v) * std::sin(t), v});  // catenoid
                    }),
          2),
      1u);
  EXPECT_EQ(motions(points_of(8000, 2,
                              [](const VectorXd& u) {
                                const double m = 1 + 2 * u(0), v = 1 + 3 * u(1);
                                return vector({0.5 * m * v * v, m, v});  // kinetic energy: two scalings
                              }),
                    2),
            2u);
}

TEST(LocalTangents, CurvesWithoutMotion) {
  EXPECT_EQ(motions(points_of(4000, 1,
                              [](const VectorXd& u) {
                                const double t = 2 * turn * u(0);
                                return vector({t * std::cos(t), t * std::sin(t)});  // Archimedean spiral
                              }),
                    1),
            0u);
  EXPECT_EQ(motions(points_of(4000, 1,
                              [](const VectorXd& u) {
                                return vector({turn * u(0), std::sin(turn * u(0))});
                              }),
                    1),
            0u);
  EXPECT_EQ(motions(points_of(4000, 1,
                              [](const VectorXd& u) {
                                const double t = turn * u(0);
                                const auto root = [](double x) {
                                  return std::copysign(std::sqrt(std::abs(x)), x);
                                };
                                return vector({root(std::cos(t)), root(std::sin(t))});  // x^4 + y^4 = 1
                              }),
                    1),
            0u);
}

TEST(LocalTangents, NoiseIsSmoothedAboveItsScale) {
  const auto circle = [](const VectorXd& u) {
    return vector({std::cos(turn * u(0)), std::sin(turn * u(0))});
  };
  EXPECT_EQ(motions(points_of(8000, 1, circle, 0.01), 1, 0.05), 1u);
  const auto ellipse_of_degree_four = [](const VectorXd& u) {
    const double c = std::cos(turn * u(0)), s = std::sin(turn * u(0));
    const double r = std::pow(c * c * c * c + s * s * s * s, -0.25);
    return vector({r * c, r * s});
  };
  EXPECT_EQ(motions(points_of(8000, 1, ellipse_of_degree_four, 0.01), 1, 0.05), 0u);
}

TEST(LocalTangents, TooFewPointsGiveNoSpectrum) {
  const MatrixXd few = points_of(60, 1, [](const VectorXd& u) { return vector({u(0), u(0) * u(0)}); });
  EXPECT_EQ(algebra_from_neighbours(few, 1).residuals.size(), 0);
  EXPECT_EQ(algebra_from_neighbours(few, 7).residuals.size(), 0);
}

TEST(LocalTangents, MotionOutOfAnArcIsSeen) {
  const auto arc = [](double length) {
    return points_of(3000, 1, [=](const VectorXd& u) {
      return vector({std::cos(length * u(0)), std::sin(length * u(0))});
    });
  };
  MatrixXd rotation = MatrixXd::Zero(2, 2);
  rotation << 0, -1, 1, 0;
  const auto share = [&](const MatrixXd& points) {
    const MatrixXd some = points.topRows(200);
    return share_off_the_points(points, some, apply_flow(some, rotation, VectorXd::Zero(2), 0.5));
  };
  EXPECT_LT(share(arc(turn)), 0.02);
  EXPECT_GT(share(arc(1)), 0.4);
}

}  // namespace
}  // namespace symscan
