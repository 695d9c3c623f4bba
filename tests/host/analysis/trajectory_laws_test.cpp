// Conserved quantities of known systems with and without noise, and none where there are none.
#include "host/analysis/trajectory_laws.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "host/analysis/trajectories.hpp"
#include "host/base/linear_algebra.hpp"
#include "host/data/trajectory_systems.hpp"
#include "tests/host/analysis/seeded_points.hpp"

namespace symscan::test {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

struct Case {
  MatrixXd rows;
  std::vector<std::string> columns;
  std::vector<int> groups;
};

std::vector<int> groups_of(int trajectories, int length) {
  std::vector<int> groups;
  for (int k = 0; k < trajectories; ++k) groups.insert(groups.end(), static_cast<std::size_t>(length), k);
  return groups;
}

Case motion(const TrajectorySystem& system, double noise, std::uint64_t seed, int trajectories = 40,
            int length = 100) {
  std::vector<double> values = trajectory_rows(system, trajectories, length, noise, seed);
  const auto width = static_cast<Index>(system.columns.size());
  using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  return {Eigen::Map<RowMajor>(values.data(), Index{trajectories} * length, width), system.columns,
          groups_of(trajectories, length)};
}

TrajectoryLaws laws_of(const Case& data) {
  return trajectory_laws(data.rows, data.columns, data.groups);
}

const TrajectorySystem& system_named(const std::string& name) {
  return *find_trajectory_system(name);
}

/// Share of the variance of a known law that linear combinations of those found do not have.
double not_spanned(const std::vector<TrajectoryLaw>& laws, const ConservedQuantity& law,
                   const MatrixXd& rows) {
  MatrixXd values(rows.rows(), static_cast<Index>(laws.size()) + 1);
  VectorXd known(rows.rows());
  for (Index n = 0; n < rows.rows(); ++n) {
    const VectorXd row = rows.row(n);
    values(n, 0) = 1;
    for (std::size_t k = 0; k < laws.size(); ++k) values(n, static_cast<Index>(k) + 1) = laws[k].value(row);
    known(n) = law.value(row.data());
  }
  const VectorXd best = least_squares(values, {known})[0];
  return (known - values * best).squaredNorm() / (known.array() - known.mean()).matrix().squaredNorm();
}

class TrajectoryLawsOf : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Systems, TrajectoryLawsOf,
                         testing::Values("oscillator_2d", "pendulum", "double_pendulum", "kepler",
                                         "rigid_body", "lotka_volterra", "henon_heiles", "lorenz",
                                         "van_der_pol"));

TEST_P(TrajectoryLawsOf, AreThoseKnown) {
  const TrajectorySystem& system = system_named(GetParam());
  for (const double noise : {0.0, 0.01}) {
    for (const std::uint64_t seed : {1, 2}) {
      const Case data = motion(system, noise, seed);
      const TrajectoryLaws found = laws_of(data);
      EXPECT_EQ(found.independent, system.independent) << noise << " " << seed;
      EXPECT_EQ(found.accepted, static_cast<int>(system.laws.size())) << noise << " " << seed;
      ASSERT_EQ(found.laws.size(), system.laws.size()) << noise << " " << seed;
      for (const ConservedQuantity& law : system.laws)
        EXPECT_LT(not_spanned(found.laws, law, motion(system, 0, seed).rows), noise == 0 ? 1e-9 : 1e-3)
            << law.text << " " << noise << " " << seed;
    }
  }
}

void expect_equations(const std::string& name, const std::vector<std::string>& equations) {
  for (const double noise : {0.0, 0.01}) {
    const TrajectoryLaws found = laws_of(motion(system_named(name), noise, 1));
    std::vector<std::string> own;
    for (const TrajectoryLaw& law : found.laws) own.push_back(law.equation);
    EXPECT_EQ(own, equations) << noise;
  }
}

TEST(TrajectoryLaws, Equations) {
  expect_equations("pendulum", {"p^2/2 - cos(q)"});
  expect_equations("kepler", {"x py - y px", "px^2/2 + py^2/2 - 1/r, r = sqrt(x^2 + y^2)"});
  expect_equations("lotka_volterra", {"x + y - log(x) - log(y)"});
  expect_equations("double_pendulum",
                   {"w1^2 + w2^2/2 - 2 cos(theta1) - cos(theta2) + w1 w2 cos(theta1 - theta2)"});
  expect_equations("rigid_body", {"w1^2 + w2^2", "w2^2 + 3 w3^2"});
  expect_equations("oscillator_2d", {"x^2 + px^2", "x y + px py", "x py - y px", "y^2 + py^2"});
}

TEST(TrajectoryLaws, TheFourthLawOfTheOscillatorDependsOnTheOthers) {
  const TrajectoryLaws found = laws_of(motion(system_named("oscillator_2d"), 0, 4));
  ASSERT_EQ(found.laws.size(), 4u);
  EXPECT_EQ(found.independent, 3);
  for (int k = 0; k < 4; ++k) EXPECT_EQ(found.laws[static_cast<std::size_t>(k)].dependent, k == 3);
}

TEST(TrajectoryLaws, AColumnThatIsConstantInEachTrajectory) {
  Case data = motion(system_named("pendulum"), 0, 1);
  data.rows.conservativeResize(Eigen::NoChange, 3);
  const MatrixXd mass = cube_points(40, 1, 5).array() + 1;
  for (Index n = 0; n < data.rows.rows(); ++n)
    data.rows(n, 2) = mass(data.groups[static_cast<std::size_t>(n)], 0);
  data.columns.push_back("m");
  const TrajectoryLaws found = laws_of(data);
  EXPECT_EQ(found.independent, 2);
  ASSERT_GE(found.laws.size(), 2u);
  EXPECT_EQ(found.laws[0].equation, "m");
  EXPECT_EQ(found.laws[1].equation, "p^2/2 - cos(q)");
  EXPECT_EQ(found.notes.at(0), "column m is constant in each trajectory");
}

TEST(TrajectoryLaws, RelationsAmongTheColumnsAreNoLaws) {
  Case data = motion(system_named("pendulum"), 0, 2);
  MatrixXd rows(data.rows.rows(), 3);
  rows << data.rows.col(0).array().cos(), data.rows.col(0).array().sin(), data.rows.col(1);
  data = {rows, {"c", "s", "p"}, data.groups};
  const TrajectoryLaws found = laws_of(data);
  ASSERT_EQ(found.laws.size(), 1u);
  EXPECT_EQ(found.independent, 1);
  EXPECT_EQ(found.laws[0].terms.size(), 2u) << found.laws[0].equation;
}

TEST(TrajectoryLaws, RowsInNoOrder) {
  Case data = motion(system_named("pendulum"), 0, 3);
  std::vector<Index> order(4000);
  for (Index n = 0; n < 4000; ++n) order[static_cast<std::size_t>(n)] = (n * 1237) % 4000;
  data.rows = data.rows(order, Eigen::all).eval();
  std::vector<int> groups;
  for (const Index n : order) groups.push_back(data.groups[static_cast<std::size_t>(n)]);
  data.groups = groups;
  EXPECT_EQ(laws_of(data).independent, 1);
  // With noise nothing tells noise from motion.
  Case noisy = motion(system_named("pendulum"), 0.01, 3);
  noisy.rows = noisy.rows(order, Eigen::all).eval();
  noisy.groups = groups;
  const TrajectoryLaws found = laws_of(noisy);
  EXPECT_EQ(found.independent, 0);
  EXPECT_FALSE(found.notes.empty());
}

TEST(TrajectoryLaws, AnyShapeOfData) {
  for (const Index n : {0, 1, 5, 200}) {
    for (const Index width : {0, 1, 3, 60}) {
      const std::vector<std::string> columns(static_cast<std::size_t>(width), "a");
      for (const int length : {1, 5, 20, 1000}) {
        std::vector<int> groups;
        for (Index i = 0; i < n; ++i) groups.push_back(static_cast<int>(i) / length);
        EXPECT_TRUE(trajectory_laws(cube_points(n, width, 3), columns, groups).laws.empty());
        EXPECT_TRUE(trajectory_laws(MatrixXd::Ones(n, width), columns, groups).laws.empty());
      }
    }
  }
}

TEST(TrajectoryLaws, NoiseFromDifferences) {
  for (const double noise : {0.003, 0.01, 0.03}) {
    const TrajectorySystem& system = system_named("kepler");
    const Case data = motion(system, noise, 8);
    const VectorXd found = noise_of_columns(trajectories_of(data.rows, data.groups, 5, 100000));
    // 4000 rows; the least of eight estimates lies below by their scatter, motion adds at most 3e-4.
    for (int i = 0; i < 4; ++i)
      EXPECT_NEAR(found(i) / (noise * system.spread[static_cast<std::size_t>(i)]), 1, 0.1);
  }
}

/// Independent columns of several kinds. Kind 4 and 5: random walks with an offset for each group.
VectorXd null_column(int kind, const Case& data, std::uint64_t seed) {
  const auto n = static_cast<Index>(data.groups.size());
  const VectorXd normal = gaussian_points(n, 1, seed), uniform = cube_points(n, 1, seed + 1);
  if (kind == 0) return normal;
  if (kind == 1) return uniform;
  if (kind == 2) return normal.array().exp();
  if (kind == 3) return (uniform.array() * 4).floor();
  const VectorXd offset = gaussian_points(data.groups.back() + 1, 1, seed + 2) * (kind == 4 ? 5 : 50);
  VectorXd walk(n);
  for (Index i = 0; i < n; ++i) {
    const int group = data.groups[static_cast<std::size_t>(i)];
    const bool first = i == 0 || data.groups[static_cast<std::size_t>(i) - 1] != group;
    const double memory = kind == 6 ? 0.6 : 0.9;
    walk(i) = first ? offset(group) + normal(i) / std::sqrt(1 - memory * memory)
                    : offset(group) + memory * (walk(i - 1) - offset(group)) + normal(i);
  }
  return walk;
}

TEST(TrajectoryLaws, NoneInIndependentColumns) {
  int claims = 0;
  for (int set = 0; set < 200; ++set) {
    const auto seed = static_cast<std::uint64_t>(1000 * set + 17);
    const int trajectories = std::vector<int>{8, 12, 20, 40, 100}[static_cast<std::size_t>(set % 5)];
    const int length = std::vector<int>{20, 50, 100}[static_cast<std::size_t>(set % 3)];
    Case data{MatrixXd(trajectories * length, 2 + set % 3), {}, groups_of(trajectories, length)};
    for (Index i = 0; i < data.rows.cols(); ++i) {
      const int kind =
          set % 2 == 0 ? static_cast<int>((set / 2 + i) % 4) : 4 + static_cast<int>((set / 2 + i) % 3);
      data.rows.col(i) = null_column(kind, data, seed + 10 * static_cast<std::uint64_t>(i));
      data.columns.push_back(std::vector<std::string>{"q", "b", "x", "y"}[static_cast<std::size_t>(i)]);
    }
    const TrajectoryLaws found = laws_of(data);
    if (found.accepted == 0 && found.laws.empty()) continue;
    ++claims;
    std::string text;
    for (const TrajectoryLaw& law : found.laws) text += "\n  " + law.equation;
    std::printf("set %d: %d x %d, accepted %d%s\n", set, trajectories, length, found.accepted, text.c_str());
  }
  EXPECT_LE(claims, 4);  // 2 %
}

TEST(TrajectoryLaws, NoneOfRandomLabels) {
  for (const TrajectorySystem& system : trajectory_systems()) {
    Case data = motion(system, 0, 5, 30, 60);
    const MatrixXd draw = cube_points(data.rows.rows(), 1, 9);
    for (Index n = 0; n < draw.rows(); ++n)
      data.groups[static_cast<std::size_t>(n)] = static_cast<int>(draw(n, 0) * 30);
    EXPECT_TRUE(laws_of(data).laws.empty()) << system.name;
  }
}

}  // namespace
}  // namespace symscan::test
