#include "host/analysis/relation.hpp"

#include <algorithm>
#include <cmath>
#include <map>

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

/// The columns in the terms, ascending.
std::vector<int> used_columns(const Relation& relation) {
  std::vector<int> used;
  for (const Term& term : relation.terms) {
    used.push_back(term.first);
    if (term.second >= 0) used.push_back(term.second);
  }
  std::sort(used.begin(), used.end());
  used.erase(std::unique(used.begin(), used.end()), used.end());
  return used;
}

}  // namespace

int Relation::degree() const {
  return std::any_of(terms.begin(), terms.end(), [](const Term& term) { return term.second >= 0; }) ? 2 : 1;
}

/// The mean is taken from the first event on: a sum of equal numbers would not be a multiple of them.
Moments::Moments(const Eigen::MatrixXd& rows) {
  constexpr Eigen::Index few_columns = 256;
  const Eigen::RowVectorXd first = rows.row(0);
  mean = (first + (rows.rowwise() - first).colwise().mean()).transpose();
  centred_ = rows.rowwise() - mean.transpose();
  const auto events = static_cast<double>(rows.rows());
  if (rows.cols() > few_columns) {
    spread = (centred_.colwise().squaredNorm() / events).cwiseSqrt().transpose();
    return;
  }
  all_ = centred_.transpose() * centred_ / events;
  spread = all_.diagonal().cwiseSqrt();
  centred_.resize(0, 0);
}

Eigen::MatrixXd Moments::covariance(const std::vector<int>& columns) const {
  if (all_.size() > 0 || columns.empty()) return all_(columns, columns);
  const Eigen::MatrixXd some = centred_(Eigen::all, columns);
  const auto size = static_cast<Eigen::Index>(columns.size());
  Eigen::MatrixXd result = Eigen::MatrixXd::Zero(size, size);
  result.selfadjointView<Eigen::Lower>().rankUpdate(some.transpose(),
                                                    1.0 / static_cast<double>(centred_.rows()));
  result.triangularView<Eigen::StrictlyUpper>() = result.transpose();
  return result;
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

Relation recentred(const Relation& relation, const Eigen::VectorXd& centre) {
  if (centre.isZero(0)) return relation;
  const Eigen::Index size = centre.size();
  Relation result{{}, relation.constant};
  Eigen::VectorXd slope = Eigen::VectorXd::Zero(size), largest = slope;
  const auto add_linear = [&](int column, double coefficient) {
    slope(column) += coefficient;
    largest(column) = std::max(largest(column), std::abs(coefficient));
  };
  for (const Term& term : relation.terms) {
    const double first = centre(term.first);
    if (term.second < 0) {
      add_linear(term.first, term.coefficient);
      result.constant -= term.coefficient * first;
      continue;
    }
    const double second = centre(term.second);
    result.terms.push_back(term);
    if (second != 0) add_linear(term.first, term.coefficient * second);
    if (first != 0) add_linear(term.second, term.coefficient * first);
    result.constant -= term.coefficient * first * second;
  }
  for (int column = 0; column < static_cast<int>(size); ++column) {
    if (std::abs(slope(column)) > 1e-12 * largest(column))
      result.terms.push_back({slope(column), column, -1});
  }
  return result;
}

Eigen::VectorXd rounding_of(const Eigen::MatrixXd& rows, const Relation& relation,
                            const Eigen::VectorXd& precision, const Eigen::VectorXd& centre) {
  std::map<int, Eigen::ArrayXd> slopes;
  const auto slope = [&](int column) -> Eigen::ArrayXd& {
    return slopes.try_emplace(column, Eigen::ArrayXd::Zero(rows.rows())).first->second;
  };
  for (const Term& term : relation.terms) {
    if (term.second < 0) {
      slope(term.first) += term.coefficient;
      continue;
    }
    slope(term.first) += term.coefficient * rows.col(term.second).array();
    slope(term.second) += term.coefficient * rows.col(term.first).array();
  }
  Eigen::ArrayXd square = Eigen::ArrayXd::Zero(rows.rows());
  for (const auto& [column, along] : slopes)
    square += (along * (rows.col(column).array() + centre(column)) * precision(column)).square();
  return square.sqrt().matrix();
}

double natural_spread(const Relation& relation, const Moments& moments) {
  if (relation.degree() == 1) {
    double variance = 0;
    for (const Term& term : relation.terms)
      variance += std::pow(term.coefficient * moments.spread(term.first), 2);
    return std::sqrt(variance);
  }
  const std::vector<int> used = used_columns(relation);
  const auto size = static_cast<Eigen::Index>(used.size());
  const auto place = [&](int column) {
    return std::lower_bound(used.begin(), used.end(), column) - used.begin();
  };
  Eigen::MatrixXd form = Eigen::MatrixXd::Zero(size, size);
  for (const Term& term : relation.terms) {
    if (term.second < 0) continue;
    form(place(term.first), place(term.second)) += term.coefficient / 2;
    form(place(term.second), place(term.first)) += term.coefficient / 2;
  }
  const Eigen::VectorXd slope = gradient(moments.mean, relation)(used);
  const Eigen::MatrixXd covariance = moments.covariance(used), product = form * covariance;
  const double variance = 2 * product.cwiseProduct(product.transpose()).sum() + slope.dot(covariance * slope);
  return std::sqrt(std::max(variance, 0.0));
}

double central_half_width(const Eigen::VectorXd& values, double fraction) {
  const std::vector<double> order = sorted(values);
  return (quantile(order, 0.5 + fraction / 2) - quantile(order, 0.5 - fraction / 2)) / 2;
}

double median(const Eigen::VectorXd& values) {
  return quantile(sorted(values), 0.5);
}

double mean_of(const Eigen::VectorXd& values) {
  return values.size() == 0 ? 0 : values(0) + (values.array() - values(0)).mean();
}

double root_mean_square(const Eigen::VectorXd& values) {
  return values.size() == 0 ? 0 : values.norm() / std::sqrt(static_cast<double>(values.size()));
}

double typical_size(const Eigen::VectorXd& sizes) {
  constexpr double beyond = 10;
  const double middle = median(sizes), whole = root_mean_square(sizes);
  return middle > 0 ? std::min(whole, beyond * middle) : whole;
}

}  // namespace symscan
