#include "host/analysis/equation_text.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <numeric>
#include <string_view>

#include "host/base/text.hpp"

namespace symscan {
namespace {

constexpr int kLargestDenominator = 12;
constexpr double kLargestInteger = 100;

struct Fraction {
  int numerator = 0, denominator = 0;  ///< denominator 0: none is near
};

/// The simplest fraction within `tolerance`, if chance would hardly put one there: about q^2 fractions with a
/// denominator up to q lie in each unit interval.
Fraction near_fraction(double value, double tolerance) {
  for (int q = 1; q <= kLargestDenominator && tolerance * q * q < 0.1; ++q) {
    const double p = std::round(value * q);
    if (std::abs(p) > kLargestInteger) break;
    if (p != 0 && std::abs(value - p / q) <= tolerance) return {static_cast<int>(p), q};
  }
  return {};
}

/// All ratios to coefficient `unit` as integers without a common factor; empty if one is not simple.
std::vector<double> as_integers(const std::vector<double>& coefficients,
                                const std::vector<double>& tolerances, std::size_t unit) {
  std::vector<Fraction> fractions;
  int multiple = 1;
  for (std::size_t i = 0; i < coefficients.size(); ++i) {
    const double size = std::abs(coefficients[unit]);
    const double tolerance = i == unit ? 0 : tolerances[i] / size;
    fractions.push_back(near_fraction(coefficients[i] / size, tolerance));
    if (fractions.back().denominator == 0) return {};
    multiple = std::lcm(multiple, fractions.back().denominator);
    if (multiple > kLargestInteger) return {};
  }
  std::vector<double> integers;
  for (const Fraction& fraction : fractions) {
    integers.push_back(static_cast<double>(fraction.numerator) * multiple / fraction.denominator);
    if (std::abs(integers.back()) > kLargestInteger) return {};
  }
  return integers;
}

std::string term_text(const Term& term, const std::vector<std::string>& columns) {
  const auto name = [&](int column) { return formula_name(columns[static_cast<std::size_t>(column)]); };
  std::string first = name(term.first);
  if (term.second < 0) return first;
  if (term.second == term.first) return first + "^2";
  return first + " " + name(term.second);
}

const FourMomentum* four_momentum_with(const std::vector<FourMomentum>& particles, int column) {
  for (const FourMomentum& p : particles) {
    if (column == p.e || column == p.px || column == p.py || column == p.pz) return &p;
  }
  return nullptr;
}

}  // namespace

double short_number(double value, double tolerance) {
  if (std::abs(value) <= tolerance) return 0;
  for (int digits = 1; digits < 15; ++digits) {
    const double candidate = std::strtod(rounded(value, digits).c_str(), nullptr);
    if (std::abs(candidate - value) <= tolerance) return candidate;
  }
  return std::strtod(rounded(value, 15).c_str(), nullptr);
}

std::vector<double> short_coefficients(const std::vector<double>& coefficients,
                                       const std::vector<double>& tolerances) {
  std::vector<double> best;
  double least = 0;
  for (std::size_t unit = 0; unit < coefficients.size(); ++unit) {
    const std::vector<double> integers = as_integers(coefficients, tolerances, unit);
    const double size = std::accumulate(integers.begin(), integers.end(), 0.0,
                                        [](double sum, double x) { return sum + std::abs(x); });
    if (!integers.empty() && (best.empty() || size < least)) {
      best = integers;
      least = size;
    }
  }
  if (best.empty()) {
    for (std::size_t i = 0; i < coefficients.size(); ++i)
      best.push_back(
          short_number(coefficients[i] / coefficients[0], tolerances[i] / std::abs(coefficients[0])));
  }
  if (!best.empty() && best[0] < 0) {
    for (double& x : best) x = -x;
  }
  return best;
}

std::string formula_name(const std::string& column) {
  int depth = 0;
  bool plain = !column.empty() && std::isdigit(static_cast<unsigned char>(column.front())) == 0;
  for (const char c : column) {
    depth += c == '(' || c == '[' ? 1 : c == ')' || c == ']' ? -1 : 0;
    plain = plain && depth >= 0 &&
            (depth > 0 || std::string_view(" \t+-*/^=,;<>&!\"`").find(c) == std::string_view::npos);
  }
  if (plain && depth == 0) return column;
  std::string inside = column;
  std::replace(inside.begin(), inside.end(), '`', '\'');
  return "`" + inside + "`";
}

std::vector<std::string> formula_names(const std::vector<std::string>& columns) {
  std::vector<std::string> names;
  for (const std::string& column : columns) names.push_back(formula_name(column));
  return names;
}

std::string equation_text(const Relation& relation, const std::vector<std::string>& columns,
                          const std::string& unit, int digits) {
  std::string text;
  for (const Term& term : relation.terms) {
    const bool negative = term.coefficient < 0;
    if (text.empty()) {
      text = negative ? "-" : "";
    } else {
      text += negative ? " - " : " + ";
    }
    const std::string size = decimal_text(std::abs(term.coefficient), digits);
    if (size != "1") text += size + " ";
    text += term_text(term, columns);
  }
  text += " = " + decimal_text(relation.constant, digits);
  return unit.empty() ? text : text + " " + unit;
}

ColumnName parse_column(const std::string& name) {
  for (const char* quantity : {"px", "py", "pz", "pt", "E", "m"}) {
    const std::string start = quantity;
    if (name.compare(0, start.size(), start) != 0) continue;
    std::string rest = name.substr(start.size());
    if (rest.size() >= 2 && rest.front() == '(' && rest.back() == ')')
      return {start, rest.substr(1, rest.size() - 2), true};
    if (rest.empty()) return {start, "", false};
    if (rest.front() == '_') return {start, rest.substr(1), false};
    if (rest.find_first_not_of("0123456789") == std::string::npos) return {start, rest, false};
  }
  return {};
}

std::vector<FourMomentum> find_four_momenta(const std::vector<std::string>& columns) {
  std::vector<FourMomentum> particles;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const ColumnName name = parse_column(columns[i]);
    if (name.quantity.empty() || name.quantity == "pt" || name.quantity == "m") continue;
    auto found = std::find_if(particles.begin(), particles.end(),
                              [&](const FourMomentum& p) { return p.particle == name.particle; });
    if (found == particles.end()) {
      particles.push_back({});
      found = particles.end() - 1;
      found->particle = name.particle;
    }
    int& place = name.quantity == "E"    ? found->e
                 : name.quantity == "px" ? found->px
                 : name.quantity == "py" ? found->py
                                         : found->pz;
    if (place < 0) place = static_cast<int>(i);
  }
  std::erase_if(particles, [](const FourMomentum& p) { return p.e < 0 || p.px < 0 || p.py < 0 || p.pz < 0; });
  return particles;
}

std::string unit_of(const Relation& relation, const std::vector<std::string>& columns) {
  const std::vector<FourMomentum> particles = find_four_momenta(columns);
  const auto in_gev = [&](int column) {
    const ColumnName name = parse_column(columns[static_cast<std::size_t>(column)]);
    return !name.quantity.empty() && (name.parenthesised || four_momentum_with(particles, column));
  };
  int power = -1;
  for (const Term& term : relation.terms) {
    int factors = 0;
    if (in_gev(term.first)) ++factors;
    if (term.second >= 0 && in_gev(term.second)) ++factors;
    const int expected = term.second < 0 ? 1 : 2;
    if (factors != expected || (power >= 0 && power != factors)) return "";
    power = factors;
  }
  return power == 2 ? "GeV^2" : power == 1 ? "GeV" : "";
}

}  // namespace symscan
