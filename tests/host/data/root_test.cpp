// Flat TTrees, which are read without Python.
#include <gtest/gtest.h>
#include <lzma.h>
#include <xxhash.h>
#include <zstd.h>

#include <cstdlib>
#include <random>

#include "host/data/formats.hpp"
#include "host/data/root_bytes.hpp"
#include "tests/host/data/data_files.hpp"
#include "tests/host/data/root_files.hpp"

namespace symscan::test {
namespace {

using Branch = RootMaker::Branch;

/// Here no Python is found, so that nothing is left to it.
class RootTree : public testing::Test {
 protected:
  RootTree() { ::setenv("SYMSCAN_PYTHON", folder_.path("none").c_str(), 1); }
  ~RootTree() override { ::unsetenv("SYMSCAN_PYTHON"); }
  Table read(const RootMaker& maker, const Json& settings = Json::object()) {
    return load_file(folder_.write("a.root", maker.bytes()), settings);
  }
  std::string error(const RootMaker& maker, const Json& settings = Json::object()) {
    return error_of([&] { read(maker, settings); });
  }
  DataFolder folder_;
};

Branch doubles(const std::string& name, const std::vector<double>& values,
               const std::string& algorithm = "") {
  std::string bytes;
  for (const double value : values) bytes += RootMaker::float64(value);
  return {.name = name, .leaf_class = "TLeafD", .baskets = {bytes}, .algorithm = algorithm};
}

RootMaker plain_file(const std::string& algorithm = "") {
  RootMaker maker;
  maker.add_tree("events", 3,
                 {doubles("x", {1.5, -2.5, 1e-30}, algorithm), doubles("y", {4, 5, 6}, algorithm)});
  return maker;
}

TEST_F(RootTree, EveryTypeOfNumberIsRead) {
  const auto s = [](auto a, auto b) { return RootMaker::number(a) + RootMaker::number(b); };
  RootMaker maker;
  maker.add_tree(
      "t", 2,
      {{.name = "d", .leaf_class = "TLeafD", .baskets = {RootMaker::float64(0.1), RootMaker::float64(-3)}},
       {.name = "f",
        .leaf_class = "TLeafF",
        .number_bytes = 4,
        .baskets = {RootMaker::float32(0.1f) + RootMaker::float32(7)}},
       {.name = "l", .leaf_class = "TLeafL", .baskets = {s(std::int64_t{-5}, (std::int64_t{1} << 53) + 1)}},
       {.name = "ul",
        .leaf_class = "TLeafL",
        .is_unsigned = true,
        .baskets = {s(std::uint64_t{1} << 63, std::uint64_t{2})}},
       {.name = "i",
        .leaf_class = "TLeafI",
        .number_bytes = 4,
        .baskets = {s(std::int32_t{-7}, std::int32_t{8})}},
       {.name = "ui",
        .leaf_class = "TLeafI",
        .number_bytes = 4,
        .is_unsigned = true,
        .baskets = {s(0xFFFFFFF0u, 1u)}},
       {.name = "s",
        .leaf_class = "TLeafS",
        .number_bytes = 2,
        .baskets = {s(std::int16_t{-9}, std::int16_t{9})}},
       {.name = "b",
        .leaf_class = "TLeafB",
        .number_bytes = 1,
        .baskets = {s(std::int8_t{-1}, std::int8_t{3})}},
       {.name = "ub",
        .leaf_class = "TLeafB",
        .number_bytes = 1,
        .is_unsigned = true,
        .baskets = {s(std::uint8_t{255}, std::uint8_t{3})}},
       {.name = "o",
        .leaf_class = "TLeafO",
        .number_bytes = 1,
        .baskets = {s(std::uint8_t{1}, std::uint8_t{0})}},
       {.name = "v",
        .leaf_class = "TLeafD",
        .length = 2,
        .shape = "[2]",
        .baskets = {RootMaker::float64(1) + RootMaker::float64(2),
                    RootMaker::float64(3) + RootMaker::float64(4)}}});
  const Table table = read(maker);
  EXPECT_EQ(table.columns,
            (std::vector<std::string>{"d", "f", "l", "ul", "i", "ui", "s", "b", "ub", "o", "v[1]", "v[2]"}));
  EXPECT_EQ(table.values, (std::vector<double>{0.1,    static_cast<double>(0.1f),
                                               -5,     0x1p63,
                                               -7,     4294967280.0,
                                               -9,     -1,
                                               255,    1,
                                               1,      2,
                                               -3,     7,
                                               0x1p53, 2,
                                               8,      1,
                                               9,      3,
                                               3,      0,
                                               3,      4}));
  EXPECT_EQ(table.precision[1], kFloat32Precision);
  EXPECT_EQ(table.precision[0], kFloat64Precision);
  EXPECT_NE(joined_notes(table).find("1 value of column 'l' is beyond 2^53"), std::string::npos)
      << joined_notes(table);
}

TEST_F(RootTree, ColumnsWeightsAndRowsAreChosen) {
  const Table table = read(plain_file("ZL"), {{"columns", {"y"}}, {"weights", "x"}, {"max_rows", 2}});
  EXPECT_EQ(table.columns, std::vector<std::string>{"y"});
  EXPECT_EQ(table.values, (std::vector<double>{4, 5}));
  EXPECT_EQ(table.weights, (std::vector<double>{1.5, -2.5}));
}

TEST_F(RootTree, OneOfSeveralTreesIsNamed) {
  RootMaker maker = plain_file();
  maker.add_tree("empty", 0, {});
  EXPECT_EQ(read(maker).rows, 3u);  // the only one with entries
  maker.add_tree("more", 1, {doubles("z", {9})});
  maker.add_object("TH1D", "h", "bins");
  EXPECT_NE(error(maker).find("dataset.array=events"), std::string::npos) << error(maker);
  EXPECT_EQ(read(maker, {{"array", "more"}}).values, std::vector<double>{9});
  EXPECT_EQ(read(maker, {{"array", "/more;1"}}).values, std::vector<double>{9});
  EXPECT_NE(error(maker, {{"array", "h"}}).find("is a TH1D and no tree"), std::string::npos);
  EXPECT_NE(error(maker, {{"array", "q"}}).find("has no tree 'q'"), std::string::npos);
  FileOptions options;
  options.path = folder_.path("a.root");
  const auto items = format_called("root").contents(options);
  ASSERT_EQ(items.size(), 4u);
  EXPECT_EQ(items[0].settings, std::vector<std::string>{"dataset.array=events"});
  EXPECT_EQ(items[2].name, "empty");
  EXPECT_TRUE(items[2].settings.empty());  // it would be refused
  EXPECT_EQ(items[3].description, "TH1D, no table");
}

TEST_F(RootTree, ListsAndTextAreLeftOutWithANote) {
  RootMaker maker;
  Branch list = doubles("Muon_pt", {1, 2}), word = doubles("word", {1, 2});
  list.counted = true;
  word.leaf_class = "TLeafC";
  maker.add_tree("t", 2, {doubles("x", {1, 2}), list, word});
  const std::string notes = joined_notes(read(maker));
  EXPECT_NE(notes.find("Muon_pt"), std::string::npos) << notes;
  EXPECT_NE(notes.find("word"), std::string::npos) << notes;
  EXPECT_NE(error(maker, {{"columns", {"Muon_pt"}}}).find("dataset.flatten=1"), std::string::npos);
  EXPECT_NE(error(maker, {{"flatten", 1}}).find("uproot"), std::string::npos);  // left to Python
}

TEST_F(RootTree, WhatIsNotUnderstoodIsLeftToUproot) {
  RootMaker other, promise, short_one;
  other.add_tree("t", 1, {{.name = "x", .leaf_class = "TLeafElement", .baskets = {RootMaker::float64(1)}}});
  EXPECT_NE(error(other).find("pip install uproot"), std::string::npos);
  promise.add_tree("t", 1, {doubles("x", {1})}, std::uint64_t{1} << 40);
  EXPECT_NE(error(promise).find("pip install uproot"), std::string::npos);
  short_one.add_tree("t", 4, {doubles("x", {1, 2, 3})});
  EXPECT_NE(error(short_one).find("pip install uproot"), std::string::npos);
}

TEST_F(RootTree, DamagedFilesNeverCrash) {
  std::mt19937 random(3);
  for (const char* algorithm : {"", "ZL"}) {
    const std::string whole = plain_file(algorithm).bytes();
    for (int repeat = 0; repeat < 1500; ++repeat) {
      std::string bytes = whole;
      for (int change = 0; change < 2; ++change) bytes[random() % bytes.size()] = static_cast<char>(random());
      if (repeat % 5 == 0) bytes.resize(random() % bytes.size() + 1);
      try {
        load_file(folder_.write("a.root", bytes));
      } catch (const Error&) {
      }
    }
  }
}

std::string lz4_block(const std::string& body, std::size_t size) {
  return RootMaker::block("L4", RootMaker::number(std::uint64_t{XXH64(body.data(), body.size(), 0)}) + body,
                          size);
}

TEST(RootPacking, EveryAlgorithmIsUndone) {
  std::string text;
  for (int i = 0; i < 500; ++i) text += "row " + std::to_string(i % 7) + ";";
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  packed.resize(ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), 3));
  EXPECT_EQ(unpack_root(RootMaker::block("ZS", packed, text.size()), text.size()), text);
  EXPECT_EQ(unpack_root(RootMaker::packed(text) + RootMaker::packed(text), 2 * text.size()), text + text);
  std::vector<std::uint8_t> xz(lzma_stream_buffer_bound(text.size()));
  std::size_t used = 0;
  ASSERT_EQ(lzma_easy_buffer_encode(3, LZMA_CHECK_CRC32, nullptr,
                                    reinterpret_cast<const std::uint8_t*>(text.data()), text.size(),
                                    xz.data(), &used, xz.size()),
            LZMA_OK);
  EXPECT_EQ(unpack_root(RootMaker::block("XZ", {xz.begin(), xz.begin() + static_cast<std::ptrdiff_t>(used)},
                                         text.size()),
                        text.size()),
            text);
  // Three literals; 20 bytes from 3 before (15 in the token and 1 more, and 4); two literals at the end.
  const std::string copies = std::string(
      "\x3f"
      "abc"
      "\x03\x00\x01"
      "\x20"
      "xy",
      10);
  EXPECT_EQ(unpack_root(lz4_block(copies, 25), 25), "abcabcabcabcabcabcabcabxy");
}

TEST(RootPacking, DamagedBlocksAreRefused) {
  const std::string good = std::string(
      "\x3f"
      "abc"
      "\x03\x00\x01"
      "\x20"
      "xy",
      10);
  std::string changed = lz4_block(good, 25);
  changed.back() = 'z';
  EXPECT_THROW(unpack_root(changed, 25), RootForeign);  // its checksum
  for (const std::string& body : {std::string("\x3f"
                                              "abc"
                                              "\x04\x00\x01",
                                              7),
                                  std::string("\x3f"
                                              "abc"
                                              "\x00\x00\x01",
                                              7),
                                  std::string("\xf0\xff\xff", 3),
                                  std::string("\x3f"
                                              "abc",
                                              4),
                                  std::string()})
    EXPECT_THROW(unpack_root(lz4_block(body, 25), 25), RootForeign);
  EXPECT_THROW(unpack_root(RootMaker::block("ZS", "nonsense", 25), 25), RootForeign);
  EXPECT_THROW(unpack_root(RootMaker::block("ZL", "nonsense", 25), 25), RootForeign);
  EXPECT_THROW(unpack_root(RootMaker::block("XZ", "nonsense", 25), 25), RootForeign);
  EXPECT_THROW(unpack_root(RootMaker::block("CS", "nonsense", 25), 25), RootForeign);
  EXPECT_THROW(unpack_root(RootMaker::packed("abc"), 2), RootForeign);
  EXPECT_THROW(unpack_root("ZL", 2), RootForeign);
}

}  // namespace
}  // namespace symscan::test
