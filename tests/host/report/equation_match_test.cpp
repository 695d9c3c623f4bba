#include "host/report/equation_match.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace symscan {
namespace {

SaidEquation said(const std::string& text, double residual = 0, double width = 0,
                  const std::string& unit = "") {
  return {text, residual, width, unit, {"x", "y", "z", "px(mu-)", "px(mu+)", "2 x"}};
}

TEST(EquationMatch, OrderAndCommonFactorMeanNothing) {
  for (const auto& [a, b] :
       std::vector<std::pair<std::string, std::string>>{{"x + y = 0", "y + x = 0"},
                                                        {"x - y = 2", "y - x = -2"},
                                                        {"x + 2 y = 1", "2 y + x = 1"},
                                                        {"y + 0.5 z = 3", "z + 2 y = 6"},
                                                        {"x y + z^2 = 1", "z^2 + y x = 1"},
                                                        {"x^2 = y^3", "y^3 = x^2"}}) {
    EXPECT_TRUE(same_equation(said(a), said(b))) << a << ", " << b;
    EXPECT_TRUE(same_equation(said(b), said(a))) << a << ", " << b;
  }
}

TEST(EquationMatch, NamesInBackticksAreOneName) {
  SaidEquation a = said("`x + y` z - 2 `x + y` = 1"), b = said("z `x + y` - 2 `x + y` = 1");
  a.columns = b.columns = {"`x + y`", "z"};
  EXPECT_TRUE(same_equation(a, b));
  b.text = "z `x - y` - 2 `x + y` = 1";
  EXPECT_FALSE(same_equation(a, b));
}

TEST(EquationMatch, OtherTermsNumbersAndUnitsAreOtherEquations) {
  for (const auto& [a, b] :
       std::vector<std::pair<std::string, std::string>>{{"x + y = 0", "x - y = 0"},
                                                        {"x + y = 0", "x + z = 0"},
                                                        {"x^2 + y^2 = 1", "x^2 + y^2 = 1.00001"},
                                                        {"x + 2 y = 1", "x + 2.00001 y = 1"},
                                                        {"x + y = 0", "x + y + z = 0"},
                                                        {"2 x = 1", "x = 0.5"},  // a column is called "2 x"
                                                        {"sqrt(x + y) = z", "sqrt(x - y) = z"}})
    EXPECT_FALSE(same_equation(said(a), said(b))) << a << ", " << b;
  EXPECT_FALSE(same_equation(said("x = 1 GeV", 0, 0, "GeV"), said("x = 1 TeV", 0, 0, "TeV")));
  EXPECT_TRUE(same_equation(said("px(mu-) + px(mu+) = 0 GeV", 0, 0, "GeV"),
                            said("px(mu+) + px(mu-) = 0 GeV", 0, 0, "GeV")));
}

/// Numbers are rounded within residual and width; beyond these a difference is one.
TEST(EquationMatch, NumbersAreEqualWithinTheResiduals) {
  EXPECT_TRUE(
      same_equation(said("m(a b) = 91 GeV", 0.03, 2.5, "GeV"), said("m(a b) = 91.4 GeV", 0.03, 2.6, "GeV")));
  EXPECT_FALSE(
      same_equation(said("m(a b) = 91 GeV", 0.03, 2.5, "GeV"), said("m(a b) = 94 GeV", 0.03, 2.6, "GeV")));
  EXPECT_TRUE(same_equation(said("x - 0.98 y = 0", 0.03), said("x - y = 0", 0.01)));
  EXPECT_FALSE(same_equation(said("x - 0.95 y = 0", 0.03), said("x - y = 0", 0.01)));
}

TEST(EquationMatch, TheStatedWidthIsNoPartOfTheEquation) {
  const auto circle = [](const std::string& right, double width) {
    return said("x^2 + y^2 = " + right, 0.02, width);
  };
  EXPECT_TRUE(same_equation(circle("1 within 0.024", 0.024), circle("1 within 0.025", 0.025)));
  EXPECT_TRUE(same_equation(circle("1 within 0.024", 0.024), circle("1.01 within 0.025", 0.025)));
  EXPECT_FALSE(same_equation(circle("1 within 0.006", 0.006), circle("1.03 within 0.006", 0.006)));
}

TEST(EquationMatch, OfLargeConstantsTheLastDigitCounts) {
  const auto far = [](const std::string& right) {
    return said("x^2 + y^2 - 200000 x - 200000 y = " + right);
  };
  EXPECT_FALSE(same_equation(far("-19999999999"), far("-19999999996")));
  EXPECT_TRUE(same_equation(far("-19999999999"), far("-19999999999")));
}

TEST(EquationMatch, EveryEquationHasOnePartner) {
  const EquationMatch match =
      match_equations({said("x = 1"), said("y = 1"), said("x = 1")}, {said("z = 1"), said("x = 1")});
  EXPECT_EQ(match.common, (std::vector<std::pair<std::size_t, std::size_t>>{{0, 1}}));
  EXPECT_EQ(match.only_a, (std::vector<std::size_t>{1, 2}));
  EXPECT_EQ(match.only_b, std::vector<std::size_t>{0});
}

TEST(EquationMatch, DepartureIsMeasuredInTheSizeOfTheTerms) {
  DatasetRecord record;
  record.columns = {"x", "y"};
  record.sample = {3, 4, 5, 0, 0, -5};
  const auto obeyed = departure(said("x^2 + y^2 = 25"), record);
  ASSERT_TRUE(obeyed);
  EXPECT_EQ(obeyed->largest, 0);
  record.sample = {3, 4, 6, 0};  // |36 - 25| beside 25 + 25 and 36 + 25
  const auto broken = departure(said("x^2 + y^2 = 25"), record);
  ASSERT_TRUE(broken);
  EXPECT_NEAR(broken->largest, 11 / std::sqrt((50.0 * 50 + 61 * 61) / 2), 1e-12);
  EXPECT_EQ(broken->central, 0);
  for (const char* text : {"x^3 = 1", "z = 1", "x + sqrt(y) = 1", "no equation"})
    EXPECT_FALSE(departure(said(text), record)) << text;
  record.sample.clear();
  EXPECT_FALSE(departure(said("x = 1"), record));
}

}  // namespace
}  // namespace symscan
