// Names of finite groups of matrices.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include "host/analysis/discrete_group.hpp"
#include "host/base/text.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using Matrices = std::vector<MatrixXd>;

constexpr double kSame = 1e-6;
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

/// Blocks of coordinates that exchanges move as wholes.
class Blocks {
 public:
  /// The number of the block; -1 if it overlaps with another.
  Index number(const std::vector<Index>& coordinates) {
    for (const auto& [other, id] : known_) {
      if (other == coordinates) continue;
      for (const Index c : coordinates) {
        if (std::find(other.begin(), other.end(), c) != other.end()) return -1;
      }
    }
    const auto [place, added] = known_.emplace(coordinates, static_cast<Index>(known_.size()));
    if (added) joined_.push_back(place->second);
    return place->second;
  }
  void join(Index a, Index b) {
    const Index from = joined_[static_cast<std::size_t>(a)], to = joined_[static_cast<std::size_t>(b)];
    std::replace(joined_.begin(), joined_.end(), from, to);
  }
  int count() const { return static_cast<int>(known_.size()); }
  bool connected() const {
    return std::all_of(joined_.begin(), joined_.end(), [&](Index id) { return id == joined_.front(); });
  }

 private:
  std::map<std::vector<Index>, Index> known_;
  std::vector<Index> joined_;  ///< blocks that exchanges connect share a number
};

/// The blocks that an exchange of coordinates swaps; empty for other matrices.
std::pair<std::vector<Index>, std::vector<Index>> exchanged_blocks(const MatrixXd& g) {
  std::vector<Index> left, right;
  if (!is_signed_permutation(g, true) || !(g * g).isIdentity(kSame)) return {};
  for (const Index i : support(g)) {
    Index to = 0;
    g.row(i).maxCoeff(&to);
    if (i < to) left.push_back(i), right.push_back(to);
  }
  return {left, right};
}

/// Exchanges of blocks of coordinates: S_n by theory, however large. With reflections of single coordinates:
/// B_n. A name that is empty for other generators.
DiscreteGroup of_transpositions(const Matrices& generators) {
  DiscreteGroup none{"", 0};
  Blocks blocks;
  std::size_t width = 0;
  bool signs = false;
  for (const MatrixXd& g : generators) {
    if (!is_signed_permutation(g, false)) return none;
    if (g.isDiagonal(kSame)) {
      if (support(g).size() != 1 || blocks.number(support(g)) < 0) return none;
      signs = true;
      continue;
    }
    const auto [left, right] = exchanged_blocks(g);
    if (left.empty()) return none;
    const Index a = blocks.number(left), b = blocks.number(right);
    if (a < 0 || b < 0) return none;
    blocks.join(a, b);
    width = std::max(width, left.size());
  }
  const int n = blocks.count();
  if (n < 3 || width == 0 || !blocks.connected()) return none;
  if (!signs) return {"S" + std::to_string(n), capped(factorial(n))};
  if (width != 1) return none;
  return {"B" + std::to_string(n) + ": signed permutations of " + std::to_string(n) + " columns",
          capped(factorial(n) * std::pow(2.0, n))};
}

/// The rotations of a tetrahedron and of a cube, by how many elements have each order; empty for others.
std::string polyhedral_name(const Table& table) {
  std::map<std::size_t, int> count;
  for (const std::size_t order : table.orders) ++count[order];
  if (count == std::map<std::size_t, int>{{1, 1}, {2, 3}, {3, 8}}) return "A4";
  if (count == std::map<std::size_t, int>{{1, 1}, {2, 9}, {3, 8}, {4, 6}}) return "S4";
  return {};
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
    else if (const std::string known = polyhedral_name(table); !known.empty())
      result.name = known;
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

}  // namespace symscan
