#include "host/analysis/expression.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "host/analysis/equation_text.hpp"

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

}  // namespace

int Expression::function_named(const std::string& name) {
  for (std::size_t f = 0; f < kFunctions.size(); ++f)
    if (name == kFunctions[f].name) return static_cast<int>(f);
  return -1;
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

}  // namespace symscan
