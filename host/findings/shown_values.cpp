#include "host/findings/shown_values.hpp"

#include <algorithm>

namespace symscan {

using Eigen::Index;

std::vector<std::vector<double>> rows_of(const Eigen::MatrixXd& matrix) {
  std::vector<std::vector<double>> rows;
  for (Index row = 0; row < matrix.rows(); ++row) {
    const Eigen::VectorXd values = matrix.row(row);
    rows.emplace_back(values.data(), values.data() + values.size());
  }
  return rows;
}

std::vector<double> shown_values(const Eigen::VectorXd& values) {
  constexpr Index most = 40;
  return {values.data(), values.data() + std::min(values.size(), most)};
}

}  // namespace symscan
