// The table that the analysis works with: momenta for pt, eta, phi, m, and cosines and sines of angles.
#include "host/analysis/analysis_table.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <random>

#include "host/analysis/angle_candidates.hpp"
#include "host/base/error.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using Names = std::vector<std::string>;

constexpr double kPi = std::numbers::pi;

/// Uniform numbers in [0, 1).
MatrixXd uniform(Index rows, Index columns, std::uint64_t seed = 1) {
  std::mt19937_64 random(seed);
  MatrixXd values(rows, columns);
  for (Index i = 0; i < rows; ++i)
    for (Index d = 0; d < columns; ++d) values(i, d) = static_cast<double>(random() >> 11) * 0x1p-53;
  return values;
}

/// pt, eta, phi, m
MatrixXd kinematics(Index rows, std::uint64_t seed = 1) {
  MatrixXd values = uniform(rows, 4, seed);
  values.col(0) = 5 + 40 * values.col(0).array();
  values.col(1) = 4 * (values.col(1).array() - 0.5);
  values.col(2) = 2 * kPi * (values.col(2).array() - 0.5);
  values.col(3) = 0.1 + values.col(3).array();
  return values;
}

void expect_momentum(const MatrixXd& made, const MatrixXd& from, double mass_of_row) {
  for (Index i = 0; i < from.rows(); ++i) {
    const double pt = from(i, 0), eta = from(i, 1), phi = from(i, 2),
                 m = mass_of_row < 0 ? from(i, 3) : mass_of_row, pz = pt * std::sinh(eta);
    const double e = std::sqrt(m * m + pt * pt + pz * pz);
    EXPECT_NEAR(made(i, 0), e, 1e-12 * e);
    EXPECT_NEAR(made(i, 1), pt * std::cos(phi), 1e-12 * e);
    EXPECT_NEAR(made(i, 2), pt * std::sin(phi), 1e-12 * e);
    EXPECT_NEAR(made(i, 3), pz, 1e-12 * e);
  }
}

TEST(AnalysisTable, MomentaFollowFromPtEtaPhiM) {
  const MatrixXd raw = kinematics(50);
  const AnalysisTable table = analysis_table(raw, {"pt(mu-)", "eta(mu-)", "phi(mu-)", "m(mu-)"});
  EXPECT_TRUE(table.changed && table.transverse_angles && table.rapidities && table.angles.empty());
  EXPECT_EQ(table.columns, (Names{"E(mu-)", "px(mu-)", "py(mu-)", "pz(mu-)"}));
  EXPECT_EQ(table.notes, Names{"E, px, py, pz of mu- are computed from its pt, eta, phi, m."});
  expect_momentum(table.rows, raw, -1);
}

TEST(AnalysisTable, NamesFollowTheFile) {
  const MatrixXd raw = kinematics(50);
  EXPECT_EQ(analysis_table(raw, {"pt1", "eta1", "phi1", "m1"}).columns, (Names{"E1", "px1", "py1", "pz1"}));
  EXPECT_EQ(analysis_table(raw, {"mu-_pt", "mu-_eta", "mu-_phi", "mu-_mass"}).columns,
            (Names{"mu-_E", "mu-_px", "mu-_py", "mu-_pz"}));
  EXPECT_EQ(analysis_table(raw, {"pT", "eta", "phi", "m"}).columns, (Names{"E", "px", "py", "pz"}));
  EXPECT_EQ(analysis_table(raw, {"pt_j", "eta_j", "phi_j", "x"}).columns,
            (Names{"E_j", "px_j", "py_j", "pz_j", "x"}));
}

TEST(AnalysisTable, WithoutMassEnergyIsThatOfMasslessParticles) {
  const MatrixXd raw = kinematics(50).leftCols(3);
  const AnalysisTable table = analysis_table(raw, {"pt", "eta", "phi"});
  EXPECT_EQ(table.columns, (Names{"E", "px", "py", "pz"}));
  expect_momentum(table.rows, raw, 0);
  ASSERT_EQ(table.notes.size(), 1U);
  EXPECT_NE(table.notes[0].find("E = |p|"), std::string::npos) << table.notes[0];
}

TEST(AnalysisTable, MissingMomentumHasTwoComponents) {
  const AnalysisTable table = analysis_table(kinematics(50)(Eigen::all, {0, 2, 3}), {"pt", "phi", "x"});
  EXPECT_EQ(table.columns, (Names{"px", "py", "x"}));
  EXPECT_FALSE(table.rapidities);
}

TEST(AnalysisTable, RapidityAndPolarAngleGiveTheSameMomentum) {
  const MatrixXd raw = kinematics(50);
  MatrixXd by_rapidity = raw, by_theta = raw, by_energy = raw, in_degrees = raw, by_p = raw;
  for (Index i = 0; i < raw.rows(); ++i) {
    const double pt = raw(i, 0), m = raw(i, 3), pz = pt * std::sinh(raw(i, 1)), e = std::hypot(m, pt, pz);
    by_rapidity(i, 1) = by_energy(i, 1) = std::atanh(pz / e);
    by_energy(i, 3) = e;
    by_theta(i, 1) = by_p(i, 1) = std::atan2(pt, pz);
    by_p(i, 0) = std::hypot(pt, pz);
    in_degrees(i, 2) *= 180 / kPi;
  }
  for (const auto& [rows, columns] :
       std::vector<std::pair<MatrixXd, Names>>{{by_rapidity, {"pt", "y", "phi", "m"}},
                                               {by_energy, {"pt", "y", "phi", "E"}},
                                               {by_theta, {"pt", "theta", "phi", "m"}},
                                               {by_p, {"p", "theta", "phi", "m"}},
                                               {in_degrees, {"pt", "eta", "phi", "m"}}}) {
    const AnalysisTable table = analysis_table(rows, columns);
    ASSERT_EQ(table.columns, (Names{"E", "px", "py", "pz"})) << columns[1];
    expect_momentum(table.rows, raw, -1);
  }
}

TEST(AnalysisTable, AnglesThatTheMomentumSaysAreLeftOut) {
  const MatrixXd four = kinematics(50);
  const MatrixXd momenta = analysis_table(four, {"pt", "eta", "phi", "m"}).rows;
  MatrixXd both(50, 7);
  both << momenta, four.leftCols(3);
  const Names columns = {"E", "px", "py", "pz", "pt", "eta", "phi"};
  EXPECT_EQ(analysis_table(both, columns).columns, (Names{"E", "px", "py", "pz", "pt"}));
  both.col(5) = kinematics(50, 2).col(1);  // of another particle
  EXPECT_EQ(analysis_table(both, columns).columns, (Names{"E", "px", "py", "pz", "pt", "eta"}));
}

TEST(AnalysisTable, CodesForMissingValuesAreNoKinematics) {
  const MatrixXd raw = kinematics(50);
  const Names columns = {"pt", "eta", "phi", "m"};
  for (const auto& [column, code] : std::vector<std::pair<Index, double>>{{0, -1}, {1, 999}, {2, -999}}) {
    MatrixXd coded = raw;
    coded(7, column) = code;
    EXPECT_FALSE(analysis_table(coded, columns).changed) << column;
  }
}

TEST(AnalysisTable, AFullTurnOfAnAngleIsPeriodic) {
  MatrixXd raw = uniform(2000, 1);
  for (const auto& [from, period] :
       std::vector<std::pair<double, double>>{{-kPi, 2 * kPi}, {0, 2 * kPi}, {-180, 360}, {0, 360}}) {
    const MatrixXd turned = from + period * raw.array();
    const AnalysisTable table = analysis_table(turned, {"phi"});
    ASSERT_EQ(table.columns, (Names{"cos(phi)", "sin(phi)"})) << from;
    ASSERT_EQ(table.angles.size(), 1U);
    EXPECT_EQ(table.angles[0].period, period);
    EXPECT_NEAR(table.rows(3, 0), std::cos(turned(3, 0) * 2 * kPi / period), 1e-14);
    EXPECT_FALSE(analysis_table(turned, {"x"}).changed);
  }
}

TEST(AnalysisTable, HalfATurnIsPeriodicOnlyIfTold) {
  const MatrixXd half = kPi * uniform(2000, 1);
  EXPECT_FALSE(analysis_table(half, {"phi"}).changed);
  EXPECT_FALSE(analysis_table(half, {"q"}).changed);
  EXPECT_EQ(analysis_table(half, {"q"}, {}, {"q"}).columns, (Names{"cos(q)", "sin(q)"}));
  EXPECT_THROW(analysis_table(half, {"q"}, {}, {"p"}), DataError);
}

TEST(AnalysisTable, FewValuesAreNoAngle) {
  MatrixXd few = uniform(2000, 1);
  for (Index i = 0; i < few.rows(); ++i) few(i, 0) = 90 * std::floor(5 * few(i, 0));
  EXPECT_FALSE(analysis_table(few, {"angle"}).changed);
}

TEST(AnalysisTable, ACosineWithItsSineIsAnAngle) {
  const AnalysisTable once = analysis_table(2 * kPi * uniform(500, 1), {"phi"});
  const AnalysisTable twice = analysis_table(once.rows, once.columns);
  EXPECT_FALSE(twice.changed);
  ASSERT_EQ(twice.angles.size(), 1U);
  EXPECT_EQ(twice.rows, once.rows);
  // Also of a particle.
  const MatrixXd raw = kinematics(50);
  MatrixXd pair(50, 5);
  pair << raw.leftCols(2), raw.col(2).array().cos().matrix(), raw.col(2).array().sin().matrix(), raw.col(3);
  const AnalysisTable momenta = analysis_table(pair, {"pt", "eta", "cos(phi)", "sin(phi)", "m"});
  EXPECT_EQ(momenta.columns, (Names{"E", "px", "py", "pz"}));
  expect_momentum(momenta.rows, raw, -1);
}

TEST(AnalysisTable, AnyTableIsFine) {
  for (const Index rows : {0, 1, 2}) {
    EXPECT_EQ(analysis_table(MatrixXd::Zero(rows, 4), {"pt", "eta", "phi", "m"}).columns.size(), 4U);
    EXPECT_EQ(analysis_table(MatrixXd::Constant(rows, 2, 1e300), {"pt", "phi"}).rows.rows(), rows);
    EXPECT_EQ(analysis_table(MatrixXd::Zero(rows, 1), {"x"}, {}, {"x"}).rows.rows(), rows);
  }
  EXPECT_EQ(analysis_table(MatrixXd(3, 0), {}).columns.size(), 0U);
  // A file that has a column of the new name for something else.
  EXPECT_FALSE(analysis_table(2 * kPi * uniform(500, 2), {"phi", "cos(phi)"}).changed);
}

TEST(AngleCandidates, NameAngles) {
  const AnalysisTable table = analysis_table(2 * kPi * uniform(500, 3), {"phi1", "phi2", "x"});
  ASSERT_EQ(table.columns, (Names{"cos(phi1)", "sin(phi1)", "cos(phi2)", "sin(phi2)", "x"}));
  const Candidate shift = parse_candidate("translation(phi2)", table.columns, table.angles).front();
  EXPECT_TRUE(shift.continuous);
  const VectorXd row = table.rows.row(0);
  const VectorXd moved = shift.matrix * row + shift.shift;
  EXPECT_EQ(moved(2), -row(3));
  EXPECT_EQ(moved(3), row(2));
  EXPECT_EQ(moved(0), 0);
  const Candidate exchanged = parse_candidate("permutation(phi1,phi2)", table.columns, table.angles).front();
  EXPECT_EQ((exchanged.matrix * row)(0), row(2));
  EXPECT_EQ((exchanged.matrix * row)(3), row(1));
  EXPECT_EQ(parse_candidate("translation(x)", table.columns, table.angles).front().shift(4), 1);
  EXPECT_THROW(parse_candidate("translation(phi)", table.columns, table.angles), DataError);
  for (const std::string& name : natural_candidates(table.columns, table.angles))
    EXPECT_EQ(parse_candidate(name, table.columns, table.angles).front().name, name);
}

}  // namespace
}  // namespace symscan
