#include "host/analysis/discrete_columns.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>

#include "host/data/table.hpp"

namespace symscan {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr std::size_t kMostValues = 32;   ///< of a discrete column
constexpr double kLeastRepeats = 10;      ///< rows for each of them
constexpr double kConstantRounding = 16;  ///< roundings that a constant may spread over
constexpr double kLeastAtomShare = 0.002, kAtomOverUsual = 10;
constexpr double kLeastAtomRows = 10;
constexpr std::size_t kMostAtoms = 16;
constexpr double kOnGrid = 1e-6;  ///< distance from a multiple of the spacing, in spacings
constexpr double kNoRest = 1e-7;  ///< of a division, relative to the divisor: rounding
constexpr int kLargestPower = 15;
constexpr double kMostSteps = 1e15;
constexpr double kLeastGridRounding = 1e3;  ///< spacing over the rounding of the largest value

/// A value and the number of rows that have it.
struct Level {
  double value = 0;
  Eigen::Index rows = 0;
};

std::vector<Level> levels_of(const VectorXd& column) {
  std::vector<double> sorted(column.data(), column.data() + column.size());
  std::sort(sorted.begin(), sorted.end());
  std::vector<Level> levels;
  for (const double value : sorted) {
    if (levels.empty() || levels.back().value != value) levels.push_back({value, 0});
    ++levels.back().rows;
  }
  return levels;
}

bool all_multiples(const std::vector<Level>& levels, double spacing) {
  return std::all_of(levels.begin(), levels.end(), [spacing](const Level& level) {
    const double steps = level.value / spacing;
    return level.value == 0 || (std::abs(steps) > 0.5 && std::abs(steps - std::round(steps)) <
                                                             std::max(kOnGrid, 1e-15 * std::abs(steps)));
  });
}

/// The largest number of which all values are multiples, if it is a decimal one: they are multiples of a
/// power of ten, and as such whole numbers with a common divisor. 0: none is.
double decimal_spacing(const std::vector<Level>& levels, double least) {
  for (int exponent = kLargestPower; exponent >= -kLargestPower; --exponent) {
    const double power = std::pow(10.0, exponent);
    if (power < least) break;
    if (!all_multiples(levels, power)) continue;
    std::int64_t divisor = 0;
    for (const Level& level : levels) {
      const double steps = level.value / power;
      if (std::abs(steps) > kMostSteps) return 0;
      divisor = std::gcd(divisor, static_cast<std::int64_t>(std::round(steps)));
    }
    const double inverse = std::pow(10.0, -exponent);
    return exponent < 0 ? static_cast<double>(divisor) / inverse : static_cast<double>(divisor) * power;
  }
  return 0;
}

/// The same for any number, by Euclid's algorithm with a margin for rounding.
double common_divisor(const std::vector<Level>& levels, double least) {
  double divisor = 0;
  for (const Level& level : levels) {
    double a = std::abs(level.value), b = divisor;
    while (b > 0) {
      const double rest = std::abs(a - std::round(a / b) * b);
      a = b;
      b = rest < kNoRest * a ? 0 : rest;
    }
    divisor = a;
    if (divisor > 0 && divisor <= least) return 0;
  }
  return std::isfinite(divisor) && all_multiples(levels, divisor) ? divisor : 0;
}

/// The spacing of a grid through 0 that all values lie on. 0: none; values that need all their digits.
double spacing_of(const std::vector<Level>& levels, double precision) {
  double largest = 0;
  for (const Level& level : levels) largest = std::max(largest, std::abs(level.value));
  const double least = kLeastGridRounding * precision * largest;
  if (largest == 0) return 0;
  const double decimal = decimal_spacing(levels, least);
  return decimal > 0 ? decimal : common_divisor(levels, least);
}

/// Values that far more rows share than usual.
std::vector<Atom> atoms_of(const std::vector<Level>& levels, Eigen::Index rows) {
  std::vector<Eigen::Index> counts;
  for (const Level& level : levels) counts.push_back(level.rows);
  std::nth_element(counts.begin(), counts.begin() + static_cast<std::ptrdiff_t>(counts.size() / 2),
                   counts.end());
  const auto usual = static_cast<double>(counts[counts.size() / 2]);
  std::vector<Atom> atoms;
  for (const Level& level : levels) {
    const auto count = static_cast<double>(level.rows);
    const double share = count / static_cast<double>(rows);
    if (share >= kLeastAtomShare && count >= kLeastAtomRows && count > kAtomOverUsual * usual)
      atoms.push_back({level.value, share});
  }
  std::stable_sort(atoms.begin(), atoms.end(),
                   [](const Atom& a, const Atom& b) { return a.share > b.share; });
  if (atoms.size() > kMostAtoms) atoms.resize(kMostAtoms);
  return atoms;
}

ColumnNature nature_of(const VectorXd& column, double precision) {
  const std::vector<Level> levels = levels_of(column);
  const double low = levels.front().value, high = levels.back().value;
  ColumnNature nature;
  nature.distinct = static_cast<int>(levels.size());
  const bool few = levels.size() <= kMostValues &&
                   static_cast<double>(column.size()) >= kLeastRepeats * static_cast<double>(levels.size());
  if (high - low <= kConstantRounding * precision * std::max(std::abs(low), std::abs(high))) {
    nature.kind = ColumnKind::constant;
    nature.values = {levels[levels.size() / 2].value};
    return nature;
  }
  nature.spacing = spacing_of(levels, precision);
  if (few) {
    nature.kind = levels.size() == 2 ? ColumnKind::binary : ColumnKind::discrete;
    for (const Level& level : levels) nature.values.push_back(level.value);
    return nature;
  }
  if (nature.spacing > 0) nature.kind = ColumnKind::grid;
  nature.atoms = atoms_of(levels, column.size());
  return nature;
}

bool is_zero_or_one(const ColumnNature& nature) {
  return nature.kind == ColumnKind::binary && nature.values[0] == 0 && nature.values[1] == 1;
}

/// Columns of zeros and ones of which no two are ever 1 in the same row, from `first` on.
std::vector<Eigen::Index> exclusive_columns(const MatrixXd& rows, const std::vector<ColumnNature>& natures,
                                            Eigen::Index first, VectorXd& sum) {
  std::vector<Eigen::Index> members;
  sum = VectorXd::Zero(rows.rows());
  for (Eigen::Index i = first; i < rows.cols(); ++i) {
    const ColumnNature& nature = natures[static_cast<std::size_t>(i)];
    if (!is_zero_or_one(nature) || nature.group >= 0) continue;
    if ((sum + rows.col(i)).maxCoeff() > 1) continue;
    sum += rows.col(i);
    members.push_back(i);
    if (sum.minCoeff() == 1) break;
  }
  return members;
}

/// Members of a group usually stand next to each other, so each column is tried as the first of one. Two
/// columns that are each other's opposite are one binary choice and a group as well.
void find_one_hot_groups(const MatrixXd& rows, std::vector<ColumnNature>& natures) {
  int groups = 0;
  for (Eigen::Index first = 0; first < rows.cols(); ++first) {
    if (!is_zero_or_one(natures[static_cast<std::size_t>(first)])) continue;
    VectorXd sum;
    const std::vector<Eigen::Index> members = exclusive_columns(rows, natures, first, sum);
    if (members.size() < 2 || sum.minCoeff() < 1) continue;
    for (const Eigen::Index member : members) {
      natures[static_cast<std::size_t>(member)].kind = ColumnKind::one_hot;
      natures[static_cast<std::size_t>(member)].group = groups;
    }
    ++groups;
  }
}

}  // namespace

std::string to_string(ColumnKind kind) {
  switch (kind) {
    case ColumnKind::constant:
      return "constant";
    case ColumnKind::binary:
      return "binary";
    case ColumnKind::one_hot:
      return "one-hot";
    case ColumnKind::discrete:
      return "discrete";
    case ColumnKind::grid:
      return "grid";
    case ColumnKind::continuous:
      break;
  }
  return "continuous";
}

EqualRows equal_rows_of(const std::vector<ColumnNature>& natures, Eigen::Index rows) {
  const auto is_few = [](const ColumnNature& nature) { return nature.is_discrete(); };
  if (std::all_of(natures.begin(), natures.end(), is_few)) return EqualRows::events;
  double places = 1;
  for (const ColumnNature& nature : natures) {
    if (nature.kind == ColumnKind::continuous) return EqualRows::one_event;
    places *= std::max(1, nature.distinct);
  }
  return places <= static_cast<double>(rows) ? EqualRows::events : EqualRows::one_event;
}

std::vector<ColumnNature> column_natures(const MatrixXd& rows, const std::vector<double>& precision) {
  std::vector<ColumnNature> natures;
  if (rows.rows() == 0) return std::vector<ColumnNature>(static_cast<std::size_t>(rows.cols()));
  for (Eigen::Index i = 0; i < rows.cols(); ++i) {
    const auto place = static_cast<std::size_t>(i);
    const double given = place < precision.size() ? precision[place] : 0;
    natures.push_back(nature_of(rows.col(i), std::max(given, kFloat64Precision)));
  }
  find_one_hot_groups(rows, natures);
  return natures;
}

}  // namespace symscan
