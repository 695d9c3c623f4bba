// What tables with angles say: angles are periodic, and pt, eta, phi, m say what momenta say.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <numbers>

#include "host/config/dataset_config.hpp"
#include "host/data/dataset.hpp"
#include "host/findings/row_findings.hpp"
#include "tests/host/analysis/known_distributions.hpp"
#include "tests/host/findings/row_verdicts.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Names = std::vector<std::string>;

constexpr double kPi = std::numbers::pi;

DatasetFinding finding_of(const MatrixXd& rows, const Names& columns, const Names& angles = {},
                          const std::vector<double>& precision = {}, const std::string& acceptance = "") {
  FindingsOptions options;
  options.test_points = 500;
  return finding_of_rows(rows, columns, options, {}, acceptance, angles, precision);
}

const GeneratorFinding* kept_motion(const DatasetFinding& finding, const std::string& name) {
  if (!finding.distribution) return nullptr;
  for (const GeneratorFinding& generator : finding.distribution->generators)
    if (generator.name == name) return &generator;
  return nullptr;
}

int dimension_of(const DatasetFinding& finding) {
  return finding.dimension ? finding.dimension->value.value_or(-1) : -2;
}

// ---- Angles ----

/// Angles in (-pi, pi] with the density exp(kappa cos), by rejection.
double von_mises(KnownDistributions& draw, double kappa) {
  double angle = 0;
  do angle = draw.between(-kPi, kPi);
  while (draw.uniform() > std::exp(kappa * (std::cos(angle) - 1)));
  return angle;
}

double wrapped(double angle) {
  return std::remainder(angle, 2 * kPi);
}

TEST(AngleFindings, AUniformAngleKeepsItsShift) {
  KnownDistributions draw(1);
  const DatasetFinding finding =
      finding_of(draw.independent(6000, 1, [&] { return draw.between(-kPi, kPi); }), {"phi"});
  EXPECT_EQ(finding.columns, (Names{"cos(phi)", "sin(phi)"}));
  EXPECT_EQ(finding.angles, Names{"phi"});
  EXPECT_EQ(dimension_of(finding), 1);
  EXPECT_TRUE(finding.constraints.empty()) << finding.constraints[0].equation;
  const GeneratorFinding* shift = kept_motion(finding, "shift of phi");
  ASSERT_TRUE(shift != nullptr) << all_sentences(finding);
  EXPECT_EQ(shift->equation, "dphi = 1");
  EXPECT_EQ(shift->density.verdict, DensityVerdict::invariant);
  EXPECT_EQ(verdict_of(finding, "translation(phi)"), Verdict::symmetry);
  EXPECT_EQ(all_sentences(finding).find("cos(phi)^2"), std::string::npos) << all_sentences(finding);
}

TEST(AngleFindings, APreferredDirectionBreaksTheShift) {
  KnownDistributions draw(2);
  const DatasetFinding finding =
      finding_of(draw.independent(6000, 1, [&] { return von_mises(draw, 1.0); }), {"phi"});
  EXPECT_EQ(finding.angles, Names{"phi"});
  EXPECT_EQ(dimension_of(finding), 1);
  EXPECT_TRUE(finding.constraints.empty());
  ASSERT_TRUE(finding.distribution) << all_sentences(finding);
  EXPECT_TRUE(finding.distribution->generators.empty());
  EXPECT_EQ(verdict_of(finding, "translation(phi)"), Verdict::manifold_only) << all_sentences(finding);
  EXPECT_EQ(verdict_of(finding, "reflection(phi)"), Verdict::no_change_seen);
}

TEST(AngleFindings, ATorusHasTwoShifts) {
  KnownDistributions draw(3);
  const DatasetFinding finding =
      finding_of(draw.independent(8000, 2, [&] { return draw.between(0, 360); }), {"phi1", "phi2"});
  EXPECT_EQ(dimension_of(finding), 2) << all_sentences(finding);
  EXPECT_TRUE(finding.constraints.empty());
  for (const char* name : {"shift of phi1", "shift of phi2"})
    EXPECT_TRUE(kept_motion(finding, name) != nullptr) << all_sentences(finding);
  ASSERT_TRUE(finding.distribution);
  EXPECT_EQ(finding.distribution->generators.size(), 2U);
}

TEST(AngleFindings, AFixedDifferenceMovesBothTogether) {
  KnownDistributions draw(4);
  MatrixXd rows(6000, 2);
  for (Index i = 0; i < rows.rows(); ++i) {
    rows(i, 0) = draw.between(-kPi, kPi);
    rows(i, 1) = wrapped(rows(i, 0) + 0.7);
  }
  const DatasetFinding finding = finding_of(rows, {"phi1", "phi2"});
  EXPECT_EQ(dimension_of(finding), 1) << all_sentences(finding);
  const GeneratorFinding* shift = kept_motion(finding, "shift of phi1 and phi2 together");
  ASSERT_TRUE(shift != nullptr) << all_sentences(finding);
  EXPECT_EQ(shift->equation, "dphi1 = 1, dphi2 = 1");
}

TEST(AngleFindings, ADifferenceThatScattersStillKeepsTheCommonShift) {
  KnownDistributions draw(5);
  MatrixXd rows(8000, 2);
  for (Index i = 0; i < rows.rows(); ++i) {
    rows(i, 0) = draw.between(-kPi, kPi);
    rows(i, 1) = wrapped(rows(i, 0) + von_mises(draw, 2));
  }
  const DatasetFinding finding = finding_of(rows, {"phi1", "phi2"});
  EXPECT_EQ(dimension_of(finding), 2) << all_sentences(finding);
  EXPECT_TRUE(kept_motion(finding, "shift of phi1 and phi2 together") != nullptr) << all_sentences(finding);
  ASSERT_TRUE(finding.distribution);
  EXPECT_EQ(finding.distribution->generators.size(), 1U) << all_sentences(finding);
}

TEST(AngleFindings, PlainColumnsStayAsTheyAre) {
  KnownDistributions draw(6);
  const DatasetFinding half =
      finding_of(draw.independent(3000, 1, [&] { return draw.between(0, kPi); }), {"phi"});
  EXPECT_EQ(half.columns, Names{"phi"});
  EXPECT_TRUE(half.angles.empty());
  const Json settings = check_datasets(Json{{"kind", "pendulum"}, {"n", 2000}});
  const Table table = load_dataset(settings);
  using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const MatrixXd rows = Eigen::Map<const RowMajor>(table.values.data(), 2000, table.features());
  EXPECT_EQ(finding_of(rows, table.columns).columns, table.columns);
}

// ---- Momenta ----

/// Rows in float64, before they are rounded as those of a file.
MatrixXd rows_of_set(const char* kind, Index n, Names& columns) {
  const Json settings = check_datasets(Json{{"kind", kind}, {"n", n}});
  columns = dataset_facts(settings).columns;
  const RowSampler sampler = *row_sampler(settings);
  MatrixXd rows(n, sampler.columns());
  std::vector<double> row(static_cast<std::size_t>(sampler.columns()));
  for (Index i = 0; i < n; ++i) {
    RowRandom random(1, static_cast<std::uint64_t>(i));
    sampler.fill_row(random, row.data());
    rows.row(i) = Eigen::Map<const Eigen::RowVectorXd>(row.data(), rows.cols());
  }
  return rows;
}

enum class Stored { float64, float32, text };

double stored(double value, Stored how) {
  if (how == Stored::float32) return static_cast<double>(static_cast<float>(value));
  if (how == Stored::text) return std::strtod((std::to_string(value)).c_str(), nullptr);  // six decimals
  return value;
}

/// pt, eta, phi, m of each of two muons in place of E, px, py, pz. The mass is one number, as files have it.
MatrixXd cylindrical(const MatrixXd& momenta, Stored how) {
  MatrixXd rows(momenta.rows(), 8);
  for (Index i = 0; i < momenta.rows(); ++i)
    for (const Index k : {0, 4}) {
      const double px = momenta(i, k + 1), py = momenta(i, k + 2), pz = momenta(i, k + 3),
                   pt = std::hypot(px, py);
      rows(i, k) = stored(pt, how);
      rows(i, k + 1) = stored(std::asinh(pz / pt), how);
      rows(i, k + 2) = stored(std::atan2(py, px), how);
      rows(i, k + 3) = stored(0.1056583755, how);
    }
  return rows;
}

const Names kCylindrical = {"pt(mu-)", "eta(mu-)", "phi(mu-)", "m(mu-)",
                            "pt(mu+)", "eta(mu+)", "phi(mu+)", "m(mu+)"};

/// The same statements, but for what is printed of a generator's other names and digits of numbers.
void expect_same(const DatasetFinding& plain, const DatasetFinding& angular) {
  EXPECT_EQ(angular.columns, plain.columns);
  EXPECT_EQ(dimension_of(angular), dimension_of(plain));
  const auto exact = [](const DatasetFinding& finding) {
    return std::count_if(finding.constraints.begin(), finding.constraints.end(),
                         [](const ConstraintFinding& constraint) { return constraint.exact; });
  };
  EXPECT_EQ(exact(angular), exact(plain)) << all_sentences(angular) << "---\n" << all_sentences(plain);
  EXPECT_EQ(angular.rotations, plain.rotations);
  ASSERT_EQ(angular.symmetry.has_value(), plain.symmetry.has_value()) << all_sentences(angular);
  if (plain.symmetry) {
    EXPECT_EQ(angular.symmetry->algebra, plain.symmetry->algebra);
  }
  ASSERT_EQ(angular.distribution.has_value(), plain.distribution.has_value()) << all_sentences(angular);
  if (plain.distribution) {
    EXPECT_EQ(angular.distribution->algebra, plain.distribution->algebra);
  }
  ASSERT_EQ(angular.candidates.size(), plain.candidates.size());
  for (const CandidateFinding& candidate : plain.candidates)
    EXPECT_EQ(verdict_of(angular, candidate.name), candidate.verdict) << candidate.name;
}

class MomentaFromAngles : public ::testing::TestWithParam<Stored> {};

TEST_P(MomentaFromAngles, SayWhatMomentaSay) {
  const std::vector<double> precision(8, GetParam() == Stored::float32 ? kFloat32Precision
                                         : GetParam() == Stored::text  ? 1e-6
                                                                       : kFloat64Precision);
  for (const char* kind : {"ee_mumu", "pp_ll"}) {
    Names columns;
    const MatrixXd momenta = rows_of_set(kind, 4000, columns), angles = cylindrical(momenta, GetParam());
    const DatasetFinding plain = finding_of(momenta, columns);
    SCOPED_TRACE(kind);
    const DatasetFinding angular = finding_of(angles, kCylindrical, {}, precision);
    expect_same(plain, angular);
    if (HasFailure()) ADD_FAILURE() << all_sentences(angular) << "---\n" << all_sentences(plain);
  }
}

INSTANTIATE_TEST_SUITE_P(AngleFindings, MomentaFromAngles,
                         ::testing::Values(Stored::float64, Stored::float32, Stored::text));

TEST(MomentaFindings, TheOrderOfTheColumnsDoesNotMatter) {
  Names columns;
  const MatrixXd angles = cylindrical(rows_of_set("ee_mumu", 3000, columns), Stored::float32);
  const std::vector<Index> order = {2, 0, 3, 1, 6, 5, 4, 7};
  Names other;
  for (const Index place : order) other.push_back(kCylindrical[static_cast<std::size_t>(place)]);
  const std::vector<double> precision(8, kFloat32Precision);
  expect_same(finding_of(angles, kCylindrical, {}, precision),
              finding_of(angles(Eigen::all, order), other, {}, precision));
}

TEST(MomentaFindings, MotionsOfMomentaAreShiftsOfAngles) {
  KnownDistributions draw(9);
  MatrixXd rows(4000, 4);
  for (Index i = 0; i < rows.rows(); ++i)
    rows.row(i) << draw.between(20, 60), draw.normal(), draw.between(-kPi, kPi), 0.5;
  const std::string text = all_sentences(finding_of(rows, {"pt", "y", "phi", "m"}));
  EXPECT_NE(text.find("(a shift of all phi)"), std::string::npos) << text;
  EXPECT_NE(text.find("(a shift of all rapidities)"), std::string::npos) << text;
}

TEST(MomentaFindings, MasslessJetsHaveThreeDegreesOfFreedom) {
  KnownDistributions draw(7);
  MatrixXd rows(5000, 3);
  for (Index i = 0; i < rows.rows(); ++i)
    rows.row(i) << 20 + 30 * draw.exponential(), 1.2 * draw.normal(), draw.between(-kPi, kPi);
  const DatasetFinding finding = finding_of(rows, {"pt", "eta", "phi"});
  EXPECT_EQ(finding.columns, (Names{"E", "px", "py", "pz"}));
  EXPECT_EQ(dimension_of(finding), 3) << all_sentences(finding);
  const auto about_the_beam = verdict_of(finding, "rotation(px,py)");
  EXPECT_TRUE(about_the_beam == Verdict::symmetry || about_the_beam == Verdict::no_change_seen)
      << all_sentences(finding);
  EXPECT_EQ(verdict_of(finding, "boost(z)"), Verdict::manifold_only) << all_sentences(finding);
}

TEST(MomentaFindings, AcceptanceMayNameTheColumnsOfTheFile) {
  KnownDistributions draw(8);
  MatrixXd rows(4000, 3);
  for (Index i = 0; i < rows.rows(); ++i)
    rows.row(i) << 20 + 30 * draw.exponential(), draw.between(-2.4, 2.4), draw.between(-kPi, kPi);
  const Names columns = {"pt1", "eta1", "phi1"};
  const DatasetFinding told = finding_of(rows, columns, {}, {}, "pt1 > 20 and abs(eta1) < 2.4");
  EXPECT_EQ(told.columns, (Names{"E1", "px1", "py1", "pz1"})) << all_sentences(told);
  const DatasetFinding kept = finding_of(rows, columns, {}, {}, "abs(phi1) < 3.15");
  EXPECT_EQ(kept.columns, columns);
  EXPECT_NE(all_sentences(kept).find("plain numbers"), std::string::npos);
}

}  // namespace
}  // namespace symscan
