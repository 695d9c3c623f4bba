// Every setting that a message about a text table proposes is typed in, and must work.
#include <regex>

#include "tests/host/data/proposals.hpp"

namespace symscan::test {

std::vector<Json> proposals_of(const std::string& message) {
  static const std::regex word(R"re(dataset\.(\w+)=(\[[^\]]*\]|"[^"]*"|[^\s;,]+))re");
  std::vector<Json> proposals;
  std::size_t end = std::string::npos;
  for (std::sregex_iterator at(message.begin(), message.end(), word), last; at != last; ++at) {
    Json value = Json::parse(at->str(2), nullptr, false);
    if (value.is_discarded()) value = at->str(2);
    const auto begin = static_cast<std::size_t>(at->position(0));
    const bool joined = end != std::string::npos && message.substr(end, begin - end) == " and ";
    if (!joined) proposals.push_back(Json::object());
    proposals.back()[at->str(1)] = value;
    end = begin + static_cast<std::size_t>(at->length(0));
  }
  return proposals;
}

std::vector<Table> expect_ways_out(const std::string& text, const std::string& cause, std::size_t count,
                                   const Json& settings) {
  SCOPED_TRACE(text.substr(0, 100));
  const DataFolder folder;
  const std::string path = folder.write("t.csv", text);
  const std::string message = error_of([&] { load_file(path, settings); });
  EXPECT_NE(message.find(cause), std::string::npos) << message;
  for (const char c : message) EXPECT_TRUE(c >= 0x20 && c < 0x7f) << message;
  const std::vector<Json> proposals = proposals_of(message);
  EXPECT_EQ(proposals.size(), count) << message;
  std::vector<Table> tables;
  for (const Json& proposal : proposals) {
    Json all = settings;
    all.update(proposal);
    try {
      tables.push_back(load_file(path, all));
    } catch (const DataError& error) {
      ADD_FAILURE() << message << "\n" << proposal.dump() << " does not work: " << error.what();
    }
  }
  tables.resize(count);
  return tables;
}

namespace {

using Names = std::vector<std::string>;
using Values = std::vector<double>;

std::string rows(const std::string& row, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += row;
  return text;
}

TEST(TextProposals, AreFoundInAMessage) {
  const auto proposals = proposals_of(
      "set dataset.decimal=\",\" and dataset.delimiter=\";\", or take dataset.columns=[\"a\",\"b\"]; or "
      "dataset.skip_rows=2");
  ASSERT_EQ(proposals.size(), 3u);
  EXPECT_EQ(proposals[0], (Json{{"decimal", ","}, {"delimiter", ";"}}));
  EXPECT_EQ(proposals[1], (Json{{"columns", {"a", "b"}}}));
  EXPECT_EQ(proposals[2], (Json{{"skip_rows", 2}}));
}

TEST(TextProposals, MissingValues) {
  EXPECT_EQ(expect_ways_out("x,y\n1,2\n#N/A,4\n5,#DIV/0!\n7,8\n",
                            "line 3, column 'x' is '#N/A' (and 1 more row", 1)[0]
                .values,
            (Values{1, 2, 7, 8}));
  expect_ways_out("x,y\n1,2\n*****,4\n", "column 'x' is '*****'", 1);
  expect_ways_out("x,y\n1,NA\nnan,2\n", "is 'NA' (and 1 more", 0);  // no row would be left
  EXPECT_EQ(expect_ways_out("x,y\n-,1\n?,2\n", "column 1 ('x') is empty in every row", 1)[0].values,
            (Values{1, 2}));
}

TEST(TextProposals, DecimalCommas) {
  for (const std::string text : {"1,5 2,5\n3,5 -4,5\n", "1,5;2,5\n3,5;-4,5\n", "1,5\t2,5\n3,5\t-4,5\n",
                                 "\"1,5\",\"2,5\"\n\"3,5\",\"-4,5\"\n"}) {
    const auto tables = expect_ways_out(text, "write decimal points, not commas", 1);
    EXPECT_EQ(tables[0].values, (Values{1.5, 2.5, 3.5, -4.5})) << text;
  }
  EXPECT_EQ(expect_ways_out("1,5;2,5\n3,5;4,5\n", "would cut", 1, {{"delimiter", ","}})[0].values,
            (Values{1.5, 2.5, 3.5, 4.5}));
  EXPECT_EQ(expect_ways_out("x\n1,5\n2,75\n3,5\n", "decimal commas", 1)[0].values, (Values{1.5, 2.75, 3.5}));
  expect_ways_out("x;y\n1,234;2\n", "mark between thousands", 1);
  // Nothing is proposed that would read pieces of numbers, or that does not work.
  expect_ways_out("0,71 -0,71\n0,80 0,60\n", "decimal commas", 0,
                  {{"header", "no"}, {"columns", {"c0", "c2"}}});
  expect_ways_out("0,5,-0,7\n-0,25,0,05\n", "decimal commas and commas between its fields", 0);
  expect_ways_out("x,y\n1,5,2,5\n3,5,4,5\n", "decimal commas", 0);
  expect_ways_out("1,5;2.5\n3,5;4.5\n", "write decimal points", 0);
  expect_ways_out("x;y\n" + rows("1;2\n", 1500) + "1,5;3\n", "line 1502, column 'x': '1,5'", 0);
}

TEST(TextProposals, Titles) {
  EXPECT_EQ(expect_ways_out("Sample\nx,y\n1,2\n3,4\n", "line 1 has 1 field, line 2 has 2", 1)[0].columns,
            (Names{"x", "y"}));
  const Table below = expect_ways_out("My table\n\nfrom 2020, by me\nx,y\n1,2\n3,4\n",
                                      "line 1 has 1 field, line 3 has 2", 1)[0];
  EXPECT_EQ(below.columns, (Names{"x", "y"}));
  EXPECT_EQ(expect_ways_out("Sample,Run\nx,y\n1,2\n3,4\n", "lines 1 to 2 hold no numbers", 1)[0].columns,
            (Names{"x", "y"}));
  EXPECT_EQ(expect_ways_out("E,E\nGeV,GeV\nmean,mean\n1,2\n3,4\n", "lines 1 to 3", 1)[0].values,
            (Values{1, 2, 3, 4}));
  EXPECT_EQ(expect_ways_out("% x\n1 2\n3 4\n", "as a comment does", 1)[0].rows, 2u);
}

TEST(TextProposals, Footers) {
  for (const std::string footer : {"Total,6\n", "(2 rows)\n", "\nSource: web, 2020, me\nLicense: none\n"}) {
    const std::string text = "x,y\n1,2\n3,4\n" + footer;
    const DataFolder folder;
    const std::string message = error_of([&] { load_file(folder.write("t.csv", text)); });
    const auto proposals = proposals_of(message);
    ASSERT_FALSE(proposals.empty()) << message;
    EXPECT_EQ(proposals[0], (Json{{"max_rows", 2}})) << message;
    EXPECT_EQ(expect_ways_out(text, "footer", proposals.size())[0].values, (Values{1, 2, 3, 4}));
  }
}

TEST(TextProposals, TextAndDates) {
  const auto text = expect_ways_out("run,type,E\n1,GT,3\n2,GG,4\n", "'GT' is not a number", 2);
  for (const Table& table : text) EXPECT_EQ(table.values, (Values{1, 3, 2, 4}));
  expect_ways_out("t,x\n2024-01-31,1\n2024-02-01,2\n", "is not a number but a date", 2);
  expect_ways_out("t;x\n12:30:15;1\n12:31:15;2\n", "is not a number but a time", 2);
  expect_ways_out("31/01/2024 12:00,1\n01/02/2024 12:00,2\n", "but a date", 2);
  expect_ways_out("2024-01-31T12:00:00Z 1\n2024-02-01T12:00:00Z 2\n", "but a date", 2);
  expect_ways_out("1,GT,3\n2,GG,4\n", "line 1 mixes numbers and text ('1')", 2);
  expect_ways_out("name,kind\nfoo,a\nbar,b\n", "'foo' is not a number", 1);  // one_hot
  EXPECT_EQ(expect_ways_out("run,type,E\n1,GT,3\n,GG,4\n2,GG,NA\n", "'GT' is not a number", 1)[0].values,
            (Values{1, 3}));
  // One bad field in a column of numbers is no column of text.
  expect_ways_out("x,y\n1,2\n3,oops\n5,6\n", "repair the field", 1);
  // What stands behind the first rows counts too: y is bad at the end, x has a gap.
  expect_ways_out("x,t,y,z\n1,a,2,3\n" + rows("1,b,2,3\n", 1500) + "1,c,oops,3\n,c,4,5\n",
                  "'a' is not a number", 1);
}

TEST(TextProposals, NumbersThatAreNone) {
  for (const auto& [field, cause] :
       std::vector<std::pair<std::string, std::string>>{{"12%", "percent sign"},
                                                        {"$12", "sign of currency"},
                                                        {"0x1F", "hexadecimal"},
                                                        {"(1+2j)", "complex"},
                                                        {"1.0-2.0", "grown together"},
                                                        {"\xE2\x88\x92"
                                                         "5",
                                                         "minus sign"},
                                                        {"1 234", "marks between thousands"},
                                                        {"1'234", "marks between thousands"},
                                                        {"\"1,234.5\"", "marks between thousands"},
                                                        {"\"1.234,5\"", "marks between thousands"},
                                                        {std::string("1\0", 2), "zero bytes"}}) {
    EXPECT_EQ(expect_ways_out("x,y\n1,1\n" + field + ",2\n3,3\n", cause, 1)[0].values, (Values{1, 2, 3}))
        << field;
  }
  expect_ways_out("x,y\n5 GeV,1\n6 GeV,2\n", "has a unit", 2);
  expect_ways_out("x y z\n1.0 2.0 3.0\n1.0-2.0 3.0\n",
                  "line 3 has 2 fields, the first row (line 1) has 3: '1.0-2.0'", 0);
  expect_ways_out("x;y\n1.5;2\n", "dataset.decimal is the comma", 1, {{"decimal", ","}});
  expect_ways_out("x;y\n1.234,5;2\n", "marks between thousands", 1, {{"decimal", ","}});
  expect_ways_out("x,y\nTrue,1\nFalse,2\n5,3\n7,4\n", "'5' is not true or false", 1);
}

TEST(TextProposals, DelimitersThatAreNotGuessed) {
  EXPECT_EQ(expect_ways_out("0.1:0.2:0.3\n0.4:0.5:0.6\n", "is several numbers", 1)[0].values,
            (Values{0.1, 0.2, 0.3, 0.4, 0.5, 0.6}));
}

TEST(TextProposals, TooManyWords) {
  std::string text = "a,b\n";
  for (int i = 0; i < 40; ++i) text += std::to_string(i) + ",w" + std::to_string(i) + "\n";
  EXPECT_EQ(expect_ways_out(text, "'w32' is one word too many", 1, {{"on_text", "one_hot"}})[0].columns,
            Names{"a"});
}

TEST(TextProposals, TitlesOfSpreadsheets) {
  const Table table =
      expect_ways_out("Messung;;\n;;\nx;y;z\ncm;cm;s\n1;2;3\n4;5;6\n", "lines 1 to 4 hold no numbers", 1)[0];
  EXPECT_EQ(table.columns, (Names{"x", "y", "z"}));
  EXPECT_EQ(table.values, (Values{1, 2, 3, 4, 5, 6}));
}

TEST(TextProposals, NothingThatKeepsAFooterOrMakesAColumnOfEachRow) {
  EXPECT_EQ(expect_ways_out("t,x\n1,2\n3,4\nSumme,6\n", "footer", 1)[0].values, (Values{1, 2, 3, 4}));
  std::string words = "name,kind\n";
  for (int i = 0; i < 10; ++i) words += "n" + std::string(i + 1, 'a') + ",k\n";
  expect_ways_out(words, "is not a number", 0);
  EXPECT_EQ(expect_ways_out("1,5 2,5\n3,5 4,5\n", "write decimal points, not commas", 1,
                            {{"header", "no"}, {"columns", {"c0", "c1"}}})[0]
                .values,
            (Values{1.5, 2.5, 3.5, 4.5}));
}

}  // namespace
}  // namespace symscan::test
