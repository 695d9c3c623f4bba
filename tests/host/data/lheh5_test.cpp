// LHEH5: events in HDF5, in the two layouts of the format.
#include <hdf5.h>

#include "host/data/formats.hpp"
#include "tests/host/data/data_files.hpp"

namespace symscan::test {
namespace {

using Values = std::vector<double>;

void add_numbers(hid_t file, const char* name, const std::vector<hsize_t>& shape, const Values& values) {
  const hid_t space = H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr);
  const hid_t dataset = H5Dcreate2(file, name, H5T_IEEE_F64LE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  H5Dwrite(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
  H5Dclose(dataset);
  H5Sclose(space);
}

void name_columns(hid_t file, const char* dataset_name, const std::vector<const char*>& names) {
  const hid_t dataset = H5Dopen2(file, dataset_name, H5P_DEFAULT);
  const hid_t type = H5Tcopy(H5T_C_S1);
  H5Tset_size(type, H5T_VARIABLE);
  const hsize_t count[1] = {names.size()};
  const hid_t space = H5Screate_simple(1, count, nullptr);
  const hid_t attribute = H5Acreate2(dataset, "properties", type, space, H5P_DEFAULT, H5P_DEFAULT);
  H5Awrite(attribute, type, names.data());
  H5Aclose(attribute);
  H5Sclose(space);
  H5Tclose(type);
  H5Dclose(dataset);
}

/// Three events: a pair of muons, one muon, a pair of muons; with two weights.
void write_matrices(const std::string& path, double first_of_last = 4, double id = 13) {
  const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  add_numbers(file, "version", {3}, {2, 0, 0});
  add_numbers(file, "procInfo", {1, 6}, {1, 2, 0, 1, 0.1, 1});
  add_numbers(file, "events", {3, 11}, {1,   3,      0,
                                        1,   91,     91,
                                        91,  0.0078, 0.12,
                                        1.5, 10,  //
                                        1,   1,      3,
                                        1,   91,     91,
                                        91,  0.0078, 0.12,
                                        2.5, 20,  //
                                        1,   2,      first_of_last,
                                        1,   91,     91,
                                        91,  0.0078, 0.12,
                                        3.5, 30});
  name_columns(
      file, "events",
      {"pid", "nparticles", "start", "trials", "scale", "fscale", "rscale", "aqed", "aqcd", "NOMINAL", "up"});
  const auto particle = [&](double pdg, double status, double pz) {
    return Values{pdg, status, 0, 0, 0, 0, 0.5, 0.25, pz, 50, 0.1, 0, 9};
  };
  Values particles;
  for (const Values& one : {particle(23, 2, 1), particle(id, 1, 2), particle(-13, 1, -2), particle(13, 1, 3),
                            particle(-13, 1, -4), particle(13, 1, 4)})
    particles.insert(particles.end(), one.begin(), one.end());
  add_numbers(file, "particles", {6, 13}, particles);
  H5Fclose(file);
}

const Json kMuonPair = {{"particles", {13, -13}}, {"features", {"pz", "E", "m"}}};

Json with(Json settings, const char* key, const Json& value) {
  settings[key] = value;
  return settings;
}

TEST(Lheh5, MatricesOfVersionTwoAreRecognised) {
  const DataFolder folder;
  const std::string path = folder.path("t.hdf5");
  write_matrices(path);
  const Table table = load_file(path, kMuonPair);
  EXPECT_EQ(table.columns.front(), "pz(mu-)");
  EXPECT_EQ(table.values, (Values{2, 50, 0.1, -2, 50, 0.1, 4, 50, 0.1, -4, 50, 0.1}));
  EXPECT_EQ(table.weights, (Values{1.5, 3.5}));
  EXPECT_NE(joined_notes(table).find("1 of 3 events"), std::string::npos);
  EXPECT_EQ(load_file(path, with(kMuonPair, "weights", "up")).weights, (Values{10, 30}));
  EXPECT_EQ(load_file(path, with(kMuonPair, "max_rows", 1)).rows, 1u);
  EXPECT_EQ(load_file(path, {{"particles", {23}}, {"statuses", {2}}, {"features", {"pz"}}}).values,
            (Values{1}));
  EXPECT_NE(error_of([&] { load_file(path); }).find("for example dataset.particles=[13,-13]"),
            std::string::npos);
  EXPECT_NE(error_of([&] { load_file(path, with(kMuonPair, "weights", "down")); }).find("it has NOMINAL, up"),
            std::string::npos);
  EXPECT_EQ(load_file(path, {{"array", "procInfo"}}).features(), 6u);  // as any other table
}

TEST(Lheh5, ColumnsOfVersionOneAreRecognised) {
  const DataFolder folder;
  const std::string path = folder.path("t.h5");
  const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  for (const char* group : {"event", "particle", "index"})
    H5Gclose(H5Gcreate2(file, group, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
  add_numbers(file, "event/nparticles", {2}, {2, 2});
  add_numbers(file, "event/weight", {2}, {1, 2});
  add_numbers(file, "index/start", {2}, {2, 0});  // not in the order of the particles
  add_numbers(file, "particle/id", {4}, {13, -13, -13, 13});
  for (const char* column : {"status", "e", "m"})
    add_numbers(file, (std::string("particle/") + column).c_str(), {4}, {1, 1, 1, 1});
  for (const char* column : {"px", "py", "pz"})
    add_numbers(file, (std::string("particle/") + column).c_str(), {4}, {1, 2, 3, 4});
  H5Fclose(file);
  const Table table = load_file(path, {{"particles", {13, -13}}, {"features", {"pz"}}});
  EXPECT_EQ(table.values, (Values{4, 3, 1, 2}));
  EXPECT_EQ(table.weights, (Values{1, 2}));
}

TEST(Lheh5, WhatCannotBeRightIsRefused) {
  const DataFolder folder;
  const std::string path = folder.path("t.h5");
  write_matrices(path, 5);
  EXPECT_NE(error_of([&] {
              load_file(path, kMuonPair);
            }).find("event 3 has 2 particles from number 5, and there are 6"),
            std::string::npos);
  write_matrices(path, -1);
  EXPECT_NE(error_of([&] { load_file(path, kMuonPair); }).find("the first particle of event 3"),
            std::string::npos);
  write_matrices(path, 4, 4294967309.0);
  EXPECT_NE(error_of([&] { load_file(path, kMuonPair); }).find("a particle id of event 1"),
            std::string::npos);
  const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  add_numbers(file, "x", {1, 1}, {1});
  H5Fclose(file);
  EXPECT_NE(error_of([&] { load_file(path, kMuonPair); }).find("is only for event files"), std::string::npos);
}

TEST(Lheh5, AParticleBelongsToOneEvent) {
  const DataFolder folder;
  const std::string path = folder.path("t.h5");
  for (const double first : {0.0, 1.0, 2.0, 3.0}) {  // of the last event: those of the events before it
    write_matrices(path, first);
    const std::string sentence = error_of([&] { load_file(path, kMuonPair); });
    EXPECT_NE(sentence.find("event 3 has 2 particles from number " + std::to_string(int(first)) +
                            ", and an event before it has some of them too"),
              std::string::npos)
        << first << ": " << sentence;
  }
  // Any order without overlaps is right.
  const auto write_starts = [&](const Values& starts) {
    const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    for (const char* group : {"event", "particle"})
      H5Gclose(H5Gcreate2(file, group, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    const Values ones(10, 1);
    add_numbers(file, "event/nparticles", {4}, {2, 2, 2, 2});
    add_numbers(file, "event/start", {4}, starts);
    add_numbers(file, "event/weight", {4}, {1, 1, 1, 1});
    add_numbers(file, "particle/id", {10}, {13, -13, 13, -13, 13, -13, 13, -13, 13, -13});
    for (const char* column : {"status", "px", "py", "e", "m"})
      add_numbers(file, (std::string("particle/") + column).c_str(), {10}, ones);
    add_numbers(file, "particle/pz", {10}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
    H5Fclose(file);
  };
  const Json muon = {{"particles", {13}}, {"features", {"pz"}}};
  for (const Values& starts :
       {Values{0, 2, 4, 6}, Values{8, 4, 6, 2}, Values{0, 8, 4, 2}, Values{6, 0, 4, 2}}) {
    write_starts(starts);
    EXPECT_EQ(load_file(path, muon).values, starts);
  }
  for (const Values& starts : {Values{0, 4, 2, 4}, Values{8, 0, 7, 2}, Values{4, 0, 2, 5}}) {
    write_starts(starts);
    EXPECT_NE(error_of([&] { load_file(path, muon); }).find("has some of them too"), std::string::npos);
  }
}

TEST(Lheh5, ContentsNameParticlesAndWeights) {
  const DataFolder folder;
  FileOptions options;
  options.path = folder.path("t.h5");
  write_matrices(options.path);
  const std::vector<ContentItem> items = format_called("lheh5").contents(options);
  ASSERT_GE(items.size(), 3u);
  EXPECT_EQ(items[0].settings, std::vector<std::string>{"dataset.particles=[13,-13]"});
  EXPECT_EQ(items.back().settings, std::vector<std::string>{"dataset.weights=up"});
}

}  // namespace
}  // namespace symscan::test
