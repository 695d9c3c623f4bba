// Rows of built-in datasets as host and device make them.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>
#include <type_traits>

#include "host/base/error.hpp"
#include "host/data/dataset.hpp"
#include "host/data/preprocess.hpp"
#include "kernels/generate/prepared_row.hpp"

namespace symscan::test {
namespace {

static_assert(std::is_trivially_copyable_v<RowSampler> && std::is_standard_layout_v<RowSampler>);
static_assert(std::is_trivially_destructible_v<RowSampler>);

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Rows of the datasets since their first version: a change would make other data of the same seed.
struct PinnedRow {
  RowSampler sampler;
  std::uint64_t seed, row;
  std::vector<double> values;
};

const std::vector<PinnedRow>& pinned_rows() {
  static const std::vector<PinnedRow> rows = {
      {Annulus{2.0, 0.25}, 1, 0, {0x1.96dd760207a7bp+0, -0x1.b7660bd39b534p-1}},
      {Annulus{2.0, 0.25}, 7, 12345678901, {0x1.021be315b80bp-1, 0x1.cfc7f7f46352dp+0}},
      {Circle{2.5}, 1, 0, {0x1.19926e3719ae9p+1, -0x1.30163faac1b9ep+0}},
      {Circle{2.5}, 7, 12345678901, {0x1.57249567c5641p-1, 0x1.344971e73f5e3p+1}},
      {Disk{1.5}, 1, 0, {-0x1.2a8a24138b49ep-3, -0x1.6eaa70bfaae7fp+0}},
      {Disk{1.5}, 7, 12345678901, {0x1.072fa36479f49p-1, -0x1.cb2e642e82c2ap-2}},
      {EeMumu{10.0, 0.0, 0.1056583755},
       1,
       0,
       {0x1.4p+2, -0x1.53b776599fc83p+1, -0x1.d76e17bfb6eadp-2, 0x1.0d81e931ca617p+2, 0x1.4p+2,
        0x1.53b776599fc83p+1, 0x1.d76e17bfb6eadp-2, -0x1.0d81e931ca617p+2}},
      {EeMumu{4.0, 0.25, 1.77},
       1,
       0,
       {0x1.fabfbcd2584afp+0, 0x1.410293e508b08p-1, -0x1.3fc1ac6c71d04p-1, 0x1.8cee95de5889fp-5,
        0x1.fabfbcd2584afp+0, -0x1.410293e508b08p-1, 0x1.3fc1ac6c71d04p-1, -0x1.8cee95de5889fp-5}},
      {EeMumu{4.0, 0.25, 1.77},
       7,
       12345678901,
       {0x1.559f80fae3ffdp+1, 0x1.b02d447fc32e4p-1, 0x1.cdced752ce3ep+0, 0x1.3aa09ba3334b3p-3,
        0x1.559f80fae3ffdp+1, -0x1.b02d447fc32e4p-1, -0x1.cdced752ce3ep+0, -0x1.3aa09ba3334b3p-3}},
      {Gaussian{4, 0.3},
       1,
       0,
       {-0x1.5010cb69ed42ep-5, -0x1.0696f45ddc164p-1, -0x1.17908e9df7b9dp-3, -0x1.f592c5235087bp-4}},
      {Gaussian{4, 0.3},
       7,
       12345678901,
       {0x1.567e03eb8fff5p+0, -0x1.2b15101e160e4p-1, 0x1.0924490ffa219p-1, 0x1.737050f7f6483p-5}},
      {Sphere{2, 2.0}, 1, 0, {-0x1.428e94c76bb4ep-4, -0x1.cc2661510557ap+0, -0x1.bf3642082b0adp-1}},
      {Sphere{2, 2.0}, 7, 12345678901, {0x1.19d62a683e574p+0, -0x1.c157763653b42p-1, 0x1.6ba43b25db1c6p+0}},
      {Square{0.75}, 1, 0, {0x1.437b2f4ad36acp-1, 0x1.673489c7073cp-2}},
      {Square{0.75}, 7, 12345678901, {-0x1.c258d30046b0dp-2, 0x1.2852011b0516p-1}},
      {Torus{2},
       1,
       0,
       {0x1.c283e38b5c4a8p-1, -0x1.e689ff779c5c9p-2, -0x1.9eba7ddcc81b6p-4, -0x1.fd5e652d354a1p-1}},
      {Torus{2},
       7,
       12345678901,
       {0x1.1283aab96ab67p-2, 0x1.ed424fd865638p-1, 0x1.81d34b0aee015p-1, -0x1.509338d9249d3p-1}},
  };
  return rows;
}

/// Four ulp, for libraries whose sin and cos round otherwise.
TEST(RowSampler, MakesTheRowsOfTheFirstVersion) {
  for (const PinnedRow& pinned : pinned_rows()) {
    SCOPED_TRACE("kind " + std::to_string(static_cast<int>(pinned.sampler.kind())) + ", row " +
                 std::to_string(pinned.row));
    const auto columns = static_cast<std::size_t>(pinned.sampler.columns());
    ASSERT_EQ(columns, pinned.values.size());
    std::vector<double> row(columns + 1, -77.0);
    RowRandom random(pinned.seed, pinned.row);
    pinned.sampler.fill_row(random, row.data());
    for (std::size_t i = 0; i < columns; ++i) EXPECT_DOUBLE_EQ(row[i], pinned.values[i]) << i;
    EXPECT_EQ(row[columns], -77.0);
  }
}

/// The settings of a kind with their defaults.
Json default_settings(const BuiltinDataset& dataset, int rows) {
  Json settings = {{"kind", dataset.kind}, {"n", rows}, {"seed", 3}};
  for (const Field& field : dataset.parameters) settings[field.name] = field.default_value;
  return settings;
}

TEST(RowSampler, EveryBuiltinDatasetHasOneWithItsColumns) {
  std::set<RowSampler::Kind> kinds;
  std::size_t sampled = 0;
  for (const BuiltinDataset& dataset : builtin_datasets()) {
    SCOPED_TRACE(dataset.kind);
    const Json settings = default_settings(dataset, 10);
    const std::optional<RowSampler> sampler = row_sampler(settings);
    if (dataset.make_rows) {  // rows depend on each other: made on the host
      EXPECT_FALSE(sampler.has_value());
      continue;
    }
    ++sampled;
    ASSERT_TRUE(sampler.has_value());
    EXPECT_TRUE(sampler->valid());
    EXPECT_EQ(static_cast<std::size_t>(sampler->columns()), dataset_facts(settings).columns.size());
    kinds.insert(sampler->kind());
  }
  EXPECT_EQ(kinds.size(), sampled);
  EXPECT_GE(sampled, 14u);
  EXPECT_FALSE(row_sampler({{"kind", "file"}, {"path", "events.csv"}}).has_value());
}

TEST(RowSampler, TakesTheParametersOfTheSettings) {
  const auto first = [](const Json& settings) {
    double row[8] = {};
    RowRandom random(5, 9);
    row_sampler(settings)->fill_row(random, row);
    return std::hypot(row[0], row[1]);
  };
  EXPECT_NEAR(first({{"kind", "circle"}, {"radius", 3.0}}), 3.0, 1e-14);
  EXPECT_NEAR(first({{"kind", "annulus"}, {"radius", 2.0}, {"width", 0.0}}), 2.0, 1e-14);
  EXPECT_NEAR(first({{"kind", "sphere"}, {"dimension", 1}, {"radius", 4.0}}), 4.0, 1e-14);
}

TEST(RowSampler, KnowsParametersOutOfRange) {
  const RowSampler wrong[] = {Annulus{1, -0.1},
                              Annulus{kNaN, 0.1},
                              Circle{0},
                              Circle{kInfinity},
                              Disk{-1},
                              EeMumu{1, 0, 0.6},
                              EeMumu{10, 2, 0},
                              EeMumu{10, kNaN, 0.1},
                              EeMumu{kNaN, 0, 0.1},
                              EeMumu{10, 0, -1},
                              Gaussian{0, 1},
                              Gaussian{2, 0},
                              Gaussian{2, 1.5},
                              Sphere{-1, 1},
                              Sphere{2, kNaN},
                              Square{0},
                              Torus{0}};
  for (std::size_t i = 0; i < std::size(wrong); ++i) EXPECT_FALSE(wrong[i].valid()) << i;
  EXPECT_THROW(
      row_sampler({{"kind", "ee_mumu"}, {"sqrt_s", 1.0}, {"beam_energy_spread", 0.0}, {"muon_mass", 0.6}}),
      DataError);
}

TEST(PreparedRow, GivesTheValuesOfPreparedTables) {
  constexpr int rows = 500;
  for (const BuiltinDataset& dataset : builtin_datasets()) {
    SCOPED_TRACE(dataset.kind);
    if (dataset.make_rows) continue;
    const Json settings = default_settings(dataset, rows);
    const RowSampler sampler = *row_sampler(settings);
    for (const Preprocess how : {Preprocess::standardize, Preprocess::center, Preprocess::none}) {
      const PreparedData prepared = prepare(load_dataset(settings), how);
      std::vector<float> values(prepared.values.size());
      for (std::size_t row = 0; row < prepared.rows; ++row) {
        RowRandom random(3, row);
        sampler.fill_row(random, PreparedRow{prepared.offset.data(), prepared.scale.data(),
                                             values.data() + row * prepared.features});
      }
      EXPECT_EQ(values, prepared.values);
    }
  }
}

}  // namespace
}  // namespace symscan::test
