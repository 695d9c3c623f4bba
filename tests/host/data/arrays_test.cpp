// NPY, NPZ and HDF5, from bytes that NumPy and the libraries themselves would write.
#include <hdf5.h>
#include <zip.h>

#include <cmath>
#include <cstring>

#include "host/data/file_readers.hpp"
#include "host/data/npy_format.hpp"
#include "tests/host/data/data_files.hpp"

namespace symscan::test {
namespace {

using Names = std::vector<std::string>;
using Values = std::vector<double>;

template <class T>
std::string bytes_of(std::initializer_list<T> values) {
  std::string bytes;
  for (const T value : values) bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
  return bytes;
}

std::string swapped(std::string bytes, std::size_t size) {
  for (std::size_t at = 0; at < bytes.size(); at += size)
    std::reverse(bytes.begin() + at, bytes.begin() + at + size);
  return bytes;
}

std::string npy(const std::string& descr, const std::string& shape, const std::string& data,
                bool fortran = false, int version = 1) {
  std::string header = "{'descr': " + descr + ", 'fortran_order': " + (fortran ? "True" : "False") +
                       ", 'shape': " + shape + ", }";
  while ((header.size() + 11) % 64) header += ' ';
  header += '\n';
  std::string length = bytes_of<std::uint32_t>({static_cast<std::uint32_t>(header.size())});
  if (version == 1) length.resize(2);
  return std::string("\x93NUMPY") + static_cast<char>(version) + '\0' + length + header + data;
}

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

std::string npz(const DataFolder& folder, const std::vector<std::pair<std::string, std::string>>& entries,
                bool deflate = true) {
  const std::string path = folder.path("t.npz");
  zip_t* archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
  for (const auto& [name, bytes] : entries) {
    const auto index =
        zip_file_add(archive, name.c_str(), zip_source_buffer(archive, bytes.data(), bytes.size(), 0), 0);
    zip_set_file_compression(archive, static_cast<zip_uint64_t>(index),
                             deflate ? ZIP_CM_DEFLATE : ZIP_CM_STORE, 0);
  }
  zip_close(archive);
  return path;
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

/// A small HDF5 file made by `fill`.
template <class Fill>
std::string hdf5(const DataFolder& folder, Fill fill) {
  const std::string path = folder.path("t.h5");
  const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  fill(file);
  H5Fclose(file);
  return path;
}

template <class T>
void add_dataset(hid_t file, const char* name, hid_t type, std::vector<hsize_t> shape,
                 const std::vector<T>& values, hid_t creation = H5P_DEFAULT) {
  const hid_t space = H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr);
  const hid_t dataset = H5Dcreate2(file, name, type, space, H5P_DEFAULT, creation, H5P_DEFAULT);
  H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
  H5Dclose(dataset);
  H5Sclose(space);
}

TEST(Hdf5, MatrixOfAnyNumberTypeAlsoCompressed) {
  const DataFolder folder;
  const std::string path = hdf5(folder, [](hid_t file) {
    const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
    const hsize_t chunk[2] = {1, 2};
    H5Pset_chunk(creation, 2, chunk);
    H5Pset_deflate(creation, 6);
    add_dataset<int>(file, "x", H5T_NATIVE_INT, {2, 2}, {1, -2, 3, 4}, creation);
    H5Pclose(creation);
  });
  EXPECT_EQ(load_file(path).values, (Values{1, -2, 3, 4}));
  EXPECT_EQ(load_file(path, {{"max_rows", 1}, {"columns", {"1"}}}).values, Values{-2});
}

TEST(Hdf5, GroupOfVectorsBecomesColumns) {
  const DataFolder folder;
  const std::string path = hdf5(folder, [](hid_t file) {
    H5Gclose(H5Gcreate2(file, "events", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    add_dataset<float>(file, "events/px", H5T_NATIVE_FLOAT, {2}, {1, 2});
    add_dataset<double>(file, "events/E", H5T_NATIVE_DOUBLE, {2}, {3, 4});
    add_dataset<double>(file, "events/w", H5T_NATIVE_DOUBLE, {2}, {5, 6});
  });
  const Table table = load_file(path, {{"array", "/events"}, {"weights", "w"}});
  EXPECT_EQ(table.columns, (Names{"E", "px"}));
  EXPECT_EQ(table.values, (Values{3, 1, 4, 2}));
  EXPECT_EQ(table.weights, (Values{5, 6}));
  EXPECT_EQ(load_file(path).columns, (Names{"E", "px", "w"}));  // the only group with columns
  EXPECT_EQ(table.precision, (Values{kFloat64Precision, kFloat32Precision}));
}

TEST(Hdf5, SeveralGroupsOfColumnsNeedAChoice) {
  const DataFolder folder;
  const std::string path = hdf5(folder, [](hid_t file) {
    for (const char* group : {"data", "truth"})
      H5Gclose(H5Gcreate2(file, group, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    add_dataset<float>(file, "data/x", H5T_NATIVE_FLOAT, {2}, {1, 2});
    add_dataset<float>(file, "truth/x", H5T_NATIVE_FLOAT, {2}, {3, 4});
  });
  const std::string sentence = error_of([&] { load_file(path); });
  EXPECT_NE(sentence.find("several groups (data, truth); choose one, for example dataset.array=data"),
            std::string::npos)
      << sentence;
  EXPECT_EQ(load_file(path, {{"array", "truth"}}).values, (Values{3, 4}));
}

TEST(Hdf5, ObjectsOfOtherShapesAreNamedWithTheirShape) {
  const DataFolder folder;
  const std::string path = hdf5(folder, [](hid_t file) {
    add_dataset<float>(file, "images", H5T_NATIVE_FLOAT, {2, 1, 2}, {1, 2, 3, 4});
  });
  const std::string sentence = error_of([&] { load_file(path); });
  EXPECT_NE(sentence.find("('images') holds numbers, shape 2 x 1 x 2"), std::string::npos) << sentence;
  const std::string text = hdf5(folder, [](hid_t file) {
    const hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, 2);
    add_dataset<char>(file, "names", type, {2}, {'a', '\0', 'b', '\0'});
    H5Tclose(type);
  });
  EXPECT_NE(error_of([&] {
              load_file(text, {{"array", "names"}});
            }).find("('names') holds text, shape 2"),
            std::string::npos);
}

TEST(Hdf5, PandasTablesWithPackedColumnsAreExplained) {
  struct Record {
    long index;
    double values[2];
  };
  const DataFolder folder;
  const std::string path = hdf5(folder, [](hid_t file) {
    const hsize_t two = 2;
    const hid_t array = H5Tarray_create2(H5T_NATIVE_DOUBLE, 1, &two);
    const hid_t type = H5Tcreate(H5T_COMPOUND, sizeof(Record));
    H5Tinsert(type, "index", offsetof(Record, index), H5T_NATIVE_LONG);
    H5Tinsert(type, "values_block_0", offsetof(Record, values), array);
    add_dataset<Record>(file, "table", type, {1}, {{0, {1, 2}}});
    H5Tclose(type);
    H5Tclose(array);
  });
  const std::string sentence = error_of([&] { load_file(path); });
  EXPECT_NE(sentence.find("data_columns=True"), std::string::npos) << sentence;
}

TEST(Hdf5, RecordsBecomeNamedColumns) {
  struct Record {
    float energy;
    int charge;
  };
  const DataFolder folder;
  const std::string path = hdf5(folder, [](hid_t file) {
    const hid_t type = H5Tcreate(H5T_COMPOUND, sizeof(Record));
    H5Tinsert(type, "E", offsetof(Record, energy), H5T_NATIVE_FLOAT);
    H5Tinsert(type, "q", offsetof(Record, charge), H5T_NATIVE_INT);
    add_dataset<Record>(file, "table", type, {2}, {{1.5f, -1}, {2.5f, 1}});
    H5Tclose(type);
  });
  EXPECT_EQ(load_file(path).values, (Values{1.5, -1, 2.5, 1}));
  const Table chosen = load_file(path, {{"columns", {"q", "E"}}, {"weights", "E"}});
  EXPECT_EQ(chosen.values, (Values{-1, 1.5, 1, 2.5}));
  EXPECT_EQ(chosen.weights, (Values{1.5, 2.5}));
}

TEST(Hdf5, DeclaredButNeverWrittenDataAreRefusedBeforeAllocation) {
  const DataFolder folder;
  const std::string path = hdf5(folder, [](hid_t file) {
    const hsize_t shape[2] = {1u << 20, 512}, chunk[2] = {1024, 512};
    const hid_t space = H5Screate_simple(2, shape, nullptr), creation = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(creation, 2, chunk);
    H5Dclose(H5Dcreate2(file, "x", H5T_NATIVE_DOUBLE, space, H5P_DEFAULT, creation, H5P_DEFAULT));
    H5Pclose(creation);
    H5Sclose(space);
  });
  EXPECT_NE(error_of([&] { load_file(path); }).find("never filled"), std::string::npos);
}

}  // namespace
}  // namespace symscan::test
