#include "host/analysis/readable_basis.hpp"

#include <algorithm>
#include <cmath>

#include "host/base/linear_algebra.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kRemovable = 2.6;          ///< standard deviations
constexpr double kSingular = 1e-11;         ///< added to the diagonal, relative
constexpr double kPivotShare = 0.05;        ///< of the motion of the largest part
constexpr double kExactCoefficient = 1e-6;  ///< of the largest motion of a part, where there is no noise

/// The coefficients of `others` that come nearest to solving the problem, `pivot` being 1.
struct Fit {
  VectorXd solution, variances;  ///< [others]; variances per unit of noise
};
Fit fit_of_others(const MatrixXd& normal, Index pivot, const std::vector<Index>& others) {
  MatrixXd own = normal(others, others);
  own.diagonal() += VectorXd(kSingular * own.diagonal().cwiseMax(1e-300));
  const MatrixXd inverse = inverse_of(own);
  return {-inverse * VectorXd(normal.col(pivot)(others)), inverse.diagonal()};
}

ReadableField with_pivot(const FieldProblem& problem, const MatrixXd& normal, Index pivot,
                         std::vector<Index> others) {
  ReadableField field;
  const Index count = normal.rows();
  field.coefficients = VectorXd::Zero(count);
  field.errors = VectorXd::Zero(count);
  field.coefficients(pivot) = 1;
  while (!others.empty()) {
    const Fit fit = fit_of_others(normal, pivot, others);
    field.coefficients.setZero();
    field.coefficients(pivot) = 1;
    field.coefficients(others) = fit.solution;
    const double square = std::max(field.coefficients.dot(problem.motion * field.coefficients), 0.0);
    Index weakest = -1;
    double least = kRemovable * kRemovable;
    const double smallest = kExactCoefficient * kExactCoefficient * square;
    for (Index k = 0; k < static_cast<Index>(others.size()); ++k) {
      const Index place = others[static_cast<std::size_t>(k)];
      const double squared = fit.solution(k) * fit.solution(k);
      double cost = squared / std::max(fit.variances(k) * problem.noise * square, 1e-300);
      if (squared * problem.motion(place, place) <= smallest) cost = 0;
      if (cost < least) {
        least = cost;
        weakest = k;
      }
    }
    if (weakest < 0) {
      field.errors(others) = (fit.variances * problem.noise * square).cwiseSqrt();
      break;
    }
    field.coefficients(others[static_cast<std::size_t>(weakest)]) = 0;
    others.erase(others.begin() + weakest);
  }
  return field;
}

double misfit(const FieldProblem& problem, const ReadableField& field) {
  const double square = field.coefficients.dot(problem.motion * field.coefficients);
  return (problem.system * field.coefficients).squaredNorm() / std::max(square, 1e-300);
}

/// Of a single field: every larger part is tried as the pivot, since removal one by one may go astray.
ReadableField single_field(const FieldProblem& problem, const MatrixXd& normal, const VectorXd& sized) {
  ReadableField best;
  Index fewest = sized.size() + 1;
  double least = 0;
  for (Index pivot = 0; pivot < sized.size(); ++pivot) {
    if (!(std::abs(sized(pivot)) > kPivotShare * sized.cwiseAbs().maxCoeff())) continue;
    std::vector<Index> others;
    for (Index k = 0; k < sized.size(); ++k)
      if (k != pivot) others.push_back(k);
    const ReadableField field = with_pivot(problem, normal, pivot, std::move(others));
    const Index parts = (field.coefficients.array() != 0).count();
    const double here = misfit(problem, field);
    if (parts > fewest || (parts == fewest && here >= least)) continue;
    best = field;
    fewest = parts;
    least = here;
  }
  return best;
}

}  // namespace

std::vector<ReadableField> readable_basis(const FieldProblem& problem, const MatrixXd& space) {
  std::vector<ReadableField> basis;
  const Index count = space.rows(), wanted = space.cols();
  if (wanted == 0 || count < wanted) return basis;
  const VectorXd sizes = problem.motion.diagonal().cwiseMax(0.0).cwiseSqrt();
  const MatrixXd sized = (sizes.asDiagonal() * space).transpose();
  std::vector<Index> pivots = pivot_columns(sized);
  pivots.resize(static_cast<std::size_t>(std::min<Index>(wanted, static_cast<Index>(pivots.size()))));
  const MatrixXd normal = problem.system.transpose() * problem.system;
  if (wanted == 1) return {single_field(problem, normal, sized.row(0))};
  std::vector<Index> others;
  for (Index k = 0; k < count; ++k)
    if (std::find(pivots.begin(), pivots.end(), k) == pivots.end()) others.push_back(k);
  for (const Index pivot : pivots) basis.push_back(with_pivot(problem, normal, pivot, others));
  return basis;
}

}  // namespace symscan
