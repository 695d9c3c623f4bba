#include "host/analysis/distinct_rows.hpp"

#include <algorithm>
#include <numeric>
#include <random>
#include <utility>

namespace symscan {

using Eigen::Index;
using Eigen::MatrixXd;

int compare_rows(const MatrixXd& points, Index a, Index b) {
  for (Index f = 0; f < points.cols(); ++f) {
    if (points(a, f) != points(b, f)) return points(a, f) < points(b, f) ? -1 : 1;
  }
  return 0;
}

std::vector<Index> distinct_rows(const MatrixXd& points) {
  std::vector<Index> order(static_cast<std::size_t>(points.rows()));
  std::iota(order.begin(), order.end(), Index{0});
  std::sort(order.begin(), order.end(), [&](Index a, Index b) {
    const int sign = compare_rows(points, a, b);
    return sign != 0 ? sign < 0 : a < b;
  });
  const auto same = [&](Index a, Index b) { return compare_rows(points, a, b) == 0; };
  order.erase(std::unique(order.begin(), order.end(), same), order.end());
  std::sort(order.begin(), order.end());
  return order;
}

void shuffle_to_front(std::vector<Index>& items, std::size_t count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  for (std::size_t i = 0; i < count; ++i) std::swap(items[i], items[i + random() % (items.size() - i)]);
}

}  // namespace symscan
