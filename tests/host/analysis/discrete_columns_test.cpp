// Kinds of columns told from their values.
#include "host/analysis/discrete_columns.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/host/analysis/constraints_samples.hpp"

namespace symscan::test {
namespace {

std::vector<ColumnNature> natures(int seed, int columns, const std::function<void(RowRandom&, double*)>& fill,
                                  int rows = 4000) {
  return column_natures(make(Strings(static_cast<std::size_t>(columns), "x"), seed, fill, rows).rows);
}

class DiscreteColumns : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Seeds, DiscreteColumns, testing::Values(1, 2, 3));

TEST_P(DiscreteColumns, KindsOfColumns) {
  const auto found = natures(GetParam(), 6, [](RowRandom& random, double* row) {
    row[0] = random.normal();
    row[1] = 5;
    row[2] = random.uniform() < 0.3 ? 1 : 0;
    row[3] = std::floor(5 * random.uniform());
    row[4] = std::round(100 * random.normal()) / 100;
    row[5] = random.uniform() < 0.5 ? 67.1 : std::nextafter(67.1, 100.0);
  });
  EXPECT_EQ(found[0].kind, ColumnKind::continuous);
  EXPECT_TRUE(found[0].atoms.empty());
  EXPECT_EQ(found[0].spacing, 0);
  EXPECT_EQ(found[1].kind, ColumnKind::constant);
  EXPECT_EQ(found[1].values, std::vector<double>{5});
  EXPECT_EQ(found[2].kind, ColumnKind::binary);
  EXPECT_EQ(found[2].values, (std::vector<double>{0, 1}));
  EXPECT_EQ(found[2].group, -1);
  EXPECT_EQ(found[3].kind, ColumnKind::discrete);
  EXPECT_EQ(found[3].distinct, 5);
  EXPECT_EQ(found[3].spacing, 1);
  EXPECT_EQ(found[4].kind, ColumnKind::grid);
  EXPECT_DOUBLE_EQ(found[4].spacing, 0.01);
  EXPECT_TRUE(found[4].atoms.empty());
  EXPECT_EQ(found[5].kind, ColumnKind::constant);
  EXPECT_FALSE(found[0].is_discrete());
  EXPECT_FALSE(found[4].is_discrete());
  EXPECT_TRUE(found[3].is_discrete());
}

TEST_P(DiscreteColumns, OneHotGroups) {
  Eigen::MatrixXd rows = Eigen::MatrixXd::Zero(2000, 9);
  for (int event = 0; event < 2000; ++event) {
    RowRandom random(static_cast<std::uint64_t>(GetParam()), static_cast<std::uint64_t>(event));
    rows(event, static_cast<int>(4 * random.uniform())) = 1;
    rows(event, 4) = random.normal();
    rows(event, 5 + static_cast<int>(3 * random.uniform())) = 1;
    rows(event, 8) = random.uniform() < 0.5 ? 1 : 0;
  }
  const auto kinds = column_natures(rows);
  for (const int i : {0, 1, 2, 3}) {
    EXPECT_EQ(kinds[static_cast<std::size_t>(i)].kind, ColumnKind::one_hot);
    EXPECT_EQ(kinds[static_cast<std::size_t>(i)].group, 0);
  }
  for (const int i : {5, 6, 7}) EXPECT_EQ(kinds[static_cast<std::size_t>(i)].group, 1);
  EXPECT_EQ(kinds[4].kind, ColumnKind::continuous);
  EXPECT_EQ(kinds[8].kind, ColumnKind::binary);
  EXPECT_EQ(kinds[8].group, -1);
}

TEST_P(DiscreteColumns, RareBinariesAreNoGroup) {
  for (const ColumnNature& nature : natures(GetParam(), 4, [](RowRandom&random, double*row) {
         for (int i = 0; i < 4; ++i) row[i] = random.uniform() < 0.03 ? 1 : 0;
       })) {
    EXPECT_EQ(nature.kind, ColumnKind::binary);
    EXPECT_EQ(nature.group, -1);
  }
}

TEST_P(DiscreteColumns, FacesOfACubeAreAtoms) {
  const auto found = natures(GetParam(), 3, [](RowRandom& random, double* row) {
    for (int i = 0; i < 3; ++i) row[i] = random.uniform();
    const int face = static_cast<int>(6 * random.uniform());
    row[face / 2] = face % 2;
  });
  for (const ColumnNature& nature : found) {
    EXPECT_EQ(nature.kind, ColumnKind::continuous);
    ASSERT_EQ(nature.atoms.size(), 2u);
    for (const Atom& atom : nature.atoms) {
      EXPECT_TRUE(atom.value == 0 || atom.value == 1);
      EXPECT_NEAR(atom.share, 1.0 / 6, 0.03);
    }
  }
}

TEST_P(DiscreteColumns, GridsOfOtherSpacings) {
  const auto found = natures(GetParam(), 4, [](RowRandom& random, double* row) {
    row[0] = 0.25 * std::round(1000 * random.normal());
    row[1] = 3 * std::round(1000 * random.normal());
    row[2] = std::round(1e5 * random.normal()) / 1e5;
    row[3] = static_cast<float>(random.normal());
  });
  EXPECT_DOUBLE_EQ(found[0].spacing, 0.25);
  EXPECT_DOUBLE_EQ(found[1].spacing, 3);
  EXPECT_DOUBLE_EQ(found[2].spacing, 1e-5);
  EXPECT_EQ(found[2].kind, ColumnKind::grid);
}

TEST(DiscreteColumnsSearch, AGridMayHaveAtoms) {
  const auto found = natures(
      1, 1,
      [](RowRandom& random, double* row) {
        row[0] = random.uniform() < 0.2 ? 0 : std::round(10000 * random.uniform()) / 100;
      },
      5000);
  EXPECT_EQ(found[0].kind, ColumnKind::grid);
  ASSERT_EQ(found[0].atoms.size(), 1u);
  EXPECT_EQ(found[0].atoms[0].value, 0);
  EXPECT_NEAR(found[0].atoms[0].share, 0.2, 0.02);
}

TEST(DiscreteColumnsSearch, Float32PrecisionIsNoGrid) {
  Sample sample = make({"x"}, 1, [](RowRandom& random, double* row) { row[0] = random.uniform(); });
  sample.rows = sample.rows.cast<float>().cast<double>();
  EXPECT_EQ(column_natures(sample.rows, {0x1.0p-24})[0].kind, ColumnKind::continuous);
}

TEST(DiscreteColumnsSearch, HopelessDataDoNoHarm) {
  EXPECT_TRUE(column_natures(Eigen::MatrixXd(10, 0)).empty());
  EXPECT_EQ(column_natures(Eigen::MatrixXd(0, 2)).size(), 2u);
  EXPECT_EQ(column_natures(Eigen::MatrixXd::Zero(5, 1))[0].kind, ColumnKind::constant);
  EXPECT_EQ(to_string(ColumnKind::one_hot), "one-hot");
}

}  // namespace
}  // namespace symscan::test
