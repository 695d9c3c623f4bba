#pragma once
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "host/base/eigen.hpp"

namespace symscan {

/// -1, 0 or 1: whether one row comes before another, by the first column in which they differ.
int compare_rows(const Eigen::MatrixXd& points, Eigen::Index a, Eigen::Index b);

/// One row index of every distinct row, the first of equal ones, in the order of the rows.
std::vector<Eigen::Index> distinct_rows(const Eigen::MatrixXd& points);

/// What equal rows are.
enum class EqualRows {
  one_event,  ///< that was repeated: no evidence of its own
  events,     ///< of their own, as throws of a die are, since there are few values to take
};

/// Equal rows as one.
struct MergedRows {
  /// One of equal ones, ascending; those of weight 0 are left out. Which one is random: the first would be
  /// the earlier the more there are, and weights that fall along the table look like a series.
  std::vector<Eigen::Index> rows;
  Eigen::VectorXd weights;  ///< [rows] sums
};
MergedRows merged_rows(const Eigen::MatrixXd& points, const Eigen::VectorXd& weights,
                       EqualRows equal = EqualRows::one_event);

/// At most `most` of the rows 0 .. rows - 1, chosen at random, ascending.
std::vector<Eigen::Index> thinned_rows(Eigen::Index rows, std::size_t most, std::uint64_t seed);

/// Rows, equal ones merged or not.
struct DistinctEvents {
  Eigen::MatrixXd points;   ///< [n x D]
  Eigen::VectorXd weights;  ///< [n] of merged rows their sums
};
/// At most `most` of the rows, then merged_rows() of them. `weights` [rows.rows()]; empty: 1 each.
DistinctEvents distinct_events(const Eigen::MatrixXd& rows, const Eigen::VectorXd& weights, std::size_t most,
                               std::uint64_t seed, EqualRows equal);

/// Rows in two halves: `units` numbers pieces of `batch` consecutive rows in any order; the first half of
/// them and the others. Both ascending.
std::pair<std::vector<Eigen::Index>, std::vector<Eigen::Index>> halves_of_units(
    std::vector<Eigen::Index> units, Eigen::Index rows, Eigen::Index batch);

/// The first `count` places of a Fisher-Yates shuffle; std::shuffle differs between libraries.
void shuffle_to_front(std::vector<Eigen::Index>& items, std::size_t count, std::uint64_t seed);

}  // namespace symscan
