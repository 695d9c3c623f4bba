#include "host/analysis/sparse_vectors.hpp"

#include <algorithm>
#include <cmath>

#include "host/base/linear_algebra.hpp"

namespace symscan {
namespace {

constexpr int kIterations = 30;

Eigen::VectorXd sparse_vector_with(const Eigen::MatrixXd& basis, int entry) {
  const Eigen::VectorXd row = basis.row(entry);
  Eigen::VectorXd vector = basis * (row / row.squaredNorm());
  // Of two equally sparse vectors the one with the earlier entries.
  const Eigen::ArrayXd tie_break = Eigen::ArrayXd::LinSpaced(basis.rows(), 1.0, 1.1);
  double smoothing = 1;
  for (int iteration = 0; iteration < kIterations; ++iteration) {
    const Eigen::VectorXd weights =
        ((vector.array().square() + smoothing * smoothing).pow(-0.75) * tie_break).matrix();
    const Eigen::MatrixXd normal = basis.transpose() * weights.asDiagonal() * basis;
    const Eigen::VectorXd step = solve_semidefinite(normal, row);
    const double scale = row.dot(step);
    if (!(scale > 0) || !step.allFinite()) break;
    vector = basis * (step / scale);
    smoothing = std::max(smoothing * 0.6, 1e-5);
  }
  return vector;
}

}  // namespace

std::vector<std::vector<int>> sparse_supports(const Eigen::MatrixXd& basis, double negligible) {
  std::vector<std::vector<int>> supports;
  if (basis.cols() == 0) return supports;
  const int entries = static_cast<int>(basis.rows());
  for (int entry = 0; entry < entries; ++entry) {
    if (basis.row(entry).norm() < negligible) continue;
    const Eigen::VectorXd size = sparse_vector_with(basis, entry).cwiseAbs();
    const double least = negligible * size.maxCoeff();
    std::vector<int> support;
    for (int i = 0; i < entries; ++i) {
      if (size(i) > least) support.push_back(i);
    }
    if (std::find(supports.begin(), supports.end(), support) == supports.end())
      supports.push_back(std::move(support));
  }
  std::stable_sort(supports.begin(), supports.end(),
                   [](const auto& a, const auto& b) { return a.size() < b.size(); });
  return supports;
}

}  // namespace symscan
