#include "host/analysis/equation_text.hpp"

#include <gtest/gtest.h>

namespace symscan::test {
namespace {

using Strings = std::vector<std::string>;

TEST(EquationText, WritesSignsPowersAndUnits) {
  EXPECT_EQ(equation_text({{{1, 0, -1}, {1, 1, -1}}, 0}, {"px(mu-)", "px(mu+)"}, "GeV"),
            "px(mu-) + px(mu+) = 0 GeV");
  EXPECT_EQ(equation_text({{{1, 0, 0}, {-2.5, 0, 1}, {-1, 1, -1}}, -0.5}, {"x", "y"}, ""),
            "x^2 - 2.5 x y - y = -0.5");
  EXPECT_EQ(equation_text({{{-1, 0, -1}}, -0.0}, {"x"}, ""), "-x = 0");
}

TEST(EquationText, NumbersHaveTheDigitsThatTheToleranceAllows) {
  EXPECT_EQ(short_number(0.0111637, 1e-6), 0.011164);
  EXPECT_EQ(short_number(0.0111637, 0.02), 0);
  EXPECT_EQ(short_number(-91.19, 0.5), -91);
  EXPECT_EQ(short_number(1.0 / 3, 0), 0.333333333333333);
}

TEST(EquationText, CoefficientsBecomeIntegersWhenRatiosAreSimple) {
  using Numbers = std::vector<double>;
  EXPECT_EQ(short_coefficients({-0.5, 0.5000001}, {1e-5, 1e-5}), (Numbers{1, -1}));
  EXPECT_EQ(short_coefficients({0.25, 1.0 / 3}, {1e-8, 1e-8}), (Numbers{3, 4}));
  EXPECT_EQ(short_coefficients({2, 2.8284271}, {1e-4, 1e-4}), (Numbers{1, 1.4142}));
  // 7/12 is within the tolerance, but so would some fraction be of nearly any number.
  EXPECT_EQ(short_coefficients({1, 0.585}, {0.02, 0.02}), (Numbers{1, 0.6}));
}

TEST(EquationText, ColumnsAreQuantitiesOfParticles) {
  EXPECT_EQ(parse_column("px(mu-)").particle, "mu-");
  EXPECT_EQ(parse_column("px(mu-)").quantity, "px");
  EXPECT_EQ(parse_column("E1").particle, "1");
  EXPECT_EQ(parse_column("pt_jet").particle, "jet");
  for (const char* other : {"", "x", "energy", "phi(e-)", "price", "p", "px(", "mass"})
    EXPECT_EQ(parse_column(other).quantity, "") << other;
}

TEST(EquationText, FourMomentaNeedAllComponents) {
  const std::vector<FourMomentum> found =
      find_four_momenta({"py1", "E1", "px1", "E2", "pz1", "px2", "py2", "phi1"});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].particle, "1");
  EXPECT_EQ(found[0].e, 1);
  EXPECT_EQ(found[0].px, 2);
  EXPECT_EQ(found[0].py, 0);
  EXPECT_EQ(found[0].pz, 4);
}

TEST(EquationText, NamesThatReadAsFormulasStandInBackticks) {
  for (const char* name : {"x", "px(mu-)", "p_1", "E[GeV]", "cos(delta phi)", "\u03b8", "a.b", "|x|"})
    EXPECT_EQ(formula_name(name), name);
  EXPECT_EQ(formula_name("delta-phi"), "`delta-phi`");
  EXPECT_EQ(formula_name("jet pt"), "`jet pt`");
  EXPECT_EQ(formula_name("0"), "`0`");
  EXPECT_EQ(formula_name(""), "``");
  EXPECT_EQ(formula_name("x)"), "`x)`");
  EXPECT_EQ(formula_name("a`b"), "`a'b`");
  const Strings columns = {"x+y", "x y"};
  EXPECT_EQ(equation_text({{{1, 0, 0}, {2, 0, 1}}, 1}, columns, ""), "`x+y`^2 + 2 `x+y` `x y` = 1");
}

TEST(EquationText, UnitsNeedMomentaThroughout) {
  const Strings columns = {"pt(e-)", "m(e-)", "eta(e-)", "E"};
  EXPECT_EQ(unit_of({{{1, 0, -1}, {1, 1, -1}}, 0}, columns), "GeV");
  EXPECT_EQ(unit_of({{{1, 0, 1}, {1, 1, 1}}, 0}, columns), "GeV^2");
  EXPECT_EQ(unit_of({{{1, 0, 1}, {1, 1, -1}}, 0}, columns), "");
  EXPECT_EQ(unit_of({{{1, 0, -1}, {1, 2, -1}}, 0}, columns), "");
  EXPECT_EQ(unit_of({{{1, 3, -1}}, 0}, columns), "");  // no four-momentum: any E
}

}  // namespace
}  // namespace symscan::test
