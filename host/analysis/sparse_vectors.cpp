#include "host/analysis/sparse_vectors.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "host/base/linear_algebra.hpp"

namespace symscan {
namespace {

using Eigen::MatrixXd;

constexpr int kIterations = 30;
constexpr double kLarge = 1e9;   ///< operations, beyond which parts are worth looking for
constexpr double kApart = 1e-9;  ///< of the projection on the subspace: entries of different parts

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

/// Entries that vectors of the subspace may have, and an orthonormal basis of what it has of them.
struct Part {
  std::vector<int> entries;  ///< ascending
  Eigen::MatrixXd basis;     ///< [entries x k]
};

/// The first of the entries that are tied to this one.
int first_of(std::vector<int>& tied_to, int entry) {
  while (tied_to[static_cast<std::size_t>(entry)] != entry)
    entry = tied_to[static_cast<std::size_t>(entry)] =
        tied_to[static_cast<std::size_t>(tied_to[static_cast<std::size_t>(entry)])];
  return entry;
}

Part part_of(const Eigen::MatrixXd& basis, const Eigen::MatrixXd& projection, std::vector<int> entries) {
  const EigenPairs pairs = symmetric_eigen(projection(entries, entries));
  const Eigen::Index rank = (pairs.values.array() > 0.5).count();
  MatrixXd own =
      rank == basis.cols() ? MatrixXd(basis(entries, Eigen::all)) : MatrixXd(pairs.vectors.rightCols(rank));
  return {std::move(entries), std::move(own)};
}

/// Entries that the projection on the subspace mixes belong together.
std::vector<Part> parts_of(const Eigen::MatrixXd& basis) {
  const auto count = static_cast<int>(basis.rows());
  std::vector<int> all(static_cast<std::size_t>(count));
  std::iota(all.begin(), all.end(), 0);
  if (sparse_operations(static_cast<double>(count), static_cast<double>(basis.cols())) < kLarge)
    return {{all, basis}};
  const Eigen::MatrixXd projection = basis * basis.transpose();
  std::vector<int> tied_to = all;
  for (int i = 0; i < count; ++i)
    for (int j = 0; j < i; ++j)
      if (std::abs(projection(i, j)) > kApart) {
        const int a = first_of(tied_to, i), b = first_of(tied_to, j);
        tied_to[static_cast<std::size_t>(std::max(a, b))] = std::min(a, b);
      }
  std::vector<std::vector<int>> members(all.size());
  for (const int entry : all) members[static_cast<std::size_t>(first_of(tied_to, entry))].push_back(entry);
  std::vector<Part> parts;
  for (std::vector<int>& entries : members) {
    if (entries.empty() || projection(entries.front(), entries.front()) < kApart) continue;
    parts.push_back(part_of(basis, projection, std::move(entries)));
  }
  return parts;
}

void add_supports(const Part& part, double negligible, std::vector<std::vector<int>>& supports) {
  const auto entries = static_cast<int>(part.entries.size());
  for (int entry = 0; entry < entries; ++entry) {
    if (part.basis.row(entry).norm() < negligible) continue;
    const Eigen::VectorXd size = sparse_vector_with(part.basis, entry).cwiseAbs();
    const double least = negligible * size.maxCoeff();
    std::vector<int> support;
    for (int i = 0; i < entries; ++i)
      if (size(i) > least) support.push_back(part.entries[static_cast<std::size_t>(i)]);
    if (std::find(supports.begin(), supports.end(), support) == supports.end())
      supports.push_back(std::move(support));
  }
}

}  // namespace

double sparse_operations(double entries, double vectors) {
  return kIterations * entries *
         (0.6 * entries * vectors * vectors + 0.5 * std::pow(vectors, 3) + 60 * entries);
}

double sparse_operations(const Eigen::MatrixXd& basis) {
  double sum = 0;
  for (const Part& part : parts_of(basis))
    sum += sparse_operations(static_cast<double>(part.basis.rows()), static_cast<double>(part.basis.cols()));
  return sum;
}

std::vector<std::vector<int>> sparse_supports(const Eigen::MatrixXd& basis, double negligible) {
  std::vector<std::vector<int>> supports;
  if (basis.cols() == 0) return supports;
  for (const Part& part : parts_of(basis)) add_supports(part, negligible, supports);
  std::stable_sort(supports.begin(), supports.end(),
                   [](const auto& a, const auto& b) { return a.size() < b.size(); });
  return supports;
}

}  // namespace symscan
