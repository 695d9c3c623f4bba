#include "host/data/write_table.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <fstream>
#include <iterator>

#include "host/data/preprocess.hpp"
#include "tests/host/base/process_limit.hpp"
#include "tests/host/data/data_files.hpp"

namespace symscan::test {
namespace {

std::string bytes_of_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void expect_equal_float32(const Table& read, const Table& written) {
  EXPECT_EQ(read.columns, written.columns);
  ASSERT_EQ(read.values.size(), written.values.size());
  for (std::size_t i = 0; i < read.values.size(); ++i) {
    ASSERT_EQ(static_cast<float>(read.values[i]), static_cast<float>(written.values[i])) << i;
  }
}

const char* const kFormats[] = {"t.csv", "t.csv.gz", "t.npy", "t.npy.gz", "t.npz", "t.h5", "t.hdf5"};

TEST(WriteTable, EveryFormatGivesBackTheSameFloat32Values) {
  const DataFolder folder;
  Table table = load_dataset(builtin_settings("ee_mumu", 300, 4, {{"beam_energy_spread", 0.1}}));
  table.values[3] = 1.17549435e-38;  // smallest normal float32
  table.values[4] = -3.4028234e38;   // largest
  for (const char* name : kFormats) {
    SCOPED_TRACE(name);
    write_table(table, folder.path(name));
    Table read = load_file(folder.path(name));
    if (std::string(name).starts_with("t.npy")) read.columns = table.columns;  // NPY has no place for names
    expect_equal_float32(read, table);
  }
}

TEST(WriteTable, GeneratedTablesAreReadBackBitEqualAndPreparedAlike) {
  const DataFolder folder;
  // The beam energy 45.6 is no float32 number.
  const Table table = load_dataset(builtin_settings("ee_mumu", 200, 4, {{"sqrt_s", 91.2}}));
  const PreparedData prepared = prepare(table, Preprocess::standardize);
  EXPECT_TRUE(prepared.constant[0]);
  for (const char* name : kFormats) {
    write_table(table, folder.path(name));
    const Table read = load_file(folder.path(name));
    EXPECT_EQ(read.values, table.values) << name;
    // Formats without names give others.
    EXPECT_TRUE(same_fingerprint(prepared.fingerprint.substr(0, 32),
                                 prepare(read, Preprocess::standardize).fingerprint))
        << name;
  }
}

TEST(WriteTable, NamesBeyondAsciiSurvive) {
  const DataFolder folder;
  Table table = load_dataset(builtin_settings("circle", 2));
  table.columns = {"\xCE\xB7", "\xC3\xA9nergie"};
  for (const char* name : {"t.csv", "t.npz", "t.h5"}) {
    write_table(table, folder.path(name));
    EXPECT_EQ(load_file(folder.path(name)).columns, table.columns) << name;
  }
}

TEST(WriteTable, WeightsAreTheLastColumn) {
  const DataFolder folder;
  Table table = load_dataset(builtin_settings("circle", 3));
  table.weights = {0.5, -1, 2.25};
  for (const char* name : kFormats) {
    SCOPED_TRACE(name);
    write_table(table, folder.path(name));
    const Table read =
        load_file(folder.path(name), {{"weights", std::string(name).starts_with("t.npy") ? "2" : "weight"}});
    EXPECT_EQ(read.weights, table.weights);
    EXPECT_EQ(read.features(), 2u);
  }
}

TEST(WriteTable, EventsRoundTripThroughLesHouchesFiles) {
  const DataFolder folder;
  Table table = load_dataset(builtin_settings("ee_mumu", 300, 4));
  table.weights.assign(300, 1.0);
  table.weights[7] = -2.5;
  for (const char* name : {"x.lhe", "x.lhe.gz"}) {
    write_table(table, folder.path(name));
    const Table read = load_file(folder.path(name), {{"particles", {13, -13}}});
    expect_equal_float32(read, table);
    EXPECT_EQ(read.weights, table.weights);
    const Table masses = load_file(folder.path(name), {{"particles", {-13}}, {"features", {"m"}}});
    EXPECT_NEAR(masses.values[0], 0.1056583755, 1e-9);
  }
}

TEST(WriteTable, RepeatedParticlesRoundTrip) {
  const DataFolder folder;
  Table table;
  table.rows = 1;
  for (const char* particle : {"g 1", "pdg 1000022", "g 2"}) {
    for (const char* feature : {"E", "px", "py", "pz"}) {
      table.values.push_back(static_cast<double>(table.columns.size() + 1));
      table.columns.push_back(std::string(feature) + "(" + particle + ")");
    }
  }
  write_table(table, folder.path("x.lhe"));
  expect_equal_float32(load_file(folder.path("x.lhe"), {{"particles", {21, 1000022, 21}}}), table);
}

TEST(WriteTable, TheSameTableGivesTheSameBytes) {
  const DataFolder folder;
  const Table table = load_dataset(builtin_settings("ee_mumu", 50));
  const std::vector<std::string> names = {"t.csv.gz", "t.npz", "t.h5", "t.lhe.gz"};
  for (const std::string& name : names) write_table(table, folder.path("1-" + name));
  ::usleep(1100 * 1000);  // formats with time stamps count in seconds
  for (const std::string& name : names) {
    write_table(table, folder.path("2-" + name));
    EXPECT_TRUE(bytes_of_file(folder.path("1-" + name)) == bytes_of_file(folder.path("2-" + name))) << name;
  }
}

TEST(WriteTable, NamesWithDelimitersSurviveCsv) {
  const DataFolder folder;
  Table table = load_dataset(builtin_settings("circle", 2));
  table.columns = {"px, GeV", "p y"};
  write_table(table, folder.path("t.csv"));
  EXPECT_EQ(load_file(folder.path("t.csv")).columns, table.columns);
}

TEST(WriteTable, WhatCannotBeWrittenIsSaidAndLeavesNoFile) {
  const DataFolder folder;
  const Table table = load_dataset(builtin_settings("circle", 2));
  EXPECT_NE(error_of([&] { write_table(table, folder.path("t.root")); }).find(".csv .csv.gz .npy"),
            std::string::npos);
  EXPECT_NE(error_of([&] { write_table(table, folder.path("t.lhe")); }).find("column 'x'"),
            std::string::npos);
  EXPECT_THROW(write_table(table, folder.path("none/t.csv")), Error);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path("")));
}

TEST(WriteTable, ThousandsOfColumnNamesFitIntoHdf5) {
  const DataFolder folder;
  const Table table = load_dataset(builtin_settings("gaussian", 2, 1, {{"dimension", 4096}}));
  write_table(table, folder.path("t.h5"));
  EXPECT_EQ(load_file(folder.path("t.h5")).columns, table.columns);
}

/// Calls `action`, expects an Error of exit code 75 (a repetition may help), and gives its sentence.
template <class Action>
std::string passing_trouble(Action action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(static_cast<int>(error.code()), 75) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "no error";
  return "";
}

TEST(WriteTable, AFullDiskIsToldAndLeavesNothing) {
  const Table table = load_dataset(builtin_settings("ee_mumu", 3000));
  for (const char* name : {"t.csv", "t.csv.gz", "t.npy", "t.npz", "t.h5", "t.lhe", "t.lhe.gz"}) {
    const DataFolder folder;
    const std::string path = folder.path(name);
    std::string sentence;
    {
      const ProcessLimit disk(RLIMIT_FSIZE, 20000);
      sentence = passing_trouble([&] { write_table(table, path); });
    }
    EXPECT_EQ(sentence.rfind("cannot write '" + path + "': File too large", 0), 0u) << sentence;
    EXPECT_TRUE(std::filesystem::is_empty(std::filesystem::path(path).parent_path())) << name;
  }
}

TEST(ReadTable, WithoutDescriptorsItIsNotTheFilesFault) {
  const DataFolder folder;
  const Table table = load_dataset(builtin_settings("ee_mumu", 10));
  for (const char* name : {"t.csv", "t.csv.gz", "t.npy", "t.npz", "t.h5"}) {
    write_table(table, folder.path(name));
    std::string sentence;
    {
      const ProcessLimit descriptors(RLIMIT_NOFILE, 0);
      sentence = passing_trouble([&] { load_file(folder.path(name)); });
    }
    EXPECT_NE(sentence.find("Too many open files"), std::string::npos) << sentence;
    EXPECT_NE(sentence.find(folder.path(name)), std::string::npos) << sentence;
  }
}

TEST(ReadTable, Hdf5OpenForWritingElsewhereIsWaitedFor) {
  const DataFolder folder;
  const std::string path = folder.path("t.h5");
  write_table(load_dataset(builtin_settings("circle", 10)), path);
  const int other = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_EQ(::flock(other, LOCK_EX), 0);
  const std::string sentence = passing_trouble([&] { load_file(path); });
  EXPECT_NE(sentence.find("open for writing in another program"), std::string::npos) << sentence;
  ::close(other);
  EXPECT_EQ(load_file(path).rows, 10u);
}

TEST(ReadTable, ArchivesDoNotComeThroughPipes) {
  const DataFolder folder;
  for (const char* name : {"t.npz", "t.h5"}) {
    ASSERT_EQ(mkfifo(folder.path(name).c_str(), 0600), 0);
    try {
      load_file(folder.path(name));
      ADD_FAILURE() << name;
    } catch (const DataError& error) {
      EXPECT_NE(std::string(error.what()).find("is a pipe"), std::string::npos) << error.what();
    }
  }
}

}  // namespace
}  // namespace symscan::test
