// What is no error but worth a second look.
#include "tests/host/data/data_files.hpp"

namespace symscan::test {
namespace {

/// Rows "first + i, value of i" under the names id and x.
template <class Value>
std::string notes_of(int rows, int first, Value value) {
  std::string text = "id,x\n";
  for (int i = 0; i < rows; ++i) text += std::to_string(first + i) + "," + value(i) + "\n";
  const DataFolder folder;
  return joined_notes(load_file(folder.write("t.csv", text)));
}

std::string any(int i) {
  return std::to_string((i * 7919) % 1009 * 0.01);
}

TEST(TableNotes, RowNumbersArePointedOut) {
  for (const int first : {0, 1}) {
    const std::string notes = notes_of(50, first, any);
    EXPECT_NE(notes.find("column 'id' of"), std::string::npos) << notes;
    EXPECT_NE(notes.find("looks like a row number; leave it out with dataset.columns"), std::string::npos);
  }
  EXPECT_EQ(notes_of(50, 7, any), "");
  EXPECT_EQ(notes_of(3, 0, any), "");  // too few to tell
}

TEST(TableNotes, SentinelsFarFromTheRestArePointedOut) {
  for (const char* sentinel : {"-999", "-9999.0", "999"}) {
    const std::string notes = notes_of(500, 5, [&](int i) { return i % 100 == 3 ? sentinel : any(i); });
    EXPECT_NE(notes.find("column 'x' of"), std::string::npos) << notes;
    EXPECT_NE(notes.find(" in 5 of 500 rows"), std::string::npos) << notes;
  }
  EXPECT_EQ(notes_of(5000, 5000, [&](int i) { return i == 3 ? "-999" : any(i); }), "");  // one in 5000
  EXPECT_EQ(notes_of(500, 5000, [&](int i) { return std::to_string(990 + i % 10); }),
            "");  // 999 among equals
}

TEST(TableNotes, MoreFeaturesThanRowsLooksTransposed) {
  const DataFolder folder;
  const std::string notes = joined_notes(load_file(folder.write("t.csv", "1,2,3\n4,5,7\n")));
  EXPECT_NE(notes.find("more features (3) than rows (2): is it transposed?"), std::string::npos) << notes;
}

}  // namespace
}  // namespace symscan::test
