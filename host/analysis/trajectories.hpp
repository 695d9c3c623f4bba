#pragma once
#include <cstdint>
#include <vector>

#include "host/base/eigen.hpp"

namespace symscan {

/// Rows sorted into trajectories, each in the order in which its rows came.
struct Trajectories {
  Eigen::MatrixXd rows;                ///< [n x D]
  std::vector<Eigen::Index> starts{};  ///< trajectory k: rows starts[k] to starts[k + 1] - 1

  int count() const { return static_cast<int>(starts.size()) - 1; }
  Eigen::Index length(int k) const {
    return starts[static_cast<std::size_t>(k) + 1] - starts[static_cast<std::size_t>(k)];
  }
  /// Those of the given numbers.
  Trajectories some(const std::vector<int>& numbers) const;
};

/// `groups` [n]: which trajectory each row belongs to. Trajectories of fewer than `least` rows are left out;
/// of longer ones the first rows, so that not much more than `most` rows remain.
Trajectories trajectories_of(const Eigen::MatrixXd& rows, const std::vector<int>& groups, Eigen::Index least,
                             Eigen::Index most);

/// Standard deviation of independent noise in each column [D], from differences of order k of rows that
/// follow each other: white noise of variance s^2 makes their mean square s^2 (2k)!/(k!)^2, and smooth motion
/// less and less as k grows. The least of the orders up to 8, each the median over the trajectories. An upper
/// estimate where rows are far apart in time or in no order. Source: J. von Neumann, Ann. Math. Stat. 12
/// (1941) 367, for k = 1.
Eigen::VectorXd noise_of_columns(const Trajectories& trajectories);

/// values minus the mean of the trajectory. values: [n x any]
Eigen::MatrixXd within_trajectories(const Eigen::MatrixXd& values, const Trajectories& trajectories);

}  // namespace symscan
