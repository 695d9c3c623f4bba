#pragma once
#include <complex>
#include <optional>
#include <vector>

#include "host/base/eigen.hpp"

namespace symscan {

/// Numbers that lie together.
struct ValueCluster {
  std::complex<double> centre;
  int count = 0;
  double radius = 0;   ///< farthest member from the centre
  double outside = 0;  ///< nearest number that is no member; infinity if there is none
};

/// Joins the nearest numbers until `count` clusters are left.
std::vector<ValueCluster> clusters_of(const Eigen::VectorXcd& values, int count);

/// Distances at which clusters join, ascending: with k of n - 1 joins made, n - k clusters are left.
std::vector<double> joining_distances(const Eigen::VectorXcd& values);

/// How many of the values, squares of sizes, stand for sizes above `least`. Nothing if one lies between
/// `least` and three times that: it may be an error or not.
std::optional<Eigen::Index> clearly_above(const Eigen::VectorXd& squares, double least);

/// Weights between -1 and 1, always the same ones for the same `trial`.
Eigen::VectorXd trial_weights(Eigen::Index count, int trial);

}  // namespace symscan
