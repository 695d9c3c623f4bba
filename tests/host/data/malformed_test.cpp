// What people really hand in: every bad file gets one sentence that says what is wrong and where.
#include <sys/stat.h>
#include <zip.h>

#include "tests/host/data/data_files.hpp"

namespace symscan::test {
namespace {

struct BadFile {
  const char* name;  ///< of the file; its ending chooses the reader
  std::string bytes;
  const char* expected;  ///< part of the sentence
  Json settings = Json::object();
};

std::string npy(const std::string& header, const std::string& data = "", char version = 1) {
  std::string start = std::string("\x93NUMPY") + version + '\0' + static_cast<char>(header.size() & 255) +
                      static_cast<char>(header.size() >> 8);
  if (version > 1) start += std::string(2, '\0');
  return start + header + data;
}

std::string npy_shape(const std::string& shape, const std::string& descr = "'<f4'",
                      const std::string& data = "") {
  return npy("{'descr': " + descr + ", 'fortran_order': False, 'shape': " + shape + ", }\n", data);
}

const Json kMuons = {{"particles", {13, -13}}};

const std::vector<BadFile>& bad_files() {
  static const std::vector<BadFile> files = {
      // text tables
      {"a.csv", "", "is empty (0 bytes)"},
      {"a.csv", "\n\n  \n", "holds no data"},
      {"a.csv", "# only a comment\n", "holds no data"},
      {"a.csv", "E,px,py\n", "has a header but no rows"},
      {"a.csv", "1,2,3\n4,5\n", "line 2 has 2 fields, the first row (line 1) has 3"},
      {"a.csv", "1,2\n4,5,6\n", "line 2 has 3 fields"},
      {"a.csv", "1,2\n3,4,\n", "line 2 has 3 fields"},
      {"a.csv", "1,2\n3", "is it cut off?"},
      {"a.csv", "a,b\n1,2\n3,x\n", "line 3, column 'b': 'x' is not a number"},
      {"a.csv", "a,b\n1,2 GeV\n", "'2 GeV' is not a number"},
      {"a.csv", "a;b\n1,5;2,5\n", "write decimal points, not commas"},
      {"a.csv", "a,a\n1,2\n", "two columns called 'a' (columns 1 and 2)"},
      {"a.csv", "1,GT,3\n2,GG,4\n", "line 1 mixes numbers and text ('1')"},
      {"a.csv", "a,b\n1,nan\n", "line 2, column 'b' is 'nan'; repair"},
      {"a.csv", "a,b\n1,2\n-inf,2\n", "line 3, column 'a' is '-inf'"},
      {"a.csv", "a\nnan\nnan\n", "column 'a' has no finite value in any row", {{"on_nonfinite", "drop"}}},
      {"a.csv", "a,b\n1,2\n", "has no column 'c' (dataset.columns); it has a, b", {{"columns", {"c"}}}},
      {"a.csv", "a,b\n1,2\n", "no column 'w' (dataset.weights)", {{"weights", "w"}}},
      {"a.csv", "a,b\n1,2\n", "names the column 'a' twice", {{"columns", {"a", "a"}}}},
      {"a.csv", "w\n1\n", "no column left", {{"weights", "w"}}},
      {"a.csv", "a,b\n1,2\n", "dataset.delimiter", {{"delimiter", "ab"}}},
      {"a.csv", "a,b\n1,2\n", "dataset.particles is only for the formats lhe", kMuons},
      {"a.csv", std::string("\xFF\xFE\x31\x00", 4), "UTF-16"},
      {"a.csv", std::string("a,b\n1,\0\n", 8), "'?' is not a number"},
      {"a.csv", std::string(17u << 20, '7'), "longer than 16 MiB"},
      {"a.csv.gz", std::string("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x4b\xd4", 12), "cut"},
      {"a.csv.gz", std::string("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xff\xff\xff\xff\xff", 15),
       "damaged gzip"},
      {"a.root", "root", "uproot"},
      {"a.nyp", "x", "nearest known: .npy"},
      {"a", "x", "has no ending, and the ending names the format; set dataset.format to csv, npy"},
      {"a.parquet", "x", "pyarrow"},
      {"a.feather", "x", "pyarrow"},
      {"a.pkl", "x", "pandas.read_pickle(file)"},
      {"a.xyz", "x", "unknown ending '.xyz'"},
      {"a.npz.gz", "x", "unpack it first"},
      {"a.npy.gz", "x", "not a NPY file"},
      // NumPy arrays
      {"a.npy", "hello", "not a NPY file"},
      {"a.npy", npy_shape("(2, 2)").replace(6, 1, "\x09"), "NPY version 9"},
      {"a.npy", npy("x").substr(0, 9), "ends in its NPY header"},
      {"a.npy", std::string("\x93NUMPY\x02\x00\xff\xff\xff\x7f", 12), "claims to have 2147483647 bytes"},
      {"a.npy", npy("{'descr': '<f4', "), "damaged NPY header"},
      {"a.npy", npy("{'descr': '<f4', 'fortran_order': Maybe, 'shape': (1,), }"), "lacks True or False"},
      {"a.npy", npy("{'descr': '<f4', 'fortran_order': False, }"), "lacks descr or shape"},
      {"a.npy", npy_shape("(2, 3)", "'<f4'", "1234"), "promises 2 rows of 12 bytes"},
      {"a.npy", npy_shape("(4611686018427387904, 4)"), "promises 4611686018427387904 rows"},
      {"a.npy", npy_shape("(18446744073709551616, 4)"), "too large"},
      {"a.npy", npy_shape("(1, 99999999999)"), "at most 65536"},
      {"a.npy", npy_shape("(0, 3)"), "without values"},
      {"a.npy", npy_shape("()", "'<f4'", "1234"), "0 dimensions"},
      {"a.npy", npy_shape("(1, 1, 1)", "'<f4'", "1234"), "3 dimensions"},
      {"a.npy", npy_shape("(1,)", "'<U1'", "1234"), "not real numbers"},
      {"a.npy", npy_shape("(1,)", "'<c8'", "12345678"), "not real numbers"},
      {"a.npy", npy_shape("(1,)", "'|O'", "12345678"), "not real numbers"},
      {"a.npy", npy_shape("(1,)", "[('a', '<U4', (3,))]", std::string(48, '\0')),
       "holds text, not real numbers"},
      {"a.npy", npy_shape("(1,)", "[('a', [('b', '<f4')], (70000,))]", "1234"), "more than 65536 values"},
      {"a.npz", "no zip", "is not a NPZ (zip) file"},
      {"a.h5", "no hdf5", "cannot be opened as HDF5"},
      // Les Houches events
      {"a.lhe", "<event>\n</event>\n", "nothing between <event> and </event>"},
      {"a.lhe", "no events here\n", "holds no events", kMuons},
      {"a.lhe", "<event>\n 2 1 1 0 0 0\n 13 1 0", "no complete event", kMuons},
      {"a.lhe", "<event>\n two 1 1 0 0 0\n</event>\n", "line 2: the number of particles (NUP) is 'two'",
       kMuons},
      {"a.lhe", "<event>\n -3 1 1 0 0 0\n</event>\n", "cannot be right", kMuons},
      {"a.lhe", "<event>\n 2000000000 1 1 0 0 0\n</event>\n", "cannot be right", kMuons},
      {"a.lhe", "<event>\n 1 1 1 0 0 0\n 13 1 0 0 0 0 1 2\n</event>\n", "line 3 ends before the pz", kMuons},
      {"a.lhe", "<event>\n 1 1 1 0 0 0\n 13.5 1 0 0 0 0 1 2 3 4 5 0 9\n</event>\n", "not an integer", kMuons},
      {"a.lhe", "<event>\n 1 1 1 0 0 0\n 11 1 0 0 0 0 1 2 3 4 5 0 9\n</event>\n",
       "particles 13,-13; their outgoing particles are e- (11) in 1 of 1 events", kMuons},
      {"a.lhe",
       "<event>\n 1 1 nan 0 0 0\n 13 1 0 0 0 0 1 2 3 4 5 0 9\n</event>\n",
       "the event weight is NaN",
       {{"particles", {13}}}},
      {"a.lhe",
       "<event>\n 1 1 1 0 0 0\n 13 1 0 0 0 0 0 0 3 3 0\n</event>\n",
       "column 'eta(mu-)' is infinite",
       {{"particles", {13}}, {"features", {"eta"}}}},
      {"a.lhe", "<event>\n", "dataset.features names 'Pt'", {{"particles", {13}}, {"features", {"Pt"}}}},
  };
  return files;
}

TEST(Malformed, EveryBadFileGetsOneSentenceThatNamesItAndTheCause) {
  const DataFolder folder;
  for (const BadFile& file : bad_files()) {
    SCOPED_TRACE(std::string(file.name) + ": " + file.bytes.substr(0, 60));
    const std::string path = folder.write(file.name, file.bytes);
    const std::string sentence = error_of([&] { load_file(path, file.settings); });
    EXPECT_NE(sentence.find(file.expected), std::string::npos) << sentence;
    EXPECT_EQ(sentence.find('\n'), std::string::npos) << sentence;
    for (const char c : sentence) EXPECT_TRUE(c >= 0x20 && c < 0x7f) << sentence;
  }
}

TEST(Malformed, MissingFilesFoldersAndPermissionsAreToldApart) {
  const DataFolder folder;
  EXPECT_NE(error_of([&] { load_file(folder.path("none.csv")); }).find("there is no file"),
            std::string::npos);
  std::filesystem::create_directory(folder.path("sub.csv"));
  EXPECT_NE(error_of([&] { load_file(folder.path("sub.csv")); }).find("is a folder"), std::string::npos);
  if (::geteuid() == 0) GTEST_SKIP() << "root may read everything";
  ::chmod(folder.write("locked.csv", "1\n").c_str(), 0);
  EXPECT_NE(error_of([&] { load_file(folder.path("locked.csv")); }).find("Permission denied"),
            std::string::npos);
}

TEST(Malformed, ZipEntryThatClaimsTooMuchIsRefused) {
  const DataFolder folder;
  const std::string path = folder.path("bomb.npz");
  const std::string data = npy_shape("(16, 1)", "'<f4'", std::string(64, '\0'));
  zip_t* archive = zip_open(path.c_str(), ZIP_CREATE, nullptr);
  zip_file_add(archive, "x.npy", zip_source_buffer(archive, data.data(), data.size(), 0), 0);
  zip_close(archive);
  // The uncompressed size stands at byte 24 of the central directory's entry ("PK\1\2").
  std::string bytes;
  {
    std::ifstream in(path, std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(in), {});
  }
  bytes.replace(bytes.find("PK\x01\x02") + 24, 4, "\xff\xff\xff\x7f");
  folder.write("bomb.npz", bytes);
  const std::string sentence = error_of([&] { load_file(path); });
  EXPECT_NE(sentence.find("claims to unpack to 2147483647"), std::string::npos) << sentence;
}

}  // namespace
}  // namespace symscan::test
