// The built-in datasets against closed forms. Statistical bounds are five standard errors; seeds are fixed.
#include <cmath>
#include <numbers>
#include <set>

#include "tests/host/data/data_files.hpp"

namespace symscan::test {
namespace {

constexpr int kRows = 40000;

double mean_of(const Table& table, double (*value)(const double*)) {
  double sum = 0;
  for (std::size_t row = 0; row < table.rows; ++row)
    sum += value(table.values.data() + row * table.features());
  return sum / static_cast<double>(table.rows);
}

double radius_squared(const double* x) {
  return x[0] * x[0] + x[1] * x[1];
}

TEST(Generators, EveryKindHasTrueFactsAndFiniteFloat32Values) {
  for (const BuiltinDataset& dataset : builtin_datasets()) {
    SCOPED_TRACE(dataset.kind);
    const Json settings = builtin_settings(dataset.kind, 100);
    const DatasetFacts facts = dataset_facts(settings);
    const Table table = load_dataset(settings);
    EXPECT_EQ(table.columns, facts.columns);
    EXPECT_EQ(std::set<std::string>(table.columns.begin(), table.columns.end()).size(), table.features());
    if (!dataset.make_rows) {  // of trajectories the dimension is not stated
      EXPECT_GE(facts.intrinsic_dimension, 1);
      EXPECT_LE(facts.intrinsic_dimension, facts.embedding_dimension);
    }
    EXPECT_LE(facts.embedding_dimension, static_cast<int>(table.features()));
    EXPECT_FALSE(facts.shape.empty());
    EXPECT_FALSE(dataset.description.empty());
    for (const Field& field : dataset.parameters) EXPECT_FALSE(field.doc.empty()) << field.name;
    ASSERT_EQ(table.values.size(), 100 * table.features());
    for (const double value : table.values) {
      ASSERT_TRUE(std::isfinite(value));
      ASSERT_EQ(value, static_cast<double>(static_cast<float>(value)));
    }
  }
}

TEST(Generators, RowIsTheSameWhateverNIs) {
  for (const BuiltinDataset& dataset : builtin_datasets()) {
    const Table few = load_dataset(builtin_settings(dataset.kind, 7, 5));
    const Table many = load_dataset(builtin_settings(dataset.kind, 300, 5));
    for (std::size_t i = 0; i < few.values.size(); ++i)
      ASSERT_EQ(few.values[i], many.values[i]) << dataset.kind;
  }
}

TEST(Generators, AnotherSeedGivesOtherRows) {
  const Table one = load_dataset(builtin_settings("disk", 50, 1)),
              two = load_dataset(builtin_settings("disk", 50, 2));
  for (std::size_t i = 0; i < one.values.size(); ++i) EXPECT_NE(one.values[i], two.values[i]);
}

TEST(RowRandom, UniformAndNormalHaveTheirMoments) {
  double uniform[3] = {}, normal[4] = {};
  for (int row = 0; row < kRows; ++row) {
    RowRandom random(3, static_cast<std::uint64_t>(row));
    const double u = random.uniform(), z = random.normal();
    ASSERT_GT(u, 0.0);
    ASSERT_LT(u, 1.0);
    for (int power = 1; power <= 2; ++power) uniform[power] += std::pow(u, power) / kRows;
    normal[1] += z / kRows;
    normal[2] += z * z / kRows;
    normal[3] += z * z * z * z / kRows;
  }
  const double error = 5.0 / std::sqrt(kRows);
  EXPECT_NEAR(uniform[1], 1.0 / 2, error * std::sqrt(1.0 / 12));
  EXPECT_NEAR(uniform[2], 1.0 / 3, error * std::sqrt(4.0 / 45));
  EXPECT_NEAR(normal[1], 0.0, error);
  EXPECT_NEAR(normal[2], 1.0, error * std::sqrt(2.0));
  EXPECT_NEAR(normal[3], 3.0, error * std::sqrt(96.0));
}

TEST(RowRandom, RowsAndSeedsBeyond32BitsHaveStreamsOfTheirOwn) {
  std::set<double> first;
  for (const std::uint64_t value : {0ull, 1ull, 1ull << 32, (1ull << 32) + 1}) {
    first.insert(RowRandom(value, 0).uniform());
    if (value) first.insert(RowRandom(0, value).uniform());
  }
  EXPECT_EQ(first.size(), 7u);
}

TEST(Circle, RadiusIsExactAndTheCentreIsEmpty) {
  const Table table = load_dataset(builtin_settings("circle", kRows, 1, {{"radius", 2.5}}));
  for (std::size_t row = 0; row < table.rows; ++row) {
    EXPECT_NEAR(std::sqrt(radius_squared(&table.values[2 * row])), 2.5, 2.5e-7);
  }
  EXPECT_NEAR(mean_of(table, [](const double* x) { return x[0]; }), 0.0, 5 * 2.5 / std::sqrt(2.0 * kRows));
  EXPECT_NEAR(mean_of(table, [](const double* x) { return x[0] * x[1]; }), 0.0,
              5 * 6.25 / std::sqrt(8.0 * kRows));
}

TEST(Disk, IsUniformInArea) {
  const Table table = load_dataset(builtin_settings("disk", kRows));
  EXPECT_NEAR(mean_of(table, radius_squared), 0.5, 5 * std::sqrt(1.0 / 12 / kRows));
  EXPECT_NEAR(mean_of(table, [](const double* x) { return x[0] * x[0]; }), 0.25, 5 * 0.25 / std::sqrt(kRows));
}

TEST(Square, HasVarianceOneThirdPerAxis) {
  const Table table = load_dataset(builtin_settings("square", kRows));
  EXPECT_NEAR(mean_of(table, radius_squared), 2.0 / 3, 5 * std::sqrt(2 * 4.0 / 45 / kRows));
}

TEST(Gaussian, VariancesDecayGeometrically) {
  const Json settings = builtin_settings("gaussian", kRows, 1, {{"dimension", 4}, {"decay", 0.25}});
  const Table table = load_dataset(settings);
  for (std::size_t axis = 0; axis < 4; ++axis) {
    double square = 0;
    for (std::size_t row = 0; row < table.rows; ++row)
      square += std::pow(table.values[4 * row + axis], 2) / kRows;
    const double expected = std::pow(0.25, axis);
    EXPECT_NEAR(square, expected, 5 * expected * std::sqrt(2.0 / kRows)) << axis;
  }
}

TEST(Annulus, RadialNoiseHasTheWidth) {
  const Table table = load_dataset(builtin_settings("annulus", kRows, 1, {{"width", 0.2}}));
  EXPECT_NEAR(mean_of(table, radius_squared), 1.04, 5 * std::sqrt((4 * 0.04 + 2 * 0.0016) / kRows));
  EXPECT_EQ(dataset_facts(builtin_settings("annulus", 1, 1, {{"width", 0.0}})).intrinsic_dimension, 1);
}

TEST(Sphere, PointsLieOnItAndAxesAreEqual) {
  const Table table = load_dataset(builtin_settings("sphere", kRows, 1, {{"dimension", 3}, {"radius", 2.0}}));
  ASSERT_EQ(table.features(), 4u);
  for (std::size_t axis = 0; axis < 4; ++axis) {
    double square = 0;
    for (std::size_t row = 0; row < table.rows; ++row)
      square += std::pow(table.values[4 * row + axis], 2) / kRows;
    EXPECT_NEAR(square, 1.0, 5 * std::sqrt(16 * (3.0 / 24 - 1.0 / 16) / kRows)) << axis;
  }
  for (std::size_t row = 0; row < 100; ++row) {
    double square = 0;
    for (std::size_t axis = 0; axis < 4; ++axis) square += std::pow(table.values[4 * row + axis], 2);
    EXPECT_NEAR(square, 4.0, 2e-6);
  }
}

TEST(Torus, EveryPairIsACircleAndPairsAreIndependent) {
  const Table table = load_dataset(builtin_settings("torus", kRows, 1, {{"dimension", 3}}));
  ASSERT_EQ(table.features(), 6u);
  for (std::size_t pair = 0; pair < 3; ++pair)
    EXPECT_NEAR(radius_squared(&table.values[2 * pair]), 1.0, 1e-6);
  EXPECT_NEAR(mean_of(table, [](const double* x) { return x[0] * x[2]; }), 0.0, 5 * 0.5 / std::sqrt(kRows));
}

TEST(Torus, NeedsTheAxesOfItsFlatForm) {
  const DatasetFacts facts = dataset_facts(builtin_settings("torus", 1, 1, {{"dimension", 3}}));
  EXPECT_EQ(facts.intrinsic_dimension, 3);
  EXPECT_EQ(facts.embedding_dimension, 6);
}

/// Chi-square of cos(theta) in 20 bins against the closed form; 19 degrees of freedom, 99.99 % point 50.8.
double cosine_chi_square(double sqrt_s, double mass) {
  const Table table =
      load_dataset(builtin_settings("ee_mumu", kRows, 11, {{"sqrt_s", sqrt_s}, {"muon_mass", mass}}));
  const double beta_squared = 1 - 4 * mass * mass / (sqrt_s * sqrt_s);
  constexpr int kBins = 20;
  std::vector<double> counts(kBins);
  for (std::size_t row = 0; row < table.rows; ++row) {
    const double* x = table.values.data() + 8 * row;
    const double cosine = x[3] / std::sqrt(x[1] * x[1] + x[2] * x[2] + x[3] * x[3]);
    ++counts[static_cast<std::size_t>(std::clamp(static_cast<int>((cosine + 1) / 2 * kBins), 0, kBins - 1))];
  }
  const auto integral = [&](double c) { return (2 - beta_squared) * c + beta_squared * c * c * c / 3; };
  double chi_square = 0;
  for (int bin = 0; bin < kBins; ++bin) {
    const double low = -1 + 2.0 * bin / kBins, high = low + 2.0 / kBins;
    const double expected = kRows * (integral(high) - integral(low)) / (integral(1) - integral(-1));
    chi_square += std::pow(counts[static_cast<std::size_t>(bin)] - expected, 2) / expected;
  }
  return chi_square;
}

TEST(EeMumu, AngleFollowsTheCrossSectionAtHighEnergy) {
  EXPECT_LT(cosine_chi_square(10.0, 0.1056583755), 50.8);
}

TEST(EeMumu, AngleFollowsTheCrossSectionOfAHeavyLeptonNearThreshold) {
  EXPECT_LT(cosine_chi_square(4.0, 1.77), 50.8);
  EXPECT_LT(cosine_chi_square(3.5400001, 1.77), 50.8);
}

TEST(EeMumu, MuonsAreOnShellAndBackToBack) {
  const double mass = 1.77;
  const Table table =
      load_dataset(builtin_settings("ee_mumu", 1000, 2, {{"sqrt_s", 5.0}, {"muon_mass", mass}}));
  for (std::size_t row = 0; row < table.rows; ++row) {
    const double* x = table.values.data() + 8 * row;
    EXPECT_EQ(x[0], 2.5);
    EXPECT_EQ(x[4], 2.5);
    EXPECT_NEAR(x[0] * x[0] - x[1] * x[1] - x[2] * x[2] - x[3] * x[3], mass * mass, 5e-6);
    for (int axis = 1; axis <= 3; ++axis) EXPECT_EQ(x[axis], -x[4 + axis]);
  }
}

TEST(EeMumu, BeamEnergySpreadIsRelativeToTheEnergy) {
  const Table table = load_dataset(builtin_settings("ee_mumu", kRows, 2, {{"beam_energy_spread", 0.01}}));
  const double mean = mean_of(table, [](const double* x) { return x[0]; });
  const double square = mean_of(table, [](const double* x) { return (x[0] - 5) * (x[0] - 5); });
  EXPECT_NEAR(mean, 5.0, 5 * 0.05 / std::sqrt(kRows));
  EXPECT_NEAR(square, 0.0025, 5 * 0.0025 * std::sqrt(2.0 / kRows));
  EXPECT_EQ(
      dataset_facts(builtin_settings("ee_mumu", 1, 1, {{"beam_energy_spread", 0.01}})).intrinsic_dimension,
      3);
}

TEST(EeMumu, EnergyBelowThresholdIsRefused) {
  const std::string sentence = error_of([] {
    load_dataset(builtin_settings("ee_mumu", 10, 1, {{"sqrt_s", 0.2}}));
  });
  EXPECT_NE(sentence.find("2 * muon_mass"), std::string::npos) << sentence;
}

TEST(Generators, AnUnknownKindListsTheKnownOnes) {
  const std::string sentence = error_of([] { load_dataset({{"kind", "cirle"}, {"n", 10}}); });
  EXPECT_NE(sentence.find("circle, collision_1d"), std::string::npos) << sentence;
}

TEST(Generators, MoreThanTheMemoryIsRefusedWithTheBytes) {
  const std::string sentence = error_of([] {
    load_dataset(builtin_settings("gaussian", 2000000000, 1, {{"dimension", 4096}}));
  });
  EXPECT_NE(sentence.find("need 9.83e+04 GB; this machine has "), std::string::npos) << sentence;
  EXPECT_NE(sentence.find("set a smaller dataset.n"), std::string::npos) << sentence;
}

TEST(Generators, NoRowsAreRefused) {
  EXPECT_NE(error_of([] { load_dataset(builtin_settings("circle", 0)); }).find("at least one row"),
            std::string::npos);
}

}  // namespace
}  // namespace symscan::test
