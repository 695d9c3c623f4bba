// Columns that are no features: which trajectory a row belongs to, and the value of a function.
#include <gtest/gtest.h>

#include "host/data/write_table.hpp"
#include "tests/host/data/data_files.hpp"

namespace symscan::test {
namespace {

using Names = std::vector<std::string>;
using Values = std::vector<double>;

Table csv(const std::string& text, const Json& settings) {
  const DataFolder folder;
  return load_file(folder.write("t.csv", text), settings);
}

const char* const pairs = "run,x,y,f\n1,10,20,30\n1,11,21,32\n2,12,22,34\n";

TEST(SpecialColumns, AreNoFeatures) {
  const Table table = csv(pairs, {{"group", "run"}, {"target", "f"}});
  EXPECT_EQ(table.columns, (Names{"x", "y"}));
  EXPECT_EQ(table.values, (Values{10, 20, 11, 21, 12, 22}));
  EXPECT_EQ(table.groups, (Values{1, 1, 2}));
  EXPECT_EQ(table.target, (Values{30, 32, 34}));
  EXPECT_EQ(table.precision.size(), 2u);
}

TEST(SpecialColumns, StandBesideChosenColumnsAndWeights) {
  const Table table = csv(pairs, {{"group", "run"}, {"columns", {"y"}}, {"weights", "f"}});
  EXPECT_EQ(table.columns, (Names{"y"}));
  EXPECT_EQ(table.values, (Values{20, 21, 22}));
  EXPECT_EQ(table.groups, (Values{1, 1, 2}));
  EXPECT_EQ(table.weights, (Values{30, 32, 34}));
}

TEST(SpecialColumns, AreRefusedWithOneSentence) {
  const auto refused = [](const Json& settings, const std::string& part) {
    try {
      csv(pairs, settings);
      ADD_FAILURE() << settings.dump();
    } catch (const DataError& error) {
      EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
    }
  };
  refused({{"group", "z"}}, "has no column 'z' (dataset.group)");
  refused({{"target", "z"}}, "has no column 'z' (dataset.target)");
  refused({{"group", "f"}, {"target", "f"}}, "both name the column 'f'");
  refused({{"group", "f"}, {"columns", {"f"}}}, "which dataset.group or dataset.target takes");
  refused({{"group", "x"}, {"columns", {"x"}}}, "name it once");
}

TEST(SpecialColumns, OfRowsThatAreNotFinite) {
  const std::string text = "x,f\n1,2\n3,nan\n4,5\n";
  const Table table = csv(text, {{"target", "f"}, {"on_nonfinite", "drop"}});
  EXPECT_EQ(table.values, (Values{1, 4}));
  EXPECT_EQ(table.target, (Values{2, 5}));
  try {
    csv(text, {{"target", "f"}});
    ADD_FAILURE();
  } catch (const DataError& error) {
    EXPECT_NE(std::string(error.what()).find("line 3, column 'f' is 'nan'"), std::string::npos)
        << error.what();
  }
}

TEST(SpecialColumns, AreWrittenAndReadInEveryFormat) {
  Table table;
  table.columns = {"x", "y"};
  table.rows = 3;
  table.values = {1, 2, 3, 4, 5, 6};
  table.groups = {0, 0, 1};
  table.target = {7, 8, 9};
  const DataFolder folder;
  for (const char* name : {"t.csv", "t.npz", "t.h5"}) {
    const std::string path = folder.path(name);
    write_table(table, path);
    const Table read = load_file(path, {{"group", "trajectory"}, {"target", "target"}});
    EXPECT_EQ(read.columns, table.columns) << name;
    EXPECT_EQ(read.values, table.values) << name;
    EXPECT_EQ(read.groups, table.groups) << name;
    EXPECT_EQ(read.target, table.target) << name;
  }
}

}  // namespace
}  // namespace symscan::test
