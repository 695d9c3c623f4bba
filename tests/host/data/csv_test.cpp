#include <zlib.h>

#include <algorithm>
#include <cmath>

#include "host/data/file_fields.hpp"
#include "tests/host/data/data_files.hpp"

namespace symscan::test {
namespace {

Table csv(const std::string& text, Json settings = Json::object()) {
  const DataFolder folder;
  return load_file(folder.write("t.csv", text), std::move(settings));
}

using Names = std::vector<std::string>;
using Values = std::vector<double>;

TEST(Csv, HeaderNamesTheColumns) {
  const Table table = csv("E,px\n1,2\n3,4.5e1\n");
  EXPECT_EQ(table.columns, (Names{"E", "px"}));
  EXPECT_EQ(table.values, (Values{1, 2, 3, 45}));
  EXPECT_EQ(table.rows, 2u);
  EXPECT_TRUE(table.notes.empty());
}

TEST(Csv, WithoutHeaderColumnsAreNumbered) {
  const Table table = csv("1,2\n3,4\n");
  EXPECT_EQ(table.columns, (Names{"c0", "c1"}));
  EXPECT_EQ(table.values, (Values{1, 2, 3, 4}));
  EXPECT_EQ(csv("1,2\n3,4\n", {{"columns", {"1"}}}).values, (Values{2, 4}));
}

TEST(Csv, DelimitersAreFound) {
  for (const std::string text :
       {"a;b\n1;2\n", "a\tb\n1\t2\n", "a b\n  1   2  \n", "a , b\n1 , 2\n", "a b\n1 \t 2\t\n"}) {
    const Table table = csv(text);
    EXPECT_EQ(table.columns, (Names{"a", "b"})) << text;
    EXPECT_EQ(table.values, (Values{1, 2})) << text;
  }
  EXPECT_EQ(csv("a|b\n1|2\n", {{"delimiter", "|"}}).values, (Values{1, 2}));
}

TEST(Csv, BomCommentsBlankLinesAndWindowsLineEndsAreHarmless) {
  const Table table = csv("\xEF\xBB\xBF# made by hand\r\na,b\r\n\r\n1,2\r\n# half way\r\n3,4\r\n\r\n\r\n");
  EXPECT_EQ(table.columns, (Names{"a", "b"}));
  EXPECT_EQ(table.values, (Values{1, 2, 3, 4}));
}

TEST(Csv, LastLineNeedsNoEnd) {
  EXPECT_EQ(csv("a,b\n1,2\n3,4").values, (Values{1, 2, 3, 4}));
}

TEST(Csv, QuotedNamesMayHoldTheDelimiter) {
  EXPECT_EQ(csv("\"px, GeV\",\"py\"\n\"1\",2\n").columns, (Names{"px, GeV", "py"}));
}

TEST(Csv, NumpySavetxtHeaderInACommentGivesTheNames) {
  EXPECT_EQ(csv("# px,py\n1,2\n").columns, (Names{"px", "py"}));
  EXPECT_EQ(csv("# two columns here, please, thanks\n1,2\n").columns, (Names{"c0", "c1"}));
}

TEST(Csv, ColumnsAreChosenAndOrderedByName) {
  const Table table = csv("run,type,E,px\n1,GT,3,4\n5,GG,7,8\n", {{"columns", {"px", "E"}}});
  EXPECT_EQ(table.columns, (Names{"px", "E"}));
  EXPECT_EQ(table.values, (Values{4, 3, 8, 7}));
}

TEST(Csv, WeightColumnLeavesTheFeatures) {
  const Table table = csv("x,w\n1,2\n3,-4\n", {{"weights", "w"}});
  EXPECT_EQ(table.columns, (Names{"x"}));
  EXPECT_EQ(table.weights, (Values{2, -4}));
  EXPECT_NE(joined_notes(table).find("1 of 2 event weights"), std::string::npos);
}

TEST(Csv, EqualWeightsAreNoWeights) {
  EXPECT_TRUE(csv("x,w\n1,2\n3,2\n", {{"weights", "w"}}).weights.empty());
}

TEST(Csv, ColumnCalledWeightIsPointedOut) {
  EXPECT_NE(joined_notes(csv("x,weight\n1,2\n3,4\n")).find("dataset.weights"), std::string::npos);
}

TEST(Csv, NumbersOfEveryStyleAreRead) {
  const Table table = csv("a\n+1\n-.5E+01\n1.0D+02\n1d-2\n0.25-100\n1e-400\n007\n");
  EXPECT_EQ(table.values, (Values{1, -5, 100, 0.01, 0.25e-100, 0, 7}));
}

TEST(Csv, ARangeIsNotANumber) {
  EXPECT_NE(error_of([] { csv("a\n1\n1-2\n"); }).find("'1-2' is not a number"), std::string::npos);
}

TEST(Csv, RaggedRowNamesTheRow) {
  const std::string sentence = error_of([] { csv("a,b,c\n1,2,3\n4,5\n6,7,8\n"); });
  EXPECT_NE(sentence.find("t.csv line 3 has 2 fields, the first row (line 1) has 3"), std::string::npos)
      << sentence;
}

TEST(Csv, NonNumberNamesLineAndColumn) {
  const std::string sentence = error_of([] { csv("a,b\n1,2\n3,oops\n"); });
  EXPECT_NE(sentence.find("line 3, column 'b': 'oops' is not a number"), std::string::npos) << sentence;
}

TEST(Csv, EmptyAndNanFieldsAreRefusedOrDroppedAndCounted) {
  const std::string text = "a,b\n1,2\n,4\n5,nan\n7,8\n9,inf\n";
  const std::string sentence = error_of([&] { csv(text); });
  EXPECT_NE(sentence.find("line 3, column 'a' is empty (and 2 more rows have empty or non-finite values)"),
            std::string::npos)
      << sentence;
  const Table table = csv(text, {{"on_nonfinite", "drop"}});
  EXPECT_EQ(table.values, (Values{1, 2, 7, 8}));
  EXPECT_NE(joined_notes(table).find("3 of 5 rows"), std::string::npos);
}

TEST(Csv, MissingValuesAreCountedByRowAndPlacedByLine) {
  const std::string sentence = error_of([] { csv("# made\n\na,b\n1,2\n# more\nnan,\n,4\n"); });
  EXPECT_NE(sentence.find("line 6, column 'a' is 'nan' (and 1 more row has empty"), std::string::npos)
      << sentence;
}

TEST(Csv, ColumnEmptyInEveryRowIsNamedWithTheWayOut) {
  for (const Json& settings : {Json::object(), Json{{"on_nonfinite", "drop"}}}) {
    const std::string sentence = error_of([&] { csv("x,y,z\n1,2,\n3,4,\n", settings); });
    EXPECT_NE(sentence.find("column 3 ('z') is empty in every row: leave it out with "
                            "dataset.columns=[\"x\",\"y\"]"),
              std::string::npos)
        << sentence;
  }
  EXPECT_EQ(csv("x,y,z\n1,2,\n3,4,\n", {{"columns", {"x", "y"}}}).values, (Values{1, 2, 3, 4}));
}

TEST(Csv, TextColumnsComeWithALineToCopy) {
  const std::string named = error_of([] { csv("run,type,E\n1,GT,3\n"); });
  EXPECT_NE(
      named.find("line 2, column 'type': 'GT' is not a number; the columns are run, type, E: leave out all "
                 "text with dataset.on_text=drop, or take the columns of numbers with "
                 "dataset.columns=[\"run\",\"E\"]"),
      std::string::npos)
      << named;
  const std::string numbered = error_of([] { csv("1,GT,3\n2,GG,4\n"); });
  EXPECT_NE(numbered.find("dataset.header=no and dataset.columns=[\"c0\",\"c2\"]"), std::string::npos)
      << numbered;
  EXPECT_EQ(csv("1,GT,3\n2,GG,4\n", {{"header", "no"}, {"columns", {"c0", "c2"}}}).values,
            (Values{1, 3, 2, 4}));
}

TEST(Csv, NamesAreUtf8OrRefused) {
  EXPECT_EQ(csv("\xC3\xA9nergie,p\n1,2\n").columns.front(), "\xC3\xA9nergie");
  const std::string sentence = error_of([] { csv("a,p,\xE9nergie\n1,2,3\n"); });
  EXPECT_NE(sentence.find("line 1 is not UTF-8 (byte 0xE9 in field 3); save the file as UTF-8"),
            std::string::npos)
      << sentence;
  EXPECT_EQ(csv("\xE9,1\n\xE8,2\n", {{"header", "no"}, {"columns", {"1"}}}).values, (Values{1, 2}));
  const std::string comment = error_of([] { csv("# \xE9,p\n1,2\n"); });
  EXPECT_NE(comment.find("not UTF-8 (byte 0xE9 in column 1)"), std::string::npos) << comment;
}

TEST(Csv, PrecisionIsThatOfTheDigits) {
  const Table table = csv("a,b,c\n1.5,1234567890.12,0.12345678901234567\n2.5,1,0.5\n");
  EXPECT_NEAR(table.precision[0], 1e-9, 1e-15);
  EXPECT_NEAR(table.precision[1], 1e-12, 1e-18);
  EXPECT_EQ(table.precision[2], kFloat64Precision);
}

TEST(Csv, CountedColumnsAreAHeader) {
  const Table table = csv("0,1,2\n4,5,6\n");
  EXPECT_EQ(table.rows, 1u);
  EXPECT_FALSE(table.notes.empty());
  EXPECT_EQ(csv("0,1,2\n4,5,6\n", {{"header", "no"}}).rows, 2u);
}

TEST(Csv, NamelessIndexColumnIsPointedOut) {
  const Table table = csv(",a\n0,1.5\n1,2.5\n");
  EXPECT_EQ(table.columns, (Names{"c0", "a"}));
  EXPECT_NE(joined_notes(table).find("only counts the rows"), std::string::npos);
}

TEST(Csv, MaxRowsStopsEarly) {
  EXPECT_EQ(csv("a\n1\n2\n3\nbad\n", {{"max_rows", 3}}).values, (Values{1, 2, 3}));
}

TEST(Csv, OneColumnOneRowIsATable) {
  EXPECT_EQ(csv("5\n").values, Values{5});
}

TEST(Csv, GzipIsUndoneWhateverTheEnding) {
  const DataFolder folder;
  for (const char* name : {"t.csv.gz", "t.csv"}) {
    gzFile out = gzopen(folder.path(name).c_str(), "wb");
    gzputs(out, "a,b\n1,2\n");
    gzclose(out);
    EXPECT_EQ(load_file(folder.path(name)).values, (Values{1, 2}));
  }
}

TEST(Csv, LinesAcrossBufferBlocksAreWhole) {
  std::string text = "a,b\n";
  std::vector<double> expected;
  for (int i = 0; i < 150000; ++i) {  // 2.5 MB: several blocks, and the reservation after 1000 rows
    text += std::to_string(i) + "." + std::to_string(i % 7) + ",-" + std::to_string(i) + "\n";
    expected.push_back(std::stod(std::to_string(i) + "." + std::to_string(i % 7)));
    expected.push_back(-i);
  }
  EXPECT_EQ(csv(text).values, expected);
}

TEST(FileDataset, SettingsHaveDocumentationAndDefaults) {
  Json settings = {{"kind", "file"}};
  for (const Field& field : file_dataset_fields()) {
    EXPECT_FALSE(field.doc.empty()) << field.name;
    EXPECT_EQ(field.default_value.is_null(), field.optional || field.name == "path") << field.name;
    settings[field.name] = field.default_value;
  }
  const DataFolder folder;
  settings["path"] = folder.write("t.csv", "1,2\n");
  EXPECT_EQ(load_dataset(settings).values, (Values{1, 2}));
  EXPECT_EQ(dataset_facts(settings).intrinsic_dimension, -1);
}

/// Beyond the size at which threads read blocks of the file: comments, blank lines and CR LF in between.
std::string long_file(std::size_t rows, const std::string& last = "") {
  std::string text = "x,w,y\n";
  for (std::size_t i = 0; i < rows; ++i) {
    text += std::to_string(i) + (i % 2 == 0 ? ",0.5," : ",1.5,") + std::to_string(i % 1000) + ".25";
    text += i % 3 == 0 ? "\r\n" : "\n";
    if (i % 10007 == 0) text += "# a comment, with fields\n\n";
  }
  return text + last;
}

TEST(Csv, LongFilesAreReadInBlocksAsWritten) {
  constexpr std::size_t rows = 800000;  // 13 MB
  const std::string text = long_file(rows, "7,0.25,8");
  for (const std::size_t most : {rows + 1, rows / 2 + 13}) {
    const Table table = csv(text, {{"weights", "w"}, {"max_rows", most}});
    ASSERT_EQ(table.rows, most);
    ASSERT_EQ(table.values.size(), 2 * most);
    ASSERT_EQ(table.weights.size(), most);
    for (std::size_t i = 0; i < std::min(rows, most); ++i) {
      ASSERT_EQ(table.values[2 * i], static_cast<double>(i));
      ASSERT_EQ(table.values[2 * i + 1], static_cast<double>(i % 1000) + 0.25);
      ASSERT_EQ(table.weights[i], i % 2 == 0 ? 0.5 : 1.5);
    }
    if (most > rows) {
      EXPECT_EQ(table.values[2 * rows], 7);
      EXPECT_EQ(table.weights[rows], 0.25);
    }
  }
}

TEST(Csv, MessagesAboutLongFilesNameTheLine) {
  constexpr std::size_t rows = 600000;
  const std::string text = long_file(rows);
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  const auto message = [](const std::string& whole, Json settings = Json::object()) {
    try {
      (void)csv(whole, std::move(settings));
    } catch (const DataError& error) {
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  const std::string next = "line " + std::to_string(lines + 1);
  EXPECT_NE(message(text + "1,1,abc\n").find(next + ", column 'y': 'abc' is not a number"), std::string::npos)
      << message(text + "1,1,abc\n");
  EXPECT_NE(message(text + "1,1\n").find(next + " has 2 fields"), std::string::npos)
      << message(text + "1,1\n");
  EXPECT_NE(message(text + "1,1").find("cut off"), std::string::npos) << message(text + "1,1");
  EXPECT_NE(message(text + "1,1,nan\n1,1,2\n").find(next + ", column 'y'"), std::string::npos);
  const Table dropped = csv(text + "1,1,nan\n5,1,2\n", {{"on_nonfinite", "drop"}});
  EXPECT_EQ(dropped.rows, rows + 1);
  EXPECT_EQ(dropped.values.back(), 2);
}

}  // namespace
}  // namespace symscan::test
