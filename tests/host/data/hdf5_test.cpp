// HDF5 files, made with the library itself: datasets, records, groups, links, pandas and MATLAB.
#include "host/data/contents.hpp"
#include "host/data/file_readers.hpp"
#include "host/data/hdf5_pandas.hpp"
#include "tests/host/data/array_files.hpp"

namespace symscan::test {
namespace {

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
  EXPECT_NE(sentence.find("('images') has 3 dimensions, 2 x 1 x 2"), std::string::npos) << sentence;
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

TEST(Hdf5, OldMatlabFilesAreNamed) {
  const DataFolder folder;
  const std::string path =
      folder.write("a.mat", "MATLAB 5.0 MAT-file, Platform: GLNXA64" + std::string(200, ' '));
  EXPECT_NE(error_of([&] { load_file(path); }).find("save('a.mat', '-v7.3')"), std::string::npos);
}

TEST(Hdf5, AmongTooManyObjectsOneIsFoundByItsName) {
  const DataFolder folder;
  const std::string path = hdf5(folder, [](hid_t file) {
    for (int i = 0; i < 10001; ++i)
      H5Lcreate_soft("/nowhere", file, ("e" + std::to_string(i)).c_str(), H5P_DEFAULT, H5P_DEFAULT);
    add_dataset<double>(file, "z", H5T_NATIVE_DOUBLE, {2, 1}, {1, 2});
  });
  EXPECT_NE(error_of([&] { load_file(path); }).find("more than 10000 objects"), std::string::npos);
  EXPECT_EQ(load_file(path, {{"array", "z"}}).values, (Values{1, 2}));
}

TEST(Hdf5, PartsOfRecordsBecomeColumns) {
  struct Record {
    double p[2];
    float x;
  };
  const DataFolder folder;
  const std::string path = hdf5(folder, [](hid_t file) {
    const hsize_t two = 2;
    const hid_t array = H5Tarray_create2(H5T_NATIVE_DOUBLE, 1, &two);
    const hid_t type = H5Tcreate(H5T_COMPOUND, sizeof(Record));
    H5Tinsert(type, "p", HOFFSET(Record, p), array);
    H5Tinsert(type, "x", HOFFSET(Record, x), H5T_NATIVE_FLOAT);
    add_dataset<Record>(file, "r", type, {2}, {{{1, 2}, 3}, {{4, 5}, 6}});
    H5Tclose(type);
    H5Tclose(array);
  });
  const Table table = load_file(path);
  EXPECT_EQ(table.columns, (Names{"p[1]", "p[2]", "x"}));
  EXPECT_EQ(table.values, (Values{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(load_file(path, {{"columns", {"x", "p[2]"}}}).values, (Values{3, 2, 6, 5}));
}

TEST(Hdf5, LinksLeadToTablesAndNowhereElse) {
  const DataFolder folder;
  const std::string path = hdf5(folder, [](hid_t file) {
    add_group(file, "g");
    add_dataset<double>(file, "g/d", H5T_NATIVE_DOUBLE, {2, 1}, {1, 2});
    H5Lcreate_soft("/g", file, "alias", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_soft("/", file, "g/loop", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_hard(file, "g", file, "g/again", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_soft("/nowhere", file, "dangling", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_external("other.h5", "/x", file, "external", H5P_DEFAULT, H5P_DEFAULT);
  });
  const Table table = load_file(path);
  EXPECT_EQ(table.values, (Values{1, 2}));
  EXPECT_NE(joined_notes(table).find("external (a link to '/x' in the file 'other.h5')"), std::string::npos);
  EXPECT_EQ(load_file(path, {{"array", "alias/d"}}).values, (Values{1, 2}));
  EXPECT_EQ(load_file(path, {{"array", "/g/loop/alias"}}).values, (Values{1, 2}));
  EXPECT_NE(error_of([&] {
              load_file(path, {{"array", "dangling"}});
            }).find("is a link to nothing, '/nowhere'"),
            std::string::npos);
  EXPECT_NE(error_of([&] {
              load_file(path, {{"array", "external"}});
            }).find("in the file 'other.h5'"),
            std::string::npos);
}

/// A virtual dataset of two sources with two rows each.
void add_virtual(hid_t file, const char* first, const char* second) {
  const hsize_t shape[2] = {4, 1}, part[2] = {2, 1};
  const hid_t space = H5Screate_simple(2, shape, nullptr), source = H5Screate_simple(2, part, nullptr);
  const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
  for (hsize_t i = 0; i < 2; ++i) {
    const char* name = i == 0 ? first : second;
    const hsize_t start[2] = {2 * i, 0};
    if (name == nullptr) continue;
    H5Sselect_hyperslab(space, H5S_SELECT_SET, start, nullptr, part, nullptr);
    H5Pset_virtual(creation, space, name, "/d", source);
  }
  H5Sselect_all(space);
  H5Dclose(H5Dcreate2(file, "v", H5T_NATIVE_DOUBLE, space, H5P_DEFAULT, creation, H5P_DEFAULT));
  H5Pclose(creation);
  H5Sclose(source);
  H5Sclose(space);
}

TEST(Hdf5, VirtualDatasetsNeedAllTheirSources) {
  const DataFolder folder;
  const auto source = [&](const char* name, std::vector<double> values) {
    const hid_t file = H5Fcreate(folder.path(name).c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    add_dataset<double>(file, "d", H5T_NATIVE_DOUBLE, {values.size(), 1}, values);
    H5Fclose(file);
  };
  source("a.h5", {1, 2});
  source("b.h5", {3, 4});
  EXPECT_EQ(load_file(hdf5(folder, [](hid_t file) { add_virtual(file, "a.h5", "b.h5"); })).values,
            (Values{1, 2, 3, 4}));
  const std::string missing = hdf5(folder, [](hid_t file) { add_virtual(file, "a.h5", "c.h5"); });
  const std::string sentence = error_of([&] { load_file(missing); });
  EXPECT_NE(sentence.find("its source 'c.h5' is missing"), std::string::npos) << sentence;
  const std::string hole = hdf5(folder, [](hid_t file) { add_virtual(file, "a.h5", nullptr); });
  EXPECT_NE(error_of([&] { load_file(hole); }).find("of 4 values, and its sources hold 2 of them"),
            std::string::npos);
}

TEST(Hdf5, BytesOfOtherFilesAreNotRead) {
  const DataFolder folder;
  folder.write("secret", std::string(64, 'x'));
  const std::string path = hdf5(folder, [&](hid_t file) {
    const hsize_t shape[2] = {4, 2};
    const hid_t space = H5Screate_simple(2, shape, nullptr), creation = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_external(creation, folder.path("secret").c_str(), 0, 64);
    H5Dclose(H5Dcreate2(file, "x", H5T_NATIVE_DOUBLE, space, H5P_DEFAULT, creation, H5P_DEFAULT));
    H5Pclose(creation);
    H5Sclose(space);
  });
  EXPECT_NE(error_of([&] { load_file(path); }).find("keeps its values in another file"), std::string::npos);
}

TEST(Hdf5, BlocksThatWereNeverWrittenAreNotedAndSmallSetsRefused) {
  const DataFolder folder;
  const auto make = [&](hsize_t written) {
    return hdf5(folder, [&](hid_t file) {
      const hsize_t shape[2] = {4, 1}, chunk[2] = {2, 1}, start[2] = {0, 0}, count[2] = {written, 1};
      const hid_t space = H5Screate_simple(2, shape, nullptr), creation = H5Pcreate(H5P_DATASET_CREATE);
      H5Pset_chunk(creation, 2, chunk);
      const hid_t dataset =
          H5Dcreate2(file, "x", H5T_NATIVE_DOUBLE, space, H5P_DEFAULT, creation, H5P_DEFAULT);
      if (written > 0) {
        const double values[4] = {1, 2, 3, 4};
        const hid_t memory = H5Screate_simple(2, count, nullptr);
        H5Sselect_hyperslab(space, H5S_SELECT_SET, start, nullptr, count, nullptr);
        H5Dwrite(dataset, H5T_NATIVE_DOUBLE, memory, space, H5P_DEFAULT, values);
        H5Sclose(memory);
      }
      H5Dclose(dataset);
      H5Pclose(creation);
      H5Sclose(space);
    });
  };
  EXPECT_EQ(joined_notes(load_file(make(4))), "");
  EXPECT_NE(joined_notes(load_file(make(2))).find("1 of 2 blocks of "), std::string::npos);
  EXPECT_NE(error_of([&] { load_file(make(0)); }).find("never filled"), std::string::npos);
}

TEST(Hdf5, MatlabArraysHaveTheirAxesTurned) {
  const DataFolder folder;
  const std::string path = hdf5(folder, [](hid_t file) {
    add_dataset<double>(file, "X", H5T_NATIVE_DOUBLE, {2, 3}, {1, 2, 3, 10, 20, 30});
    describe(file, "X", "MATLAB_class", "double");
    add_dataset<double>(file, "y", H5T_NATIVE_DOUBLE, {1, 3}, {7, 8, 9});
    describe(file, "y", "MATLAB_class", "double");
    add_dataset<std::uint16_t>(file, "s", H5T_NATIVE_UINT16, {2, 1}, {'a', 'b'});
    describe(file, "s", "MATLAB_class", "char");
    add_group(file, "#refs#");
    add_dataset<double>(file, "#refs#/a", H5T_NATIVE_DOUBLE, {2, 2}, {1, 2, 3, 4});
  });
  const Table table = load_file(path, {{"target", "y"}});
  EXPECT_EQ(table.values, (Values{1, 10, 2, 20, 3, 30}));
  EXPECT_EQ(table.target, (Values{7, 8, 9}));
  EXPECT_NE(joined_notes(table).find("s (text"), std::string::npos) << joined_notes(table);
  const std::string vectors = hdf5(folder, [](hid_t file) {
    for (const char* name : {"px", "py"}) {
      add_dataset<double>(file, name, H5T_NATIVE_DOUBLE,
                          name[1] == 'x' ? std::vector<hsize_t>{1, 2} : std::vector<hsize_t>{2, 1}, {1, 2});
      describe(file, name, "MATLAB_class", "double");
    }
  });
  EXPECT_EQ(load_file(vectors).columns, (Names{"px", "py"}));
  EXPECT_EQ(load_file(vectors).values, (Values{1, 1, 2, 2}));
}

/// As pandas writes df.to_hdf(key="df") with the columns a (float), n (int), b (float) and text.
void add_fixed_frame(hid_t file, long first_row) {
  add_group(file, "df");
  describe(file, "df", "pandas_type", "frame");
  add_labels(file, "df/axis0", 4, std::string("a\0\0\0n\0\0\0b\0\0\0text", 16));
  add_dataset<long>(file, "df/axis1", H5T_NATIVE_LONG, {2}, {first_row, first_row + 1});
  add_labels(file, "df/block0_items", 1, "ab");
  add_dataset<double>(file, "df/block0_values", H5T_NATIVE_DOUBLE, {2, 2}, {1, 2, 3, 4});
  add_labels(file, "df/block1_items", 1, "n");
  add_dataset<long>(file, "df/block1_values", H5T_NATIVE_LONG, {2, 1}, {5, 6});
  add_labels(file, "df/block2_items", 4, "text");
  const hid_t bytes = H5Tvlen_create(H5T_NATIVE_UINT8);
  add_dataset<hvl_t>(file, "df/block2_values", bytes, {1}, {{0, nullptr}});
  describe(file, "df/block2_values", "PSEUDOATOM", "object");
  H5Tclose(bytes);
  for (const char* block : {"df/block0_values", "df/block1_values"}) {
    const hid_t dataset = H5Dopen2(file, block, H5P_DEFAULT), space = H5Screate(H5S_SCALAR);
    const hid_t turned = H5Acreate2(dataset, "transposed", H5T_NATIVE_B8, space, H5P_DEFAULT, H5P_DEFAULT);
    const char yes = 1;
    H5Awrite(turned, H5T_NATIVE_B8, &yes);
    H5Aclose(turned);
    H5Sclose(space);
    H5Dclose(dataset);
  }
}

TEST(Hdf5, FixedFramesOfPandasHaveTheirNamesAndOrder) {
  const DataFolder folder;
  const std::string path = hdf5(folder, [](hid_t file) { add_fixed_frame(file, 0); });
  const Table table = load_file(path, {{"on_text", "drop"}});
  EXPECT_EQ(table.columns, (Names{"a", "n", "b"}));
  EXPECT_EQ(table.values, (Values{1, 5, 2, 3, 6, 4}));
  EXPECT_EQ(joined_notes(table).find("index"), std::string::npos) << joined_notes(table);
  EXPECT_NE(error_of([&] { load_file(path); }).find("the column 'text' holds text"), std::string::npos);
  const std::string other = hdf5(folder, [](hid_t file) { add_fixed_frame(file, 7); });
  const Table grouped = load_file(other, {{"array", "df"}, {"columns", {"b"}}, {"group", "index"}});
  EXPECT_EQ(grouped.groups, (Values{7, 8}));
  EXPECT_NE(joined_notes(grouped).find("the index of"), std::string::npos);
}

TEST(Hdf5, TablesOfPandasHaveTheirNames) {
  struct Record {
    long index;
    double block[2];
    long when[1];
    double z;
  };
  const DataFolder folder;
  const std::string path = hdf5(folder, [](hid_t file) {
    const hsize_t two = 2, one = 1;
    const hid_t doubles = H5Tarray_create2(H5T_NATIVE_DOUBLE, 1, &two);
    const hid_t longs = H5Tarray_create2(H5T_NATIVE_LONG, 1, &one);
    const hid_t type = H5Tcreate(H5T_COMPOUND, sizeof(Record));
    H5Tinsert(type, "index", HOFFSET(Record, index), H5T_NATIVE_LONG);
    H5Tinsert(type, "values_block_0", HOFFSET(Record, block), doubles);
    H5Tinsert(type, "values_block_1", HOFFSET(Record, when), longs);
    H5Tinsert(type, "z", HOFFSET(Record, z), H5T_NATIVE_DOUBLE);
    add_group(file, "df");
    describe(file, "df", "pandas_type", "frame_table");
    describe(file, "df", "non_index_axes",
             "(lp0\n(I1\n(lp1\nVz\np2\naVp\\u03c0\np3\naVday\np4\naVq\np5\natp6\na.");
    add_dataset<Record>(file, "df/table", type, {2}, {{0, {1, 2}, {9}, 3}, {1, {4, 5}, {9}, 6}});
    describe(file, "df/table", "values_block_0_kind", "(lp0\nVp\\u03c0\np1\naVq\np2\na.");
    describe(file, "df/table", "values_block_1_kind", "(lp0\nVday\np1\na.");
    describe(file, "df/table", "values_block_1_dtype", "datetime64[ns]");
    add_group(file, "df/_i_table");
    describe(file, "df/_i_table", "CLASS", "TINDEX");
    add_dataset<double>(file, "df/_i_table/bounds", H5T_NATIVE_DOUBLE, {2, 2}, {1, 2, 3, 4});
    for (const hid_t id : {type, doubles, longs}) H5Tclose(id);
  });
  const Table table = load_file(path, {{"on_text", "drop"}});
  EXPECT_EQ(table.columns, (Names{"z", "p\xCF\x80", "q"}));
  EXPECT_EQ(table.values, (Values{3, 1, 2, 6, 4, 5}));
  EXPECT_EQ(load_file(path, {{"array", "df"}, {"columns", {"q"}}}).values, (Values{2, 5}));
  EXPECT_NE(error_of([&] { load_file(path); }).find("the column 'day' holds dates"), std::string::npos);
}

TEST(Hdf5, PicklesAreLookedThroughAndNeverTrusted) {
  EXPECT_EQ(texts_of_pickle("(lp0\nVa\np1\naS'b'\np2\nag1\naI3\na."), (Names{"a", "b", "a", "3"}));
  for (const char* pickle : {"", "(lp0\nVa", "cos\nsystem\n(S'x'\ntR.", "g7\n.", "\x80\x02]q\x00.", "V"})
    EXPECT_FALSE(texts_of_pickle(pickle)) << pickle;
}

TEST(Hdf5, SeveralTablesAreListedWithWhatChoosesThem) {
  const DataFolder folder;
  const std::string path = hdf5(folder, [](hid_t file) {
    add_dataset<double>(file, "x", H5T_NATIVE_DOUBLE, {2, 2}, {1, 2, 3, 4});
    add_dataset<double>(file, "y", H5T_NATIVE_DOUBLE, {2, 2}, {5, 6, 7, 8});
  });
  FileOptions options;
  options.path = path;
  const std::vector<ContentItem> items = hdf5_contents(options);
  ASSERT_EQ(items.size(), 2u);
  EXPECT_EQ(items[1].settings, Names{"dataset.array=y"});
  const std::string sentence = error_of([&] { load_file(path); });
  EXPECT_NE(sentence.find("for example dataset.array=x; it has x (numbers, shape 2 x 2)"), std::string::npos)
      << sentence;
}

}  // namespace
}  // namespace symscan::test
