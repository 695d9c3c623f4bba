#include "host/report/equation_match.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "host/analysis/equation_text.hpp"

namespace symscan {
namespace {

/// A sum of terms that is 0, the constant among them.
struct ParsedEquation {
  std::vector<std::pair<std::string, double>> terms;  ///< text and coefficient, by text
  double constant = 0;                                ///< on the right side
  double last_digit = 0;                              ///< of the constant: what one unit of it is worth
};

/// One unit of the last digit of a number as it is written: 0.01 for "2.50", 10 for "1.2e+02".
double last_digit_of(const std::string& text) {
  const std::size_t exponent = text.find('e'), point = text.find('.');
  const std::size_t digits = std::min(exponent, text.find_first_not_of("-+0123456789."));
  const double decimals =
      point == std::string::npos ? 0 : static_cast<double>(std::min(digits, text.size()) - point - 1);
  double power = 0;
  if (exponent != std::string::npos) {
    const char* const first = text.data() + exponent + (text.compare(exponent, 2, "e+") == 0 ? 2 : 1);
    std::from_chars(first, text.data() + text.size(), power);
  }
  return std::pow(10.0, power - decimals);
}

/// Takes a number and the blank after it from the front of a text.
std::optional<double> take_number(std::string& text) {
  if (text.empty() || text.find_first_of("0123456789") > 1) return std::nullopt;  // no "infinity"
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || (rest != end && *rest != ' ')) return std::nullopt;
  text.erase(0, static_cast<std::size_t>(rest - text.data()) + (rest == end ? 0 : 1));
  return value;
}

bool is_column(const std::string& text, const std::vector<std::string>& columns) {
  return std::find(columns.begin(), columns.end(), text) != columns.end();
}

/// The two columns of a product; none if it is something else.
std::optional<std::pair<std::string, std::string>> factors_of(const std::string& term,
                                                              const std::vector<std::string>& columns) {
  if (term.ends_with("^2")) {
    const std::string base = term.substr(0, term.size() - 2);
    if (is_column(base, columns)) return {{base, base}};
  }
  for (std::size_t at = term.find(' '); at != std::string::npos; at = term.find(' ', at + 1)) {
    const std::string first = term.substr(0, at), second = term.substr(at + 1);
    if (is_column(first, columns) && is_column(second, columns)) return {{first, second}};
  }
  return std::nullopt;
}

/// Adds a term with its sign. A product is written with its factors in alphabetical order.
void add_term(std::string text, double sign, const std::vector<std::string>& columns,
              ParsedEquation& equation) {
  double coefficient = sign;
  if (!is_column(text, columns)) {
    std::string rest = text;
    const auto number = take_number(rest);
    if (number && !rest.empty()) {
      coefficient *= *number;
      text = rest;
    }
  }
  if (const auto factors = factors_of(text, columns); factors && factors->second < factors->first)
    text = factors->second + " " + factors->first;
  equation.terms.emplace_back(text, coefficient);
}

/// The terms of a sum; brackets are not opened.
void add_sum(const std::string& sum, double sign, const std::vector<std::string>& columns,
             ParsedEquation& equation) {
  int depth = 0;
  bool quoted = false;  // inside of a name in backticks
  std::size_t begin = 0;
  double own = sign;
  if (sum.starts_with("-")) {
    own = -sign;
    begin = 1;
  }
  for (std::size_t at = begin; at < sum.size(); ++at) {
    quoted ^= sum[at] == '`';
    if (quoted) continue;
    depth += sum[at] == '(' ? 1 : sum[at] == ')' ? -1 : 0;
    const bool plus = sum.compare(at, 3, " + ") == 0, minus = sum.compare(at, 3, " - ") == 0;
    if (depth != 0 || (!plus && !minus)) continue;
    add_term(sum.substr(begin, at - begin), own, columns, equation);
    own = plus ? sign : -sign;
    begin = at + 3;
    at += 2;
  }
  add_term(sum.substr(begin), own, columns, equation);
}

/// None for a text without "=".
std::optional<ParsedEquation> parse_equation(const SaidEquation& said) {
  const std::size_t equals = said.text.rfind(" = ");
  if (equals == std::string::npos) return std::nullopt;
  ParsedEquation equation;
  add_sum(said.text.substr(0, equals), 1, said.columns, equation);
  std::string right = said.text.substr(equals + 3);
  // Approximate ones end with their width: "= 1 within 0.024".
  right = right.substr(0, right.find(" within "));
  const std::string whole = right;
  const auto number = take_number(right);
  if (number && right == said.unit) {
    equation.constant = *number;
    equation.last_digit = last_digit_of(whole);
  } else {
    add_sum(whole, -1, said.columns, equation);
  }
  std::sort(equation.terms.begin(), equation.terms.end());
  return equation;
}

/// Half a unit of the tenth digit of each of two numbers.
constexpr double printed_digits = 1e-9;

bool near_number(double a, double b, double tolerance) {
  return std::abs(a - b) <= tolerance + printed_digits * std::max(std::abs(a), std::abs(b));
}

double width_of(const SaidEquation& said, const ParsedEquation& equation) {
  return said.width > 0 ? said.width : said.residual * std::abs(equation.constant);
}

/// The value of a term in a row; none if it is no monomial of the columns.
struct Monomial {
  double coefficient = 0;
  std::size_t first = 0;
  std::optional<std::size_t> second;
};

std::optional<std::vector<Monomial>> monomials_of(const ParsedEquation& equation,
                                                  const std::vector<std::string>& columns) {
  const auto place = [&](const std::string& name) {
    return static_cast<std::size_t>(std::find(columns.begin(), columns.end(), name) - columns.begin());
  };
  std::vector<Monomial> monomials;
  for (const auto& [text, coefficient] : equation.terms) {
    if (is_column(text, columns)) {
      monomials.push_back({coefficient, place(text), std::nullopt});
    } else if (const auto factors = factors_of(text, columns)) {
      monomials.push_back({coefficient, place(factors->first), place(factors->second)});
    } else {
      return std::nullopt;
    }
  }
  return monomials;
}

}  // namespace

std::vector<SaidEquation> constraints_of(const DatasetFinding& finding, bool exact) {
  std::vector<SaidEquation> said;
  for (const ConstraintFinding& constraint : finding.constraints) {
    if (constraint.exact == exact)
      said.push_back({constraint.equation, constraint.residual, constraint.width, constraint.unit,
                      formula_names(finding.columns)});
  }
  return said;
}

std::vector<SaidEquation> laws_of(const DatasetFinding& finding, bool exact) {
  std::vector<SaidEquation> said;
  for (const LawFinding& law : finding.laws)
    if (law.exact == exact)
      said.push_back({law.equation, law.residual, 0, "", formula_names(finding.columns)});
  return said;
}

bool same_equation(const SaidEquation& a, const SaidEquation& b) {
  if (a.text == b.text) return true;
  const auto left = parse_equation(a), right = parse_equation(b);
  if (!left || !right || a.unit != b.unit || left->terms.size() != right->terms.size()) return false;
  const double scale_a = left->terms.front().second, scale_b = right->terms.front().second;
  if (scale_a == 0 || scale_b == 0) return false;
  const double residual = std::max(a.residual, b.residual);
  for (std::size_t k = 0; k < left->terms.size(); ++k) {
    const double one = left->terms[k].second / scale_a, other = right->terms[k].second / scale_b;
    if (left->terms[k].first != right->terms[k].first) return false;
    if (!near_number(one, other, residual * std::max(std::abs(one), std::abs(other)))) return false;
  }
  const double width =
      std::max(width_of(a, *left) / std::abs(scale_a), width_of(b, *right) / std::abs(scale_b));
  // Large constants are printed with more than ten digits: then the last one is what counts.
  const double one = left->constant / scale_a, other = right->constant / scale_b;
  const double last_digit =
      std::max(left->last_digit / std::abs(scale_a), right->last_digit / std::abs(scale_b));
  const double ten_digits = printed_digits * std::max(std::abs(one), std::abs(other));
  return std::abs(one - other) <= width + (last_digit > 0 ? std::min(last_digit, ten_digits) : ten_digits);
}

EquationMatch match_equations(const std::vector<SaidEquation>& a, const std::vector<SaidEquation>& b) {
  EquationMatch match;
  std::vector<bool> taken(b.size(), false);
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t partner = b.size();
    for (std::size_t j = 0; j < b.size(); ++j) {
      if (taken[j] || !same_equation(a[i], b[j])) continue;
      if (partner == b.size() || a[i].text == b[j].text) partner = j;
    }
    if (partner == b.size()) {
      match.only_a.push_back(i);
      continue;
    }
    taken[partner] = true;
    match.common.emplace_back(i, partner);
  }
  for (std::size_t j = 0; j < b.size(); ++j)
    if (!taken[j]) match.only_b.push_back(j);
  return match;
}

std::optional<Departure> departure(const SaidEquation& equation, const DatasetRecord& record) {
  const std::size_t features = record.columns.size();
  const auto parsed = parse_equation(equation);
  if (!parsed || features == 0 || record.sample.size() < features) return std::nullopt;
  const auto monomials = monomials_of(*parsed, formula_names(record.columns));
  if (!monomials) return std::nullopt;
  std::vector<double> distances;
  double squares = 0;
  for (std::size_t row = 0; row + features <= record.sample.size(); row += features) {
    double value = -parsed->constant, size = std::abs(parsed->constant);
    for (const Monomial& monomial : *monomials) {
      const double second = monomial.second ? record.sample[row + *monomial.second] : 1;
      const double term = monomial.coefficient * record.sample[row + monomial.first] * second;
      value += term;
      size += std::abs(term);
    }
    distances.push_back(std::abs(value));
    squares += size * size;
  }
  const double size = std::sqrt(squares / static_cast<double>(distances.size()));
  if (!(size > 0)) return Departure{};
  std::sort(distances.begin(), distances.end());
  const auto central = static_cast<std::size_t>(0.68 * static_cast<double>(distances.size() - 1));
  return Departure{distances.back() / size, distances[central] / size};
}

}  // namespace symscan
