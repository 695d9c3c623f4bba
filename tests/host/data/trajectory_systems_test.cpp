// Trajectories of the built-in systems: laws that hold, and numbers that depend on seed and index alone.
#include "host/data/trajectory_systems.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace symscan::test {
namespace {

double deviation(const std::vector<double>& values) {
  double mean = 0, square = 0;
  for (const double value : values) mean += value / static_cast<double>(values.size());
  for (const double value : values) square += (value - mean) * (value - mean);
  return std::sqrt(square / static_cast<double>(values.size()));
}

TEST(TrajectorySystems, LawsHold) {
  constexpr int trajectories = 30, rows = 150;
  for (const TrajectorySystem& system : trajectory_systems()) {
    const std::vector<double> values = trajectory_rows(system, trajectories, rows, 0, 5);
    const std::size_t width = system.columns.size();
    for (const ConservedQuantity& law : system.laws) {
      std::vector<double> starts;
      double worst = 0;
      for (int k = 0; k < trajectories; ++k) {
        const double* first = values.data() + static_cast<std::size_t>(k * rows) * width;
        starts.push_back(law.value(first));
        for (int row = 1; row < rows; ++row)
          worst = std::max(
              worst, std::abs(law.value(first + static_cast<std::size_t>(row) * width) - starts.back()));
      }
      EXPECT_LT(worst, 1e-8 * deviation(starts)) << system.name << ": " << law.text;
    }
  }
}

TEST(TrajectorySystems, SpreadsAreThoseOfTheColumns) {
  for (const TrajectorySystem& system : trajectory_systems()) {
    const std::vector<double> values = trajectory_rows(system, 200, 100, 0, 6);
    const std::size_t width = system.columns.size();
    ASSERT_EQ(system.spread.size(), width);
    for (std::size_t i = 0; i < width; ++i) {
      std::vector<double> column;
      for (std::size_t n = i; n < values.size(); n += width) column.push_back(values[n]);
      EXPECT_NEAR(deviation(column) / system.spread[i], 1, 0.15) << system.name << " " << system.columns[i];
    }
  }
}

TEST(TrajectorySystems, TrajectoriesDependOnSeedAndIndexAlone) {
  for (const TrajectorySystem& system : trajectory_systems()) {
    const std::size_t length = 20 * system.columns.size();
    const std::vector<double> many = trajectory_rows(system, 4, 20, 0.01, 7);
    ASSERT_EQ(many.size(), 4 * length);
    const std::vector<double> third = trajectory(system, 20, 0.01, 7, 2);
    EXPECT_TRUE(
        std::equal(third.begin(), third.end(), many.begin() + static_cast<std::ptrdiff_t>(2 * length)));
    const std::vector<double> longer = trajectory(system, 30, 0.01, 7, 2);
    EXPECT_TRUE(std::equal(third.begin(), third.end(), longer.begin()));
    EXPECT_NE(third, trajectory(system, 20, 0.01, 8, 2));
  }
  EXPECT_TRUE(trajectory_rows(trajectory_systems()[0], 0, 10, 0, 1).empty());
  EXPECT_TRUE(trajectory_rows(trajectory_systems()[0], 3, 0, 0, 1).empty());
}

TEST(TrajectorySystems, NoiseIsRelativeToTheSpread) {
  const TrajectorySystem& kepler = *find_trajectory_system("kepler");
  const std::vector<double> clean = trajectory_rows(kepler, 20, 100, 0, 3);
  const std::vector<double> noisy = trajectory_rows(kepler, 20, 100, 0.01, 3);
  std::vector<double> difference;
  for (std::size_t i = 0; i < clean.size(); ++i)
    difference.push_back((noisy[i] - clean[i]) / kepler.spread[i % 4]);
  EXPECT_NEAR(deviation(difference), 0.01, 0.0004);  // 8000 values: standard error 0.8 %
  EXPECT_EQ(find_trajectory_system("none"), nullptr);
}

TEST(TrajectorySystems, BoundedMotion) {
  for (const TrajectorySystem& system : trajectory_systems()) {
    const double limit = system.name == "lorenz" ? 100 : 10;
    for (const double value : trajectory_rows(system, 20, 400, 0, 9)) EXPECT_LT(std::abs(value), limit);
    if (system.name != "double_pendulum") continue;  // does not turn over
    const std::vector<double> values = trajectory_rows(system, 50, 400, 0, 9);
    for (std::size_t n = 0; n < values.size(); n += 4) EXPECT_LT(std::abs(values[n + 1]), 3.2);
  }
}

}  // namespace
}  // namespace symscan::test
