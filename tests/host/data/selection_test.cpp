#include "host/data/selection.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "host/base/error.hpp"

namespace symscan {
namespace {

Table table_of(std::vector<std::string> columns, std::vector<double> values) {
  Table table;
  table.columns = std::move(columns);
  table.values = std::move(values);
  table.rows = table.values.size() / table.columns.size();
  return table;
}

std::vector<double> selected(const std::string& select) {
  Table table = table_of({"x", "pt(mu-)"}, {1, 10, -2, 20, 3, 30, std::nan(""), 40});
  keep_selected(table, "t.csv", select);
  std::vector<double> second;
  for (std::size_t row = 0; row < table.rows; ++row) second.push_back(table.values[2 * row + 1]);
  return second;
}

std::string refusal(const std::string& select) {
  try {
    selected(select);
  } catch (const DataError& error) {
    return error.what();
  }
  return "";
}

TEST(Selection, KeepsTheRowsThatFulfilTheCondition) {
  EXPECT_EQ(selected("x > 0"), (std::vector<double>{10, 30}));
  EXPECT_EQ(selected("pt(mu-) >= 20 && pt(mu-) != 30"), (std::vector<double>{20, 40}));
  EXPECT_EQ(selected("x < 0 || pt(mu-) == 10"), (std::vector<double>{10, 20}));
  EXPECT_EQ(selected("not (x < 0 or pt(mu-) <= 10)"), (std::vector<double>{30, 40}));
  EXPECT_EQ(selected("abs(x) < 2.5 and !(x > 0)"), (std::vector<double>{20}));
  EXPECT_EQ(selected("(x + 1)*2 > 3"), (std::vector<double>{10, 30}));
  EXPECT_EQ(selected("((x > 0))"), (std::vector<double>{10, 30}));
  EXPECT_EQ(selected("x > 1000"), std::vector<double>{});
  EXPECT_EQ(selected(""), (std::vector<double>{10, 20, 30, 40}));
}

TEST(Selection, AComparisonWithNaNIsFalse) {
  EXPECT_EQ(selected("x == x"), (std::vector<double>{10, 20, 30}));
  EXPECT_EQ(selected("x != 1"), (std::vector<double>{20, 30}));
  EXPECT_EQ(selected("log(x) < 100"), (std::vector<double>{10, 30}));
}

TEST(Selection, ErrorsSayWhatAndWhere) {
  EXPECT_NE(refusal("y > 1").find("unknown name 'y' at character 1"), std::string::npos);
  EXPECT_NE(refusal("x + 1").find("not a condition"), std::string::npos);
  EXPECT_NE(refusal("x = 1").find("equal is written =="), std::string::npos);
  EXPECT_NE(refusal("0 < x < 1").find("at character 7"), std::string::npos) << refusal("0 < x < 1");
  EXPECT_NE(refusal("(x > 1) + 2 > 0").find("not the condition at character 1"), std::string::npos);
  EXPECT_NE(refusal("x > 1 && 3").find("must be conditions"), std::string::npos);
  EXPECT_NE(refusal("x >").find("at character 4"), std::string::npos);
  EXPECT_NE(refusal("(x > 1").find("not closed"), std::string::npos);
  EXPECT_NE(refusal("x > 1)").find("at character 6"), std::string::npos);
  EXPECT_NE(refusal("-(x > 1) > 0").find("not the condition"), std::string::npos);
}

TEST(Selection, TakesAwayTheColumnsThatItAloneNeeds) {
  Table table = table_of({"x", "y", "z"}, {1, 2, 3, 4, 5, 6, 7, 8, 9});
  table.select_columns = 1;
  table.weights = {1, 2, 3};
  table.precision = {0.1, 0.2, 0.3};
  keep_selected(table, "t", "z > 3");
  EXPECT_EQ(table.columns, (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(table.values, (std::vector<double>{4, 5, 7, 8}));
  EXPECT_EQ(table.weights, (std::vector<double>{2, 3}));
  EXPECT_EQ(table.precision.size(), 2u);
  EXPECT_EQ(columns_of_selection("z > 3 && x > 0", {"x", "y", "z"}), (std::vector<std::size_t>{0, 2}));
}

}  // namespace
}  // namespace symscan
