#include "host/data/file_set.hpp"

#include "host/base/error.hpp"
#include "tests/host/data/data_files.hpp"

namespace symscan {
namespace {

class FileSet : public testing::Test {
 protected:
  std::string refusal(const FileOptions& given) {
    try {
      load_file_dataset(given);
    } catch (const DataError& error) {
      return error.what();
    }
    return "";
  }
  test::DataFolder folder;
  FileOptions options;
};

TEST_F(FileSet, RowsOfAPatternFollowByName) {
  folder.write("run2.csv", "x,y\n3,4\n");
  folder.write("run1.csv", "x,y\n1,2\n");
  folder.write("other.csv", "x,y\n9,9\n");
  options.path = folder.path("run*.csv");
  const Table table = load_file_dataset(options);
  EXPECT_EQ(table.values, (std::vector<double>{1, 2, 3, 4}));
  EXPECT_EQ(table.rows, 2u);
  options.more_files = {folder.path("other.csv")};
  EXPECT_EQ(load_file_dataset(options).values, (std::vector<double>{1, 2, 3, 4, 9, 9}));
  options.max_rows = 2;
  EXPECT_EQ(load_file_dataset(options).rows, 2u);
}

TEST_F(FileSet, AFileThatIsCalledLikeAPatternIsOneFile) {
  folder.write("run[1].csv", "x,y\n1,2\n3,4\n");
  folder.write("run1.csv", "x,y\n5,6\n");
  options.path = folder.path("run[1].csv");
  EXPECT_EQ(load_file_dataset(options).values, (std::vector<double>{1, 2, 3, 4}));
}

TEST_F(FileSet, WeightsGroupsAndSelectionsAreThoseOfAllFiles) {
  options.path = folder.write("a.csv", "x,w,t\n1,1,1\n2,2,1\n");
  options.more_files = {folder.write("b.csv", "x,w,t\n3,3,2\n-4,4,2\n")};
  options.weights = "w";
  options.group = "t";
  options.select = "x > 0";
  const Table table = load_file_dataset(options);
  EXPECT_EQ(table.values, (std::vector<double>{1, 2, 3}));
  EXPECT_EQ(table.weights, (std::vector<double>{1, 2, 3}));
  EXPECT_EQ(table.groups, (std::vector<double>{1, 1, 2}));
  options.select = "x > 2";  // a file without such rows is no error
  EXPECT_EQ(load_file_dataset(options).values, (std::vector<double>{3}));
  options.select = "x > 20";
  EXPECT_NE(refusal(options).find("no row of"), std::string::npos) << refusal(options);
}

TEST_F(FileSet, EqualWeightsWithinFilesAreWeightsOfAll) {
  options.path = folder.write("a.csv", "x,w\n1,1\n2,1\n");
  options.more_files = {folder.write("b.csv", "x,w\n3,2\n4,2\n")};
  options.weights = "w";
  EXPECT_EQ(load_file_dataset(options).weights, (std::vector<double>{1, 1, 2, 2}));
}

TEST_F(FileSet, ColumnsBesideEachOther) {
  options.path = folder.write("a.csv", "x,y\n1,2\n3,4\n");
  options.more_files = {folder.write("b.csv", "x,z\n5,6\n7,8\n"), folder.write("w.csv", "0.5\n0.25\n")};
  options.join_columns = true;
  const Table table = load_file_dataset(options);
  EXPECT_EQ(table.columns, (std::vector<std::string>{"a.x", "y", "b.x", "z", "w"}));
  EXPECT_EQ(table.values, (std::vector<double>{1, 2, 5, 6, 0.5, 3, 4, 7, 8, 0.25}));
  options.weights = "w";
  options.target = "z";
  options.columns = {"y", "a.x"};
  const Table chosen = load_file_dataset(options);
  EXPECT_EQ(chosen.values, (std::vector<double>{2, 1, 4, 3}));
  EXPECT_EQ(chosen.weights, (std::vector<double>{0.5, 0.25}));
  EXPECT_EQ(chosen.target, (std::vector<double>{6, 8}));
  options = {};
  options.path = folder.path("a.csv");
  std::filesystem::create_directories(folder.path("d"));
  options.more_files = {folder.write("d/a.csv", "x\n5\n6\n")};
  options.join_columns = true;
  EXPECT_EQ(load_file_dataset(options).columns[2], folder.path("d/a") + ".x");
  options.more_files = {folder.write("c.csv", "u\n1\n2\n3\n")};
  options.join_columns = true;
  EXPECT_NE(refusal(options).find("has 3 rows"), std::string::npos) << refusal(options);
}

TEST_F(FileSet, WhatDoesNotFitIsRefused) {
  options.path = folder.write("a.csv", "x,y\n1,2\n3,4\n");
  options.more_files = {folder.write("b.csv", "x,z\n5,6\n")};
  EXPECT_NE(refusal(options).find("has the column 'z' where"), std::string::npos) << refusal(options);
  options.more_files = {folder.write("c.csv", "x\n5\n")};
  EXPECT_NE(refusal(options).find("has 1 column"), std::string::npos) << refusal(options);
  options.more_files = {folder.write("d.csv", "y,x\n5,6\n")};
  EXPECT_NE(refusal(options).find("with dataset.columns=[\"x\",\"y\"]"), std::string::npos)
      << refusal(options);
  options.columns = {"x", "y"};
  EXPECT_EQ(load_file_dataset(options).values, (std::vector<double>{1, 2, 3, 4, 6, 5}));
  options.columns = {};
  std::filesystem::create_symlink(options.path, folder.path("same.csv"));
  options.more_files = {folder.path("same.csv")};
  EXPECT_NE(refusal(options).find("comes twice"), std::string::npos) << refusal(options);
  options.more_files = {options.path};
  EXPECT_NE(refusal(options).find("comes twice"), std::string::npos) << refusal(options);
  options.more_files = {folder.path("q*.csv")};
  EXPECT_NE(refusal(options).find("no file fits the pattern"), std::string::npos) << refusal(options);
}

}  // namespace
}  // namespace symscan
