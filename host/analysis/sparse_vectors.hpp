#pragma once
#include <vector>

#include "host/base/eigen.hpp"

namespace symscan {

/// Sparse vectors of the subspace that the columns of `basis` [M x k] span: for each entry m, the vector with
/// entry m equal to 1 that nearly minimises sum_i sqrt|a_i|, by iteratively reweighted least squares
/// (Chartrand & Yin 2008, doi:10.1109/ICASSP.2008.4518498). Entries below `negligible` times the largest are
/// left out. Returns the distinct supports (ascending indices), the smallest first, and in order of m when
/// equal. Large subspaces that are sums of subspaces of different entries are searched one by one.
std::vector<std::vector<int>> sparse_supports(const Eigen::MatrixXd& basis, double negligible);

/// Operations that it takes, see WorkBudget: of one subspace of these sizes, and of this one with its parts.
double sparse_operations(double entries, double vectors);
double sparse_operations(const Eigen::MatrixXd& basis);

}  // namespace symscan
