#include "host/findings/implied_equations.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "host/analysis/equation_text.hpp"
#include "host/base/error.hpp"
#include "host/base/linear_algebra.hpp"
#include "host/data/expression.hpp"
#include "host/data/expression_words.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// "x py - y px = 0.8 GeV" as Expression reads it: (v0*v3 - v1*v2) - (0.8), with v0, v1, ... for the names.
class FormulaText {
 public:
  FormulaText(const std::string& text, const std::vector<std::string>& names) : text_(text), names_(names) {}

  /// Unknown words stay, so that Expression refuses them.
  std::string translated() {
    while (at_ < text_.size()) {
      const std::string token = next();
      if (!token.empty()) add(token);
    }
    const std::size_t equals = formula_.rfind('=');
    if (equals == std::string::npos) return formula_;
    return "(" + formula_.substr(0, equals) + ")-(" + formula_.substr(equals + 1) + ")";
  }

 private:
  std::string next() {
    if (const std::size_t name = name_here(); name < names_.size()) {
      at_ += names_[name].size();
      return "v" + std::to_string(name);
    }
    if (const std::size_t length = number_length(text_, at_); length > 0) return taken(length);
    if (!is_name(text_[at_])) return text_[at_] == ' ' ? (++at_, std::string()) : taken(1);
    std::size_t end = at_;
    while (end < text_.size() && is_name(text_[end])) ++end;
    std::string word = taken(end - at_);
    if (word != "GeV") return word;
    if (text_.compare(at_, 2, "^2") == 0) at_ += 2;
    return "";
  }

  std::string taken(std::size_t length) {
    at_ += length;
    return text_.substr(at_ - length, length);
  }

  /// The longest name that stands here.
  std::size_t name_here() const {
    std::size_t best = names_.size();
    for (std::size_t k = 0; k < names_.size(); ++k) {
      const std::string& name = names_[k];
      const std::size_t end = at_ + name.size();
      const bool cut = end < text_.size() && is_name(name.back()) && is_name(text_[end]);
      if (name.empty() || cut || text_.compare(at_, name.size(), name) != 0) continue;
      if (best == names_.size() || name.size() > names_[best].size()) best = k;
    }
    return best;
  }

  /// Factors that stand side by side are multiplied.
  void add(const std::string& token) {
    const auto begins = [](char c) { return is_name(c) || c == '(' || c == '.'; };
    const auto ends = [](char c) { return is_name(c) || c == ')' || c == '.'; };
    if (!formula_.empty() && !after_function_ && ends(formula_.back()) && begins(token.front()))
      formula_ += '*';
    formula_ += token;
    after_function_ = token == "sqrt" || token == "abs" || token == "exp" || token == "log" ||
                      token == "sin" || token == "cos" || token == "tan";
  }

  const std::string& text_;
  const std::vector<std::string>& names_;
  std::string formula_;
  std::size_t at_ = 0;
  bool after_function_ = false;
};

/// Functions of the columns, and of what the equations define beside them, that are 0.
class Surface {
 public:
  explicit Surface(const std::vector<std::string>& columns) : names_(formula_names(columns)) {}

  void add(const StatedEquation& equation) {
    std::string rest = equation.text;
    double slack = equation.slack;
    for (std::size_t comma = 0; comma != std::string::npos; slack = 0) {
      comma = rest.find(", ");
      parts_.push_back({rest.substr(0, comma), slack});
      if (comma == std::string::npos) break;
      rest.erase(0, comma + 2);
      define(rest.substr(0, rest.find(" = ")));
    }
  }

  /// When all are added. False: some cannot be read.
  bool complete() {
    for (const StatedEquation& part : parts_) {
      auto function = function_of(part.text);
      if (!function) continue;
      functions_.push_back(std::move(*function));
      slacks_.push_back(part.slack);
    }
    return functions_.size() == parts_.size();
  }

  std::optional<Expression> function_of(const std::string& text) const {
    std::vector<std::string> variables;
    for (std::size_t k = 0; k < names_.size(); ++k) variables.push_back("v" + std::to_string(k));
    try {
      return Expression::parse(FormulaText(text, names_).translated(), variables);
    } catch (const DataError&) {
      return std::nullopt;
    }
  }

  Index variables() const { return static_cast<Index>(names_.size()); }
  const std::vector<Expression>& functions() const { return functions_; }
  const std::vector<double>& slacks() const { return slacks_; }

 private:
  void define(const std::string& name) {
    if (!name.empty() && std::find(names_.begin(), names_.end(), name) == names_.end())
      names_.push_back(name);
  }

  std::vector<std::string> names_;
  std::vector<StatedEquation> parts_;  ///< the equations, and the definitions that follow them
  std::vector<double> slacks_;
  std::vector<Expression> functions_;
};

/// Values and gradients at a point. `size`: of the terms, as the gradient times the point tells it.
struct Linearised {
  VectorXd value, size;
  MatrixXd gradient;  ///< [functions x variables]
};

Linearised linearised(const std::vector<Expression>& functions, const VectorXd& point) {
  const Index n = point.size(), m = static_cast<Index>(functions.size());
  MatrixXd rows(2 * n + 1, n);
  VectorXd step(n);
  for (Index i = 0; i < rows.rows(); ++i) rows.row(i) = point;
  for (Index j = 0; j < n; ++j) {
    step(j) = 1e-5 * std::max(1e-2, std::abs(point(j)));
    rows(2 * j, j) += step(j);
    rows(2 * j + 1, j) -= step(j);
  }
  Linearised result{VectorXd(m), VectorXd(m), MatrixXd(m, n)};
  for (Index i = 0; i < m; ++i) {
    const VectorXd values = functions[static_cast<std::size_t>(i)].values(rows);
    result.value(i) = values(2 * n);
    for (Index j = 0; j < n; ++j) result.gradient(i, j) = (values(2 * j) - values(2 * j + 1)) / (2 * step(j));
    result.size(i) = result.gradient.row(i).transpose().cwiseProduct(point).cwiseAbs().sum();
  }
  return result;
}

/// Of J J^T, a little away from singular: equations may say the same.
MatrixXd regular_products(const MatrixXd& gradient, double share) {
  MatrixXd products = gradient * gradient.transpose();
  products.diagonal().array() += share * std::max(products.trace(), 1e-300);
  return products;
}

bool lies_on(const Linearised& at) {
  constexpr double near = 1e-6, nothing = 1e-9;
  return ((at.value.array().abs() <= near * at.size.array() + nothing).all()) && at.gradient.allFinite();
}

/// Levenberg-Marquardt steps of least length. None if they do not arrive.
std::optional<VectorXd> led_onto(const std::vector<Expression>& functions, VectorXd point) {
  constexpr int most_steps = 200;
  if (functions.empty()) return point;
  double damping = 1e-6;
  Linearised at = linearised(functions, point);
  for (int step = 0; step < most_steps && at.value.allFinite() && at.gradient.allFinite(); ++step) {
    const VectorXd move =
        -at.gradient.transpose() * solve_semidefinite(regular_products(at.gradient, damping), at.value);
    if (!move.allFinite()) return std::nullopt;
    Linearised next = linearised(functions, point + move);
    if (next.value.allFinite() && next.value.norm() < at.value.norm()) {
      point += move;
      at = std::move(next);
      damping = std::max(1e-14, 0.1 * damping);
      if (move.norm() <= 1e-13 * point.norm()) break;
    } else if ((damping *= 10) > 1e3) {
      break;
    }
  }
  return at.value.allFinite() && lies_on(at) ? std::optional(point) : std::nullopt;
}

/// By how much a function may move if each equation of the surface moves by its slack.
double slack_of(const Linearised& known, const Surface& surface, const VectorXd& point) {
  if (surface.functions().empty()) return 0;
  const MatrixXd gradient = linearised(surface.functions(), point).gradient;
  const VectorXd multipliers =
      solve_semidefinite(regular_products(gradient, 1e-12), gradient * known.gradient.row(0).transpose());
  double slack = 0;
  for (Index i = 0; i < multipliers.size(); ++i)
    slack += std::abs(multipliers(i)) * surface.slacks()[static_cast<std::size_t>(i)];
  return slack;
}

/// Whether the function is 0 at a point of the surface; none: hardly.
std::optional<bool> vanishes(const Expression& function, const Surface& surface, const VectorXd& point) {
  const Linearised known = linearised({function}, point);
  if (!known.value.allFinite() || !known.gradient.allFinite()) return std::nullopt;
  const double slack = slack_of(known, surface, point);
  const double value = std::abs(known.value(0));
  constexpr double near = 1e-5, far = 1e-3, nothing = 1e-7;
  if (value <= near * known.size(0) + slack + nothing) return true;
  return value > far * known.size(0) + 3 * slack + nothing ? std::optional(false) : std::nullopt;
}

}  // namespace

std::optional<bool> follows_from(const std::vector<StatedEquation>& found, const std::string& known,
                                 const std::vector<std::string>& columns) {
  Surface surface(columns);
  for (const StatedEquation& equation : found) surface.add(equation);
  const bool all_read = surface.complete();
  const auto function = surface.function_of(known);
  if (!function) return std::nullopt;
  constexpr int tries = 48, fewest = 6, enough = 16;
  std::mt19937_64 random(1);
  int kept = 0, broken = 0, open = 0;
  for (int k = 0; k < tries && kept + broken + open < enough; ++k) {
    VectorXd start(surface.variables());
    const double reach = k % 2 == 0 ? 2 : 8;
    for (double& value : start) value = reach * (2 * static_cast<double>(random() >> 11) * 0x1p-53 - 1);
    const auto point = led_onto(surface.functions(), std::move(start));
    if (!point) continue;
    const auto verdict = vanishes(*function, surface, *point);
    ++(!verdict ? open : *verdict ? kept : broken);
  }
  if (kept >= fewest && broken + open == 0) return true;
  // What cannot be read may imply it.
  return all_read && broken >= fewest && kept + open == 0 ? std::optional(false) : std::nullopt;
}

std::vector<StatedEquation> exact_equations(const DatasetFinding& finding) {
  std::vector<StatedEquation> equations;
  for (const ConstraintFinding& constraint : finding.constraints)
    if (constraint.exact) equations.push_back({constraint.equation, 2 * constraint.width});
  for (const LawFinding& law : finding.laws)
    if (law.exact) equations.push_back({law.equation, 0});
  for (const std::string& angle : finding.angles) {
    const auto formula = [&](const char* function) {
      return formula_name(std::string(function) + "(" + angle + ")");
    };
    equations.push_back({formula("cos") + "^2 + " + formula("sin") + "^2 = 1", 0});
  }
  return equations;
}

}  // namespace symscan
