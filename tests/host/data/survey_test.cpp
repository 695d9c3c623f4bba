#include "host/data/survey.hpp"

#include <cmath>

#include "tests/host/data/data_files.hpp"

namespace symscan {
namespace {

Table small_table() {
  Table table;
  table.columns = {"n", "c", "x", "copy", "phi", "miss", "bit"};
  for (int i = 0; i < 200; ++i) {
    const double x = std::sin(1.7 * i) * 3;
    const double phi = -3.14159 + 6.28318 * i / 199;
    for (const double value : {double(i), 4.0, x, x, phi, i % 10 == 3 ? -999.0 : x * x, double(i % 2)})
      table.values.push_back(value);
  }
  table.values[2] = NAN;  // x and its copy differ from here on
  table.rows = 200;
  return table;
}

TEST(Survey, SaysWhatColumnsAre) {
  const TableSurvey survey = survey_table(small_table());
  const auto remark = [&](std::size_t column) {
    return survey.columns[column].remarks.empty() ? "" : survey.columns[column].remarks[0];
  };
  EXPECT_EQ(remark(0), "counts the rows");
  EXPECT_EQ(remark(1), "constant");
  EXPECT_EQ(survey.columns[2].missing, 1u);
  EXPECT_EQ(remark(3), "");
  EXPECT_EQ(remark(4), "an angle in radians");
  EXPECT_EQ(remark(5), "-999 in 20 rows: missing values?");
  EXPECT_EQ(survey.columns[6].type, "0 or 1");
  EXPECT_EQ(survey.columns[0].type, "integer");
  EXPECT_EQ(survey.columns[0].high, 199);
  EXPECT_NEAR(survey.columns[6].mean, 0.5, 1e-12);
  EXPECT_NEAR(survey.columns[6].deviation, 0.5, 1e-12);
  EXPECT_EQ(survey.incomplete, 1u);
  EXPECT_EQ(survey.duplicates, 0u);
}

TEST(Survey, FindsCopiesAndEqualRows) {
  Table table;
  table.columns = {"a", "b"};
  table.values = {1, 1, 2, 2, 1, 1, 3, 3};
  table.rows = 4;
  const TableSurvey survey = survey_table(table);
  EXPECT_EQ(survey.columns[1].remarks, std::vector<std::string>{"equal to a"});
  EXPECT_FALSE(survey.columns[1].useless);  // two muons of one energy
  EXPECT_EQ(survey.duplicates, 1u);
}

/// Understands columns=, weights= and on_nonfinite=drop.
FileOptions options_of(const std::string& path, const std::vector<std::string>& words) {
  FileOptions options;
  options.path = path;
  for (const std::string& word : words) {
    if (word == "dataset.on_nonfinite=drop") options.drop_nonfinite = true;
    if (word.starts_with("dataset.weights=")) options.weights = word.substr(16);
    if (word.starts_with("dataset.columns="))
      options.columns = Json::parse(word.substr(16)).get<std::vector<std::string>>();
  }
  return options;
}

TEST(Survey, SuggestsSettingsThatReadTheFile) {
  const test::DataFolder folder;
  std::string text = "k,x,y,weight\n1,7,,1\n";
  for (int i = 0; i < 20; ++i)
    text += "1," + std::to_string(i) + "," + std::to_string(i * i) + "," + std::to_string(1 + i % 2) + "\n";
  const std::string path = folder.write("a.csv", text);
  const auto read = [&](const std::vector<std::string>& words) { return options_of(path, words); };
  const FileSurvey survey = survey_file(read, {}, 1000);
  EXPECT_EQ(survey.settings,
            (std::vector<std::string>{"dataset.on_nonfinite=drop", "dataset.weights=weight"}));
  EXPECT_EQ(survey.refusal, "");
  const Table table = load_file_dataset(read(survey.settings));
  EXPECT_EQ(table.columns, (std::vector<std::string>{"k", "x", "y"}));
  EXPECT_EQ(table.rows, 20u);
  EXPECT_EQ(table.weights.size(), 20u);
}

TEST(Survey, SuggestsNothingThatATrainingRefuses) {
  const test::DataFolder folder;
  std::string text = "x,y,weight\n";
  for (int i = 0; i < 20; ++i)
    text += std::to_string(7 * i % 20) + "," + std::to_string(i * i) + (i == 0 ? ",1000\n" : ",0.001\n");
  const std::string path = folder.write("a.csv", text);
  const FileSurvey survey = survey_file([&](const auto& words) { return options_of(path, words); }, {}, 1000);
  EXPECT_EQ(survey.settings, std::vector<std::string>{});  // one row has all the weight
  EXPECT_EQ(survey.refusal, "");
  const std::string one = folder.write("b.csv", "x,y\n1,2\n");
  const FileSurvey row = survey_file([&](const auto& words) { return options_of(one, words); }, {}, 1000);
  EXPECT_NE(row.refusal.find("at least two"), std::string::npos) << row.refusal;
}

TEST(Survey, SaysWhyAFileCannotBeRead) {
  const test::DataFolder folder;
  const std::string path = folder.write("a.csv", "x,y\n1,2\n3,4,5\n");
  const FileSurvey survey = survey_file([&](const auto& words) { return options_of(path, words); }, {}, 1000);
  EXPECT_NE(survey.refusal.find("line 3 has 3 fields"), std::string::npos) << survey.refusal;
  EXPECT_TRUE(survey.table.columns.empty());
}

}  // namespace
}  // namespace symscan
