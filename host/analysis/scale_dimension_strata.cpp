#include "host/analysis/scale_dimension_strata.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr Index kNeighbours = 20;
constexpr std::ptrdiff_t kLeastPoints = 100;
constexpr double kLeastRatio = 1.45;  ///< of the dimensions of two groups: 1 and 2, 2 and 3, not 3 and 4
constexpr double kMostBetween =
    0.25;  ///< points in the middle third between the groups, over the smaller group

/// Logarithms of the dimensions around the points. The inverses of the points and their neighbours are
/// averaged.
VectorXd local_log_dimensions(const NeighbourTable& neighbours) {
  const auto& logs = neighbours.log_distances;
  const VectorXd inverses = logs.row(kNeighbours - 1) - logs.topRows(kNeighbours - 1).colwise().mean();
  VectorXd result(inverses.size());
  for (Index i = 0; i < result.size(); ++i) {
    double sum = inverses(i);
    for (Index k = 0; k < kNeighbours; ++k) sum += inverses(neighbours.indices(k, i));
    result(i) = -std::log(std::max(sum / (kNeighbours + 1), 1e-6));
  }
  return result;
}

/// Two groups of sorted values, the first of `below`.
struct Cut {
  std::ptrdiff_t below;
  double low, high;  ///< medians of the groups
};

/// Whether the groups are far enough apart with next to nothing between.
bool separates(const std::vector<double>& sorted, const Cut& cut) {
  if (cut.high - cut.low < std::log(kLeastRatio)) return false;
  const auto place = [&](double share) {
    return std::lower_bound(sorted.begin(), sorted.end(), cut.low + share * (cut.high - cut.low));
  };
  const auto between = static_cast<double>(place(2.0 / 3) - place(1.0 / 3));
  const std::ptrdiff_t above = static_cast<std::ptrdiff_t>(sorted.size()) - cut.below;
  return between <= kMostBetween * static_cast<double>(std::min(cut.below, above));
}

/// The value that separates two groups of at least `least`, if there are such: the middle of the cut, out of
/// 200, that leaves most variance between the groups.
std::optional<double> separation(const VectorXd& values, std::ptrdiff_t least) {
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  const auto size = static_cast<std::ptrdiff_t>(sorted.size());
  std::optional<double> result;
  double most = 0;
  for (std::ptrdiff_t below = least; below <= size - least;
       below += std::max<std::ptrdiff_t>(size / 200, 1)) {
    const Cut cut = {below, sorted[static_cast<std::size_t>(below / 2)],
                     sorted[static_cast<std::size_t>((below + size) / 2)]};
    const double apart = cut.high - cut.low;
    const double variance = static_cast<double>(below) * static_cast<double>(size - below) * apart * apart;
    if (variance <= most || !separates(sorted, cut)) continue;
    most = variance;
    result = (cut.low + cut.high) / 2;
  }
  return result;
}

void split(const MatrixXd& points, const NeighbourTable& neighbours, const std::vector<Index>& rows,
           int depth, std::ptrdiff_t least, std::vector<std::vector<Index>>& result) {
  const VectorXd dimensions = local_log_dimensions(neighbours);
  const std::optional<double> border = separation(dimensions, least);
  if (!border) {
    result.push_back(rows);
    return;
  }
  std::vector<Index> sides[2];
  for (Index i = 0; i < dimensions.size(); ++i)
    sides[dimensions(i) > *border].push_back(rows[static_cast<std::size_t>(i)]);
  for (const auto& side : sides) {
    if (depth == 0) {
      result.push_back(side);
    } else {
      const MatrixXd chosen = points(Eigen::all, side);
      split(points, find_neighbours(chosen, kNeighbours), side, depth - 1, least, result);
    }
  }
}

}  // namespace

std::vector<std::vector<Index>> split_by_dimension(const MatrixXd& points, const NeighbourTable& neighbours) {
  std::vector<Index> all(static_cast<std::size_t>(points.cols()));
  std::iota(all.begin(), all.end(), Index{0});
  std::vector<std::vector<Index>> result;
  const std::ptrdiff_t least = std::max(kLeastPoints, points.cols() / 12);
  split(points, neighbours, all, 1, least, result);
  return result;
}

}  // namespace symscan
