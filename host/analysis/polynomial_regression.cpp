#include "host/analysis/polynomial_regression.hpp"

#include <cmath>

#include "host/base/linear_algebra.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kConstant = 4e-15;  ///< spread over magnitude of a column that is constant but for rounding
constexpr double kRidge = 1e-13;     ///< of the normal equations, relative; refinement takes its effect away
constexpr int kRefinements = 3;

}  // namespace

PolynomialRegression::PolynomialRegression(const MatrixXd& rows, const VectorXd& values, int degree)
    : offset_(rows.colwise().mean()), inverse_scale_(rows.cols()) {
  for (Index d = 0; d < rows.cols(); ++d) {
    const double spread = std::sqrt((rows.col(d).array() - offset_(d)).square().mean());
    inverse_scale_(d) = spread > kConstant * std::abs(offset_(d)) ? 1 / spread : 0;
  }
  monomials_.push_back({-1, 0});
  std::size_t begin = 0;
  for (int order = 1; order <= degree; ++order) {
    const std::size_t end = monomials_.size();
    for (std::size_t parent = begin; parent < end; ++parent) {
      for (Index factor = monomials_[parent].factor; factor < rows.cols(); ++factor)
        if (inverse_scale_(factor) > 0) monomials_.push_back({static_cast<Index>(parent), factor});
    }
    begin = end;
  }
  MatrixXd columns = monomials(standard(rows));
  const VectorXd size = columns.colwise().norm().cwiseMax(1e-300);
  columns = (columns * size.cwiseInverse().asDiagonal()).eval();
  MatrixXd normal = columns.transpose() * columns;
  normal.diagonal().array() += kRidge;
  const MatrixXd inverse = solve_positive(normal, MatrixXd::Identity(normal.rows(), normal.cols()));
  VectorXd weights = VectorXd::Zero(columns.cols());
  for (int step = 0; step <= kRefinements; ++step)
    weights += inverse * (columns.transpose() * (values - columns * weights));
  coefficients_ = weights.cwiseQuotient(size);
}

double PolynomialRegression::terms(Index dimension, int degree) {
  double count = 1;
  for (int k = 1; k <= degree; ++k) count *= static_cast<double>(dimension + k) / k;
  return std::round(count);
}

MatrixXd PolynomialRegression::standard(const MatrixXd& rows) const {
  return (rows.rowwise() - offset_) * inverse_scale_.asDiagonal();
}

MatrixXd PolynomialRegression::monomials(const MatrixXd& standard_rows) const {
  MatrixXd columns(standard_rows.rows(), static_cast<Index>(monomials_.size()));
  columns.col(0).setOnes();
  for (Index k = 1; k < columns.cols(); ++k) {
    const Monomial& monomial = monomials_[static_cast<std::size_t>(k)];
    columns.col(k) = columns.col(monomial.parent).cwiseProduct(standard_rows.col(monomial.factor));
  }
  return columns;
}

Regressor::Estimate PolynomialRegression::at(const MatrixXd& rows) const {
  const MatrixXd u = standard(rows), columns = monomials(u);
  Regressor::Estimate estimate{columns * coefficients_, MatrixXd(rows.rows(), rows.cols())};
  MatrixXd slopes(columns.rows(), columns.cols());
  for (Index d = 0; d < rows.cols(); ++d) {
    slopes.col(0).setZero();
    for (Index k = 1; k < columns.cols(); ++k) {
      const Monomial& monomial = monomials_[static_cast<std::size_t>(k)];
      slopes.col(k) = slopes.col(monomial.parent).cwiseProduct(u.col(monomial.factor));
      if (monomial.factor == d) slopes.col(k) += columns.col(monomial.parent);
    }
    estimate.gradients.col(d) = slopes * coefficients_ * inverse_scale_(d);
  }
  return estimate;
}

}  // namespace symscan
