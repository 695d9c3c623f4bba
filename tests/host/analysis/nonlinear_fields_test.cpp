#include "host/analysis/nonlinear_fields.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <numbers>

#include "host/analysis/field_residuals.hpp"
#include "host/analysis/field_tangents.hpp"
#include "tests/host/analysis/seeded_points.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using test::cube_points;
using test::gaussian_points;

constexpr double pi = std::numbers::pi;

/// Uniform rows of a box that `energy` accepts.
template <class Energy>
MatrixXd energy_shell(Index rows, const Eigen::Vector2d& low, const Eigen::Vector2d& high, double least,
                      double most, Energy energy, std::uint64_t seed) {
  MatrixXd result(rows, 2);
  Index count = 0;
  for (std::uint64_t batch = 0; count < rows; ++batch) {
    const MatrixXd cube = cube_points(rows, 2, seed + 1000 * batch);
    for (Index i = 0; i < rows && count < rows; ++i) {
      const Eigen::Vector2d at = low + (high - low).cwiseProduct(cube.row(i).transpose());
      const double value = energy(at(0), at(1));
      if (value >= least && value <= most) result.row(count++) = at.transpose();
    }
  }
  return result;
}

MatrixXd lotka_volterra(Index rows, std::uint64_t seed) {
  return energy_shell(
      rows, {-5, -7}, {3, 3}, 3, 4.5,
      [](double x, double y) { return std::exp(x) - x + 4.0 / 3 * std::exp(y) - 2.0 / 3 * y; }, seed);
}

MatrixXd pendulum(Index rows, std::uint64_t seed) {
  return energy_shell(
      rows, {-3.2, -2}, {3.2, 2}, -0.5, 0.5, [](double q, double p) { return p * p / 2 - std::cos(q); },
      seed);
}

VectorField field_of(const std::string& text, const std::vector<std::string>& columns) {
  return field_dictionary({parse_field(text, columns)}, columns).fields.front();
}

/// Mean cosine of two fields in standardised units.
double cosine(const MatrixXd& rows, const VectorField& a, const VectorField& b) {
  const VectorXd scale = (rows.rowwise() - rows.colwise().mean()).colwise().norm();
  const MatrixXd v = a.velocities(rows) * scale.cwiseInverse().asDiagonal(),
                 w = b.velocities(rows) * scale.cwiseInverse().asDiagonal();
  return std::abs(v.rowwise().normalized().cwiseProduct(w.rowwise().normalized()).rowwise().sum().mean());
}

const std::vector<std::string> xy = {"x", "y"}, qp = {"q", "p"}, xyz = {"x", "y", "z"};

TEST(NonlinearFields, lotka_volterra_has_one_generator) {
  const MatrixXd rows = lotka_volterra(10000, 1);
  const KeptFields found = fields_keeping_distribution(rows, field_dictionary("pairs", rows, xy)).front();
  ASSERT_EQ(found.verdict, Invariance::established);
  ASSERT_EQ(found.fields.size(), 1u);
  EXPECT_EQ(found.generic_rank, 1);
  const VectorField truth = field_of("(2/3 - 4/3*exp(y))*d/dx + (exp(x) - 1)*d/dy", xy);
  EXPECT_GE(cosine(rows, found.fields[0].field, truth), 0.99) << found.fields[0].field.equation(xy);
  EXPECT_EQ(found.fields[0].errors.size(), found.fields[0].field.parts.size());
}

TEST(NonlinearFields, pendulum_has_one_generator) {
  const MatrixXd rows = pendulum(10000, 2);
  const KeptFields found =
      fields_keeping_distribution(rows, field_dictionary("pairs", rows, qp, {0})).front();
  ASSERT_EQ(found.fields.size(), 1u);
  EXPECT_GE(cosine(rows, found.fields[0].field, field_of("p*d/dq - sin(q)*d/dp", qp)), 0.99)
      << found.fields[0].field.equation(qp);
}

TEST(NonlinearFields, exponential_columns_are_kept_by_a_quadratic_field) {
  // div(p v) = 0 for p = exp(-x - y), v = (x - x y, x y - y): tangent to the axes.
  const MatrixXd rows = -(1 - cube_points(10000, 2, 3).array()).log();
  const KeptFields found = fields_keeping_distribution(rows, field_dictionary("quadratic", rows, xy)).front();
  ASSERT_EQ(found.fields.size(), 1u);
  EXPECT_GE(cosine(rows, found.fields[0].field, field_of("x*(1 - y)*d/dx - y*(1 - x)*d/dy", xy)), 0.99);
}

TEST(NonlinearFields, gaussian_columns_are_kept_by_three_quadratic_fields) {
  // v = rot psi + psi rot log p of the densities' stream functions psi = 1, x, y.
  const MatrixXd rows = gaussian_points(10000, 2, 4);
  const KeptFields found = fields_keeping_distribution(rows, field_dictionary("quadratic", rows, xy)).front();
  EXPECT_EQ(found.fields.size(), 3u);
  EXPECT_EQ(found.generic_rank, 2);
}

/// Claims where no field of the dictionary keeps the distribution: none is expected, one in fifty allowed.
TEST(NonlinearFields, claims_nothing_of_independent_columns) {
  int claims = 0, sets = 0;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    for (const Index rows : {1000, 3000}) {
      const MatrixXd cube = cube_points(rows, 2, 50 + seed), normal = gaussian_points(rows, 2, 90 + seed);
      const MatrixXd laplace =
          ((cube.array() < 0.5).select((2 * cube.array()).log(), -(2 - 2 * cube.array()).log()));
      for (const MatrixXd& table : {cube, laplace, MatrixXd(normal.array().exp())}) {
        for (const char* name : {"quadratic", "pairs"}) {
          ++sets;
          for (const KeptFields& found :
               fields_keeping_distribution(table, field_dictionary(name, table, xy)))
            if (!found.fields.empty()) ++claims;
        }
      }
    }
  }
  EXPECT_LE(claims, sets / 50);
}

TEST(NonlinearFields, uniform_square_is_broken) {
  const MatrixXd rows = cube_points(10000, 2, 7);
  const KeptFields found = fields_keeping_distribution(rows, field_dictionary("quadratic", rows, xy)).front();
  EXPECT_EQ(found.verdict, Invariance::broken);
  EXPECT_EQ(found.independent, 12);
}

TEST(NonlinearFields, odd_tables_say_nothing) {
  for (const Index rows : {0, 1, 30, 400}) {
    for (const Index columns : {1, 2, 3}) {
      MatrixXd table = MatrixXd::Constant(rows, columns, 3);
      if (rows == 400 && columns > 1) table.col(1) = VectorXd::LinSpaced(rows, 0, 3).array().floor();
      const std::vector<std::string> names(xyz.begin(), xyz.begin() + columns);
      for (const char* name : {"affine", "quadratic", "pairs"})
        for (const KeptFields& found :
             fields_keeping_distribution(table, field_dictionary(name, table, names)))
          EXPECT_TRUE(found.fields.empty());
    }
  }
}

MatrixXd curve(Index rows, const std::function<VectorXd(double)>& point, std::uint64_t seed) {
  const MatrixXd cube = cube_points(rows, 1, seed);
  MatrixXd result(rows, point(0).size());
  for (Index i = 0; i < rows; ++i) result.row(i) = point(cube(i, 0)).transpose();
  return result;
}

TangentFieldsFound tangent_to(const MatrixXd& rows, Index dimension, const char* dictionary,
                              const std::vector<std::string>& columns, const std::vector<int>& angles = {}) {
  return fields_tangent_to_set(thin_set_from_neighbours(rows, dimension),
                               field_dictionary(dictionary, rows, columns, angles));
}

TEST(NonlinearFields, spiral_is_kept_by_turning_and_growing) {
  const MatrixXd rows = curve(
      3000,
      [](double t) {
        const double angle = 3 * pi * t, radius = std::exp(0.2 * angle);
        return Eigen::Vector2d(radius * std::cos(angle), radius * std::sin(angle));
      },
      1);
  const TangentFieldsFound found = tangent_to(rows, 1, "affine", xy);
  ASSERT_EQ(found.fields.size(), 1u);
  EXPECT_EQ(found.generic_rank, 1);
  EXPECT_GE(cosine(rows, found.fields[0], field_of("(0.2*x - y)*d/dx + (x + 0.2*y)*d/dy", xy)), 0.999)
      << found.fields[0].equation(xy);
}

TEST(NonlinearFields, helix_is_kept_by_a_screw) {
  const MatrixXd rows = curve(
      3000, [](double t) { return Eigen::Vector3d(std::cos(4 * pi * t), std::sin(4 * pi * t), 2 * t); }, 2);
  const TangentFieldsFound found = tangent_to(rows, 1, "affine", xyz);
  ASSERT_EQ(found.fields.size(), 1u);
  EXPECT_GE(cosine(rows, found.fields[0], field_of("-y*d/dx + x*d/dy + d/dz/(2*3.141592653589793)", xyz)),
            0.999)
      << found.fields[0].equation(xyz);
}

TEST(NonlinearFields, sphere_is_kept_by_rotations_as_fields_of_least_degree) {
  const MatrixXd rows = gaussian_points(4000, 3, 3).rowwise().normalized();
  const TangentFieldsFound found = tangent_to(rows, 2, "quadratic", xyz);
  EXPECT_EQ(found.fields.size(), 3u);
  EXPECT_EQ(found.degree, 1);
  EXPECT_EQ(found.generic_rank, 2);
  for (const VectorField& field : found.fields)
    EXPECT_LT(residual_along_set(thin_set_from_neighbours(rows, 2), field).mean(), 0.01)
        << field.equation(xyz);
}

TEST(NonlinearFields, moebius_band_has_no_affine_field) {
  const MatrixXd cube = cube_points(6000, 2, 4);
  MatrixXd rows(6000, 3);
  for (Index i = 0; i < rows.rows(); ++i) {
    const double angle = 2 * pi * cube(i, 0), across = cube(i, 1) - 0.5,
                 radius = 1 + across * std::cos(angle / 2);
    rows.row(i) << radius * std::cos(angle), radius * std::sin(angle), across * std::sin(angle / 2);
  }
  const TangentFieldsFound affine = tangent_to(rows, 2, "affine", xyz);
  EXPECT_TRUE(affine.fields.empty());
  EXPECT_EQ(affine.independent, 12);
  // It lies on a cubic surface that has quadratic tangent fields, such as dx = y + x y, dy = y^2 - y z,
  // dz = (y - z)^2: what is found must be tangent to that surface.
  const TangentFieldsFound quadratic = tangent_to(rows, 2, "quadratic", xyz);
  for (const VectorField& field : quadratic.fields) {
    const MatrixXd velocities = field.velocities(rows);
    for (Index i = 0; i < rows.rows(); i += 100) {
      const double x = rows(i, 0), y = rows(i, 1), z = rows(i, 2);
      const Eigen::Vector3d gradient(2 * x * y - 2 * z - 4 * x * z,
                                     -1 + x * x + 3 * y * y - 4 * y * z + z * z,
                                     -2 * x - 2 * x * x - 2 * y * y + 2 * y * z);
      EXPECT_LT(std::abs(velocities.row(i).dot(gradient)),
                0.02 * gradient.norm() * (0.1 + velocities.row(i).norm()))
          << field.equation(xyz);
    }
  }
}

TEST(NonlinearFields, one_energy_of_the_pendulum_is_a_curve_of_its_flow) {
  const MatrixXd rows = curve(
      4000,
      [](double t) {
        const double q = std::acos(-0.3) * std::sin(2 * pi * t), sign = std::cos(2 * pi * t) < 0 ? -1 : 1;
        return Eigen::Vector2d(q, sign * std::sqrt(std::max(0.0, 2 * (std::cos(q) + 0.3))));
      },
      5);
  for (Index i = 0; i < rows.rows(); ++i)  // the curve p^2 / 2 - cos q = 0.3 is closed: |q| <= acos(-0.3)
    ASSERT_NEAR(rows(i, 1) * rows(i, 1) / 2 - std::cos(rows(i, 0)), 0.3, 1e-9);
  const TangentFieldsFound found = tangent_to(rows, 1, "pairs", qp, {0});
  EXPECT_EQ(found.generic_rank, 1);
  ASSERT_FALSE(found.fields.empty());
  EXPECT_GE(cosine(rows, found.fields[0], field_of("p*d/dq - sin(q)*d/dp", qp)), 0.99)
      << found.fields[0].equation(qp);
}

TEST(NonlinearFields, imbalance_shows_where_a_symmetry_is_broken) {
  // Uniform in a disc but for a missing corner at x, y > 0: rotations are broken there alone.
  const MatrixXd cube = cube_points(40000, 2, 6);
  MatrixXd rows(40000, 2);
  Index count = 0;
  for (Index i = 0; i < cube.rows(); ++i) {
    const Eigen::Vector2d at(2 * cube(i, 0) - 1, 2 * cube(i, 1) - 1);
    const bool missing = at(0) > 0.3 && at(1) > 0.3;
    if (at.norm() < 1 && !missing) rows.row(count++) = at.transpose();
  }
  const MatrixXd used = rows.topRows(count);
  const LocalImbalance found = imbalance_along_data(used, field_of("x*d/dy - y*d/dx", xy));
  Index worst = 0;
  found.z.cwiseAbs().maxCoeff(&worst);
  EXPECT_LT(found.p_value, 1e-6);
  EXPECT_GT(found.centres.row(worst).minCoeff(), -0.3);
  const LocalImbalance kept =
      imbalance_along_data(gaussian_points(5000, 2, 8), field_of("x*d/dy - y*d/dx", xy));
  EXPECT_GT(kept.p_value, 1e-3);
}

}  // namespace
}  // namespace symscan
