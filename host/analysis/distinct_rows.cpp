#include "host/analysis/distinct_rows.hpp"

#include <algorithm>
#include <numeric>
#include <random>
#include <utility>

namespace symscan {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

int compare_rows(const MatrixXd& points, Index a, Index b) {
  for (Index f = 0; f < points.cols(); ++f) {
    if (points(a, f) != points(b, f)) return points(a, f) < points(b, f) ? -1 : 1;
  }
  return 0;
}

namespace {

constexpr std::uint64_t kSeed = 20040101u;

/// All rows, equal ones beside each other in the order of the table.
std::vector<Index> rows_in_order(const MatrixXd& points) {
  std::vector<Index> order(static_cast<std::size_t>(points.rows()));
  std::iota(order.begin(), order.end(), Index{0});
  std::sort(order.begin(), order.end(), [&](Index a, Index b) {
    const int sign = compare_rows(points, a, b);
    return sign != 0 ? sign < 0 : a < b;
  });
  return order;
}

}  // namespace

std::vector<Index> distinct_rows(const MatrixXd& points) {
  std::vector<Index> order = rows_in_order(points);
  const auto same = [&](Index a, Index b) { return compare_rows(points, a, b) == 0; };
  order.erase(std::unique(order.begin(), order.end(), same), order.end());
  std::sort(order.begin(), order.end());
  return order;
}

MergedRows merged_rows(const MatrixXd& points, const VectorXd& weights, EqualRows equal) {
  VectorXd merged = weights;
  std::vector<Index> kept;
  if (equal == EqualRows::events) {
    kept.resize(static_cast<std::size_t>(points.rows()));
    std::iota(kept.begin(), kept.end(), Index{0});
  } else {
    const std::vector<Index> order = rows_in_order(points);
    std::mt19937_64 random(kSeed);
    for (auto begin = order.begin(); begin != order.end();) {
      const auto end =
          std::find_if(begin, order.end(), [&](Index row) { return compare_rows(points, *begin, row) != 0; });
      const auto count = static_cast<std::uint64_t>(end - begin);
      const Index chosen = begin[static_cast<std::ptrdiff_t>(count > 1 ? random() % count : 0)];
      double sum = 0;
      for (auto row = begin; row != end; ++row) sum += weights(*row);
      merged(chosen) = sum;
      kept.push_back(chosen);
      begin = end;
    }
  }
  std::erase_if(kept, [&](Index row) { return merged(row) == 0; });
  std::sort(kept.begin(), kept.end());
  return {kept, merged(kept)};
}

std::vector<Index> thinned_rows(Index rows, std::size_t most, std::uint64_t seed) {
  std::vector<Index> order(static_cast<std::size_t>(rows));
  std::iota(order.begin(), order.end(), Index{0});
  if (order.size() <= most) return order;
  shuffle_to_front(order, most, seed);
  order.resize(most);
  std::sort(order.begin(), order.end());
  return order;
}

DistinctEvents distinct_events(const MatrixXd& rows, const VectorXd& weights, std::size_t most,
                               std::uint64_t seed, EqualRows equal) {
  const std::vector<Index> used = thinned_rows(rows.rows(), most, seed);
  const MatrixXd points = rows(used, Eigen::all);
  const MergedRows merged = merged_rows(
      points, weights.size() > 0 ? VectorXd(weights(used)) : VectorXd(VectorXd::Ones(points.rows())), equal);
  return {points(merged.rows, Eigen::all), merged.weights};
}

std::pair<std::vector<Index>, std::vector<Index>> halves_of_units(std::vector<Index> units, Index rows,
                                                                  Index batch) {
  const auto middle = units.begin() + static_cast<std::ptrdiff_t>(units.size() / 2);
  std::sort(units.begin(), middle);
  std::sort(middle, units.end());
  std::pair<std::vector<Index>, std::vector<Index>> halves;
  for (auto unit = units.begin(); unit != units.end(); ++unit) {
    auto& half = unit < middle ? halves.first : halves.second;
    for (Index row = *unit * batch; row < std::min(rows, (*unit + 1) * batch); ++row) half.push_back(row);
  }
  return halves;
}

void shuffle_to_front(std::vector<Index>& items, std::size_t count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  for (std::size_t i = 0; i < count; ++i) std::swap(items[i], items[i + random() % (items.size() - i)]);
}

}  // namespace symscan
