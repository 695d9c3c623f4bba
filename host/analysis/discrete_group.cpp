#include "host/analysis/discrete_group.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>
#include <map>
#include <numeric>
#include <random>

#include "host/base/linear_algebra.hpp"
#include "host/base/text.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using Matrices = std::vector<MatrixXd>;

constexpr double kSame = 1e-6;
constexpr double kContained = 1e-5;
constexpr double kBracketOutside = 0.02;  ///< generators that were fitted close up to their error
constexpr std::size_t kMostDimensions = 64;
constexpr int kStarts = 6, kSteps = 100, kPatience = 30;
constexpr std::size_t kMostNamed = 200;  ///< elements of a group whose table is looked at

std::string cyclic_name(std::size_t order) {
  return (order == 2 ? "Z" : "C") + std::to_string(order);
}

/// Elements, their products and orders.
struct Table {
  Matrices elements;
  std::vector<std::size_t> orders;
  const SameElement& same;

  Table(Matrices all, const SameElement& equal) : elements(std::move(all)), same(equal) {
    for (const MatrixXd& element : elements) {
      MatrixXd power = element;
      std::size_t order = 1;
      for (; order <= elements.size() && !same(power, elements.front()); ++order) power = power * element;
      orders.push_back(order);
    }
  }
  bool commutes(std::size_t a, std::size_t b) const {
    return same(elements[a] * elements[b], elements[b] * elements[a]);
  }
  bool abelian() const {
    for (std::size_t a = 0; a < elements.size(); ++a) {
      for (std::size_t b = 0; b < a; ++b) {
        if (!commutes(a, b)) return false;
      }
    }
    return true;
  }
  bool dihedral() const {
    const std::size_t half = elements.size() / 2;
    if (elements.size() % 2 != 0 || half < 3) return false;
    for (std::size_t r = 0; r < elements.size(); ++r) {
      if (orders[r] != half) continue;
      // All elements outside the rotations are reflections that turn them round.
      Matrices rotations;
      MatrixXd power = elements.front();
      for (std::size_t k = 0; k < half; ++k, power = power * elements[r]) rotations.push_back(power);
      bool all = true;
      for (std::size_t s = 0; s < elements.size() && all; ++s) {
        if (std::any_of(rotations.begin(), rotations.end(),
                        [&](const MatrixXd& m) { return same(m, elements[s]); }))
          continue;
        all = orders[s] == 2 && same(elements[s] * elements[r] * elements[s] * elements[r], elements.front());
      }
      if (all) return true;
    }
    return false;
  }
};

/// Of an abelian group by the orders of its elements: largest cyclic factors first.
std::string abelian_name(const Table& table) {
  std::size_t rest = table.elements.size();
  std::vector<std::string> names;
  // The number of elements with x^p^k = 1 gives the factors of each prime; only powers of 2 need a product
  // here, others are written as one cyclic group where that is right.
  const std::size_t exponent = std::accumulate(table.orders.begin(), table.orders.end(), std::size_t{1},
                                               [](std::size_t a, std::size_t b) { return std::lcm(a, b); });
  if (exponent == rest) return cyclic_name(rest);
  bool elementary = true;
  for (std::size_t prime = 2; prime < exponent; ++prime) elementary = elementary && exponent % prime != 0;
  if (elementary) {
    for (; rest > 1; rest /= exponent) names.push_back(cyclic_name(exponent));
    return join_words(names, " x ");
  }
  if (rest / exponent == 2 || rest / exponent == 3)
    return cyclic_name(rest / exponent) + " x " + cyclic_name(exponent);
  return "group of order " + std::to_string(rest);
}

bool is_signed_permutation(const MatrixXd& matrix, bool positive) {
  for (Index i = 0; i < matrix.rows(); ++i) {
    Index large = 0;
    for (Index j = 0; j < matrix.cols(); ++j) {
      const double size = std::fabs(matrix(i, j));
      if (size < kSame) continue;
      if (std::fabs(size - 1) > kSame || (positive && matrix(i, j) < 0)) return false;
      ++large;
    }
    if (large != 1) return false;
  }
  return true;
}

std::vector<Index> support(const MatrixXd& matrix) {
  std::vector<Index> result;
  for (Index i = 0; i < matrix.rows(); ++i) {
    if ((matrix.row(i) - MatrixXd::Identity(matrix.rows(), matrix.cols()).row(i)).norm() > kSame)
      result.push_back(i);
  }
  return result;
}

double factorial(int n) {
  return std::tgamma(n + 1.0);
}

int capped(double order) {
  return order <= std::numeric_limits<int>::max() ? static_cast<int>(std::lround(order)) : 0;
}

/// Blocks of coordinates that transpositions exchange as wholes: S_n by theory, however large. Reflections of
/// single coordinates with transpositions of all of them: B_n.
DiscreteGroup of_transpositions(const Matrices& generators) {
  DiscreteGroup none{"", 0};
  std::map<Index, Index> block;  // of a coordinate: the smallest of those that move with it
  std::vector<Index> parent;
  Index blocks = 0, width = 0, exchanges = 0, signs = 0;
  std::map<std::vector<Index>, Index> known;
  const auto block_of = [&](const std::vector<Index>& coordinates) {
    for (const auto& [other, id] : known) {
      if (other == coordinates) continue;
      for (const Index c : coordinates) {
        if (std::find(other.begin(), other.end(), c) != other.end()) return Index{-1};
      }
    }
    return known.emplace(coordinates, static_cast<Index>(known.size())).first->second;
  };
  std::vector<std::pair<Index, Index>> edges;
  for (const MatrixXd& g : generators) {
    if (!is_signed_permutation(g, false)) return none;
    if (g.isDiagonal(kSame)) {
      if (support(g).size() != 1) return none;
      ++signs;
      if (block_of(support(g)) < 0) return none;
      continue;
    }
    if (!is_signed_permutation(g, true) || !(g * g).isIdentity(kSame)) return none;
    std::vector<Index> left, right;
    for (const Index i : support(g)) {
      Index to = 0;
      g.row(i).maxCoeff(&to);
      if (i < to) left.push_back(i), right.push_back(to);
    }
    const Index a = block_of(left), b = block_of(right);
    if (a < 0 || b < 0) return none;
    width = std::max(width, static_cast<Index>(left.size()));
    edges.emplace_back(a, b);
    ++exchanges;
  }
  blocks = static_cast<Index>(known.size());
  parent.resize(static_cast<std::size_t>(blocks));
  std::iota(parent.begin(), parent.end(), Index{0});
  const auto root = [&](Index x) {
    while (parent[static_cast<std::size_t>(x)] != x) x = parent[static_cast<std::size_t>(x)];
    return x;
  };
  Index joined = 1;
  for (const auto& [a, b] : edges) {
    if (root(a) == root(b)) continue;
    parent[static_cast<std::size_t>(root(a))] = root(b);
    ++joined;
  }
  if (joined != blocks || exchanges == 0 || blocks < 3) return none;
  const auto n = static_cast<int>(blocks);
  if (signs == 0) return {"S" + std::to_string(n), capped(factorial(n))};
  if (width != 1) return none;
  return {"B" + std::to_string(n) + ": signed permutations of " + std::to_string(n) + " columns",
          capped(factorial(n) * std::pow(2.0, n))};
}

DiscreteGroup describe_part(const Matrices& generators, std::size_t most, const SameElement& same) {
  if (DiscreteGroup known = of_transpositions(generators); !known.name.empty()) return known;
  const Matrices elements = group_closure(generators, most, same);
  if (elements.empty()) return {"group of order above " + std::to_string(most), 0};
  const std::size_t order = elements.size();
  DiscreteGroup result{"group of order " + std::to_string(order), static_cast<int>(order)};
  const bool signed_all = std::all_of(generators.begin(), generators.end(),
                                      [](const MatrixXd& g) { return is_signed_permutation(g, false); });
  std::vector<Index> moved;
  for (const MatrixXd& g : generators) {
    for (const Index i : support(g)) moved.push_back(i);
  }
  std::sort(moved.begin(), moved.end());
  moved.erase(std::unique(moved.begin(), moved.end()), moved.end());
  const auto n = static_cast<int>(moved.size());
  const auto size = static_cast<double>(order);
  if (signed_all && n >= 3 && size == factorial(n) * std::pow(2.0, n)) {
    result.name = "B" + std::to_string(n) + ": signed permutations of " + std::to_string(n) + " columns";
  } else if (order <= kMostNamed) {
    const Table table(elements, same);
    if (table.abelian())
      result.name = abelian_name(table);
    else if (table.dihedral())
      result.name = "D" + std::to_string(order / 2);
  }
  return result;
}

/// Generators that do not commute belong to one part.
std::vector<Matrices> commuting_parts(const Matrices& generators, const SameElement& same) {
  std::vector<std::size_t> part(generators.size());
  std::iota(part.begin(), part.end(), std::size_t{0});
  for (std::size_t a = 0; a < generators.size(); ++a) {
    for (std::size_t b = 0; b < a; ++b) {
      if (part[a] == part[b] || same(generators[a] * generators[b], generators[b] * generators[a])) continue;
      const std::size_t from = std::max(part[a], part[b]), to = std::min(part[a], part[b]);
      std::replace(part.begin(), part.end(), from, to);
    }
  }
  std::map<std::size_t, Matrices> parts;
  for (std::size_t a = 0; a < generators.size(); ++a) parts[part[a]].push_back(generators[a]);
  std::vector<Matrices> result;
  for (auto& [first, members] : parts) result.push_back(std::move(members));
  return result;
}

bool disjoint(const std::vector<Matrices>& parts) {
  std::vector<Index> seen;
  for (const Matrices& part : parts) {
    std::vector<Index> moved;
    for (const MatrixXd& g : part) {
      for (const Index i : support(g)) moved.push_back(i);
      for (const Index i : support(g.transpose())) moved.push_back(i);
    }
    for (const Index i : moved) {
      if (std::find(seen.begin(), seen.end(), i) != seen.end()) return false;
    }
    seen.insert(seen.end(), moved.begin(), moved.end());
  }
  return true;
}

/// "Z2 x Z2 x Z2 x Z2" -> "Z2^4"
std::string product_name(const std::vector<std::string>& factors) {
  std::vector<std::string> words;
  std::map<std::string, int> counts;
  for (const std::string& factor : factors) ++counts[factor];
  for (const std::string& factor : factors) {
    const int count = counts[factor];
    const std::string text = factor.find(' ') == std::string::npos ? factor : "(" + factor + ")";
    if (count <= 2) words.push_back(text);
    if (count > 2 && std::find(words.begin(), words.end(), text + "^" + std::to_string(count)) == words.end())
      words.push_back(text + "^" + std::to_string(count));
  }
  return join_words(words, " x ");
}

}  // namespace

bool same_matrix(const MatrixXd& a, const MatrixXd& b) {
  return (a - b).norm() < kSame * (1 + a.norm());
}

Matrices group_closure(const Matrices& generators, std::size_t most, const SameElement& same) {
  if (generators.empty()) return {};
  const Index size = generators.front().rows();
  Matrices elements = {MatrixXd::Identity(size, size)};
  // A number for quick comparison; elements that are the same by a subgroup have no such number.
  const bool plain = same.target<bool (*)(const MatrixXd&, const MatrixXd&)>() != nullptr;
  VectorXd left(size), right(size);
  for (Index i = 0; i < size; ++i) {
    left(i) = std::cos(1.0 + 0.7 * static_cast<double>(i));
    right(i) = std::sin(2.0 + 1.3 * static_cast<double>(i));
  }
  const auto mark = [&](const MatrixXd& m) { return left.dot(m * right); };
  std::vector<double> marks = {mark(elements.front())};
  for (std::size_t next = 0; next < elements.size(); ++next) {
    for (const MatrixXd& generator : generators) {
      const MatrixXd product = generator * elements[next];
      const double number = mark(product);
      bool known = false;
      for (std::size_t k = 0; k < elements.size() && !known; ++k) {
        if (plain && std::fabs(marks[k] - number) > 1e-4) continue;
        known = same(elements[k], product);
      }
      if (known) continue;
      if (elements.size() >= most) return {};
      elements.push_back(product);
      marks.push_back(number);
    }
  }
  return elements;
}

DiscreteGroup describe_group(const Matrices& generators, std::size_t most, const SameElement& same) {
  if (generators.empty()) return {};
  std::vector<Matrices> parts = commuting_parts(generators, same);
  std::vector<std::string> names;
  double product = 1;
  for (const Matrices& part : parts) {
    const DiscreteGroup group = describe_part(part, most, same);
    if (group.order == 1) continue;
    if (group.order == 0) product = 0;
    product *= group.order;
    names.push_back(group.name);
  }
  if (names.empty()) return {};
  if (parts.size() == 1) return {names.front(), capped(product)};
  if (!disjoint(parts)) {
    // Parts may share elements.
    const Matrices all = group_closure(generators, most, same);
    if (all.empty()) return {"group of order above " + std::to_string(most), 0};
    if (static_cast<double>(all.size()) != product) return describe_part(generators, most, same);
  }
  return {product_name(names), product > 0 ? capped(product) : 0};
}

std::vector<std::size_t> independent_generators(const Matrices& generators, std::size_t most,
                                                const SameElement& same) {
  std::vector<std::size_t> kept;
  Matrices chosen, elements;
  for (std::size_t k = 0; k < generators.size(); ++k) {
    if (elements.empty()) elements = {MatrixXd::Identity(generators[k].rows(), generators[k].cols())};
    if (std::any_of(elements.begin(), elements.end(),
                    [&](const MatrixXd& element) { return same(element, generators[k]); }))
      continue;
    kept.push_back(k);
    chosen.push_back(generators[k]);
    Matrices larger = group_closure(chosen, most, same);
    if (!larger.empty()) elements = std::move(larger);
  }
  return kept;
}

namespace {

/// Of the determinant, by complex eigenvalues.
double determinant_sign(const MatrixXd& matrix) {
  const Eigen::VectorXcd values = eigenvalues_of(matrix);
  std::complex<double> product = 1;
  for (const std::complex<double>& value : values) {
    if (std::abs(value) > 0) product *= value / std::abs(value);
  }
  return product.real();
}

}  // namespace

ConnectedGroup::ConnectedGroup(Matrices generators) : generators_(std::move(generators)) {
  std::erase_if(generators_, [](const MatrixXd& g) { return !(g.norm() > 0); });
  for (MatrixXd& generator : generators_) generator /= generator.norm();
  // Closed under brackets, as the tangents of the group are.
  for (std::size_t b = 1; b < generators_.size() && generators_.size() < kMostDimensions; ++b) {
    for (std::size_t a = 0; a < b && generators_.size() < kMostDimensions; ++a) {
      MatrixXd bracket = generators_[a] * generators_[b] - generators_[b] * generators_[a];
      if (bracket.norm() < kSame) continue;
      bracket /= bracket.norm();
      MatrixXd span(bracket.size(), static_cast<Index>(generators_.size()));
      for (std::size_t k = 0; k < generators_.size(); ++k)
        span.col(static_cast<Index>(k)) = generators_[k].reshaped();
      const VectorXd coefficients = least_squares(span, {bracket.reshaped()}).front();
      if ((span * coefficients - bracket.reshaped()).norm() > kBracketOutside) generators_.push_back(bracket);
    }
  }
}

bool ConnectedGroup::contains(const MatrixXd& matrix) const {
  if (generators_.empty()) return same_matrix(matrix, MatrixXd::Identity(matrix.rows(), matrix.cols()));
  if (!(determinant_sign(matrix) > 0)) return false;
  // What all generators keep, their group keeps.
  MatrixXd stacked(matrix.rows() * static_cast<Index>(generators_.size()), matrix.cols());
  for (std::size_t k = 0; k < generators_.size(); ++k)
    stacked.middleRows(static_cast<Index>(k) * matrix.rows(), matrix.rows()) = generators_[k];
  const MatrixXd kept = null_space(stacked.transpose() * stacked);
  if ((matrix * kept - kept).norm() > kContained * (1 + matrix.norm())) return false;
  const auto count = static_cast<Index>(generators_.size());
  const auto element = [&](const VectorXd& t) {
    MatrixXd sum = MatrixXd::Zero(matrix.rows(), matrix.cols());
    for (Index i = 0; i < count; ++i) sum += t(i) * generators_[static_cast<std::size_t>(i)];
    return exponential_of(sum);
  };
  std::mt19937_64 random(1);
  for (int start = 0; start < kStarts; ++start) {
    // From near the unit, then from anywhere; the unit itself may be a saddle.
    VectorXd t(count);
    for (double& value : t)
      value = (start < 2 ? 0.3 : 3.0) * (static_cast<double>(random() >> 11) * 0x1.0p-53 - 0.5);
    MatrixXd g = element(t);
    double last = std::numeric_limits<double>::infinity();
    for (int step = 0; step < kSteps; ++step) {
      const MatrixXd rest = matrix - g;
      if (rest.norm() < kContained * (1 + matrix.norm())) return true;
      if (step > kPatience && step % 8 == 0 && rest.norm() > 0.98 * last) break;
      if (step % 8 == 0) last = rest.norm();
      MatrixXd columns(matrix.size(), count);
      for (Index i = 0; i < count; ++i)
        columns.col(i) = (generators_[static_cast<std::size_t>(i)] * g).reshaped();
      const MatrixXd normal =
          columns.transpose() * columns + 1e-9 * columns.squaredNorm() * MatrixXd::Identity(count, count);
      VectorXd delta = solve_positive(normal, columns.transpose() * rest.reshaped());
      if (delta.norm() > 1) delta.normalize();
      if (!delta.allFinite()) break;
      g = element(delta) * g;
    }
  }
  return false;
}

}  // namespace symscan
