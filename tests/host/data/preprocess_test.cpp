#include "host/data/preprocess.hpp"

#include <cmath>
#include <numeric>

#include "host/data/column_plan.hpp"
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

Table float32_table(std::vector<double> values) {
  Table table = table_of(1, std::move(values));
  table.precision = {kFloat32Precision};
  return table;
}

bool is_constant(const Table& table) {
  return prepare(table, Preprocess::standardize).constant[0];
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
  EXPECT_TRUE(is_constant(float32_table({45.6, 45.600001, 45.6, 45.6})));
  EXPECT_FALSE(is_constant(float32_table({45.6, 45.7, 45.6, 45.6})));
  EXPECT_FALSE(is_constant(float32_table({1e-20, 2e-20, 3e-20})));
}

TEST(Preprocess, FloorFollowsThePrecisionOfTheSource) {
  // Offsets with a spread that float64 holds and float32 does not.
  for (const double offset : {1e7, 1e9}) {
    std::vector<double> reals, integers;
    for (int i = 0; i < 50; ++i) {
      reals.push_back(offset + 0.0217 * i);
      integers.push_back(offset + i % 2);
    }
    EXPECT_FALSE(is_constant(table_of(1, reals))) << offset;
    EXPECT_FALSE(is_constant(table_of(1, integers))) << offset;
    EXPECT_TRUE(is_constant(float32_table(reals))) << offset;
    const PreparedData data = prepare(table_of(1, reals), Preprocess::standardize);
    EXPECT_NEAR(data.eigenvalues[0], 1.0, 1e-6);
  }
  std::vector<double> hour;
  for (int second = 0; second < 3600; ++second) hour.push_back(1.7e9 + second);
  EXPECT_FALSE(is_constant(table_of(1, hour)));
}

TEST(Preprocess, Float32NoiseInFloat64OrTextIsRecognised) {
  const double energy = 45.6f, next = std::nextafter(45.6f, 100.0f);
  EXPECT_TRUE(is_constant(table_of(1, {energy, next, energy, energy})));    // float32 stored as float64
  EXPECT_TRUE(is_constant(table_of(1, {45.6, 45.600002, 45.6, 45.6})));     // as text: shortest decimals
  EXPECT_FALSE(is_constant(table_of(1, {45.6, 45.6000011, 45.6, 45.6})));   // no float32 prints like that
  EXPECT_TRUE(is_constant(table_of(1, {45.6, 45.6 * (1 + 1e-15), 45.6})));  // float64 noise
}

TEST(Preprocess, FeaturesNearTheFloorAreNoted) {
  const PreparedData constant = prepare(float32_table({1.7e9, 1.7e9 + 128}), Preprocess::standardize);
  ASSERT_EQ(constant.notes.size(), 1u);
  EXPECT_NE(constant.notes[0].find("'c0' varies by only 3.76e-08 of its size (1.7e+09): treated as constant"),
            std::string::npos)
      << constant.notes[0];
  const PreparedData kept = prepare(table_of(1, {1.7e9, 1.7e9 + 128}), Preprocess::standardize);
  ASSERT_EQ(kept.notes.size(), 1u);
  EXPECT_NE(kept.notes[0].find("kept as a feature"), std::string::npos) << kept.notes[0];
  EXPECT_TRUE(prepare(table_of(1, {1, 2, 3}), Preprocess::standardize).notes.empty());
}

TEST(Preprocess, ValuesOfAnySizeAreStandardized) {
  for (const double unit : {3e59, 1e30, 1e-30, 2e-60}) {
    const PreparedData data =
        prepare(table_of(2, {1 * unit, 1, 2 * unit, 2, 3 * unit, 4}), Preprocess::standardize);
    EXPECT_FALSE(data.constant[0]) << unit;
    EXPECT_NEAR(data.scale[0] / unit, std::sqrt(2.0 / 3), 1e-12) << unit;
    EXPECT_FLOAT_EQ(data.values[0], -std::sqrt(1.5f)) << unit;
    EXPECT_NEAR(data.eigenvalues[0] + data.eigenvalues[1], 2.0, 1e-6) << unit;
  }
}

TEST(Preprocess, HintsFitThePreprocessing) {
  const auto sentence = [](std::vector<double> values, Preprocess how) {
    return error_of([&] { prepare(table_of(1, values), how); });
  };
  const std::string both = sentence({1e308, -1e308}, Preprocess::standardize);
  EXPECT_NE(both.find("row 1, column 'c0': the size 1e+308 is beyond 1e+60"), std::string::npos) << both;
  EXPECT_NE(both.find("rescale the column"), std::string::npos) << both;
  EXPECT_EQ(both.find("standardize"), std::string::npos) << both;
  const std::string large = sentence({1e30, 2e30}, Preprocess::center);
  EXPECT_NE(large.find("set preprocess to standardize"), std::string::npos) << large;
  const std::string small = sentence({1e-30, 2e-30}, Preprocess::none);
  EXPECT_NE(small.find("too small for training in float32; set preprocess to standardize"), std::string::npos)
      << small;
}

TEST(Preprocess, EffectiveNumberOfEventsIsGivenAndNoted) {
  std::vector<double> values, weights;
  for (int i = 0; i < 40; ++i) {
    values.push_back(i);
    weights.push_back(i % 2 ? 3.0 : 1.0);
  }
  const PreparedData data = prepare(table_of(1, values, weights), Preprocess::standardize);
  EXPECT_DOUBLE_EQ(data.effective_rows, 80.0 * 80.0 / 200.0);
  ASSERT_EQ(data.notes.size(), 1u);
  EXPECT_EQ(data.notes[0], "effective number of events 32 of 40 (event weights)");
  EXPECT_EQ(prepare(table_of(1, values), Preprocess::standardize).effective_rows, 40.0);
}

TEST(Preprocess, TooFewEffectiveEventsAreRefused) {
  std::vector<double> values, weights(1000, 1e-6);
  for (int i = 0; i < 1000; ++i) values.push_back(i % 17);
  weights[3] = 5;
  weights[4] = 5;
  const std::string sentence =
      error_of([&] { prepare(table_of(1, values, weights), Preprocess::standardize); });
  EXPECT_NE(sentence.find("effective number of events is 2.0 (1000 rows"), std::string::npos) << sentence;
}

TEST(Preprocess, NegativeVarianceIsRefusedWithTheColumn) {
  std::vector<double> values, weights;
  for (int i = 0; i < 100; ++i) {  // the outer events have negative weights
    values.push_back(i % 4 == 0 ? (i % 8 ? 10.0 : -10.0) : i % 3 - 1.0);
    weights.push_back(i % 4 == 0 ? -1.0 : 1.0);
  }
  const std::string sentence =
      error_of([&] { prepare(table_of(1, values, weights), Preprocess::standardize); });
  EXPECT_NE(sentence.find("the event weights nearly cancel: the variance of column 'c0' is negative"),
            std::string::npos)
      << sentence;
}

TEST(Preprocess, AnOffsetOfAMillionCostsNoDigits) {
  std::vector<double> values;
  for (int i = 0; i < 20000; ++i) values.push_back(1e6 + 0.01 * (i % 100));
  const PreparedData data = prepare(table_of(1, values), Preprocess::center);
  const double sd = 0.01 * std::sqrt((100.0 * 100.0 - 1) / 12);
  EXPECT_NEAR(data.offset[0], 1e6 + 0.495, 1e-9);
  EXPECT_NEAR(data.eigenvalues[0], sd * sd, 1e-8);
  EXPECT_FALSE(data.constant[0]);                   // 0.29 of 1e6 is far above the rounding of float64
  EXPECT_TRUE(is_constant(float32_table(values)));  // and a few units in the last place of float32
  values.clear();
  for (int i = 0; i < 20000; ++i) values.push_back(1e6 + i % 100);
  const PreparedData wide = prepare(table_of(1, values), Preprocess::standardize);
  EXPECT_NEAR(wide.scale[0], std::sqrt((100.0 * 100.0 - 1) / 12), 1e-9);
  EXPECT_NEAR(wide.values[0], -49.5 / wide.scale[0], 1e-6);
}

TEST(Preprocess, WeightsCountLikeRepeatedRows) {
  std::vector<double> once, weights, often;
  for (int copy = 0; copy < 6; ++copy) {
    once.insert(once.end(), {1, 5, 2, 1, 7, 0});
    weights.insert(weights.end(), {1, 2, 3});
    often.insert(often.end(), {1, 5, 2, 1, 2, 1, 7, 0, 7, 0, 7, 0});
  }
  const PreparedData weighted = prepare(table_of(2, once, weights), Preprocess::standardize);
  const PreparedData repeated = prepare(table_of(2, often), Preprocess::standardize);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_NEAR(weighted.offset[i], repeated.offset[i], 1e-14);
    EXPECT_NEAR(weighted.scale[i], repeated.scale[i], 1e-14);
    EXPECT_NEAR(weighted.eigenvalues[i], repeated.eigenvalues[i], 1e-6);
  }
  EXPECT_FLOAT_EQ(weighted.weights[0], 0.5f);
  EXPECT_FLOAT_EQ(std::accumulate(weighted.weights.begin(), weighted.weights.end(), 0.0f), 18.0f);
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
  EXPECT_EQ(base.size(), 65u);
  EXPECT_TRUE(same_fingerprint(base.substr(0, 32), base)) << "what earlier versions recorded";
  EXPECT_EQ(base, print(table_of(2, {1, 2, 3, 5, 4, 4})));
  EXPECT_NE(base, print(table_of(2, {1, 2, 3, 5, 4, 4.5})));
  EXPECT_NE(base, print(table_of(2, {2, 4, 6, 10, 8, 8})));  // the same in other units
  EXPECT_NE(base, print(table_of(3, {1, 2, 3, 5, 4, 4})));
  std::vector<double> values, weights(20, 1.0);
  for (int i = 0; i < 40; ++i) values.push_back(i * i % 11);
  weights[3] = 1.5;
  EXPECT_NE(print(table_of(2, values)), print(table_of(2, values, weights)));
  EXPECT_EQ(base, print(table_of(2, {1, 2, 3, 5, 4, 4}, {2, 2, 2})));
}

TEST(Preprocess, UnusableTablesAreRefusedWithOneSentence) {
  const auto sentence = [](const Table& table) {
    return error_of([&] { prepare(table, Preprocess::none); });
  };
  EXPECT_NE(sentence(table_of(1, {1})).find("1 row;"), std::string::npos);
  EXPECT_NE(sentence(table_of(1, {1, 2}, {1, -1})).find("must be positive"), std::string::npos);
  EXPECT_NE(sentence(table_of(1, {1, 1e50})).find("float32"), std::string::npos);
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
