// dataset.flatten: particles in order, padding, masks, and the sentences.
#include "host/data/flatten.hpp"

#include <cmath>

#include "tests/host/data/array_files.hpp"

namespace symscan::test {
namespace {

/// Three events with 2, 1 and 3 particles of (px, py, q); zeros are padding.
const std::initializer_list<double> kEvents = {1, 0, 5, 3, 4, 6, 0, 0, 0,  //
                                               0, 2, 7, 0, 0, 0, 0, 0, 0,  //
                                               1, 1, 8, 2, 2, 9, 0, 3, 10};

std::string events_npz(const DataFolder& folder) {
  return npz(folder, {{"X.npy", npy("'<f8'", "(3, 3, 3)", bytes_of(kEvents))},
                      {"columns.npy", npy("'|S2'", "(3,)", std::string("pxpyq\0", 6))},
                      {"w.npy", npy("'<f8'", "(3,)", bytes_of<double>({1, 2, 3}))},
                      {"y.npy", npy("'<f8'", "(3,)", bytes_of<double>({10, 20, 30}))}});
}

TEST(Flatten, WithoutItTheSentenceProposesWhatWorks) {
  const DataFolder folder;
  const std::string path = events_npz(folder);
  const std::string sentence = error_of([&] { load_file(path); });
  EXPECT_NE(sentence.find("('X') has 3 dimensions, 3 x 3 x 3"), std::string::npos) << sentence;
  EXPECT_NE(sentence.find("set dataset.array=X dataset.flatten=2 "), std::string::npos) << sentence;
  EXPECT_EQ(load_file(path, {{"array", "X"}, {"flatten", 2}}).rows, 2u);
}

TEST(Flatten, ShortEventsAreLeftOutWithTheirWeights) {
  const DataFolder folder;
  const Table table =
      load_file(events_npz(folder), {{"flatten", 2}, {"weights", "w"}, {"target", "y"}, {"array", "X"}});
  EXPECT_EQ(table.columns, (Names{"px[1]", "py[1]", "q[1]", "px[2]", "py[2]", "q[2]"}));
  EXPECT_EQ(table.values, (Values{1, 0, 5, 3, 4, 6, 1, 1, 8, 2, 2, 9}));
  EXPECT_EQ(table.weights, (Values{1, 3}));
  EXPECT_EQ(table.target, (Values{10, 30}));
  EXPECT_NE(joined_notes(table).find("1 of 3 events"), std::string::npos) << joined_notes(table);
  EXPECT_NE(joined_notes(table).find("dataset.padding=mask keeps them"), std::string::npos);
}

TEST(Flatten, MasksSayWhichParticlesAreThere) {
  const DataFolder folder;
  const Table table = load_file(events_npz(folder),
                                {{"flatten", 2}, {"padding", "mask"}, {"columns", {"q"}}, {"group", "y"}});
  EXPECT_EQ(table.columns, (Names{"q[1]", "q[2]", "real[2]"}));
  EXPECT_EQ(table.values, (Values{5, 6, 1, 7, 0, 0, 8, 9, 1}));
  EXPECT_EQ(table.groups, (Values{10, 20, 30}));
  const Table whole = load_file(events_npz(folder), {{"flatten", 1}, {"padding", "mask"}, {"array", "X"}});
  EXPECT_EQ(whole.features(), 3u);
  EXPECT_EQ(joined_notes(whole), "");
}

TEST(Flatten, ParticlesAreOrderedByTransverseMomentum) {
  const DataFolder folder;
  const Json settings = {{"flatten", 2}, {"flatten_order", "pt"}, {"columns", {"q"}}};
  EXPECT_EQ(load_file(events_npz(folder), settings).values, (Values{6, 5, 10, 9}));
  const std::string path = folder.write("a.npy", npy("'<f8'", "(3, 3, 3)", bytes_of(kEvents)));
  const std::string sentence = error_of([&] { load_file(path, {{"flatten", 1}, {"flatten_order", "pt"}}); });
  EXPECT_NE(sentence.find("has no feature pt, nor px and py"), std::string::npos) << sentence;
  const Table named =
      load_file(path, {{"flatten", 1}, {"flatten_order", "pt"}, {"columns", {"eta", "phi", "pT"}}});
  EXPECT_EQ(named.columns, (Names{"eta[1]", "phi[1]", "pT[1]"}));
  EXPECT_EQ(named.values, (Values{3, 4, 6, 0, 2, 7, 0, 3, 10}));
}

TEST(Flatten, EveryLayoutGivesTheSameNumbers) {
  const DataFolder folder;
  const std::string rows = bytes_of(kEvents);
  std::string columns;  // Fortran order: the event is the fastest index
  for (std::size_t f = 0; f < 3; ++f)
    for (std::size_t k = 0; k < 3; ++k)
      for (std::size_t e = 0; e < 3; ++e) columns += rows.substr(8 * (e * 9 + k * 3 + f), 8);
  const Json settings = {{"flatten", 2}};
  const Table expected = load_file(folder.write("c.npy", npy("'<f8'", "(3, 3, 3)", rows)), settings);
  EXPECT_EQ(load_file(folder.write("f.npy", npy("'<f8'", "(3, 3, 3)", columns, true)), settings).values,
            expected.values);
  const std::string records = npy("[('px', '<f8'), ('py', '<f8'), ('q', '<f8')]", "(3, 3)", rows);
  const Table named = load_file(folder.write("r.npy", records), settings);
  EXPECT_EQ(named.values, expected.values);
  EXPECT_EQ(named.columns[0], "px[1]");
  const std::string h5 = hdf5(folder, [](hid_t file) {
    add_dataset<double>(file, "x", H5T_NATIVE_DOUBLE, {3, 3, 3}, kEvents);
  });
  EXPECT_EQ(load_file(h5, settings).values, expected.values);
  const std::string matlab = hdf5(folder, [&](hid_t file) {
    std::vector<double> values(27);
    std::memcpy(values.data(), columns.data(), columns.size());
    add_dataset<double>(file, "x", H5T_NATIVE_DOUBLE, {3, 3, 3}, values);
    describe(file, "x", "MATLAB_class", "double");
  });
  EXPECT_EQ(load_file(matlab, settings).values, expected.values);
}

TEST(Flatten, NumbersThatDoNotFitAreExplained) {
  const DataFolder folder;
  const std::string path = events_npz(folder);
  EXPECT_NE(error_of([&] {
              load_file(path, {{"flatten", 4}});
            }).find("dataset.flatten=3 or less"),
            std::string::npos);
  const std::string one = folder.write("a.npy", npy("'<f8'", "(1, 2, 1)", bytes_of<double>({1, 0})));
  EXPECT_NE(error_of([&] {
              load_file(one, {{"flatten", 2}});
            }).find("set dataset.flatten=1, the most that one has"),
            std::string::npos);
  const std::string flat = folder.write("b.npy", npy("'<f8'", "(1, 2)", bytes_of<double>({1, 0})));
  EXPECT_NE(error_of([&] { load_file(flat, {{"flatten", 2}}); }).find("leave it out"), std::string::npos);
}

TEST(Flatten, NanIsPaddingAndComesLast) {
  FileOptions options;
  options.flatten = 2;
  options.order_by_pt = true;
  const FlattenPlan plan = plan_flatten({"Jet_pt", "m"}, true, "t", options);
  const double nan = std::nan("");
  const double event[] = {nan, nan, 1, 2, nan, 3, 5, 6};
  Values out(4);
  EXPECT_EQ(flatten_event(plan, event, 4, out.data()), 2u);
  EXPECT_EQ(out, (Values{5, 6, 1, 2}));
}

}  // namespace
}  // namespace symscan::test
