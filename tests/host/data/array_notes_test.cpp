// What array files hold beside plain numbers is refused or named, never read as something else.
#include "host/data/contents.hpp"
#include "host/data/file_readers.hpp"
#include "host/data/write_table.hpp"
#include "tests/host/data/array_files.hpp"

namespace symscan::test {
namespace {

Table read_array(const std::string& bytes, const FileOptions& options = {}) {
  const auto source = open_bytes(bytes);
  return read_npy(*source, "t.npy", options);
}

std::string text_array() {
  return npy("'|S1'", "(2,)", "ab");
}

/// What symscan inspect lists.
Names listed(const std::vector<ContentItem>& items) {
  Names names;
  for (const ContentItem& item : items) names.push_back(item.name);
  return names;
}

FileOptions options_of(const std::string& path) {
  FileOptions options;
  options.path = path;
  return options;
}

constexpr long long kLarge = 1'000'000'000'000'000'000;

TEST(ArrayNotes, LargeIntegersThatAreRoundedAreNoted) {
  const std::string rounded = "2 integers of the column 'c0' of t.npy beyond 2^53 were rounded to float64";
  const std::string data = bytes_of<std::int64_t>({kLarge + 1, 1, -kLarge - 3, 2});
  for (const bool fortran : {false, true}) {
    const std::string order = fortran ? bytes_of<std::int64_t>({kLarge + 1, -kLarge - 3, 1, 2}) : data;
    EXPECT_NE(joined_notes(read_array(npy("'<i8'", "(2, 2)", order, fortran))).find(rounded),
              std::string::npos)
        << fortran;
  }
  EXPECT_NE(joined_notes(read_array(npy("'>i8'", "(2, 2)", swapped(data, 8)))).find(rounded),
            std::string::npos);
  EXPECT_NE(
      joined_notes(read_array(npy("'<u8'", "(1,)", bytes_of<std::uint64_t>({~0ull})))).find("was rounded"),
      std::string::npos);
  // Those that float64 holds are not, nor are columns that are left out.
  EXPECT_EQ(joined_notes(read_array(npy("'<i8'", "(2,)", bytes_of<std::int64_t>({kLarge, 1ll << 62})))), "");
  FileOptions second;
  second.columns = {"c1"};
  EXPECT_EQ(joined_notes(read_array(npy("'<i8'", "(2, 2)", data), second)), "");
}

TEST(ArrayNotes, LargeIntegersOfArchivesAndEventsAreNoted) {
  const DataFolder folder;
  const std::string path =
      npz(folder, {{"id.npy", npy("'<i8'", "(2,)", bytes_of<std::int64_t>({kLarge + 1, kLarge + 3}))},
                   {"x.npy", npy("'<f8'", "(2,)", bytes_of<double>({1, 2}))}});
  EXPECT_NE(joined_notes(load_file(path)).find("2 integers of the column 'id'"), std::string::npos);
  FileOptions flat;
  flat.flatten = 1;
  const std::string events = npy("'<i8'", "(1, 1, 2)", bytes_of<std::int64_t>({kLarge + 1, 1}));
  EXPECT_NE(joined_notes(read_array(events, flat)).find("1 integer of the column 'f0'"), std::string::npos);
}

TEST(ArrayNotes, LargeIntegersOfHdf5AreReadAndNoted) {
  const DataFolder folder;
  const std::string path = hdf5(folder, [](hid_t file) {
    add_dataset<long long>(file, "x", H5T_NATIVE_LLONG, {2, 2}, {kLarge + 1, -1, kLarge, -kLarge});
  });
  const Table table = load_file(path);
  EXPECT_EQ(table.values, (Values{1e18, -1, 1e18, -1e18}));
  EXPECT_NE(joined_notes(table).find("1 integer of the column 'c0'"), std::string::npos);
  EXPECT_EQ(joined_notes(load_file(path, {{"columns", {"1"}}})), "");
  const std::string natural = hdf5(folder, [](hid_t file) {
    add_dataset<unsigned long long>(file, "x", H5T_NATIVE_ULLONG, {1, 2}, {~0ull, 7});
  });
  EXPECT_EQ(load_file(natural).values, (Values{18446744073709551616.0, 7}));
}

TEST(ArrayNotes, EscapesInNamesOfFieldsAreUndone) {
  const auto names_of = [](const std::string& name) {
    return read_array(npy("[(" + name + ", '<f4')]", "(1,)", bytes_of<float>({1}))).columns;
  };
  EXPECT_EQ(names_of(R"('a\\b')"), Names{"a\\b"});
  EXPECT_EQ(names_of(R"('a\'b"')"), Names{"a'b\""});
  EXPECT_EQ(names_of(R"('\xe9\u03c0\U0001d70b')"), Names{"\xC3\xA9\xCF\x80\xF0\x9D\x9C\x8B"});
  for (const char* damaged : {R"('\q')", R"('\x4')", R"('\U99999999')", R"('\)"})
    EXPECT_NE(error_of([&] { names_of(damaged); }).find("damaged NPY header"), std::string::npos) << damaged;
}

TEST(ArrayNotes, ANpyFileHasNoArraysToChooseFrom) {
  FileOptions options;
  options.array = "x";
  EXPECT_NE(error_of([&] {
              read_array(npy("'<f4'", "(1,)", bytes_of<float>({1})), options);
            }).find("leave dataset.array out"),
            std::string::npos);
}

TEST(ArrayNotes, CompressedNpyFilesAreReadByTheirEnding) {
  const DataFolder folder;
  const std::string bytes = npy("'<f8'", "(2, 2)", bytes_of<double>({1, 3, 2, 4}), true);
  EXPECT_EQ(load_file(folder.write("plain.npy.gz", bytes)).values,
            (Values{1, 2, 3, 4}));  // told by its bytes
  const Table table = load_file(folder.write("t.npy", bytes));
  write_table(table, folder.path("u.npy.gz"));
  EXPECT_EQ(load_file(folder.path("u.npy.gz")).values, table.values);
}

TEST(ArrayNotes, OneHotIsRefusedForArraysOfText) {
  const std::string refused = "dataset.on_text=one_hot is for text files, and the column 's'";
  const DataFolder folder;
  for (const char* shape : {"(2,)", "(2, 1)"}) {
    const std::string path = npz(
        folder, {{"s.npy", text_array()}, {"x.npy", npy("'<f8'", shape, bytes_of<double>({1, 2}))}}, false);
    EXPECT_NE(error_of([&] {
                load_file(path, {{"on_text", "one_hot"}});
              }).find(refused),
              std::string::npos)
        << shape;
    EXPECT_NE(joined_notes(load_file(path, {{"on_text", "drop"}})).find("s (text"), std::string::npos);
    EXPECT_EQ(load_file(path, {{"on_text", "one_hot"}, {"array", "x"}}).values, (Values{1, 2}));
  }
  for (const std::vector<hsize_t>& shape : {std::vector<hsize_t>{2}, std::vector<hsize_t>{2, 1}}) {
    const std::string path = hdf5(folder, [&](hid_t file) {
      add_labels(file, "s", 1, "ab");
      add_dataset<double>(file, "x", H5T_NATIVE_DOUBLE, shape, {1, 2});
    });
    EXPECT_NE(error_of([&] { load_file(path, {{"on_text", "one_hot"}}); }).find(refused), std::string::npos);
    EXPECT_NE(joined_notes(load_file(path, {{"on_text", "drop"}})).find("s (text"), std::string::npos);
  }
}

TEST(ArrayNotes, WhatIsNoArrayInAnArchiveIsNamed) {
  const DataFolder folder;
  const std::string path =
      npz(folder, {{"x.npy", npy("'<f4'", "(1, 1)", bytes_of<float>({1}))}, {"readme.txt", "hello"}});
  EXPECT_NE(joined_notes(load_file(path)).find("no NPY arrays were not read: readme.txt"), std::string::npos);
}

TEST(ArrayNotes, EmptyFramesOfPandasAreRefused) {
  const DataFolder folder;
  for (const bool series : {true, false}) {
    const std::string path = hdf5(folder, [&](hid_t file) {
      add_group(file, "df");
      describe(file, "df", "pandas_type", series ? "series" : "frame");
      if (!series) add_labels(file, "df/block0_items", 1, "ab");
      const std::string values = series ? "df/values" : "df/block0_values";
      add_dataset<double>(file, values.c_str(), H5T_NATIVE_DOUBLE,
                          series ? std::vector<hsize_t>{1} : std::vector<hsize_t>{1, 1}, {0});
      describe(file, values.c_str(), "value_type", "float64");
      describe(file, values.c_str(), "shape", "(I0\ntp0\n.");
    });
    EXPECT_NE(error_of([&] { load_file(path); }).find("('df') is an empty frame of pandas"),
              std::string::npos);
  }
}

hid_t enumeration(std::initializer_list<std::pair<const char*, signed char>> words) {
  const hid_t type = H5Tenum_create(H5T_NATIVE_SCHAR);
  for (const auto& [word, number] : words) H5Tenum_insert(type, word, &number);
  return type;
}

TEST(ArrayNotes, WordsOfEnumerationsAreNamedWithTheirNumbers) {
  const DataFolder folder;
  const std::string path = hdf5(folder, [](hid_t file) {
    const hid_t colours = enumeration({{"RED", 0}, {"GREEN", 5}, {"BLUE", -1}});
    add_dataset<signed char>(file, "c", colours, {2}, {-1, 5});
    H5Tclose(colours);
  });
  EXPECT_EQ(load_file(path).values, (Values{-1, 5}));
  EXPECT_NE(joined_notes(load_file(path)).find("RED = 0, GREEN = 5, BLUE = -1"), std::string::npos);
  const std::string flags = hdf5(folder, [](hid_t file) {
    const hid_t truth = enumeration({{"FALSE", 0}, {"TRUE", 1}});
    add_dataset<signed char>(file, "c", truth, {2}, {0, 1});
    H5Tclose(truth);
  });
  EXPECT_EQ(joined_notes(load_file(flags)), "");
}

TEST(ArrayNotes, NamesForAnotherNumberOfColumnsAreNoted) {
  const DataFolder folder;
  const std::string path = hdf5(folder, [](hid_t file) {
    add_dataset<double>(file, "x", H5T_NATIVE_DOUBLE, {1, 2}, {1, 2});
    describe(file, "x", "columns", "only");
  });
  EXPECT_EQ(load_file(path).columns, (Names{"c0", "c1"}));
  EXPECT_NE(joined_notes(load_file(path)).find("holds 1 text for 2 columns and was not used"),
            std::string::npos);
}

TEST(ArrayNotes, MatricesOfOneColumnAreColumnsBesideOthers) {
  const DataFolder folder;
  const std::string path = hdf5(folder, [](hid_t file) {
    for (const char* name : {"x", "y", "z"})
      add_dataset<double>(file, name, H5T_NATIVE_DOUBLE, {2, 1}, {1.0 * name[0], 2});
  });
  EXPECT_EQ(load_file(path).columns, (Names{"x", "y", "z"}));
  EXPECT_EQ(load_file(path).values, (Values{'x', 'y', 'z', 2, 2, 2}));
  EXPECT_EQ(hdf5_contents(options_of(path)).at(0).settings, Names{"dataset.array=/"});
  const std::string labelled = hdf5(folder, [](hid_t file) {
    add_dataset<double>(file, "label", H5T_NATIVE_DOUBLE, {2, 1}, {8, 9});
    add_dataset<double>(file, "x", H5T_NATIVE_DOUBLE, {2, 2}, {1, 2, 3, 4});
  });
  EXPECT_EQ(load_file(labelled).values, (Values{1, 2, 3, 4}));
  EXPECT_NE(joined_notes(load_file(labelled)).find("dataset.target=label"), std::string::npos);
  EXPECT_EQ(load_file(labelled, {{"target", "label"}}).target, (Values{8, 9}));
  const std::string alone = hdf5(folder, [](hid_t file) {
    add_dataset<double>(file, "x", H5T_NATIVE_DOUBLE, {2, 1}, {1, 2});
  });
  EXPECT_EQ(load_file(alone).columns, Names{"c0"});
}

TEST(ArrayNotes, TheLargestTableIsListedFirst) {
  const DataFolder folder;
  const std::string path = hdf5(folder, [](hid_t file) {
    add_dataset<double>(file, "a", H5T_NATIVE_DOUBLE, {2}, {1, 2});
    add_dataset<double>(file, "b", H5T_NATIVE_DOUBLE, {2}, {1, 2});
    add_dataset<double>(file, "c", H5T_NATIVE_DOUBLE, {1, 1}, {1});
    add_dataset<double>(file, "d", H5T_NATIVE_DOUBLE, {2, 2}, {1, 2, 3, 4});
  });
  EXPECT_EQ(listed(hdf5_contents(options_of(path))), (Names{"d", "c", "/", "a", "b"}));
  const std::string archive = npz(folder, {{"n.npy", npy("'<f4'", "()", bytes_of<float>({1}))},
                                           {"s.npy", npy("'<f4'", "(1, 1)", bytes_of<float>({1}))},
                                           {"x.npy", npy("'<f4'", "(1, 2)", bytes_of<float>({1, 2}))}});
  EXPECT_EQ(listed(npz_contents(options_of(archive))), (Names{"x", "s", "n"}));
}

TEST(ArrayNotes, OtherMatlabFilesAreToldHowToBeSaved) {
  const DataFolder folder;
  for (const std::string start : {"MATLAB 5.0 MAT-file", "\x01\x02\x03"})
    EXPECT_NE(error_of([&] {
                load_file(folder.write("b.mat", start + std::string(100, ' ')));
              }).find("save('a.mat', '-v7.3')"),
              std::string::npos);
  const std::string path = hdf5(folder, [](hid_t file) {
    add_dataset<double>(file, "x", H5T_NATIVE_DOUBLE, {2, 1}, {1, 2});
  });
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  EXPECT_NE(error_of([&] { load_file(path); }).find("cut off"), std::string::npos);
}

TEST(ArrayNotes, AShortenedVirtualSourceIsNamedWithItsSize) {
  const DataFolder folder;
  const auto add_source = [&](hsize_t rows) {
    const hid_t file = H5Fcreate(folder.path("s.h5").c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    add_dataset<double>(file, "x", H5T_NATIVE_DOUBLE, {rows, 1}, std::vector<double>(rows, 1.0));
    H5Fclose(file);
  };
  add_source(4);
  const std::string path = hdf5(folder, [](hid_t file) {
    const hsize_t shape[2] = {4, 1};
    const hid_t space = H5Screate_simple(2, shape, nullptr), creation = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_virtual(creation, space, "s.h5", "x", space);
    H5Dclose(H5Dcreate2(file, "v", H5T_NATIVE_DOUBLE, space, H5P_DEFAULT, creation, H5P_DEFAULT));
    H5Pclose(creation);
    H5Sclose(space);
  });
  EXPECT_EQ(load_file(path).rows, 4u);
  add_source(3);
  const std::string sentence = error_of([&] { load_file(path); });
  EXPECT_NE(sentence.find("takes 4 values from its source 'x' of 's.h5', which has 3"), std::string::npos)
      << sentence;
}

}  // namespace
}  // namespace symscan::test
