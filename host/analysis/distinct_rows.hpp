#pragma once
#include <Eigen/Core>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace symscan {

/// -1, 0 or 1: whether one row comes before another, by the first column in which they differ.
int compare_rows(const Eigen::MatrixXd& points, Eigen::Index a, Eigen::Index b);

/// One row index of every distinct row, the first of equal ones, in the order of the rows.
std::vector<Eigen::Index> distinct_rows(const Eigen::MatrixXd& points);

/// The first `count` places of a Fisher-Yates shuffle; std::shuffle differs between libraries.
void shuffle_to_front(std::vector<Eigen::Index>& items, std::size_t count, std::uint64_t seed);

}  // namespace symscan
