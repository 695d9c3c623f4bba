#include "host/analysis/readable_laws.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "host/analysis/equation_text.hpp"
#include "host/analysis/relation.hpp"
#include "host/analysis/sparse_vectors.hpp"
#include "host/base/linear_algebra.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kExactRelation = 1e-11;
constexpr std::size_t kMostTermsOfLaw = 16, kMostSupports = 150;
constexpr double kArithmetic = 1e-14;  ///< share of the variance that integration and rounding leave
constexpr double kWorse = 1.03;        ///< factor that leaving out a term may cost
constexpr double kSameFunction = 0.1;  ///< share of a law that others do not span
constexpr double kDependent = 0.05;    ///< sine between gradients

int degree_of(const FunctionTerm& term) {
  return std::accumulate(term.powers.begin(), term.powers.end(), 0) +
         (term.factor == FunctionTerm::Factor::none ? 0 : 1);
}

/// A combination of few terms.
struct Sparse {
  std::vector<int> support;
  VectorXd combination;  ///< [terms], in units of the scale
  Conservation found;
  int degree = 0;
};

MatrixXd part(const MatrixXd& matrix, const std::vector<int>& support) {
  return matrix(support, support);
}

/// The combination of these terms that is most nearly conserved.
Sparse fitted(std::vector<int> support, const std::vector<FunctionTerm>& terms, const TermSample& sample) {
  Sparse result;
  result.support = std::move(support);
  result.combination = VectorXd::Zero(static_cast<Index>(terms.size()));
  const EigenPairs total = symmetric_eigen(part(sample.total(), result.support));
  std::vector<Index> kept;
  for (Index k = 0; k < total.values.size(); ++k) {
    if (total.values(k) > kExactRelation * total.values.maxCoeff()) kept.push_back(k);
  }
  const VectorXd sizes = total.values(kept).cwiseSqrt().cwiseInverse();
  const MatrixXd frame = total.vectors(Eigen::all, kept) * sizes.asDiagonal();
  const MatrixXd rest = part(sample.within() - sample.noise(), result.support);
  const EigenPairs pairs = symmetric_eigen(frame.transpose() * rest * frame);
  result.combination(result.support) = frame * pairs.vectors.col(0);
  result.found = sample.judge(result.combination);
  for (const int j : result.support)
    result.degree = std::max(result.degree, degree_of(terms[static_cast<std::size_t>(j)]));
  return result;
}

double excess(const Conservation& found) {
  return found.within / std::max(found.total, 1e-300);
}

bool as_good(const Conservation& simpler, const Conservation& found) {
  if (!simpler.holds()) return false;
  if (excess(simpler) < kArithmetic) return true;
  // What noise accounts for depends on the terms.
  const double noise = std::max(found.noise, 1e-300), other = std::max(simpler.noise, 1e-300);
  return excess(simpler) <= kWorse * excess(found) ||
         (found.noise > 0.5 * found.within && simpler.within / other <= kWorse * found.within / noise);
}

/// Without terms that are not needed, the least of them first.
Sparse pruned(Sparse law, const std::vector<FunctionTerm>& terms, const TermSample& sample) {
  const Conservation start = law.found;
  bool smaller = true;
  while (smaller && law.support.size() > 1) {
    smaller = false;
    std::vector<int> order = law.support;
    std::stable_sort(order.begin(), order.end(), [&law](int a, int b) {
      return std::abs(law.combination(a)) < std::abs(law.combination(b));
    });
    for (const int out : order) {
      std::vector<int> support;
      for (const int j : law.support) {
        if (j != out) support.push_back(j);
      }
      Sparse other = fitted(std::move(support), terms, sample);
      if (!as_good(other.found, start)) continue;
      law = std::move(other);
      smaller = true;
      break;
    }
  }
  return law;
}

/// Combinations of variance 0 besides the laws, since these hold up to those.
MatrixXd with_relations(const TermSample& sample, const MatrixXd& space) {
  const EigenPairs pairs = symmetric_eigen(sample.total());
  const Index none = (pairs.values.array() <= kExactRelation * pairs.values.maxCoeff()).count();
  MatrixXd both(space.rows(), space.cols() + none);
  both << space.colwise().normalized(), pairs.vectors.leftCols(none);
  return orthonormal(both);
}

std::vector<Sparse> sparse_laws(const std::vector<FunctionTerm>& terms, const TermSample& sample,
                                const MatrixXd& space) {
  const MatrixXd basis = with_relations(sample, space);
  std::vector<std::vector<int>> supports;
  for (const double negligible : {1e-4, 0.02, 0.06}) {
    for (std::vector<int>& support : sparse_supports(basis, negligible)) {
      if (support.size() <= kMostTermsOfLaw &&
          std::find(supports.begin(), supports.end(), support) == supports.end())
        supports.push_back(std::move(support));
    }
  }
  std::stable_sort(supports.begin(), supports.end(),
                   [](const auto& a, const auto& b) { return a.size() < b.size(); });
  if (supports.size() > kMostSupports) supports.resize(kMostSupports);
  std::vector<Sparse> laws;
  for (std::vector<int>& support : supports) {
    Sparse law = fitted(std::move(support), terms, sample);
    if (!law.found.holds()) continue;
    law = pruned(std::move(law), terms, sample);
    if (std::none_of(laws.begin(), laws.end(),
                     [&law](const Sparse& own) { return own.support == law.support; }))
      laws.push_back(std::move(law));
  }
  std::stable_sort(laws.begin(), laws.end(), [](const Sparse& a, const Sparse& b) {
    return std::pair(a.degree, a.support.size()) < std::pair(b.degree, b.support.size());
  });
  return laws;
}

/// Standard errors of the coefficients, the largest of which is held fixed.
VectorXd standard_errors(const Sparse& law, const TermSample& sample) {
  const auto size = static_cast<Index>(law.support.size());
  VectorXd errors = VectorXd::Zero(size);
  if (size < 2) return errors;
  Index largest = 0;
  VectorXd(law.combination(law.support)).cwiseAbs().maxCoeff(&largest);
  std::vector<int> others = law.support;
  others.erase(others.begin() + largest);
  MatrixXd within = part(sample.within(), others);
  within.diagonal().array() *= 1 + 1e-12;
  const MatrixXd inverse = inverse_of(within);
  for (Index i = 0, k = 0; i < size; ++i) {
    if (i == largest) continue;
    errors(i) = std::sqrt(std::max(0.0, law.found.within * inverse(k, k)) / sample.degrees_of_freedom());
    ++k;
  }
  return errors;
}

bool is_square(const FunctionTerm& term) {
  return term.factor == FunctionTerm::Factor::none && degree_of(term) == 2 &&
         std::find(term.powers.begin(), term.powers.end(), 2) != term.powers.end();
}

/// Squares get 1/2 beside terms that are not of degree 2, as in energies, if they all have the same factor.
void use_halves(std::vector<double>& numbers, const Sparse& law, const std::vector<FunctionTerm>& terms) {
  double square = 0;
  bool others = false;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const FunctionTerm& term = terms[static_cast<std::size_t>(law.support[i])];
    if (is_square(term)) square = square == 0 ? numbers[i] : std::min(std::abs(square), std::abs(numbers[i]));
    if (term.factor != FunctionTerm::Factor::none || degree_of(term) > 2) others = true;
  }
  if (square == 0 || !others) return;
  for (double& number : numbers) number /= 2 * std::abs(square);
}

/// "3 x", "x/2", "0.1234 x"
std::string term_text(double size, const std::string& text) {
  if (size == 1) return text;
  for (int divisor = 2; divisor <= 12; ++divisor) {
    if (std::abs(size * divisor - 1) < 1e-12) return text + "/" + std::to_string(divisor);
  }
  return decimal_text(size, 5) + " " + text;
}

std::string law_text(const TrajectoryLaw& law) {
  std::string text, definitions;
  for (const auto& [term, number] : law.terms) {
    const std::string own =
        term.factor == FunctionTerm::Factor::inverse_radius && term.text.compare(0, 2, "1/") == 0
            ? decimal_text(std::abs(number), 5) + term.text.substr(1)
            : term_text(std::abs(number), term.text);
    text += text.empty() ? (number < 0 ? "-" : "") : (number < 0 ? " - " : " + ");
    text += own;
    if (!term.definition.empty() && definitions.find(term.definition) == std::string::npos)
      definitions += ", " + term.definition;
  }
  return text + definitions;
}

TrajectoryLaw written(const Sparse& law, const std::vector<FunctionTerm>& terms, const TermSample& sample) {
  const VectorXd scale = sample.scale()(law.support);
  const VectorXd values = VectorXd(law.combination(law.support)).cwiseQuotient(scale);
  const VectorXd errors = standard_errors(law, sample);
  std::vector<double> numbers(values.data(), values.data() + values.size());
  for (const double looser : {10.0, 3.0, 1.0, 0.1, 0.0}) {
    std::vector<double> tolerances;
    for (Index i = 0; i < values.size(); ++i)
      tolerances.push_back((looser * errors(i)) / scale(i) +
                           (looser > 0 ? 1e-7 : 1e-12) * std::abs(values(i)));
    std::vector<double> shorter =
        short_coefficients({values.data(), values.data() + values.size()}, tolerances);
    VectorXd combination = VectorXd::Zero(law.combination.size());
    for (std::size_t i = 0; i < shorter.size(); ++i)
      combination(law.support[i]) = shorter[i] * scale(static_cast<Index>(i));
    numbers = std::move(shorter);
    const Conservation rounded = sample.judge(combination);
    if (rounded.holds() && (excess(rounded) <= 1.02 * excess(law.found) || excess(rounded) < kArithmetic))
      break;
  }
  use_halves(numbers, law, terms);
  TrajectoryLaw result;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (numbers[i] != 0)
      result.terms.emplace_back(terms[static_cast<std::size_t>(law.support[i])], numbers[i]);
  }
  result.equation = law_text(result);
  result.within = std::sqrt(excess(law.found));
  result.noise = std::sqrt(law.found.noise / std::max(law.found.total, 1e-300));
  const double largest = law.combination.cwiseAbs().maxCoeff();
  result.error = errors.size() ? errors.maxCoeff() / std::max(largest, 1e-300) : 0;
  result.degree = law.degree;
  return result;
}

/// Gradients of combinations at the sample's rows. [D x combinations] each
std::vector<MatrixXd> gradients(const TermSample& sample, const MatrixXd& combinations) {
  std::vector<MatrixXd> result;
  for (const MatrixXd& slope : sample.slopes()) result.push_back(slope.transpose() * combinations);
  return result;
}

/// Median over the rows of the sine between the last column's gradient and the span of those named.
double new_direction(const std::vector<MatrixXd>& slopes, const std::vector<int>& before, int own) {
  VectorXd sines(static_cast<Index>(slopes.size()));
  for (std::size_t n = 0; n < slopes.size(); ++n) {
    MatrixXd frame(slopes[n].rows(), 0);
    VectorXd rest = slopes[n].col(own);
    const double size = rest.norm();
    for (const int other : before) {
      VectorXd vector = slopes[n].col(other);
      const double length = vector.norm();
      vector -= frame * (frame.transpose() * vector);
      if (!(vector.norm() > kDependent * length)) continue;
      frame.conservativeResize(Eigen::NoChange, frame.cols() + 1);
      frame.rightCols(1) = vector.normalized();
    }
    rest -= frame * (frame.transpose() * rest);
    sines(static_cast<Index>(n)) = size > 0 ? rest.norm() / size : 0;
  }
  return sines.size() ? median(sines) : 0;
}

/// The laws as combinations again.
MatrixXd combinations_of(const std::vector<TrajectoryLaw>& laws, const TermSample& sample,
                         const std::vector<FunctionTerm>& terms) {
  MatrixXd result = MatrixXd::Zero(static_cast<Index>(terms.size()), static_cast<Index>(laws.size()));
  for (std::size_t k = 0; k < laws.size(); ++k) {
    for (const auto& [term, number] : laws[k].terms) {
      const auto at = std::find_if(terms.begin(), terms.end(),
                                   [&text = term.text](const FunctionTerm& own) { return own.text == text; });
      const Index place = at - terms.begin();
      result(place, static_cast<Index>(k)) = number * sample.scale()(place);
    }
  }
  return result;
}

}  // namespace

std::vector<TrajectoryLaw> readable_laws(const std::vector<FunctionTerm>& terms, const TermSample& sample,
                                         const MatrixXd& space) {
  std::vector<TrajectoryLaw> laws;
  MatrixXd spanned(space.rows(), 0);  // of covariance 1
  for (const Sparse& law : sparse_laws(terms, sample, space)) {
    if (static_cast<Index>(laws.size()) == space.cols()) break;
    VectorXd rest = law.combination / std::sqrt(law.found.total);
    rest -= spanned * (spanned.transpose() * (sample.total() * rest));
    const double left = std::sqrt(std::max(0.0, rest.dot(sample.total() * rest)));
    if (left < kSameFunction) continue;
    spanned.conservativeResize(Eigen::NoChange, spanned.cols() + 1);
    spanned.rightCols(1) = rest / left;
    laws.push_back(written(law, terms, sample));
  }
  return laws;
}

int order_by_independence(std::vector<TrajectoryLaw>& laws, const TermSample& sample,
                          const std::vector<FunctionTerm>& terms, const MatrixXd& space) {
  const std::vector<MatrixXd> slopes = gradients(sample, combinations_of(laws, sample, terms));
  std::vector<int> independent, dependent;
  for (int k = 0; k < static_cast<int>(laws.size()); ++k) {
    TrajectoryLaw& law = laws[static_cast<std::size_t>(k)];
    if (new_direction(slopes, independent, k) > kDependent) {
      independent.push_back(k);
      continue;
    }
    std::vector<int> lower;
    for (const int other : independent) {
      if (laws[static_cast<std::size_t>(other)].degree < law.degree) lower.push_back(other);
    }
    law.dependent = true;
    if (new_direction(slopes, lower, k) > kDependent) dependent.push_back(k);
  }
  std::vector<TrajectoryLaw> ordered;
  for (const int k : independent) ordered.push_back(laws[static_cast<std::size_t>(k)]);
  for (const int k : dependent) ordered.push_back(laws[static_cast<std::size_t>(k)]);
  laws = std::move(ordered);
  if (!independent.empty()) return static_cast<int>(independent.size());
  const std::vector<MatrixXd> all = gradients(sample, space);
  std::vector<int> chosen;
  for (int k = 0; k < static_cast<int>(space.cols()); ++k) {
    if (new_direction(all, chosen, k) > kDependent) chosen.push_back(k);
  }
  return static_cast<int>(chosen.size());
}

}  // namespace symscan
