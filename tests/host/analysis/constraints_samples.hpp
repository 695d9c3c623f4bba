#pragma once
// Tables made for tests of relations.
#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <string>
#include <vector>

#include "host/analysis/constraints.hpp"
#include "host/base/eigen.hpp"
#include "kernels/generate/samplers.hpp"

namespace symscan::test {

using Strings = std::vector<std::string>;

struct Sample {
  Eigen::MatrixXd rows;
  Strings columns;
  std::vector<double> precision;
};

/// float64 rows, each made by `fill` from random numbers of its own.
inline Sample make(const Strings& columns, int seed, const std::function<void(RowRandom&, double*)>& fill,
                   int rows = 4000) {
  Sample sample{Eigen::MatrixXd(rows, static_cast<Eigen::Index>(columns.size())), columns, {}};
  std::vector<double> row(columns.size());
  for (int event = 0; event < rows; ++event) {
    RowRandom random(static_cast<std::uint64_t>(seed), static_cast<std::uint64_t>(event));
    fill(random, row.data());
    for (std::size_t i = 0; i < row.size(); ++i) sample.rows(event, static_cast<Eigen::Index>(i)) = row[i];
  }
  return sample;
}

inline ConstraintReport find(const Sample& sample) {
  return find_constraints(sample.rows, sample.columns, sample.precision);
}

inline Strings equations(const Sample& sample) {
  Strings all;
  for (const Constraint& constraint : find(sample).constraints) all.push_back(constraint.equation);
  std::sort(all.begin(), all.end());
  return all;
}

inline double angle(RowRandom& random) {
  return 2 * std::numbers::pi * random.uniform();
}

}  // namespace symscan::test
