#include "host/analysis/relation.hpp"

#include <algorithm>
#include <cmath>

namespace symscan {
namespace {

/// Linear interpolation between the sorted values.
double quantile(const std::vector<double>& sorted, double probability) {
  if (sorted.empty()) return 0;
  const double place = probability * static_cast<double>(sorted.size() - 1);
  const auto low = static_cast<std::size_t>(place);
  const std::size_t high = std::min(low + 1, sorted.size() - 1);
  return sorted[low] + (place - static_cast<double>(low)) * (sorted[high] - sorted[low]);
}

std::vector<double> sorted(const Eigen::VectorXd& values) {
  std::vector<double> copy(values.data(), values.data() + values.size());
  std::sort(copy.begin(), copy.end());
  return copy;
}

}  // namespace

int Relation::degree() const {
  return std::any_of(terms.begin(), terms.end(), [](const Term& term) { return term.second >= 0; }) ? 2 : 1;
}

Moments::Moments(const Eigen::MatrixXd& rows) : mean(rows.colwise().mean()) {
  const Eigen::MatrixXd centred = rows.rowwise() - mean.transpose();
  covariance = centred.transpose() * centred / static_cast<double>(rows.rows());
}

Eigen::VectorXd monomial(const Eigen::MatrixXd& rows, const Term& term) {
  if (term.second < 0) return rows.col(term.first);
  return rows.col(term.first).cwiseProduct(rows.col(term.second));
}

Eigen::VectorXd left_side(const Eigen::MatrixXd& rows, const Relation& relation) {
  Eigen::VectorXd sum = Eigen::VectorXd::Zero(rows.rows());
  for (const Term& term : relation.terms) sum += term.coefficient * monomial(rows, term);
  return sum;
}

Eigen::VectorXd gradient(const Eigen::VectorXd& event, const Relation& relation) {
  Eigen::VectorXd slope = Eigen::VectorXd::Zero(event.size());
  for (const Term& term : relation.terms) {
    slope(term.first) += term.coefficient * (term.second < 0 ? 1 : event(term.second));
    if (term.second >= 0) slope(term.second) += term.coefficient * event(term.first);
  }
  return slope;
}

Eigen::VectorXd rounding_of(const Eigen::MatrixXd& rows, const Relation& relation,
                            const Eigen::VectorXd& precision) {
  Eigen::VectorXd result(rows.rows());
  for (Eigen::Index event = 0; event < rows.rows(); ++event) {
    const Eigen::VectorXd x = rows.row(event);
    result(event) = gradient(x, relation).cwiseProduct(x).cwiseProduct(precision).norm();
  }
  return result;
}

double natural_spread(const Relation& relation, const Moments& moments) {
  if (relation.degree() == 1) {
    double variance = 0;
    for (const Term& term : relation.terms)
      variance += term.coefficient * term.coefficient * moments.covariance(term.first, term.first);
    return std::sqrt(variance);
  }
  const Eigen::Index size = moments.mean.size();
  Eigen::MatrixXd form = Eigen::MatrixXd::Zero(size, size);
  for (const Term& term : relation.terms) {
    if (term.second < 0) continue;
    form(term.first, term.second) += term.coefficient / 2;
    form(term.second, term.first) += term.coefficient / 2;
  }
  const Eigen::VectorXd slope = gradient(moments.mean, relation);
  const Eigen::MatrixXd product = form * moments.covariance;
  const double variance =
      2 * product.cwiseProduct(product.transpose()).sum() + slope.dot(moments.covariance * slope);
  return std::sqrt(std::max(variance, 0.0));
}

double central_half_width(const Eigen::VectorXd& values, double fraction) {
  const std::vector<double> order = sorted(values);
  return (quantile(order, 0.5 + fraction / 2) - quantile(order, 0.5 - fraction / 2)) / 2;
}

double median(const Eigen::VectorXd& values) {
  return quantile(sorted(values), 0.5);
}

double root_mean_square(const Eigen::VectorXd& values) {
  return values.size() == 0 ? 0 : values.norm() / std::sqrt(static_cast<double>(values.size()));
}

}  // namespace symscan
