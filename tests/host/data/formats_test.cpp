#include "host/data/formats.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "host/data/dataset.hpp"
#include "host/data/file_fields.hpp"
#include "host/data/write_table.hpp"
#include "tests/host/data/data_files.hpp"

namespace symscan::test {
namespace {

TEST(Formats, NamesAndEndingsAreDistinct) {
  std::set<std::string> names, endings;
  for (const FileFormat& format : file_formats()) {
    EXPECT_TRUE(names.insert(format.name).second) << format.name;
    EXPECT_FALSE(format.description.empty()) << format.name;
    EXPECT_NE(format.read, nullptr) << format.name;
    EXPECT_FALSE(format.endings.empty()) << format.name;
    for (const auto* some : {&format.endings, &format.read_only}) {
      for (const std::string& ending : *some) {
        EXPECT_TRUE(endings.insert(ending).second) << ending;
        EXPECT_EQ(format_of_file("x" + ending).name, format.name);
      }
    }
    EXPECT_EQ(format_called(format.name).name, format.name);
  }
}

TEST(Formats, EndingsMayBeInCapitalsOrCompressed) {
  EXPECT_EQ(format_of_file("A.CSV").name, "csv");
  EXPECT_EQ(format_of_file("a.b.LHE.GZ").name, "lhe");
  EXPECT_TRUE(ending_of("a.csv.gz").compressed);
  EXPECT_EQ(ending_of("a.csv.gz").ending, ".csv");
  EXPECT_NE(error_of([] { format_of_file("a.npz.gz"); }).find("unpack it first"), std::string::npos);
  EXPECT_NE(
      error_of([] { format_called("xml"); }).find("auto, csv, npy, npz, hdf5, root, parquet, feather or lhe"),
      std::string::npos);
}

TEST(Formats, WhatIsWrittenCanBeRead) {
  const DataFolder folder;
  const Table table = load_dataset(builtin_settings("ee_mumu", 20));
  for (const FileFormat& format : file_formats()) {
    if (format.write == nullptr) continue;
    try {
      if (format.check_writer) format.check_writer();
    } catch (const DataError&) {
      continue;  // python3 or its package is not here; tests/oracle/columns_test.py
    }
    for (const std::string& ending : format.endings) {
      const std::string path = folder.path(format.name + ending);
      write_table(table, path);
      FileOptions options;
      options.path = path;
      if (format.name == "lhe") options.particles = {13, -13};
      EXPECT_EQ(load_file_dataset(options).rows, table.rows) << path;
    }
  }
}

TEST(Formats, TheSettingHasThemAll) {
  for (const Field& field : file_dataset_fields()) {
    if (field.name != "format") continue;
    std::vector<std::string> choices = format_names();
    choices.insert(choices.begin(), "auto");
    EXPECT_EQ(field.choices, choices);
    EXPECT_NE(field.doc.find(read_endings()), std::string::npos);
  }
}

}  // namespace
}  // namespace symscan::test
