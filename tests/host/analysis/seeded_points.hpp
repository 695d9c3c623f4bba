#pragma once
#include <cmath>
#include <cstdint>
#include <numbers>
#include <random>

#include "host/base/eigen.hpp"

/// Seeded samples that need no class; see known_distributions.hpp for others.
namespace symscan::test {

/// Uniform in the cube [0, 1]^d; not std::uniform_real_distribution, which differs between libraries.
inline Eigen::MatrixXd cube_points(Eigen::Index points, Eigen::Index dimension, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Eigen::MatrixXd result(points, dimension);
  for (double& value : result.reshaped()) value = static_cast<double>(random() >> 11) * 0x1.0p-53;
  return result;
}

/// Independent standard normal values (Box and Muller).
inline Eigen::MatrixXd gaussian_points(Eigen::Index points, Eigen::Index dimension, std::uint64_t seed) {
  const Eigen::MatrixXd radius = cube_points(points, dimension, seed);
  const Eigen::MatrixXd angle = cube_points(points, dimension, seed + 1000000);
  return (-2 * (1 - radius.array()).log()).sqrt() * (2 * std::numbers::pi * angle.array()).cos();
}

}  // namespace symscan::test
