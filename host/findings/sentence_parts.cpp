#include "host/findings/sentence_parts.hpp"

#include <algorithm>
#include <cmath>

#include "host/base/text.hpp"

namespace symscan {
namespace {

std::string p_value(double p) {
  return p < 1e-12 ? "p < 1e-12" : "p = " + rounded(p, 2);
}

}  // namespace

/// The first of the words, and how many more there are.
std::string listed(const std::vector<std::string>& words) {
  const auto end = words.begin() + static_cast<std::ptrdiff_t>(std::min(words.size(), most_listed));
  std::string list = join_words({words.begin(), end});
  if (words.size() > most_listed) list += " and " + std::to_string(words.size() - most_listed) + " more";
  return list;
}

/// At most longest_equation bytes, cut between the components where a first one fits.
std::string shortened_equation(const std::string& equation) {
  if (equation.size() <= longest_equation) return equation;
  const std::size_t comma = equation.rfind(", ", longest_equation);
  return comma == std::string::npos ? shortened(equation, longest_equation)
                                    : equation.substr(0, comma) + ", ...";
}

/// "p = 0.43, change below 0.05 per unit", "p = 1.2e-09, change 0.83"
std::string test_text(const DensityFinding& density) {
  std::string text = p_value(density.test.p_value);
  if (density.verdict == DensityVerdict::broken && std::isfinite(density.test.effect))
    return text + ", change " + rounded(density.test.effect, 2);
  constexpr double says_something = 100;
  if (density.test.effect_limit < says_something)
    text += ", low-order change below " + rounded(density.test.effect_limit, 2);
  return text;
}

}  // namespace symscan
