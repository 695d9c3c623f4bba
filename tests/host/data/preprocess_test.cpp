#include "host/data/preprocess.hpp"

#include <cmath>
#include <numeric>

#include "tests/host/data/data_files.hpp"

namespace symscan::test {
namespace {

Table table_of(std::size_t features, std::vector<double> values, std::vector<double> weights = {}) {
  Table table;
  table.columns = numbered_columns(features);
  table.rows = values.size() / features;
  table.values = std::move(values);
  table.weights = std::move(weights);
  return table;
}

TEST(Preprocess, StandardizeGivesMeanZeroAndPopulationVarianceOne) {
  const PreparedData data = prepare(table_of(2, {1, 10, 2, 20, 3, 60}), Preprocess::standardize);
  EXPECT_DOUBLE_EQ(data.offset[0], 2.0);
  EXPECT_DOUBLE_EQ(data.offset[1], 30.0);
  EXPECT_DOUBLE_EQ(data.scale[0], std::sqrt(2.0 / 3));
  EXPECT_DOUBLE_EQ(data.scale[1], std::sqrt(1400.0 / 3));
  EXPECT_FLOAT_EQ(data.values[0], -std::sqrt(1.5f));
  EXPECT_EQ(data.rows, 3u);
  EXPECT_EQ(data.features, 2u);
  EXPECT_TRUE(data.weights.empty());
}

TEST(Preprocess, RawIsPreparedTimesScalePlusOffset) {
  const Table table = load_dataset(builtin_settings("ee_mumu", 500));
  for (const Preprocess how : {Preprocess::standardize, Preprocess::center, Preprocess::none}) {
    const PreparedData data = prepare(table, how);
    for (std::size_t i = 0; i < table.values.size(); ++i) {
      const std::size_t feature = i % data.features;
      EXPECT_NEAR(data.values[i] * data.scale[feature] + data.offset[feature], table.values[i], 1e-6);
    }
  }
}

TEST(Preprocess, ConstantEnergyIsFlaggedAndNeverDivided) {
  const PreparedData data = prepare(load_dataset(builtin_settings("ee_mumu", 500)), Preprocess::standardize);
  EXPECT_TRUE(data.constant[0]);
  EXPECT_TRUE(data.constant[4]);
  EXPECT_FALSE(data.constant[1]);
  EXPECT_EQ(data.scale[0], 1.0);
  for (std::size_t row = 0; row < data.rows; ++row) EXPECT_EQ(data.values[row * 8], 0.0f);
}

TEST(Preprocess, RoundingNoiseOnALargeValueCountsAsConstant) {
  EXPECT_TRUE(prepare(table_of(1, {45.6, 45.600001, 45.6, 45.6}), Preprocess::standardize).constant[0]);
  EXPECT_FALSE(prepare(table_of(1, {45.6, 45.7, 45.6, 45.6}), Preprocess::standardize).constant[0]);
  EXPECT_FALSE(prepare(table_of(1, {1e-20, 2e-20, 3e-20}), Preprocess::standardize).constant[0]);
}

TEST(Preprocess, AnOffsetOfAMillionCostsNoDigits) {
  std::vector<double> values;
  for (int i = 0; i < 20000; ++i) values.push_back(1e6 + 0.01 * (i % 100));
  const PreparedData data = prepare(table_of(1, values), Preprocess::center);
  const double sd = 0.01 * std::sqrt((100.0 * 100.0 - 1) / 12);
  EXPECT_NEAR(data.offset[0], 1e6 + 0.495, 1e-9);
  EXPECT_NEAR(data.eigenvalues[0], sd * sd, 1e-8);
  EXPECT_TRUE(
      data.constant[0]);  // 0.29 of 1e6 is below the floor of 1e-6: reported, so that the user can choose
  values.clear();
  for (int i = 0; i < 20000; ++i) values.push_back(1e6 + i % 100);
  const PreparedData wide = prepare(table_of(1, values), Preprocess::standardize);
  EXPECT_NEAR(wide.scale[0], std::sqrt((100.0 * 100.0 - 1) / 12), 1e-9);
  EXPECT_NEAR(wide.values[0], -49.5 / wide.scale[0], 1e-6);
}

TEST(Preprocess, WeightsCountLikeRepeatedRows) {
  const PreparedData weighted = prepare(table_of(2, {1, 5, 2, 1, 7, 0}, {1, 2, 3}), Preprocess::standardize);
  const PreparedData repeated =
      prepare(table_of(2, {1, 5, 2, 1, 2, 1, 7, 0, 7, 0, 7, 0}), Preprocess::standardize);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_NEAR(weighted.offset[i], repeated.offset[i], 1e-14);
    EXPECT_NEAR(weighted.scale[i], repeated.scale[i], 1e-14);
    EXPECT_NEAR(weighted.eigenvalues[i], repeated.eigenvalues[i], 1e-6);
  }
  EXPECT_FLOAT_EQ(weighted.weights[0], 0.5f);
  EXPECT_FLOAT_EQ(std::accumulate(weighted.weights.begin(), weighted.weights.end(), 0.0f), 3.0f);
}

TEST(Preprocess, EigenvaluesDescendAndMatchTheClosedForm) {
  // x and y with variances 4 and 1 and correlation 1/2: eigenvalues (5 +- sqrt(13)) / 2.
  const double s = std::sqrt(3.0) / 2;
  const PreparedData data =
      prepare(table_of(2, {2, 0.5 + s, 2, 0.5 - s, -2, -0.5 + s, -2, -0.5 - s}), Preprocess::none);
  ASSERT_EQ(data.eigenvalues.size(), 2u);
  EXPECT_NEAR(data.eigenvalues[0], (5 + std::sqrt(13.0)) / 2, 1e-6);
  EXPECT_NEAR(data.eigenvalues[1], (5 - std::sqrt(13.0)) / 2, 1e-6);
}

TEST(Preprocess, FingerprintChangesWithEveryPartOfTheData) {
  const auto print = [](const Table& table) { return prepare(table, Preprocess::standardize).fingerprint; };
  const std::string base = print(table_of(2, {1, 2, 3, 5, 4, 4}));
  EXPECT_EQ(base.size(), 32u);
  EXPECT_EQ(base, print(table_of(2, {1, 2, 3, 5, 4, 4})));
  EXPECT_NE(base, print(table_of(2, {1, 2, 3, 5, 4, 4.5})));
  EXPECT_NE(base, print(table_of(2, {2, 4, 6, 10, 8, 8})));  // the same in other units
  EXPECT_NE(base, print(table_of(3, {1, 2, 3, 5, 4, 4})));
  EXPECT_NE(base, print(table_of(2, {1, 2, 3, 5, 4, 4}, {1, 1, 2})));
  EXPECT_EQ(base, print(table_of(2, {1, 2, 3, 5, 4, 4}, {2, 2, 2})));
}

TEST(Preprocess, UnusableTablesAreRefusedWithOneSentence) {
  const auto sentence = [](const Table& table) {
    return error_of([&] { prepare(table, Preprocess::none); });
  };
  EXPECT_NE(sentence(table_of(1, {1})).find("1 row;"), std::string::npos);
  EXPECT_NE(sentence(table_of(1, {1, 2}, {1, -1})).find("must be positive"), std::string::npos);
  EXPECT_NE(sentence(table_of(1, {1, 1e60})).find("float32"), std::string::npos);
  Table empty;
  empty.rows = 5;
  EXPECT_NE(sentence(empty).find("no columns"), std::string::npos);
}

TEST(Preprocess, NamesAreParsed) {
  EXPECT_EQ(parse_preprocess("center"), Preprocess::center);
  EXPECT_THROW(parse_preprocess("centre"), ConfigError);
}

}  // namespace
}  // namespace symscan::test
