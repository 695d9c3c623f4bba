#include "host/analysis/trajectories.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "host/analysis/relation.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr int kHighestOrder = 8;
constexpr Index kLeastDifferences = 6;  ///< of one trajectory

/// Mean squares of the differences of one order, over what white noise of variance 1 gives. [D]
VectorXd noise_variance(const MatrixXd& differences, int order) {
  double central = 1;  // (2k)!/(k!)^2
  for (int i = 1; i <= order; ++i) central *= (order + i) / static_cast<double>(i);
  return differences.array().square().colwise().mean() / central;
}

}  // namespace

Trajectories Trajectories::some(const std::vector<int>& numbers) const {
  std::vector<Index> chosen;
  Trajectories result;
  result.starts = {0};
  for (const int k : numbers) {
    for (Index n = 0; n < length(k); ++n) chosen.push_back(starts[static_cast<std::size_t>(k)] + n);
    result.starts.push_back(static_cast<Index>(chosen.size()));
  }
  result.rows = rows(chosen, Eigen::all);
  return result;
}

Trajectories trajectories_of(const MatrixXd& rows, const std::vector<int>& groups, Index least, Index most) {
  std::map<int, std::vector<Index>> members;
  const Index labelled = std::min(rows.rows(), static_cast<Index>(groups.size()));
  for (Index n = 0; n < labelled; ++n) members[groups[static_cast<std::size_t>(n)]].push_back(n);
  std::erase_if(members, [least](const auto& one) { return static_cast<Index>(one.second.size()) < least; });
  Index total = 0;
  for (const auto& [label, own] : members) total += static_cast<Index>(own.size());
  const Index limit = total > most ? std::max(least, most / static_cast<Index>(members.size())) : total;
  Trajectories result;
  result.starts = {0};
  std::vector<Index> chosen;
  for (const auto& [label, own] : members) {
    const Index length = std::min(limit, static_cast<Index>(own.size()));
    chosen.insert(chosen.end(), own.begin(), own.begin() + length);
    result.starts.push_back(static_cast<Index>(chosen.size()));
  }
  result.rows = rows(chosen, Eigen::all);
  return result;
}

VectorXd noise_of_columns(const Trajectories& trajectories) {
  const Index width = trajectories.rows.cols();
  VectorXd least = VectorXd::Constant(width, -1);
  std::vector<MatrixXd> differences;
  for (int k = 0; k < trajectories.count(); ++k)
    differences.push_back(trajectories.rows.middleRows(trajectories.starts[static_cast<std::size_t>(k)],
                                                       trajectories.length(k)));
  for (int order = 1; order <= kHighestOrder; ++order) {
    std::vector<VectorXd> variances;
    for (MatrixXd& own : differences) {
      if (own.rows() < 2) continue;
      own = (own.bottomRows(own.rows() - 1) - own.topRows(own.rows() - 1)).eval();
      if (own.rows() >= kLeastDifferences || order == 1) variances.push_back(noise_variance(own, order));
    }
    if (variances.empty()) break;
    for (Index i = 0; i < width; ++i) {
      VectorXd column(static_cast<Index>(variances.size()));
      for (std::size_t k = 0; k < variances.size(); ++k) column(static_cast<Index>(k)) = variances[k](i);
      const double variance = median(column);
      if (least(i) < 0 || variance < least(i)) least(i) = variance;
    }
  }
  return least.cwiseMax(0).cwiseSqrt();
}

MatrixXd within_trajectories(const MatrixXd& values, const Trajectories& trajectories) {
  MatrixXd result = values;
  for (int k = 0; k < trajectories.count(); ++k) {
    auto own = result.middleRows(trajectories.starts[static_cast<std::size_t>(k)], trajectories.length(k));
    own.rowwise() -= own.colwise().mean().eval();
  }
  return result;
}

}  // namespace symscan
