// phi_k on variables whose dependence is known, against values of the Python package phik, and the relation
// of chi squared and correlation against direct integrals. tests/oracle/phi_k_test.py compares whole runs.
#include "host/analysis/phi_k.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <random>

#include "host/analysis/normal_chi_squared.hpp"

namespace symscan {
namespace {

using Values = std::vector<double>;

/// 1000 equally spaced values in [-1, 1].
Values steps() {
  Values x;
  for (int i = 0; i < 1000; ++i) x.push_back(-1 + 2.0 * i / 999);
  return x;
}

template <class Function>
Values mapped(Values values, Function function) {
  for (double& value : values) value = function(value);
  return values;
}

double phi(const Values& x, const Values& y) {
  return phi_k(bin_values(x), bin_values(y)).value();
}

double pearson(const Values& x, const Values& y) {
  const auto n = static_cast<double>(x.size());
  double mx = 0, my = 0, xx = 0, yy = 0, xy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) mx += x[i] / n, my += y[i] / n;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xx += (x[i] - mx) * (x[i] - mx);
    yy += (y[i] - my) * (y[i] - my);
    xy += (x[i] - mx) * (y[i] - my);
  }
  return xy / std::sqrt(xx * yy);
}

/// phik 0.12.5 finds the correlation within 1e-5, and its integrals have errors of the same size.
constexpr double as_phik = 5e-5;

TEST(PhiK, OfALineIsOne) {
  EXPECT_EQ(phi(steps(), mapped(steps(), [](double x) { return 3 - 2 * x; })), 1.0);
}

TEST(PhiK, OfMonotoneRelationsIsNearOneAndAboveTheLinearCorrelation) {
  const Values x = steps(), cube = mapped(x, [](double v) { return v * v * v; });
  EXPECT_GT(phi(x, cube), pearson(x, cube));
  EXPECT_NEAR(phi(x, cube), 0.9676159566, as_phik);
  EXPECT_NEAR(phi(x, mapped(x, [](double v) { return std::exp(3 * v); })), 0.9384075321, as_phik);
}

TEST(PhiK, SeesTheSquareThatTheLinearCorrelationDoesNot) {
  const Values x = steps(), square = mapped(x, [](double v) { return v * v; });
  EXPECT_LT(std::abs(pearson(x, square)), 1e-12);
  EXPECT_NEAR(phi(x, square), 0.9168448125, as_phik);
}

TEST(PhiK, OfARelationWithNoise) {
  const Values x = steps();
  Values y;
  for (std::size_t i = 0; i < x.size(); ++i) y.push_back(x[i * 389 % x.size()] + 0.5 * x[i]);
  EXPECT_NEAR(phi(x, y), 0.5063385433, as_phik);
}

/// Chi squared of independent variables has mean 81 and variance 162: the pedestal, and four deviations.
TEST(PhiK, OfIndependentVariablesIsSmall) {
  constexpr std::size_t rows = 1500;
  const double most = NormalChiSquared(10, 10).correlation_of(4 * std::sqrt(2 * 81.0) / (9.0 * rows - 81));
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    std::mt19937_64 random(seed);
    Values x, y;
    for (std::size_t i = 0; i < rows; ++i) {
      x.push_back(static_cast<double>(random() >> 11));
      y.push_back(static_cast<double>(random() >> 11));
    }
    EXPECT_LT(phi(x, y), most) << seed;
  }
}

TEST(PhiK, DoesNotDependOnUnitsOrOnWhichVariableComesFirst) {
  const Values x = steps(), square = mapped(x, [](double v) { return v * v + 0.3 * v; });
  const double value = phi(x, square);
  EXPECT_EQ(phi(square, x), value);
  EXPECT_EQ(phi(x, mapped(square, [](double v) { return 0x1.0p40 * v; })), value);
}

TEST(PhiK, DoesNotDependOnTheOrderOfBins) {
  const std::vector<std::size_t> counts = {30, 5, 1, 4, 20, 9, 2, 3, 40, 7, 8, 9};
  const double value = phi_k_of_table(counts, 4, 3);
  EXPECT_NEAR(value, 0.5991657085, as_phik);
  std::vector<std::size_t> columns = {3, 0, 2, 1}, rows = {2, 0, 1};
  do {
    std::vector<std::size_t> other;
    for (const std::size_t c : columns)
      for (const std::size_t r : rows) other.push_back(counts[3 * c + r]);
    EXPECT_NEAR(phi_k_of_table(other, 4, 3), value, 1e-12);
    std::next_permutation(rows.begin(), rows.end());
  } while (std::next_permutation(columns.begin(), columns.end()));
}

TEST(PhiK, OfTwoByTwoBinsHasYatesCorrection) {
  EXPECT_NEAR(phi_k_of_table(std::vector<std::size_t>{12, 3, 4, 9}, 2, 2), 0.5702098464, as_phik);
}

TEST(PhiK, OfAConstantThereIsNone) {
  const Values x = steps(), constant(x.size(), 0.1);
  EXPECT_FALSE(phi_k(bin_values(x), bin_values(constant)).has_value());
  EXPECT_FALSE(phi_k(bin_values(constant), bin_values(x)).has_value());
  Values damaged = x;
  damaged[7] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_FALSE(phi_k(bin_values(x), bin_values(damaged)).has_value());
  EXPECT_FALSE(phi_k(bin_values({}), bin_values({})).has_value());
}

TEST(PhiK, LeavesOutEmptyBins) {
  const BinnedVariable binned = bin_values(Values{0, 0, 1, 10, 1.5});
  EXPECT_EQ(binned.bins, 3u);
  EXPECT_EQ(binned.bin, (std::vector<std::uint8_t>{0, 0, 0, 2, 1}));
}

/// Of the standard normal distribution between two values.
double between(double low, double high) {
  return 0.5 * (std::erf(high / std::numbers::sqrt2) - std::erf(low / std::numbers::sqrt2));
}

double edge(std::size_t i, std::size_t bins) {
  return 10.0 * static_cast<double>(i) / static_cast<double>(bins) - 5;
}

/// Chi squared per event from the density: over each strip of x, with midpoints.
double integrated(std::size_t columns, std::size_t rows, double rho) {
  constexpr int points = 1000;
  const double narrow = std::sqrt(1 - rho * rho);
  double sum = 0;
  for (std::size_t i = 0; i < columns; ++i) {
    for (std::size_t j = 0; j < rows; ++j) {
      const double width = 10.0 / static_cast<double>(columns) / points;
      double probability = 0;
      for (int k = 0; k < points; ++k) {
        const double x = edge(i, columns) + (k + 0.5) * width;
        probability += width * std::exp(-x * x / 2) / std::sqrt(2 * std::numbers::pi) *
                       between((edge(j, rows) - rho * x) / narrow, (edge(j + 1, rows) - rho * x) / narrow);
      }
      const double expected =
          between(edge(i, columns), edge(i + 1, columns)) * between(edge(j, rows), edge(j + 1, rows));
      sum += (probability - expected) * (probability - expected) / expected;
    }
  }
  return sum;
}

/// At correlation 1 all probability lies on the diagonal.
double on_the_diagonal(std::size_t columns, std::size_t rows) {
  double sum = 0;
  for (std::size_t i = 0; i < columns; ++i) {
    for (std::size_t j = 0; j < rows; ++j) {
      const double low = std::max(edge(i, columns), edge(j, rows)),
                   high = std::min(edge(i + 1, columns), edge(j + 1, rows));
      const double probability = high > low ? between(low, high) : 0;
      const double expected =
          between(edge(i, columns), edge(i + 1, columns)) * between(edge(j, rows), edge(j + 1, rows));
      sum += (probability - expected) * (probability - expected) / expected;
    }
  }
  return sum;
}

/// 1e-5: what a thousand midpoints leave of the integrals at correlation 0.95.
TEST(NormalChiSquared, IsTheIntegralOfTheDensity) {
  for (const auto& [columns, rows] : {std::pair<std::size_t, std::size_t>{2, 2}, {3, 10}, {7, 8}, {10, 10}}) {
    const NormalChiSquared normal(columns, rows);
    const double largest = on_the_diagonal(columns, rows);
    for (const double rho : {0.02, 0.1, 0.5, 0.8, 0.95})
      EXPECT_NEAR(normal.share(rho), integrated(columns, rows, rho) / largest, 1e-5)
          << columns << " x " << rows << " bins, correlation " << rho;
  }
}

TEST(NormalChiSquared, RisesFromZeroToOneAndIsInverted) {
  for (std::size_t columns = 2; columns <= phi_k_bins; ++columns) {
    const NormalChiSquared normal(columns, phi_k_bins);
    EXPECT_EQ(normal.share(0), 0.0);
    EXPECT_NEAR(normal.share(1), 1.0, 1e-12);
    double before = -1;
    for (int i = 0; i <= 1000; ++i) {
      const double rho = 0.001 * i, share = normal.share(rho);
      EXPECT_GT(share, before) << columns << " columns, correlation " << rho;
      EXPECT_NEAR(normal.share(normal.correlation_of(share)), share, 1e-12);
      before = share;
    }
  }
}

}  // namespace
}  // namespace symscan
