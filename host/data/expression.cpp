#include "host/data/expression.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/data/expression_words.hpp"

namespace symscan {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

struct NamedFunction {
  const char* name;
  double (*value)(double);
};
constexpr std::array<NamedFunction, 7> kFunctions = {{{"exp", std::exp},
                                                      {"log", std::log},
                                                      {"sin", std::sin},
                                                      {"cos", std::cos},
                                                      {"tan", std::tan},
                                                      {"sqrt", std::sqrt},
                                                      {"abs", std::fabs}}};

double compared(double left, double right, bool (*holds)(double, double)) {
  return !std::isnan(left) && !std::isnan(right) && holds(left, right) ? 1.0 : 0.0;
}

}  // namespace

int Expression::function_named(const std::string& name) {
  for (std::size_t f = 0; f < kFunctions.size(); ++f)
    if (name == kFunctions[f].name) return static_cast<int>(f);
  return -1;
}

Expression::Comparison Expression::comparison(Operation operation) {
  switch (operation) {
    case Operation::less:
      return [](double a, double b) { return a < b; };
    case Operation::less_equal:
      return [](double a, double b) { return a <= b; };
    case Operation::greater:
      return [](double a, double b) { return a > b; };
    case Operation::greater_equal:
      return [](double a, double b) { return a >= b; };
    case Operation::equal:
      return [](double a, double b) { return a == b; };
    case Operation::unequal:
      return [](double a, double b) { return a != b; };
    case Operation::both:
      return [](double a, double b) { return a != 0 && b != 0; };
    case Operation::either:
      return [](double a, double b) { return a != 0 || b != 0; };
    default:
      return nullptr;
  }
}

VectorXd Expression::values(const MatrixXd& rows) const {
  std::vector<VectorXd> stack;
  for (const Step& step : steps_) {
    if (step.operation == Operation::number) {
      stack.emplace_back(VectorXd::Constant(rows.rows(), step.number));
    } else if (step.operation == Operation::column) {
      stack.emplace_back(rows.col(step.index));
    } else if (step.operation == Operation::negate) {
      stack.back() = -stack.back();
    } else if (step.operation == Operation::inverse) {
      stack.back() = 1 - stack.back().array();
    } else if (step.operation == Operation::function) {
      stack.back() = stack.back().unaryExpr(kFunctions[static_cast<std::size_t>(step.index)].value).eval();
    } else {
      const VectorXd right = std::move(stack.back());
      stack.pop_back();
      VectorXd& left = stack.back();
      if (step.operation == Operation::add) left += right;
      if (step.operation == Operation::subtract) left -= right;
      if (step.operation == Operation::multiply) left.array() *= right.array();
      if (step.operation == Operation::divide) left.array() /= right.array();
      if (step.operation == Operation::power)
        left = left.binaryExpr(right, [](double base, double exponent) { return std::pow(base, exponent); })
                   .eval();
      if (const auto holds = comparison(step.operation))
        left = left.binaryExpr(right, [holds](double a, double b) { return compared(a, b, holds); }).eval();
    }
  }
  return stack.empty() ? VectorXd(VectorXd::Zero(rows.rows())) : stack.back();
}

std::string Expression::text(const std::vector<std::string>& columns) const {
  constexpr int sum = 1, negative = 2, product = 3, power = 4, atom = 5;
  using Part = std::pair<std::string, int>;
  std::vector<Part> stack;
  const auto within = [](const Part& part, int least) {
    return part.second < least ? "(" + part.first + ")" : part.first;
  };
  const auto sum_of = [&](const Part& left, const Part& right, bool minus) {
    const bool turned = right.second == negative;
    return Part{left.first + (minus != turned ? " - " : " + ") +
                    (turned ? right.first.substr(1) : within(right, negative)),
                sum};
  };
  for (const Step& step : steps_) {
    if (step.operation == Operation::number) {
      stack.emplace_back(decimal_text(step.number), step.number < 0 ? negative : atom);
    } else if (step.operation == Operation::column) {
      stack.emplace_back(columns[static_cast<std::size_t>(step.index)], atom);
    } else if (step.operation == Operation::negate) {
      stack.back() = {"-" + within(stack.back(), product), negative};
    } else if (step.operation == Operation::function) {
      const std::string name = kFunctions[static_cast<std::size_t>(step.index)].name;
      stack.back() = {name + "(" + stack.back().first + ")", atom};
    } else {
      const Part right = std::move(stack.back());
      stack.pop_back();
      Part& left = stack.back();
      if (step.operation == Operation::add) left = sum_of(left, right, false);
      if (step.operation == Operation::subtract) left = sum_of(left, right, true);
      if (step.operation == Operation::multiply)
        left = {within(left, product) + "*" + within(right, power), product};
      if (step.operation == Operation::divide)
        left = {within(left, product) + "/" + within(right, power), product};
      if (step.operation == Operation::power) left = {within(left, atom) + "^" + within(right, power), power};
    }
  }
  return stack.empty() ? "0" : stack.back().first;
}

std::vector<int> Expression::columns_used() const {
  std::vector<int> used;
  for (const Step& step : steps_)
    if (step.operation == Operation::column) used.push_back(step.index);
  std::sort(used.begin(), used.end());
  used.erase(std::unique(used.begin(), used.end()), used.end());
  return used;
}

std::vector<FieldText> parse_fields(const std::string& text, const std::vector<std::string>& columns) {
  std::vector<FieldText> fields;
  std::size_t line = 1;
  for (std::size_t start = 0; start < text.size(); ++line) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    std::string content = text.substr(start, end - start);
    content.erase(std::min(content.find('#'), content.size()));
    start = end + 1;
    if (std::all_of(content.begin(), content.end(), is_formula_space)) continue;
    while (is_formula_space(content.back())) content.pop_back();
    try {
      fields.push_back(parse_field(content, columns));
    } catch (const DataError& error) {
      throw DataError("line " + std::to_string(line) + ": " + error.what());
    }
  }
  return fields;
}

}  // namespace symscan
