#include "host/analysis/constraints_quadratic.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "host/base/linear_algebra.hpp"

namespace symscan {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr int kConcentrationSteps = 12;

/// Squares, then products, then the features themselves.
std::vector<Term> quadratic_library(int features) {
  std::vector<Term> library;
  for (int a = 0; a < features; ++a) library.push_back({1.0, a, a});
  for (int a = 0; a < features; ++a) {
    for (int b = a + 1; b < features; ++b) library.push_back({1.0, a, b});
  }
  for (int a = 0; a < features; ++a) library.push_back({1.0, a, -1});
  return library;
}

/// Coefficients of monomials of whitened features -> of the same monomials of the features.
VectorXd in_features(const VectorXd& vector, const std::vector<Term>& library, const MatrixXd& whiten,
                     const VectorXd& mean) {
  const Eigen::Index p = mean.size();
  MatrixXd form = MatrixXd::Zero(p, p);
  VectorXd slope = VectorXd::Zero(p);
  for (std::size_t k = 0; k < library.size(); ++k) {
    const double value = vector(static_cast<Eigen::Index>(k));
    const Term& term = library[k];
    if (term.second < 0) {
      slope(term.first) = value;
    } else if (term.first == term.second) {
      form(term.first, term.first) = value / std::sqrt(2.0);
    } else {
      form(term.first, term.second) = form(term.second, term.first) = value / 2;
    }
  }
  form = whiten.transpose() * form * whiten;
  slope = whiten.transpose() * slope - 2 * form * mean;
  VectorXd result(vector.size());
  for (std::size_t k = 0; k < library.size(); ++k) {
    const Term& term = library[k];
    result(static_cast<Eigen::Index>(k)) = term.second < 0             ? slope(term.first)
                                           : term.first == term.second ? form(term.first, term.first)
                                                                       : 2 * form(term.first, term.second);
  }
  return result;
}

/// [events x library] of whitened features, centred.
MatrixXd monomials(const MatrixXd& whitened, const std::vector<Term>& library) {
  MatrixXd values(whitened.rows(), static_cast<Eigen::Index>(library.size()));
  for (std::size_t k = 0; k < library.size(); ++k) {
    const auto column = static_cast<Eigen::Index>(k);
    values.col(column) = monomial(whitened, library[k]);
    if (library[k].second == library[k].first) values.col(column) /= std::sqrt(2.0);
  }
  values.rowwise() -= values.colwise().mean().eval();
  return values;
}

void times_natural_spreads(NearNullSpace& space, const Moments& moments) {
  for (std::size_t k = 0; k < space.library.size(); ++k)
    space.basis.row(static_cast<Eigen::Index>(k)) *= natural_spread({{space.library[k]}, 0.0}, moments);
}

/// Of the features in units of their spreads.
EigenPairs principal_axes(const Moments& moments) {
  std::vector<int> all(static_cast<std::size_t>(moments.spread.size()));
  std::iota(all.begin(), all.end(), 0);
  const VectorXd inverse = moments.spread.cwiseInverse();
  return symmetric_eigen(inverse.asDiagonal() * moments.covariance(all) * inverse.asDiagonal());
}

}  // namespace

int quadratic_monomials(int features) {
  return features * (features + 3) / 2;
}

NearNullSpace linear_null_space(const MatrixXd& rows, const std::vector<int>& active, double threshold) {
  NearNullSpace space;
  if (active.size() < 2) return space;
  const Moments moments(rows(Eigen::all, active));
  if (!(moments.spread.minCoeff() > 0)) return space;
  const EigenPairs eigen = principal_axes(moments);
  space.basis = eigen.vectors;
  space.variances = eigen.values;
  for (const int column : active) space.library.push_back({1.0, column, -1});
  return space.below(threshold);
}

NearNullSpace NearNullSpace::below(double threshold) const {
  const Eigen::Index count = (variances.array() < threshold * threshold).count();
  return {library, basis.leftCols(count), variances.head(count)};
}

NearNullSpace quadratic_null_space(const MatrixXd& rows, const std::vector<int>& kept,
                                   const std::function<double(double)>& threshold, int most) {
  NearNullSpace space;
  if (kept.empty()) return space;
  const MatrixXd own = rows(Eigen::all, kept);
  const Moments moments(own);
  const VectorXd& mean = moments.mean;
  if (!(moments.spread.minCoeff() > 0)) return space;
  const EigenPairs axes = principal_axes(moments);
  const VectorXd inverse = moments.spread.cwiseInverse();
  const VectorXd variances = axes.values.cwiseMax(1e-12);
  const MatrixXd whiten =
      variances.cwiseSqrt().cwiseInverse().asDiagonal() * axes.vectors.transpose() * inverse.asDiagonal();
  const MatrixXd whitened = (own.rowwise() - mean.transpose()) * whiten.transpose();

  space.library = quadratic_library(static_cast<int>(kept.size()));
  const MatrixXd values = monomials(whitened, space.library);
  MatrixXd covariance = MatrixXd::Zero(values.cols(), values.cols());
  covariance.selfadjointView<Eigen::Lower>().rankUpdate(values.transpose(),
                                                        1.0 / static_cast<double>(values.rows()));
  const EigenPairs eigen = symmetric_eigen(covariance);
  const double allowed = threshold(std::sqrt(variances(0)));
  const Eigen::Index nulls = std::min<Eigen::Index>((eigen.values.array() < allowed * allowed).count(), most);
  space.basis.resize(values.cols(), nulls);
  for (Eigen::Index k = 0; k < nulls; ++k)
    space.basis.col(k) = in_features(eigen.vectors.col(k), space.library, whiten, mean);
  space.variances = eigen.values.head(nulls);
  times_natural_spreads(space, moments);
  for (Term& term : space.library) {
    term.first = kept[static_cast<std::size_t>(term.first)];
    if (term.second >= 0) term.second = kept[static_cast<std::size_t>(term.second)];
  }
  return space;
}

MatrixXd concentrated_rows(const MatrixXd& rows, double kept_share,
                           const std::function<Relation(const MatrixXd& rows)>& smallest_combination) {
  const auto kept = static_cast<std::size_t>(kept_share * static_cast<double>(rows.rows()));
  std::vector<Eigen::Index> order(static_cast<std::size_t>(rows.rows())), before;
  MatrixXd core = rows;
  for (int step = 0; step < kConcentrationSteps; ++step) {
    const Relation relation = smallest_combination(core);
    if (relation.terms.empty()) break;
    const double middle = median(left_side(core, relation));
    const VectorXd distance = (left_side(rows, relation).array() - middle).abs().matrix();
    std::iota(order.begin(), order.end(), Eigen::Index{0});
    std::nth_element(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(kept), order.end(),
                     [&](Eigen::Index a, Eigen::Index b) { return distance(a) < distance(b); });
    std::vector<Eigen::Index> chosen(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(kept));
    std::sort(chosen.begin(), chosen.end());
    if (chosen == before) break;
    core = rows(chosen, Eigen::all);
    before = std::move(chosen);
  }
  return core;
}

Relation first_relation(const NearNullSpace& space, const Moments& moments) {
  Relation relation;
  if (space.basis.cols() == 0) return relation;
  for (std::size_t k = 0; k < space.library.size(); ++k) {
    Term term = space.library[k];
    const double natural = natural_spread({{term}, 0.0}, moments);
    term.coefficient = natural > 0 ? space.basis(static_cast<Eigen::Index>(k), 0) / natural : 0;
    relation.terms.push_back(term);
  }
  return relation;
}

}  // namespace symscan
