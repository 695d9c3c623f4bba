// Terms of dictionaries: their values, derivatives and texts, and which of them a table gets.
#include "host/analysis/function_terms.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/host/analysis/seeded_points.hpp"

namespace symscan::test {
namespace {

TermChoice everything(int degree) {
  TermChoice choice;
  choice.degree = degree;
  choice.constant = choice.exponentials = choice.logarithms = choice.angles = choice.radii =
      choice.angle_differences = true;
  return choice;
}

std::vector<std::string> texts(const std::vector<FunctionTerm>& terms) {
  std::vector<std::string> result;
  for (const FunctionTerm& term : terms) result.push_back(term.text);
  return result;
}

bool has(const std::vector<FunctionTerm>& terms, const std::string& text) {
  const std::vector<std::string> all = texts(terms);
  return std::find(all.begin(), all.end(), text) != all.end();
}

TEST(FunctionTerms, GradientsAreThoseOfTheValues) {
  const std::vector<std::string> columns{"x", "y", "theta1", "theta2", "w"};
  const Eigen::MatrixXd rows = cube_points(50, 5, 1).array() + 0.2;
  const std::vector<FunctionTerm> terms = function_terms(rows, columns, everything(3));
  ASSERT_GT(terms.size(), 56u);
  for (const FunctionTerm& term : terms) {
    Eigen::VectorXd x = rows.row(7);
    const Eigen::VectorXd slope = term.gradient(x);
    for (int i = 0; i < 5; ++i) {
      Eigen::VectorXd up = x, down = x;
      up(i) += 1e-6, down(i) -= 1e-6;
      EXPECT_NEAR(slope(i), (term.value(up) - term.value(down)) / 2e-6, 1e-7) << term.text << " " << i;
    }
  }
}

TEST(FunctionTerms, TextsAndValues) {
  const Eigen::MatrixXd rows = cube_points(30, 3, 2).array() + 0.5;
  const std::vector<FunctionTerm> terms = function_terms(rows, {"x", "y", "q"}, everything(2));
  EXPECT_EQ(texts(terms), (std::vector<std::string>{"1", "x", "y", "q", "x^2", "x y", "x q", "y^2", "y q",
                                                    "q^2", "exp(x)", "exp(y)", "exp(q)", "log(x)", "log(y)",
                                                    "log(q)", "1/r", "cos(q)", "sin(q)"}));
  const Eigen::MatrixXd values = values_of(terms, rows);
  const Eigen::VectorXd x = rows.row(4);
  const double expected[] = {1,
                             x(0),
                             x(1),
                             x(2),
                             x(0) * x(0),
                             x(0) * x(1),
                             x(0) * x(2),
                             x(1) * x(1),
                             x(1) * x(2),
                             x(2) * x(2),
                             std::exp(x(0)),
                             std::exp(x(1)),
                             std::exp(x(2)),
                             std::log(x(0)),
                             std::log(x(1)),
                             std::log(x(2)),
                             1 / std::hypot(x(0), x(1)),
                             std::cos(x(2)),
                             std::sin(x(2))};
  for (int k = 0; k < values.cols(); ++k) EXPECT_NEAR(values(4, k), expected[k], 1e-14) << terms[k].text;
  EXPECT_EQ(terms[16].definition, "r = sqrt(x^2 + y^2)");
}

TEST(FunctionTerms, DifferencesOfAngles) {
  const Eigen::MatrixXd rows = cube_points(30, 4, 3).array() * 2 - 1;
  const std::vector<FunctionTerm> terms =
      function_terms(rows, {"theta1", "theta2", "w1", "w2"}, everything(1));
  EXPECT_TRUE(has(terms, "w1 w2 cos(theta1 - theta2)"));
  EXPECT_TRUE(has(terms, "sin(theta1 - theta2)"));
  EXPECT_FALSE(has(terms, "log(w1)"));
}

TEST(FunctionTerms, OnlyWhatTheRowsAllow) {
  Eigen::MatrixXd rows = cube_points(30, 3, 4);
  rows.col(0) = rows.col(0).array() * 100 + 1;  // too large for exp
  rows.col(1).setConstant(2);                   // constant
  const std::vector<FunctionTerm> terms = function_terms(rows, {"a", "b", "c"}, everything(2));
  EXPECT_FALSE(has(terms, "exp(a)"));
  EXPECT_TRUE(has(terms, "log(a)"));
  EXPECT_TRUE(has(terms, "exp(c)"));
  EXPECT_FALSE(has(terms, "b"));
  EXPECT_FALSE(has(terms, "cos(c)"));
  TermChoice choice = everything(2);
  choice.angle_columns = {2};
  EXPECT_TRUE(has(function_terms(rows, {"a", "b", "c"}, choice), "cos(c)"));
}

TEST(FunctionTerms, DegreesThatDoNotFitAreLeftOut) {
  TermChoice choice;
  choice.degree = 3;
  choice.most = 50;
  EXPECT_EQ(function_terms(cube_points(9, 8, 5), std::vector<std::string>(8, "a"), choice).size(), 44u);
  EXPECT_EQ(function_terms(cube_points(9, 60, 5), std::vector<std::string>(60, "a"), choice).size(), 50u);
  EXPECT_TRUE(function_terms(Eigen::MatrixXd(0, 2), {"a", "b"}, choice).empty());
  EXPECT_TRUE(function_terms(Eigen::MatrixXd::Ones(5, 2), {"a", "b"}, choice).empty());
  EXPECT_TRUE(function_terms(Eigen::MatrixXd(0, 0), {}, choice).empty());
}

}  // namespace
}  // namespace symscan::test
