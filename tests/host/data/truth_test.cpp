// What is stated about built-in datasets, against the rows.
#include <Eigen/Dense>
#include <cmath>
#include <regex>

#include "host/base/eigen.hpp"
#include "tests/host/data/equations.hpp"
#include "tests/host/data/raw_rows.hpp"

namespace symscan::test {
namespace {

constexpr int kRows = 300;

/// Every kind with its defaults, and settings that change what is stated.
std::vector<Json> all_settings() {
  std::vector<Json> all;
  for (const BuiltinDataset& dataset : builtin_datasets())
    if (!dataset.make_rows)  // of trajectories laws are stated, not constraints
      all.push_back(builtin_settings(dataset.kind, kRows));
  const std::vector<std::pair<std::string, Json>> variations = {
      {"annulus", {{"width", 0.0}, {"radius", 2.0}}},
      {"ee_mumu", {{"beam_energy_spread", 0.1}}},
      {"ee_mumu", {{"sqrt_s", 4.0}, {"muon_mass", 1.77}}},
      {"sphere", {{"dimension", 4}, {"radius", 0.3}}},
      {"torus", {{"dimension", 3}}},
      {"gaussian", {{"dimension", 1}}},
      {"harmonic_oscillator", {{"dimensions", 3}, {"mass", 0.7}, {"omega", 2.1}, {"energy", 3.0}}},
      {"harmonic_oscillator", {{"dimensions", 2}, {"energy_spread", 0.1}}},
      {"pendulum", {{"energy", 2.7}}},
      {"pendulum", {{"energy", 2.7}, {"direction", "positive"}}},
      {"pendulum", {{"energy", 1.9}, {"energy_spread", 0.2}}},
      {"kepler", {{"orientation", "fixed"}}},
      {"kepler", {{"energy", -1.3}, {"angular_momentum", 0.3}}},
      {"kepler", {{"energy", -0.5}, {"angular_momentum", 1.0}}},
      {"kepler", {{"energy", -0.32}, {"angular_momentum", 1.25}, {"orientation", "fixed"}}},
      {"collision_1d", {{"mass1", 1.0}, {"mass2", 1.0}}},
      {"collision_2d", {{"mass1", 0.4}, {"energy", 2.5}, {"energy_spread", 0.1}}},
      {"collision_2d", {{"mass1", 0.4}, {"total_momentum_spread", 0.7}}},
      {"collision_2d", {{"energy_spread", 0.1}, {"total_momentum_spread", 0.7}}},
      {"pp_ll", {{"recoil", 8.0}}}};
  for (const auto& [kind, changes] : variations) all.push_back(builtin_settings(kind, kRows, 1, changes));
  return all;
}

TEST(Truth, EveryBuiltinDatasetStatesItsSymmetries) {
  const std::regex algebra("none|so\\([0-9]+\\)(\\+so\\([0-9]+\\))*");
  for (const Json& settings : all_settings()) {
    SCOPED_TRACE(settings.dump());
    const DatasetFacts facts = dataset_facts(settings);
    EXPECT_TRUE(std::regex_match(facts.density_symmetry, algebra)) << facts.density_symmetry;
    if (settings.at("kind") == "pp_ll") {
      EXPECT_EQ(facts.symmetry, "");
    } else {
      EXPECT_TRUE(std::regex_match(facts.symmetry, algebra)) << facts.symmetry;
    }
  }
  EXPECT_EQ(dataset_facts({{"kind", "file"}, {"path", "events.csv"}}).symmetry, "");
}

TEST(Truth, RowsObeyTheConstraints) {
  for (const Json& settings : all_settings()) {
    SCOPED_TRACE(settings.dump());
    const DatasetFacts facts = dataset_facts(settings);
    const auto rows = raw_rows(settings);
    for (const std::string& constraint : facts.constraints) {
      SCOPED_TRACE(constraint);
      const Equation equation(constraint, facts.columns);
      for (const auto& row : rows) {
        double scale = 1.0;
        for (const double value : row) scale = std::max(scale, value * value);
        // Numbers are stated with nine digits.
        ASSERT_NEAR(equation.value(row), 0.0, 1e-8 * scale);
      }
    }
  }
}

/// [constraints x features] derivatives at a row.
Eigen::MatrixXd jacobian(const DatasetFacts& facts, const std::vector<double>& row) {
  Eigen::MatrixXd result(facts.constraints.size(), row.size());
  for (std::size_t i = 0; i < facts.constraints.size(); ++i) {
    const std::vector<double> gradient = Equation(facts.constraints[i], facts.columns).gradient(row);
    result.row(static_cast<Eigen::Index>(i)) =
        Eigen::Map<const Eigen::RowVectorXd>(gradient.data(), result.cols());
  }
  return result;
}

Eigen::Index rank_of(const Eigen::MatrixXd& matrix) {
  if (matrix.size() == 0) return 0;
  Eigen::ColPivHouseholderQR<Eigen::MatrixXd> decomposition(matrix);
  decomposition.setThreshold(1e-7);
  return decomposition.rank();
}

TEST(Truth, ConstraintsLeaveTheIntrinsicDimension) {
  for (const Json& settings : all_settings()) {
    SCOPED_TRACE(settings.dump());
    const DatasetFacts facts = dataset_facts(settings);
    const auto features = static_cast<Eigen::Index>(facts.columns.size());
    for (const auto& row : raw_rows(settings)) {
      ASSERT_EQ(features - rank_of(jacobian(facts, row)), facts.intrinsic_dimension);
    }
  }
}

/// Dimension of "so(3)+so(2)": 4.
Eigen::Index dimension_of(const std::string& algebra) {
  Eigen::Index total = 0;
  const std::regex part("so\\(([0-9]+)\\)");
  for (std::sregex_iterator found(algebra.begin(), algebra.end(), part), end; found != end; ++found) {
    const long n = std::stol((*found)[1]);
    total += n * (n - 1) / 2;
  }
  return total;
}

/// Dimension of the affine fields A x + b that are tangent to the data everywhere, less those that vanish on
/// them.
Eigen::Index tangent_fields(const DatasetFacts& facts, const std::vector<std::vector<double>>& rows) {
  const auto features = static_cast<Eigen::Index>(facts.columns.size());
  const auto constraints = static_cast<Eigen::Index>(facts.constraints.size());
  Eigen::MatrixXd conditions(constraints * static_cast<Eigen::Index>(rows.size()), features * (features + 1));
  Eigen::MatrixXd points(rows.size(), features + 1);
  for (Eigen::Index n = 0; n < points.rows(); ++n) {
    const std::vector<double>& row = rows[static_cast<std::size_t>(n)];
    points.row(n) << Eigen::Map<const Eigen::RowVectorXd>(row.data(), features), 1.0;
    const Eigen::MatrixXd gradients = jacobian(facts, row);
    for (Eigen::Index i = 0; i < features; ++i) {
      conditions.block(n * constraints, i * (features + 1), constraints, features + 1) =
          gradients.col(i) * points.row(n);
    }
  }
  conditions.rowwise().normalize();
  const Eigen::Index vanishing = features * (features + 1 - rank_of(points));
  return conditions.cols() - rank_of(conditions) - vanishing;
}

/// For bounded sets, on which every continuous group of affine maps is one of rotations.
TEST(Truth, SymmetriesAreThoseOfTheConstraints) {
  int tested = 0;
  for (const Json& settings : all_settings()) {
    SCOPED_TRACE(settings.dump());
    const std::string kind = settings.at("kind");
    const bool spread = settings.value("beam_energy_spread", 0.0) > 0.0 ||
                        settings.value("energy_spread", 0.0) > 0.0 ||
                        settings.value("total_momentum_spread", 0.0) > 0.0;
    const DatasetFacts facts = dataset_facts(settings);
    if (spread || facts.constraints.empty() || kind == "collision_1d" || kind == "pp_ll") continue;
    EXPECT_EQ(tangent_fields(facts, raw_rows(settings)), dimension_of(facts.symmetry));
    ++tested;
  }
  EXPECT_GE(tested, 18);
}

TEST(Truth, FactsFollowTheSettings) {
  const auto facts_of = [](const std::string& kind, const Json& changes) {
    return dataset_facts(builtin_settings(kind, 1, 1, changes));
  };
  EXPECT_EQ(facts_of("ee_mumu", {}).symmetry, "so(3)");
  EXPECT_EQ(facts_of("ee_mumu", {}).density_symmetry, "so(2)");
  EXPECT_EQ(facts_of("ee_mumu", {}).constraints.front(), "E(mu-) = 5 GeV");
  EXPECT_EQ(facts_of("ee_mumu", {{"sqrt_s", 2.0}, {"muon_mass", 1.0}}).density_symmetry, "none");
  EXPECT_EQ(facts_of("disk", {}).symmetry, "none");
  EXPECT_EQ(facts_of("disk", {}).density_symmetry, "so(2)");
  EXPECT_EQ(facts_of("torus", {{"dimension", 3}}).symmetry, "so(2)+so(2)+so(2)");
  EXPECT_EQ(facts_of("gaussian", {{"dimension", 3}}).density_symmetry, "so(3)");
  EXPECT_EQ(facts_of("harmonic_oscillator", {{"dimensions", 2}}).symmetry, "so(4)");
  EXPECT_EQ(facts_of("harmonic_oscillator", {{"energy_spread", 0.1}}).symmetry, "none");
  EXPECT_EQ(facts_of("kepler", {}).symmetry, "so(2)");
  EXPECT_EQ(facts_of("kepler", {{"orientation", "fixed"}}).symmetry, "none");
  EXPECT_EQ(facts_of("kepler", {{"orientation", "fixed"}, {"angular_momentum", 1.0}}).symmetry, "so(2)");
  EXPECT_EQ(facts_of("pendulum", {{"energy", 3.0}}).embedding_dimension, 3);
  EXPECT_EQ(facts_of("pendulum", {{"energy", 3.0}, {"direction", "positive"}}).embedding_dimension, 2);
  EXPECT_EQ(facts_of("pp_ll", {}).intrinsic_dimension, 4);
  EXPECT_EQ(facts_of("pp_ll", {{"recoil", 5.0}}).intrinsic_dimension, 6);
}

}  // namespace
}  // namespace symscan::test
