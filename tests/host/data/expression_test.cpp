#include "host/data/expression.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "host/base/error.hpp"

namespace symscan {
namespace {

const std::vector<std::string> xy = {"x", "y"};

double value(const std::string& text, double x = 2, double y = 3) {
  Eigen::MatrixXd row(1, 2);
  row << x, y;
  return Expression::parse(text, xy).values(row)(0);
}

std::string error_of(const std::string& text, const std::vector<std::string>& columns = xy,
                     bool field = false) {
  try {
    if (field) parse_field(text, columns);
    if (!field) Expression::parse(text, columns);
  } catch (const DataError& error) {
    return error.what();
  }
  return "none";
}

TEST(Expression, follows_the_rules_of_arithmetic) {
  EXPECT_DOUBLE_EQ(value("1 + 2*x"), 5);
  EXPECT_DOUBLE_EQ(value("-x^2"), -4);
  EXPECT_DOUBLE_EQ(value("(-x)^2"), 4);
  EXPECT_DOUBLE_EQ(value("2^3^2"), 512);
  EXPECT_DOUBLE_EQ(value("2^-1"), 0.5);
  EXPECT_DOUBLE_EQ(value("8/x/2"), 2);
  EXPECT_DOUBLE_EQ(value("y - x - 1"), 0);
  EXPECT_DOUBLE_EQ(value("x*-y"), -6);
  EXPECT_DOUBLE_EQ(value("1.5e1 + .5"), 15.5);
  EXPECT_DOUBLE_EQ(value("exp(x)*log(y) + sin(x)*cos(y) - tan(x) + sqrt(y) + abs(-x)"),
                   std::exp(2) * std::log(3) + std::sin(2) * std::cos(3) - std::tan(2) + std::sqrt(3) + 2);
  EXPECT_TRUE(std::isnan(value("log(-x)")));
}

TEST(Expression, takes_the_longest_column_name) {
  const std::vector<std::string> names = {"p", "px(mu-)", "px", "e", "exp", "2", "theta 1"};
  const auto used = [&](const std::string& text) { return Expression::parse(text, names).columns_used(); };
  EXPECT_EQ(used("px(mu-)*p"), (std::vector<int>{0, 1}));
  EXPECT_EQ(used("px + 1"), (std::vector<int>{2}));
  EXPECT_EQ(used("exp(e)"), (std::vector<int>{3}));
  EXPECT_EQ(used("exp*2"), (std::vector<int>{4}));
  EXPECT_EQ(used("theta 1*3"), (std::vector<int>{6}));
}

TEST(Expression, text_reads_back_as_the_same_function) {
  for (const char* text :
       {"x - (y - 1)", "-(x + y)*2", "(x + 1)^2/y", "x/(y*2)", "(x^2)^y", "-x^2", "(-2)^2*x", "x + -2*y",
        "x - -2^2", "exp(-x)*(3 - y)", "2^-x", "x - -y", "-(-x)"}) {
    const std::string again = Expression::parse(text, xy).text(xy);
    EXPECT_DOUBLE_EQ(value(again, 1.7, 2.3), value(text, 1.7, 2.3)) << text << " read as " << again;
  }
}

TEST(Expression, errors_say_what_and_where) {
  EXPECT_EQ(error_of("x + zz"), "unknown name 'zz' at character 5; the columns are x, y");
  EXPECT_EQ(error_of(""), "a formula is empty");
  EXPECT_EQ(error_of("x +"), "a number or a column is missing at character 4");
  EXPECT_EQ(error_of("(x + y"), "the parenthesis at character 1 is not closed at character 7");
  EXPECT_EQ(error_of("x y"), "'y' is not expected at character 3");
  EXPECT_EQ(error_of("x $ y"), "'$' is not expected at character 3");
  EXPECT_EQ(error_of("exp x"), "exp wants its argument in parentheses at character 1");
  EXPECT_EQ(error_of("1e999"), "a number is too large at character 1");
  EXPECT_NE(error_of(std::string(5000, '1')).find("5000 characters"), std::string::npos);
  EXPECT_NE(error_of(std::string(900, '(')).find("nested"), std::string::npos);
  EXPECT_NE(error_of(std::string(900, '-')).find("nested"), std::string::npos);
}

TEST(Expression, field_is_a_sum_of_derivations) {
  const FieldText turn = parse_field("x*d/dy - y*d/dx", xy);
  ASSERT_EQ(turn.components.size(), 2u);
  EXPECT_EQ(turn.components[0].column, 0);
  EXPECT_EQ(turn.components[0].velocity.text(xy), "-y");
  EXPECT_EQ(turn.components[1].velocity.text(xy), "x");
  const FieldText field = parse_field("(x^2+1)*d/dx + exp(y)*d/dy/2 + 3*(d/dx - d/dy)", xy);
  EXPECT_EQ(field.components[0].velocity.text(xy), "x^2 + 1 + 3");
  EXPECT_EQ(field.components[1].velocity.text(xy), "exp(y)/2 - 3");
  const FieldText named = parse_field("-d/dpx(mu-)", {"E", "px(mu-)"});
  EXPECT_EQ(named.components[0].column, 1);
  EXPECT_EQ(named.components[0].velocity.text({"E", "px(mu-)"}), "-1");
  EXPECT_EQ(parse_field("d/d2", {"1", "2"}).components[0].column, 1);
}

TEST(Expression, fields_that_are_none_are_refused) {
  EXPECT_EQ(error_of("x*d/dy - y", xy, true), "a term without d/dNAME begins at character 10");
  EXPECT_EQ(error_of("x + y", xy, true), "a term without d/dNAME begins at character 1");
  EXPECT_EQ(error_of("d/dx*d/dy", xy, true),
            "a term has more than one d/dNAME, joined by the * at character 5");
  EXPECT_EQ(error_of("1/d/dx", xy, true), "nothing can be divided by d/dNAME at character 3");
  EXPECT_EQ(error_of("(d/dx)^2", xy, true), "a power cannot contain d/dNAME at character 7");
  EXPECT_EQ(error_of("exp(d/dx)", xy, true), "the argument of exp cannot contain d/dNAME at character 1");
  EXPECT_EQ(error_of("x*d/dz", xy, true),
            "no column is named after the d/d at character 3; the columns are x, y");
}

TEST(Expression, file_has_one_field_per_line) {
  const std::vector<FieldText> fields =
      parse_fields("# rotations\nx*d/dy - y*d/dx\r\n\n  d/dx  # a shift\n", xy);
  ASSERT_EQ(fields.size(), 2u);
  EXPECT_EQ(fields[1].text, "d/dx");
  try {
    parse_fields("d/dx\nx*d/dq", xy);
    FAIL();
  } catch (const DataError& error) {
    EXPECT_EQ(std::string(error.what()),
              "line 2: no column is named after the d/d at character 3; the columns are x, y");
  }
}

TEST(Expression, mutated_text_never_crashes) {
  std::mt19937_64 random(5);
  const std::vector<std::string> names = {"x", "y", "px(mu-)", "d", "\xce\xb8"};
  const std::string seeds[] = {"x*d/dy - y*d/dx", "(x^2+1)*d/dx + exp(y)*d/dpx(mu-)",
                               "2.5e-3*sin(x)/abs(y)^-2"};
  const std::string alphabet = "xyd/()+-*^. 0123e\xce\xb8#explogsincq";
  const Eigen::MatrixXd rows = Eigen::MatrixXd::Constant(2, 5, 0.5);
  std::size_t good = 0;
  for (int i = 0; i < 100000; ++i) {
    std::string text = seeds[random() % 3];
    for (std::uint64_t k = random() % 6; k > 0; --k) {
      const std::size_t at = random() % (text.size() + 1);
      const char letter =
          random() % 8 == 0 ? static_cast<char>(random()) : alphabet[random() % alphabet.size()];
      if (random() % 2 == 0)
        text.insert(at, 1, letter);
      else if (at < text.size())
        text.erase(at, 1 + random() % 3);
    }
    try {
      const bool field = random() % 2 == 0;
      if (field) {
        for (const FieldText::Component& c : parse_field(text, names).components) c.velocity.text(names);
      } else {
        const Expression formula = Expression::parse(text, names);
        const double before = formula.values(rows)(1);
        const double after = Expression::parse(formula.text(names), names).values(rows)(1);
        if (!std::isfinite(before)) continue;
        EXPECT_NEAR(after, before, 1e-6 * (1 + std::abs(before))) << text;
      }
      ++good;
    } catch (const DataError& error) {
      EXPECT_NE(std::string(error.what()), "");
    }
  }
  EXPECT_GT(good, 1000u);
}

}  // namespace
}  // namespace symscan
