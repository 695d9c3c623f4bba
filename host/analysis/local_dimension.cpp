#include "host/analysis/local_dimension.hpp"

#include <cmath>

#include "host/base/linear_algebra.hpp"

namespace symscan {

double local_dimension(const std::vector<Eigen::MatrixXd>& jacobians, double tau) {
  if (jacobians.empty()) return 0;
  double sum = 0;
  for (const Eigen::MatrixXd& jacobian : jacobians) {
    const Eigen::MatrixXd gram = jacobian.transpose() * jacobian;
    // sum_k lambda / (1 + lambda) = L - tr (1 + J^T J / tau)^-1
    Eigen::MatrixXd shifted = gram / tau;
    shifted.diagonal().array() += 1.0;
    const Eigen::Index latents = gram.rows();
    sum += static_cast<double>(latents) -
           solve_positive(shifted, Eigen::MatrixXd::Identity(latents, latents)).trace();
  }
  return sum / static_cast<double>(jacobians.size());
}

std::vector<double> rate_slope(const std::vector<double>& beta, const std::vector<double>& rate) {
  std::vector<double> slope;
  if (beta.size() < 2) return slope;
  for (std::size_t i = 0; i < beta.size(); ++i) {
    const std::size_t low = i == 0 ? 0 : i - 1, high = i + 1 == beta.size() ? i : i + 1;
    slope.push_back(-2.0 * (rate[high] - rate[low]) / std::log(beta[high] / beta[low]));
  }
  return slope;
}

std::optional<Plateau> find_plateau(const std::vector<double>& beta, const std::vector<double>& values,
                                    double tolerance) {
  std::optional<Plateau> best;
  double best_length = -1, best_distance = 0;
  for (std::size_t first = 0; first < values.size(); ++first) {
    const double whole = std::round(values[first]);
    double sum = 0, distance = 0;
    for (std::size_t last = first; last < values.size(); ++last) {
      if (!(std::abs(values[last] - whole) <= tolerance) || whole < 1) break;
      sum += values[last];
      distance += std::abs(values[last] - whole);
      const double length = std::log(beta[last] / beta[first]);
      const double count = static_cast<double>(last - first + 1);
      if (length < best_length || (length == best_length && distance / count >= best_distance)) continue;
      best = Plateau{sum / count, beta[first], beta[last], static_cast<int>(whole)};
      best_length = length;
      best_distance = distance / count;
    }
  }
  return best;
}

}  // namespace symscan
