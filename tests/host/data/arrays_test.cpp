// NPY, NPZ and HDF5, from bytes that NumPy and the libraries themselves would write.
#include <cmath>
#include <cstring>

#include "host/data/file_readers.hpp"
#include "host/data/npy_format.hpp"
#include "tests/host/data/array_files.hpp"

namespace symscan::test {
namespace {

Table read_bytes(const std::string& bytes, const FileOptions& options = {}) {
  const auto source = open_bytes(bytes);
  return read_npy(*source, "t.npy", options);
}

TEST(Npy, EveryElementTypeAndByteOrderIsDecoded) {
  const Values expected = {1, -2, 3};
  EXPECT_EQ(read_bytes(npy("'<f8'", "(3,)", bytes_of<double>({1, -2, 3}))).values, expected);
  EXPECT_EQ(read_bytes(npy("'>f8'", "(3,)", swapped(bytes_of<double>({1, -2, 3}), 8))).values, expected);
  EXPECT_EQ(read_bytes(npy("'<f4'", "(3,)", bytes_of<float>({1, -2, 3}))).values, expected);
  EXPECT_EQ(read_bytes(npy("'>f4'", "(3,)", swapped(bytes_of<float>({1, -2, 3}), 4))).values, expected);
  EXPECT_EQ(read_bytes(npy("'<f2'", "(3,)", bytes_of<std::uint16_t>({0x3c00, 0xc000, 0x4200}))).values,
            expected);
  EXPECT_EQ(read_bytes(npy("'|i1'", "(3,)", bytes_of<std::int8_t>({1, -2, 3}))).values, expected);
  EXPECT_EQ(read_bytes(npy("'<i2'", "(3,)", bytes_of<std::int16_t>({1, -2, 3}))).values, expected);
  EXPECT_EQ(read_bytes(npy("'>i4'", "(3,)", swapped(bytes_of<std::int32_t>({1, -2, 3}), 4))).values,
            expected);
  EXPECT_EQ(read_bytes(npy("'<i8'", "(3,)", bytes_of<std::int64_t>({1, -2, 3}))).values, expected);
  EXPECT_EQ(read_bytes(npy("'|u1'", "(2,)", bytes_of<std::uint8_t>({1, 255}))).values, (Values{1, 255}));
  EXPECT_EQ(read_bytes(npy("'<u8'", "(1,)", bytes_of<std::uint64_t>({~0ull}))).values,
            Values{18446744073709551616.0});
  EXPECT_EQ(read_bytes(npy("'|b1'", "(2,)", bytes_of<std::uint8_t>({1, 0}))).values, (Values{1, 0}));
}

TEST(Npy, HalfPrecisionHasItsSpecialValues) {
  const ElementType half{'f', 2, false};
  const auto value = [&](std::uint16_t bits) {
    return decode(reinterpret_cast<unsigned char*>(&bits), half);
  };
  EXPECT_EQ(value(0x0001), std::ldexp(1.0, -24));
  EXPECT_EQ(value(0x7bff), 65504.0);
  EXPECT_EQ(value(0x3555), 0.333251953125);
  EXPECT_TRUE(std::isinf(value(0xfc00)) && value(0xfc00) < 0);
  EXPECT_TRUE(std::isnan(value(0x7e00)));
}

TEST(Npy, RowAndColumnMajorAgreeInEveryVersion) {
  const Values expected = {1, 2, 3, 4, 5, 6};
  for (int version = 1; version <= 3; ++version) {
    EXPECT_EQ(read_bytes(npy("'<f4'", "(2, 3)", bytes_of<float>({1, 2, 3, 4, 5, 6}), false, version)).values,
              expected);
    EXPECT_EQ(read_bytes(npy("'<f4'", "(2, 3)", bytes_of<float>({1, 4, 2, 5, 3, 6}), true, version)).values,
              expected);
  }
}

TEST(Npy, ColumnsWeightsAndMaxRowsWorkInBothOrders) {
  FileOptions options;
  options.columns = {"2", "0"};
  options.weights = "c1";
  options.max_rows = 2;
  for (const bool fortran : {false, true}) {
    const std::string data =
        fortran ? bytes_of<float>({1, 4, 7, 2, 5, 8, 3, 6, 9}) : bytes_of<float>({1, 2, 3, 4, 5, 6, 7, 8, 9});
    const Table table = read_bytes(npy("'<f4'", "(3, 3)", data, fortran), options);
    EXPECT_EQ(table.columns, (Names{"c2", "c0"}));
    EXPECT_EQ(table.values, (Values{3, 1, 6, 4}));
    EXPECT_EQ(table.weights, (Values{2, 5}));
  }
}

TEST(Npy, RecordsBecomeNamedColumns) {
  const std::string data = bytes_of<float>({1.5f}) + bytes_of<std::int16_t>({7}) + bytes_of<float>({2.5f}) +
                           bytes_of<std::int16_t>({-8});
  const Table table = read_bytes(npy("[('E', '<f4'), ('n', '<i2')]", "(2,)", data));
  EXPECT_EQ(table.columns, (Names{"E", "n"}));
  EXPECT_EQ(table.values, (Values{1.5, 7, 2.5, -8}));
}

TEST(Npz, TheOnlyMatrixIsTakenStoredOrDeflated) {
  const DataFolder folder;
  const std::string matrix = npy("'<f4'", "(2, 2)", bytes_of<float>({1, 2, 3, 4}));
  for (const bool deflate : {true, false}) {
    const std::string path =
        npz(folder, {{"n.npy", npy("'<i8'", "()", bytes_of<std::int64_t>({2}))}, {"x.npy", matrix}}, deflate);
    EXPECT_EQ(load_file(path).values, (Values{1, 2, 3, 4}));
  }
}

TEST(Npz, ArraysLeftAsideAreNoted) {
  const DataFolder folder;
  const std::string path = npz(folder, {{"x.npy", npy("'<f4'", "(2, 1)", bytes_of<float>({1, 2}))},
                                        {"y.npy", npy("'<f4'", "(2,)", bytes_of<float>({3, 4}))}});
  EXPECT_NE(joined_notes(load_file(path)).find("the array 'x' of " + path + " was read; it also holds y"),
            std::string::npos);
  EXPECT_EQ(joined_notes(load_file(path, {{"array", "x"}})), "");
}

TEST(Npy, FieldNamesOfOldHeadersAreLatin1AndBecomeUtf8) {
  const std::string data = bytes_of<float>({1, 2});
  EXPECT_EQ(read_bytes(npy("[('\xE9', '<f4')]", "(2,)", data)).columns, Names{"\xC3\xA9"});
  EXPECT_EQ(read_bytes(npy("[('\xC3\xA9', '<f4')]", "(2,)", data, false, 3)).columns, Names{"\xC3\xA9"});
  EXPECT_NE(error_of([&] { read_bytes(npy("[('\xE9', '<f4')]", "(2,)", data, false, 3)); }).find("not UTF-8"),
            std::string::npos);
}

TEST(Npy, PrecisionIsThatOfTheElementType) {
  const std::string data = bytes_of<float>({1}) + bytes_of<double>({2});
  EXPECT_EQ(read_bytes(npy("[('a', '<f4'), ('b', '<f8')]", "(1,)", data)).precision,
            (Values{kFloat32Precision, kFloat64Precision}));
}

TEST(Npz, SeveralMatricesNeedAChoice) {
  const DataFolder folder;
  const std::string path = npz(folder, {{"a.npy", npy("'<f4'", "(1, 1)", bytes_of<float>({1}))},
                                        {"b.npy", npy("'<f4'", "(1, 1)", bytes_of<float>({2}))}});
  EXPECT_NE(error_of([&] { load_file(path); }).find("(a, b); choose one with dataset.array"),
            std::string::npos);
  EXPECT_EQ(load_file(path, {{"array", "b"}}).values, Values{2});
}

TEST(Npz, EqualVectorsBecomeColumns) {
  const DataFolder folder;
  const std::string path = npz(folder, {{"E.npy", npy("'<f4'", "(2,)", bytes_of<float>({1, 2}))},
                                        {"px.npy", npy("'<f8'", "(2,)", bytes_of<double>({3, 4}))}});
  const Table table = load_file(path);
  EXPECT_EQ(table.columns, (Names{"E", "px"}));
  EXPECT_EQ(table.values, (Values{1, 3, 2, 4}));
}

TEST(Npy, AlignedNestedAndArrayFieldsBecomeColumns) {
  // As numpy.dtype(..., align=True) is saved: padding has no name.
  const std::string descr =
      "[('a', '|i1'), ('', '|V3'), (('a title', 'b'), '<f4'), ('in', [('x', '<i2'), ('y', '<i2')]), "
      "('m', '|u1', (2, 2))]";
  const std::string data = bytes_of<std::int8_t>({7}) + std::string(3, '\x55') + bytes_of<float>({1.5f}) +
                           bytes_of<std::int16_t>({-3, 4}) + bytes_of<std::uint8_t>({1, 2, 3, 4});
  const Table table = read_bytes(npy(descr, "(1,)", data));
  EXPECT_EQ(table.columns, (Names{"a", "b", "in.x", "in.y", "m[1,1]", "m[1,2]", "m[2,1]", "m[2,2]"}));
  EXPECT_EQ(table.values, (Values{7, 1.5, -3, 4, 1, 2, 3, 4}));
}

TEST(Npy, FieldsWithoutNumbersAreRefusedOrDroppedByName) {
  const std::string descr = "[('x', '<f4'), ('t', '<M8[ns]'), ('s', '<U1')]";
  const std::string bytes = npy(descr, "(1,)", bytes_of<float>({2}) + std::string(12, '\0'));
  const std::string sentence = error_of([&] { read_bytes(bytes); });
  EXPECT_NE(sentence.find("the column 't' holds dates"), std::string::npos) << sentence;
  EXPECT_NE(sentence.find("dataset.on_text=drop"), std::string::npos) << sentence;
  EXPECT_NE(sentence.find("dataset.columns=[\"x\"]"), std::string::npos) << sentence;
  FileOptions options;
  options.columns = {"x"};
  EXPECT_EQ(read_bytes(bytes, options).values, Values{2});
  options = {};
  options.on_text = OnText::drop;
  const Table dropped = read_bytes(bytes, options);
  EXPECT_EQ(dropped.columns, Names{"x"});
  EXPECT_NE(joined_notes(dropped).find("were left out: t, s"), std::string::npos) << joined_notes(dropped);
  options.target = "s";
  EXPECT_NE(error_of([&] { read_bytes(bytes, options); }).find("(dataset.target) holds text"),
            std::string::npos);
}

TEST(Npy, WhatIsNoNumberIsCalledByItsName) {
  const std::pair<const char*, const char*> types[] = {{"'<f16'", "long double numbers (128 bits)"},
                                                       {"'<c16'", "complex numbers"},
                                                       {"'|O'", "a pickle, which is never read"},
                                                       {"'<m8[s]'", "spans of time"},
                                                       {"'|V16'", "raw bytes"}};
  for (const auto& [type, expected] : types) {
    const std::string sentence = error_of([&] { read_bytes(npy(type, "(1,)", std::string(16, '\0'))); });
    EXPECT_NE(sentence.find(expected), std::string::npos) << sentence;
  }
}

TEST(Npy, BytesBehindTheArrayAreNotedAndASecondArrayIsRefused) {
  const std::string one = npy("'<f4'", "(2,)", bytes_of<float>({1, 2}));
  EXPECT_EQ(joined_notes(read_bytes(one)), "");
  EXPECT_EQ(joined_notes(read_bytes(one + "hello")), "5 bytes follow the array of t.npy and were not read\n");
  const std::string sentence = error_of([&] { read_bytes(one + one); });
  EXPECT_NE(sentence.find("several arrays, one behind the other, and the first has only 2 rows"),
            std::string::npos)
      << sentence;
}

/// Bytes of which nobody knows how many come, in small pieces: a pipe.
class PipeSource : public ByteSource {
 public:
  explicit PipeSource(std::string bytes) : bytes_(std::move(bytes)) {}
  std::size_t read(char* buffer, std::size_t size) override {
    const std::size_t count = std::min({size, bytes_.size() - at_, std::size_t{1000}});
    std::copy_n(bytes_.data() + at_, count, buffer);
    at_ += count;
    return count;
  }

 private:
  std::string bytes_;
  std::size_t at_ = 0;
};

TEST(Npy, PipesAreReadAndWhatTheyPromiseTakesNoMemory) {
  std::string data;
  Values expected;
  for (int i = 0; i < 6000; ++i) {
    data += bytes_of<float>({static_cast<float>(i)});
    expected.push_back(i);
  }
  for (const bool fortran : {false, true}) {
    PipeSource pipe(npy("'<f4'", "(3000, 2)", data, fortran));
    const Table table = read_npy(pipe, "pipe", {});
    const auto source = open_bytes("");
    EXPECT_EQ(table.values, read_bytes(npy("'<f4'", "(3000, 2)", data, fortran)).values);
    if (!fortran) {
      EXPECT_EQ(table.values, expected);
    }
  }
  for (const char* shape : {"(1000000000, 2)", "(3, 65536, 1000)"}) {
    PipeSource pipe(npy("'<f4'", shape, data));
    FileOptions options;
    options.max_rows = 100000000;
    options.flatten = shape[1] == '3' ? 1 : 0;
    EXPECT_NE(error_of([&] { read_npy(pipe, "pipe", options); }).find("cut off"), std::string::npos) << shape;
  }
}

TEST(Npz, ChecksumsAreCompared) {
  const DataFolder folder;
  const std::string path =
      npz(folder, {{"x.npy", npy("'<f4'", "(4,)", bytes_of<float>({1, 2, 3, 4}))}}, false);
  EXPECT_EQ(load_file(path).rows, 4u);
  std::ifstream in(path, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(in)), {});
  bytes[bytes.find(bytes_of<float>({3})) + 1] ^= 1;
  folder.write("t.npz", bytes);
  for (const Json& settings : {Json::object(), Json{{"max_rows", 1}}})
    EXPECT_NE(error_of([&] {
                load_file(path, settings);
              }).find("('x') is damaged: its bytes do not fit its checksum"),
              std::string::npos);
}

TEST(Npz, DamagedArraysAreRefusedAndOthersCanBeChosen) {
  const DataFolder folder;
  const std::string good = npy("'<f4'", "(2,)", bytes_of<float>({1, 2}));
  const std::string path = npz(folder, {{"x.npy", good}, {"y.npy", "no array"}});
  const std::string sentence = error_of([&] { load_file(path); });
  EXPECT_NE(sentence.find("('y') is not a NPY file"), std::string::npos) << sentence;
  EXPECT_NE(sentence.find("dataset.columns=[\"x\"] reads the others"), std::string::npos) << sentence;
  const Table table = load_file(path, {{"columns", {"x"}}});
  EXPECT_EQ(table.values, (Values{1, 2}));
  EXPECT_NE(joined_notes(table).find("y (damaged)"), std::string::npos);
}

TEST(Npz, WhatIsNoColumnIsNotedOrRefused) {
  const DataFolder folder;
  const std::string column = npy("'<f4'", "(2,)", bytes_of<float>({1, 2}));
  const std::string text = npy("'<U1'", "(2,)", std::string(8, '\0'));
  EXPECT_NE(joined_notes(load_file(npz(folder, {{"x.npy", column}, {"s.npy", text}})))
                .find("left out: s (text, shape 2)"),
            std::string::npos);
  const std::string images =
      npz(folder, {{"X.npy", npy("'<f4'", "(2, 2, 1, 1)", std::string(16, '\0'))}, {"y.npy", column}});
  EXPECT_NE(error_of([&] { load_file(images); }).find("('X') has 4 dimensions (2 x 2 x 1 x 1)"),
            std::string::npos);
  EXPECT_EQ(load_file(images, {{"array", "y"}}).rows, 2u);
  const std::string unequal = npz(
      folder, {{"a.npy", column}, {"b.npy", column}, {"c.npy", npy("'<f4'", "(1,)", bytes_of<float>({1}))}});
  const std::string sentence = error_of([&] { load_file(unequal); });
  EXPECT_NE(sentence.find("a has 2 values, c has 1; choose with dataset.columns=[\"a\",\"b\"]"),
            std::string::npos)
      << sentence;
  EXPECT_EQ(load_file(unequal, {{"columns", {"a", "b"}}}).columns, (Names{"a", "b"}));
}

TEST(Npz, WeightsGroupAndTargetMayBeArraysOfTheirOwn) {
  const DataFolder folder;
  const std::string path =
      npz(folder, {{"X.npy", npy("'<f4'", "(3, 2)", bytes_of<float>({1, 2, 3, 4, 5, 6}))},
                   {"w.npy", npy("'<f4'", "(3,)", bytes_of<float>({1, 2, 1}))},
                   {"y.npy", npy("'<f8'", "(3, 1)", bytes_of<double>({7, 8, 9}))},
                   {"bad.npy", npy("'<f4'", "(2,)", bytes_of<float>({1, 2}))}});
  const Table table = load_file(path, {{"array", "X"}, {"weights", "w"}, {"target", "y"}});
  EXPECT_EQ(table.values, (Values{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(table.weights, (Values{1, 2, 1}));
  EXPECT_EQ(table.target, (Values{7, 8, 9}));
  EXPECT_EQ(load_file(path, {{"array", "X"}, {"select", "w > 1.5"}}).values, (Values{3, 4}));
  const std::string sentence = error_of([&] { load_file(path, {{"array", "X"}, {"group", "bad"}}); });
  EXPECT_NE(
      sentence.find("('bad') (dataset.group) holds numbers, shape 2; one number for each of the 3 rows"),
      std::string::npos)
      << sentence;
}

TEST(Npz, ContentsSayHowToChoose) {
  const DataFolder folder;
  FileOptions options;
  options.path = npz(folder, {{"X.npy", npy("'<f4'", "(1, 2, 1)", bytes_of<float>({1, 2}))},
                              {"y.npy", npy("'<f4'", "(1,)", bytes_of<float>({1}))},
                              {"s.npy", npy("'<U1'", "(1,)", std::string(4, '\0'))}});
  const std::vector<ContentItem> items = npz_contents(options);
  ASSERT_EQ(items.size(), 3u);
  EXPECT_EQ(items[0].description, "numbers, shape 1 x 2 x 1");
  EXPECT_EQ(items[0].settings, (Names{"dataset.array=X", "dataset.flatten=2"}));
  EXPECT_EQ(items[1].settings, Names{"dataset.array=y"});
  EXPECT_TRUE(items[2].settings.empty());
}

}  // namespace
}  // namespace symscan::test
