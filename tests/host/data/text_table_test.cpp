// Text tables as people and their programs write them: what is read, and what is said of what is not.
#include <zlib.h>

#include <algorithm>

#include "tests/host/data/data_files.hpp"

namespace symscan::test {
namespace {

Table text_table(const std::string& text, Json settings = Json::object()) {
  const DataFolder folder;
  return load_file(folder.write("t.csv", text), std::move(settings));
}

std::string refusal(const std::string& text, const Json& settings = Json::object()) {
  return error_of([&] { text_table(text, settings); });
}

using Names = std::vector<std::string>;
using Values = std::vector<double>;

const Json kDrop = {{"on_nonfinite", "drop"}};

TEST(TextTable, MarksOfMissingValuesAreNeitherCommentsNorText) {
  for (const std::string mark :
       {"#N/A",   "#DIV/0!", "#VALUE!", "#REF!",    "#NAME?", "#NUM!", "#NULL!", "#SPILL!",
        "#CALC!", "#WERT!",  "#NV",     "#N/A N/A", "NA",     "N/A",   "n/a",    "null",
        "None",   "-",       "--",      "?",        ".",      "\\N",   "<NA>",   "nan",
        "-nan",   "1.#QNAN", "-1.#IND", "1.#INF",   "****",   "####",  ""}) {
    for (const bool first : {true, false}) {
      const std::string row = first ? mark + ",4\n" : "4," + mark + "\n";
      const std::string sentence = refusal("x,y\n1,2\n" + row + "5,6\n");
      EXPECT_NE(sentence.find("line 3, column '" + std::string(first ? "x" : "y") + "' is "),
                std::string::npos)
          << sentence;
      const Table table = text_table("x,y\n1,2\n" + row + "5,6\n", kDrop);
      EXPECT_EQ(table.values, (Values{1, 2, 5, 6})) << mark;
      EXPECT_NE(joined_notes(table).find("1 of 3 rows"), std::string::npos) << mark;
    }
  }
  EXPECT_EQ(text_table("#N/A 1\n2 3\n", kDrop).values, (Values{2, 3}));
  EXPECT_EQ(text_table("x,y\n#NAs are no marks, so this is a comment\n1,2\n").values, (Values{1, 2}));
}

TEST(TextTable, CommentsThatWouldBeRowsAreCounted) {
  const Table table = text_table("x,y\n1,2\n#3,4\n# a word, and another\n5,6\n");
  EXPECT_EQ(table.values, (Values{1, 2, 5, 6}));
  EXPECT_NE(joined_notes(table).find("1 line of"), std::string::npos);
  EXPECT_TRUE(text_table("x,y\n1,2\n# a word, and another\n5,6\n").notes.empty());
}

TEST(TextTable, CommentsNameColumnsUnlessTheyAreUnits) {
  EXPECT_EQ(text_table("# x y\n# GeV GeV\n1 2\n3 4\n").columns, (Names{"x", "y"}));
  EXPECT_EQ(text_table("#,x\n1,2\n4,5\n").columns, (Names{"#", "x"}));
}

TEST(TextTable, EveryKindOfLineEnd) {
  const std::string plain = "x,y\n1,2\n3,4\n5,6";
  for (const std::string end : {"\n", "\r\n", "\r", "\r\r\n"}) {
    std::string text;
    for (const char c : plain) text += c == '\n' ? end : std::string(1, c);
    for (const std::string& whole : {text, text + end}) {
      const Table table = text_table(whole);
      EXPECT_EQ(table.columns, (Names{"x", "y"}));
      EXPECT_EQ(table.values, (Values{1, 2, 3, 4, 5, 6}));
      EXPECT_EQ(joined_notes(table).find("CR alone") != std::string::npos, end == "\r");
    }
  }
  EXPECT_EQ(text_table("x,y\r1,2\n3,4\r\n5,6\r").values, (Values{1, 2, 3, 4, 5, 6}));
}

TEST(TextTable, CarriageReturnsAcrossBlocksOfTheReader) {
  std::string text;
  for (int i = 0; i < 400000; ++i) text += std::to_string(i % 97) + "," + std::to_string(i % 89) + "\r";
  const Table table = text_table(text);
  ASSERT_EQ(table.rows, 400000u);
  for (std::size_t i = 0; i < table.rows; ++i) {
    ASSERT_EQ(table.values[2 * i], static_cast<double>(i % 97));
    ASSERT_EQ(table.values[2 * i + 1], static_cast<double>(i % 89));
  }
}

std::string wide(const std::string& text, std::size_t width, bool little) {
  std::string bytes;
  for (const char c : text) {
    const std::string zeros(width - 1, '\0');
    bytes += little ? c + zeros : zeros + c;
  }
  return bytes;
}

TEST(TextTable, EncodingsAreNamed) {
  const std::string text = "x,y\n1,2\n3,4\n";
  EXPECT_NE(refusal("\xFF\xFE" + wide(text, 2, true)).find("is UTF-16 text"), std::string::npos);
  EXPECT_NE(refusal("\xFE\xFF" + wide(text, 2, false)).find("is UTF-16 text"), std::string::npos);
  EXPECT_NE(refusal(wide(text, 2, true)).find("is UTF-16LE text"), std::string::npos);
  EXPECT_NE(refusal(wide(text, 2, false)).find("is UTF-16BE text"), std::string::npos);
  EXPECT_NE(refusal(wide(text, 4, true)).find("is UTF-32 text"), std::string::npos);
  EXPECT_EQ(text_table("\xEF\xBB\xBF" + text).columns, (Names{"x", "y"}));
  EXPECT_EQ(text_table("\xEF\xBB\xBF"
                       "1,2\n3,4\n")
                .values,
            (Values{1, 2, 3, 4}));
  EXPECT_NE(refusal("x,y\n1,2\n" + std::string(5, '\0')).find("zero bytes"), std::string::npos);
}

TEST(TextTable, OtherFilesWithItsEndingAreNamed) {
  EXPECT_NE(refusal("PK\x03\x04 a workbook").find("workbook (.xlsx"), std::string::npos);
  EXPECT_NE(refusal("MATLAB 5.0 MAT-file, made").find("-v7.3"), std::string::npos);
  EXPECT_NE(refusal(std::string("]\0\0\x80", 4)).find(".lzma"), std::string::npos);
  EXPECT_NE(refusal("<!DOCTYPE html>\n<html>").find("web page"), std::string::npos);
  EXPECT_NE(refusal("{\"a\": 1}\n").find("as JSON does"), std::string::npos);
}

TEST(TextTable, QuotedFieldsGoOverLines) {
  const std::string text = "x,note,y\n1,\"a\nb\",2\n3,\"c,d\n\n#e\",4\n5,\"f \"\"g\"\"\",6\n";
  EXPECT_EQ(text_table(text, {{"columns", {"x", "y"}}}).values, (Values{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(text_table(text, {{"on_text", "drop"}}).values, (Values{1, 2, 3, 4, 5, 6}));
  EXPECT_NE(refusal("x,y\n1,\"2\n3,4\n").find("line 2 opens a quote"), std::string::npos);
  // A quote within a field is a character like others.
  EXPECT_EQ(text_table("x,note\n1,5\" pipe\n2,6\" pipe\n", {{"columns", {"x"}}}).values, (Values{1, 2}));
}

TEST(TextTable, QuotedLinesAcrossBlocksOfTheReader) {
  // Inside the quotes stand lines that would be rows: they must not be taken for some, wherever blocks end.
  std::string text = "x,note\n", note = "\"";
  for (int i = 0; i < 150; ++i) note += "\n1000,2";
  note += "\"";
  std::size_t rows = 0;
  for (; text.size() < (10u << 20); ++rows)
    text += std::to_string(rows % 7) + "," + (rows % 10 == 0 ? note : "3") + "\n";
  const Table table = text_table(text, {{"columns", {"x"}}});
  ASSERT_EQ(table.rows, rows);
  for (std::size_t i = 0; i < rows; ++i) ASSERT_EQ(table.values[i], static_cast<double>(i % 7));
}

TEST(TextTable, NamesArePlain) {
  EXPECT_EQ(text_table("\"a \"\"b\"\"\",\"c\nd\"\n1,2\n").columns, (Names{"a \"b\"", "c d"}));
  const Table table = text_table("a\x1b[31m,b\n1,2\n");
  EXPECT_EQ(table.columns.front(), "a?[31m");
  EXPECT_NE(joined_notes(table).find("holds control characters"), std::string::npos);
}

TEST(TextTable, TitlesAreSkippedOnDemand) {
  const std::string text = "My table, from 2020, by me\n\n# a comment\nx;y\n1;2\n";
  EXPECT_EQ(text_table(text, {{"skip_rows", 1}}).columns, (Names{"x", "y"}));
  EXPECT_EQ(text_table(text, {{"skip_rows", 4}}).values, (Values{1, 2}));
  EXPECT_NE(refusal("1,2\n3,4\n", {{"skip_rows", 5}}).find("has 2 lines, and dataset.skip_rows leaves out 5"),
            std::string::npos);
}

TEST(TextTable, UnitsBelowTheNamesAreLeftOutWithANote) {
  const Table table = text_table("E,px,q\nGeV,[GeV],-\n1,2,1\n3,4,2\n5,6,3\n");
  EXPECT_EQ(table.columns, (Names{"E", "px", "q"}));
  EXPECT_EQ(table.rows, 3u);
  EXPECT_NE(joined_notes(table).find("line 2 (GeV, [GeV], -) was left out as a line of units"),
            std::string::npos);
}

TEST(TextTable, LineOfExcelStatesTheDelimiter) {
  EXPECT_EQ(text_table("sep=;\nx;y\n1;2\n").values, (Values{1, 2}));
  EXPECT_EQ(text_table("\"SEP=|\"\r\nx|y\r\n1|2\r\n").columns, (Names{"x", "y"}));
  EXPECT_EQ(text_table("\xEF\xBB\xBFsep=,\nx,y\n1,2\n").values, (Values{1, 2}));
  EXPECT_EQ(text_table("sep=;\nx,y\n1,2\n", {{"delimiter", ","}}).values, (Values{1, 2}));
}

TEST(TextTable, BarsSeparateOrFrame) {
  const Values expected = {1, 2, 3, 4};
  for (const std::string text :
       {"a|b\n1|2\n3|4\n", "| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n", "|a|b|\n|:--|--:|\n|1|2|\n|3|4|\n",
        "+---+---+\n| a | b |\n+---+---+\n| 1 | 2 |\n| 3 | 4 |\n+---+---+\n",
        " a | b\n---+---\n 1 | 2\n 3 | 4\n"}) {
    EXPECT_EQ(text_table(text).columns, (Names{"a", "b"})) << text;
    EXPECT_EQ(text_table(text).values, expected) << text;
  }
}

TEST(TextTable, DelimitersAtTheEndsOfLinesMakeNoColumn) {
  for (const std::string text :
       {"x,y,\n1,2,\n3,4,\n", "x,y\n1,2,\n3,4,\n", "x;y;\n1;2;\n3;4;\n", "x\ty\t\n1\t2\t\n3\t4\t\n"}) {
    const Table table = text_table(text);
    EXPECT_EQ(table.columns, (Names{"x", "y"})) << text;
    EXPECT_EQ(table.values, (Values{1, 2, 3, 4})) << text;
    EXPECT_NE(joined_notes(table).find("ends with a delimiter"), std::string::npos) << text;
  }
  std::string late = "x,y,\n";
  for (int i = 0; i < 1500; ++i) late += "1,2,\n";
  EXPECT_NE(refusal(late + "1,2,3\n").find("line 1502 has '3' behind the last delimiter"), std::string::npos);
  EXPECT_NE(refusal("x,y\n1,2\n3,4,\n5,6\n").find("line 3 has 3 fields"), std::string::npos);
}

TEST(TextTable, NamesOfRowsAsRWritesThem) {
  for (const std::string text :
       {"\"x\" \"y\"\n\"1\" 0.5 2\n\"2\" 3 4\n", "x y\nMazda 0.5 2\nFiat 3 4\n", "x y\n1 0.5 2\n2 3 4\n"}) {
    const Table table = text_table(text);
    EXPECT_EQ(table.columns, (Names{"x", "y"})) << text;
    EXPECT_EQ(table.values, (Values{0.5, 2, 3, 4})) << text;
    EXPECT_NE(joined_notes(table).find("as R writes it"), std::string::npos) << text;
  }
}

TEST(TextTable, DecimalCommas) {
  const Json comma = {{"decimal", ","}};
  EXPECT_EQ(text_table("x;y\n1,5;-2,25E+01\n,5;3\n", comma).values, (Values{1.5, -22.5, 0.5, 3}));
  EXPECT_EQ(text_table("1,5 2,5\n", comma).values, (Values{1.5, 2.5}));
  EXPECT_EQ(text_table("1,5|2,5\n", comma).values, (Values{1.5, 2.5}));
  EXPECT_EQ(text_table("\"1,5\",\"2,5\"\n3,\"4,5\"\n", comma).values, (Values{1.5, 2.5, 3, 4.5}));
  EXPECT_NE(refusal("x,y\n1,2\n3,4\n", comma).find("commas between names"), std::string::npos);
  EXPECT_NE(refusal("1,5,2,5\n", {{"decimal", ","}, {"delimiter", ","}}).find("cannot be the comma"),
            std::string::npos);
}

TEST(TextTable, DecimalCommasOfLongFiles) {
  std::string text = "x;y\n";
  for (int i = 0; i < 500000; ++i) text += std::to_string(i) + ",25;" + std::to_string(i % 9) + ",5\n";
  const Table table = text_table(text, {{"decimal", ","}});
  ASSERT_EQ(table.rows, 500000u);
  for (std::size_t i = 0; i < table.rows; ++i) {
    ASSERT_EQ(table.values[2 * i], static_cast<double>(i) + 0.25);
    ASSERT_EQ(table.values[2 * i + 1], static_cast<double>(i % 9) + 0.5);
  }
}

TEST(TextTable, TruthValuesAreOneAndZero) {
  const Table table = text_table("x,y\nTrue,1\nFALSE,2\ntrue,3\n");
  EXPECT_EQ(table.values, (Values{1, 1, 0, 2, 1, 3}));
  EXPECT_NE(joined_notes(table).find("true and false were read as 1 and 0"), std::string::npos);
}

TEST(TextTable, TextColumnsAreDroppedWithANote) {
  const Json drop = {{"on_text", "drop"}};
  const Table table = text_table("run,type,t,E\n1,GT,2024-01-31,3\n2,GG,2024-02-01,4\n3,17,12:30,5\n", drop);
  EXPECT_EQ(table.columns, (Names{"run", "E"}));
  EXPECT_EQ(table.values, (Values{1, 3, 2, 4, 3, 5}));
  EXPECT_NE(joined_notes(table).find("the columns type, t of"), std::string::npos) << joined_notes(table);
  EXPECT_EQ(text_table("1,GT,3\n2,GG,4\n", drop).values, (Values{1, 3, 2, 4}));
  // A column of numbers does not vanish for one bad field.
  EXPECT_NE(refusal("x,y\n1,2\n3,oops\n5,6\n", drop).find("line 3, column 'y': 'oops' is not a number"),
            std::string::npos);
  // What is chosen or needed does not vanish either.
  EXPECT_NE(
      refusal("x,y\na,2\nb,4\n", {{"on_text", "drop"}, {"columns", {"x", "y"}}}).find("column 'x': 'a'"),
      std::string::npos);
  EXPECT_NE(refusal("x,y\na,2\nb,4\n", {{"on_text", "drop"}, {"select", "x > 1"}}).find("dataset.select"),
            std::string::npos);
  EXPECT_NE(refusal("x,y\na,b\nc,d\n", drop).find("no column of numbers"), std::string::npos);
}

TEST(TextTable, TextThatComesLateIsDroppedToo) {
  std::string text = "x,note\n";
  for (int i = 0; i < 1500; ++i) text += "1,\n";
  const Table table = text_table(text + "2,hello\n3,\n", {{"on_text", "drop"}});
  EXPECT_EQ(table.columns, Names{"x"});
  EXPECT_EQ(table.rows, 1502u);
  EXPECT_NE(joined_notes(table).find("the column note of"), std::string::npos);
}

TEST(TextTable, WordsBecomeColumns) {
  const Table table =
      text_table("run,type,E\n1,GT,3\n2,GG,4\n3,\"a \"\"b\"\"\",5\n", {{"on_text", "one_hot"}});
  EXPECT_EQ(table.columns, (Names{"run", "type=GG", "type=GT", "type=a \"b\"", "E"}));
  EXPECT_EQ(table.values, (Values{1, 0, 1, 0, 3, 2, 1, 0, 0, 4, 3, 0, 0, 1, 5}));
  EXPECT_EQ(table.precision.size(), 5u);
  const Json settings = {{"on_text", "one_hot"}, {"on_nonfinite", "drop"}};
  EXPECT_EQ(text_table("a,b\n1,\n2,u\n3,NA\n4,v\n", settings).values, (Values{2, 1, 0, 4, 0, 1}));
}

TEST(TextTable, WordsNameTrajectories) {
  const Table table = text_table("name,x\nA,1\nA,2\nB,3\n", {{"group", "name"}});
  EXPECT_EQ(table.columns, Names{"x"});
  EXPECT_EQ(table.groups, (Values{0, 0, 1}));
}

TEST(TextTable, QuotedNumbersInTheFirstLineAreNames) {
  const Table table = text_table("\"2019\",\"2020\",\"2021\"\n0.1,0.2,0.3\n1,2,3\n");
  EXPECT_EQ(table.columns, (Names{"2019", "2020", "2021"}));
  EXPECT_EQ(table.rows, 2u);
  EXPECT_EQ(text_table("\"\",\"2019\",\"2020\"\n\"1\",0.1,0.2\n\"2\",3,4\n", {{"columns", {"2019"}}}).values,
            (Values{0.1, 3}));
  // Quotes everywhere, or around numbers with decimal commas, mean nothing.
  EXPECT_EQ(text_table("\"1\",\"2\"\n\"3\",\"4\"\n").values, (Values{1, 2, 3, 4}));
  EXPECT_EQ(text_table("\"1,5\",\"2,5\"\n3,4\n", {{"decimal", ","}}).values, (Values{1.5, 2.5, 3, 4}));
}

TEST(TextTable, NumbersOfColumnsBehindAnIndexAreNames) {
  const Table frame = text_table(",0,1,2\n0,0.1,0.2,0.3\n1,0.4,0.5,0.6\n", {{"columns", {"0", "1", "2"}}});
  EXPECT_EQ(frame.columns, (Names{"0", "1", "2"}));
  EXPECT_EQ(frame.values, (Values{0.1, 0.2, 0.3, 0.4, 0.5, 0.6}));
  EXPECT_EQ(text_table(",0\n0,0.1\n1,0.2\n", {{"columns", {"0"}}}).values, (Values{0.1, 0.2}));
}

TEST(TextTable, WholeNumbersAboveOthersArePointedOut) {
  const std::string note = "set dataset.header=yes";
  for (const std::string text :
       {"2019,2020,2021\n0.5,1.5,2.5\n1.5,2.5,0.5\n", "2019,2020,2021\n1,2,1\n4,5,9\n"}) {
    EXPECT_NE(joined_notes(text_table(text)).find(note), std::string::npos) << text;
    EXPECT_EQ(text_table(text, {{"header", "yes"}}).columns, (Names{"2019", "2020", "2021"}));
  }
  EXPECT_TRUE(text_table("1,2,3\n4,5,6\n7,8,9\n").notes.empty());
  EXPECT_TRUE(text_table("1,2\n3,4\n5,7\n").notes.empty());
}

TEST(TextTable, RowNumbersOfPandasAreLeftOut) {
  for (const std::string text :
       {"    x   y\n0  0.5 2\n1  3 4\n", "x,y\n0,0.5,2\n1,3,4\n", "\"x\"\n\"0\",0.5\n\"1\",3\n"}) {
    const Table table = text_table(text);
    EXPECT_EQ(table.columns.front(), "x") << text;
    EXPECT_EQ(table.values.front(), 0.5) << text;
    EXPECT_EQ(table.rows, 2u) << text;
  }
}

TEST(TextTable, NumbersThatCommasCutAreNoRowNames) {
  for (const std::string text :
       {"price,n\n1,000,0\n2,000,2\n3,000,4\n", "t,x\n1,0,5\n2,7,5\n", "price,n\n1,234.5,0\n2,345.5,2\n"})
    EXPECT_NE(refusal(text).find("if commas stand inside of numbers"), std::string::npos) << refusal(text);
}

TEST(TextTable, BlanksOfEveryKindAtTheEndsOfFields) {
  for (const std::string blank : {"\xC2\xA0", "\xE2\x80\xAF", "\xE2\x80\x8B", "\f", " \xC2\xA0 "}) {
    const Table table = text_table("x,y" + blank + "\n1" + blank + "," + blank + "2\n3,4" + blank + "\n");
    EXPECT_EQ(table.columns, (Names{"x", "y"}));
    EXPECT_EQ(table.values, (Values{1, 2, 3, 4}));
  }
}

TEST(TextTable, MarksOfCommentsAndCommasAreNoPartOfNames) {
  for (const std::string header : {"%x y", "//x y", "% x y", "x, y"}) {
    if (header == "% x y") continue;  // three words, see TextProposals.Titles
    const Table table = text_table(header + "\n1 2\n3 4\n");
    EXPECT_EQ(table.columns, (Names{"x", "y"})) << header;
    EXPECT_FALSE(table.notes.empty());
  }
}

TEST(TextTable, FactorsOfMatlabAreNamed) {
  const std::string sentence = refusal("   1.0e+03 *\n\n  0.1 0.2 0.3\n  0.4 0.5 0.6\n");
  EXPECT_NE(sentence.find("is the factor '1.0e+03'"), std::string::npos) << sentence;
  EXPECT_EQ(sentence.find("dataset."), std::string::npos) << sentence;
  EXPECT_NE(refusal("1.0e+03 *\n0.1 0.2\n0.4 0.5\n").find("is the factor"), std::string::npos);
}

TEST(TextTable, BlocksWithTitlesAreNamed) {
  std::string text;
  for (const std::string title : {"\"one\"", "\"two\""}) {
    text += title + "\n";
    for (int i = 0; i < 15; ++i) text += std::to_string(i) + " 0.5 2\n";
    text += "\n\n";
  }
  const std::string sentence = refusal(text);
  EXPECT_NE(sentence.find("several tables or blocks"), std::string::npos) << sentence;
  EXPECT_EQ(sentence.find("dataset."), std::string::npos) << sentence;
}

TEST(TextTable, NumbersAsProgramsDisplayThemAreNamed) {
  for (const std::string number : {"0x1.8p+0", "1.5*^-3", "1.5`", "1.5*10^-3", "np.float64(0.3)", "1_000"}) {
    const std::string sentence = refusal(number + "," + number + "\n" + number + "," + number + "\n");
    EXPECT_NE(sentence.find("line 1, column 'c0'"), std::string::npos) << sentence;
    EXPECT_EQ(sentence.find("one_hot"), std::string::npos) << sentence;
  }
}

TEST(TextTable, LongWholeNumbersAreRoundedWithANote) {
  const std::string text = "id,x\n1000000000000000001,2\n1000000000000000003,1e20\n";
  EXPECT_NE(joined_notes(text_table(text)).find("the column id of"), std::string::npos);
  EXPECT_EQ(joined_notes(text_table("x,y\n9007199254740991,1e20\n5,2\n")).find("2^53"), std::string::npos);
}

TEST(TextTable, TablesThatRootPrintsAreNamed) {
  EXPECT_NE(refusal("****************\n*  Row  *   x  *\n****************\n*  0  *  0.5 *\n*  1  * 2 *\n")
                .find("ROOT's Scan()"),
            std::string::npos);
}

TEST(TextTable, LettersOfOtherAlphabetsAreShown) {
  const std::string sentence = refusal("x,\xC3\xA4\n1,2\n3,\xE2\x80\xAEoops\n4,5\n");
  EXPECT_NE(sentence.find("column '\xC3\xA4': '???oops'"), std::string::npos) << sentence;
}

TEST(TextTable, CompressedTablesThatAreCutOff) {
  const DataFolder folder;
  const std::string path = folder.path("t.csv.gz");
  std::string text = "x,y\n";
  for (int i = 0; i < 2000; ++i) text += std::to_string(i * 7919 % 10007) + "," + std::to_string(i) + ".5\n";
  gzFile file = gzopen(path.c_str(), "wb");
  gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
  gzclose(file);
  const auto size = std::filesystem::file_size(path);
  for (std::uintmax_t cut = size / 2; cut < size / 2 + 8; ++cut) {
    const std::string copy = folder.path("cut" + std::to_string(cut) + ".csv.gz");
    std::filesystem::copy_file(path, copy);
    std::filesystem::resize_file(copy, cut);
    const std::string sentence = error_of([&] { load_file(copy); });
    EXPECT_NE(sentence.find("is cut off: its compressed data end early"), std::string::npos) << sentence;
  }
}

}  // namespace
}  // namespace symscan::test
