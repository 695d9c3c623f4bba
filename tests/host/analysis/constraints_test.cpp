// Relations found on data whose relations are known, and none on data that have none.
#include "host/analysis/constraints.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numbers>

#include "tests/host/analysis/constraints_samples.hpp"
#include "tests/host/data/data_files.hpp"

namespace symscan::test {
namespace {

Sample sample_of(const Table& table) {
  using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  return {Eigen::Map<const RowMajor>(table.values.data(), static_cast<Eigen::Index>(table.rows),
                                     static_cast<Eigen::Index>(table.features())),
          table.columns, table.precision};
}

class Constraints : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Seeds, Constraints, testing::Values(1, 2, 3));

TEST_P(Constraints, BuiltinShapesHaveTheirEquations) {
  const auto found = [](const std::string& kind, const Json& changes = Json::object()) {
    return equations(sample_of(load_dataset(builtin_settings(kind, 4000, GetParam(), changes))));
  };
  EXPECT_EQ(found("circle"), Strings{"x^2 + y^2 = 1"});
  EXPECT_EQ(found("sphere", {{"dimension", 3}, {"radius", 2.0}}), Strings{"x0^2 + x1^2 + x2^2 + x3^2 = 4"});
  EXPECT_EQ(found("torus"), (Strings{"x0^2 + y0^2 = 1", "x1^2 + y1^2 = 1"}));
  EXPECT_EQ(found("annulus", {{"width", 0.02}}), Strings{"x^2 + y^2 = 1 within 0.04"});
}

TEST_P(Constraints, FullDimensionalDataHaveNone) {
  const auto found = [](const std::string& kind, const Json& changes = Json::object()) {
    return equations(sample_of(load_dataset(builtin_settings(kind, 4000, GetParam(), changes))));
  };
  EXPECT_EQ(found("disk"), Strings{});
  EXPECT_EQ(found("square"), Strings{});
  EXPECT_EQ(found("annulus"), Strings{});
  EXPECT_EQ(found("gaussian", {{"dimension", 8}, {"decay", 0.3}}), Strings{});
}

TEST_P(Constraints, CorrelationIsNoRelation) {
  const ConstraintReport report = find(make({"x", "y", "z"}, GetParam(), [](RowRandom& random, double* row) {
    row[0] = random.normal();
    row[1] = 0.95 * row[0] + 0.3 * random.normal();
    row[2] = 1000 - std::log(random.uniform());
  }));
  EXPECT_TRUE(report.constraints.empty());
  ASSERT_EQ(report.notes.size(), 1u);
  EXPECT_EQ(report.notes[0].substr(0, 19), "z is 1000.7 within ");
}

TEST_P(Constraints, MuonPairsAtFixedEnergy) {
  const Sample sample = sample_of(load_dataset(builtin_settings("ee_mumu", 4000, GetParam())));
  const ConstraintReport report = find(sample);
  ASSERT_EQ(report.constraints.size(), 6u);
  EXPECT_EQ(report.constraints[0].equation, "E(mu-) = 5 GeV");
  EXPECT_EQ(report.constraints[1].equation, "E(mu+) = 5 GeV");
  const Constraint& shell = report.constraints[5];
  EXPECT_TRUE(shell.exact);
  EXPECT_EQ(shell.degree, 2);
  EXPECT_EQ(shell.unit, "GeV^2");
  EXPECT_NEAR(shell.constant, 0.1056583755 * 0.1056583755, 1e-6);
  Strings balance;
  for (int i = 2; i < 5; ++i) balance.push_back(report.constraints[static_cast<std::size_t>(i)].equation);
  std::sort(balance.begin(), balance.end());
  EXPECT_EQ(balance,
            (Strings{"px(mu-) + px(mu+) = 0 GeV", "py(mu-) + py(mu+) = 0 GeV", "pz(mu-) + pz(mu+) = 0 GeV"}));
}

TEST_P(Constraints, TheMassOfAnEnergeticMuonIsLostInTheRounding) {
  const ConstraintReport report =
      find(sample_of(load_dataset(builtin_settings("ee_mumu", 4000, GetParam(), {{"sqrt_s", 2000.0}}))));
  ASSERT_EQ(report.constraints.size(), 6u);
  EXPECT_EQ(report.constraints[5].equation, "E(mu-)^2 - px(mu-)^2 - py(mu-)^2 - pz(mu-)^2 = 0 GeV^2");
  EXPECT_TRUE(report.constraints[5].exact);
}

TEST_P(Constraints, Surfaces) {
  const int seed = GetParam();
  EXPECT_EQ(equations(make({"x", "y"}, seed,
                           [](RowRandom& random, double* row) {
                             const double t = angle(random);
                             row[0] = 2 * std::cos(t);
                             row[1] = std::sin(t);
                           })),
            Strings{"x^2 + 4 y^2 = 4"});
  EXPECT_EQ(equations(make({"x", "y"}, seed,
                           [](RowRandom& random, double* row) {
                             row[0] = 0.4 + 2 * random.uniform();
                             row[1] = 1 / row[0];
                           })),
            Strings{"x y = 1"});
  EXPECT_EQ(equations(make({"x", "y", "z"}, seed,
                           [](RowRandom& random, double* row) {
                             row[0] = random.normal();
                             row[1] = random.normal();
                             row[2] = row[0] * row[0] + row[1] * row[1];
                           })),
            Strings{"x^2 + y^2 - z = 0"});
  EXPECT_EQ(equations(make({"x", "y", "z"}, seed,
                           [](RowRandom& random, double* row) {
                             row[0] = random.normal();
                             row[1] = random.normal();
                             row[2] = std::hypot(row[0], row[1]);
                           })),
            Strings{"x^2 + y^2 - z^2 = 0"});
  EXPECT_EQ(equations(make({"x", "y", "z"}, seed,
                           [](RowRandom& random, double* row) {
                             const double t = 6 * std::numbers::pi * random.uniform();
                             row[0] = std::cos(t);
                             row[1] = std::sin(t);
                             row[2] = t;
                           })),
            Strings{"x^2 + y^2 = 1"});
  EXPECT_EQ(equations(make({"x", "y"}, seed,
                           [](RowRandom& random, double* row) {
                             const double t = angle(random);
                             row[0] = 3 + std::cos(t);
                             row[1] = 4 + std::sin(t);
                           })),
            Strings{"x^2 + y^2 - 6 x - 8 y = -24"});
}

TEST_P(Constraints, OscillatorAndElasticCollision) {
  const int seed = GetParam();
  EXPECT_EQ(equations(make({"q", "p"}, seed,
                           [](RowRandom& random, double* row) {
                             const double t = angle(random), mass = 2, omega = 1.5, energy = 3;
                             row[0] = std::sqrt(2 * energy / mass) / omega * std::cos(t);
                             row[1] = std::sqrt(2 * energy * mass) * std::sin(t);
                           })),
            Strings{"9 q^2 + p^2 = 12"});
  // Masses 1 and 3: momentum and kinetic energy are conserved. Forward scattering is left out.
  const ConstraintReport collision =
      find(make({"p1", "p2", "q1", "q2"}, seed, [](RowRandom& random, double* row) {
        row[0] = random.normal();
        row[1] = random.normal();
        const double velocity = (row[0] + row[1]) / 4;
        row[2] = 2 * velocity - row[0];
        row[3] = 6 * velocity - row[1];
      }));
  ASSERT_EQ(collision.constraints.size(), 2u);
  for (const Constraint& constraint : collision.constraints) {
    EXPECT_TRUE(constraint.exact);
    EXPECT_EQ(constraint.degree, 1);
    EXPECT_EQ(constraint.constant, 0);
  }
  const Strings plane = equations(
      make({"ax", "ay", "bx", "by", "cx", "cy", "dx", "dy"}, seed, [](RowRandom& random, double* row) {
        const double px = random.normal(), py = random.normal(), turn = angle(random);
        const double vx = random.normal(), vy = random.normal();
        row[0] = vx + px, row[1] = vy + py, row[2] = vx - px, row[3] = vy - py;
        const double qx = std::cos(turn) * px - std::sin(turn) * py;
        const double qy = std::sin(turn) * px + std::cos(turn) * py;
        row[4] = vx + qx, row[5] = vy + qy, row[6] = vx - qx, row[7] = vy - qy;
      }));
  ASSERT_EQ(plane.size(), 3u);
  EXPECT_EQ(std::count(plane.begin(), plane.end(), "ax + bx - cx - dx = 0"), 1);
  EXPECT_EQ(std::count(plane.begin(), plane.end(), "ay + by - cy - dy = 0"), 1);
}

TEST_P(Constraints, AResonanceIsApproximate) {
  // Z -> l+ l- with a Breit-Wigner mass, boosted along z, massless leptons.
  const Sample sample = make({"E(e-)", "px(e-)", "py(e-)", "pz(e-)", "E(e+)", "px(e+)", "py(e+)", "pz(e+)"},
                             GetParam(), [](RowRandom& random, double* row) {
                               const double u = random.uniform() * 0.9 + 0.05;
                               const double half =
                                   (91.1876 + 1.2476 * std::tan(std::numbers::pi * (u - 0.5))) / 2;
                               const double cosine = 2 * random.uniform() - 1, phi = angle(random),
                                            sine = std::sqrt(1 - cosine * cosine);
                               const double y = 4 * random.uniform() - 2;
                               for (int k = 0; k < 2; ++k) {
                                 const double sign = k ? -1 : 1, pz = sign * half * cosine;
                                 row[4 * k] = std::cosh(y) * half + std::sinh(y) * pz;
                                 row[4 * k + 1] = sign * half * sine * std::cos(phi);
                                 row[4 * k + 2] = sign * half * sine * std::sin(phi);
                                 row[4 * k + 3] = std::sinh(y) * half + std::cosh(y) * pz;
                               }
                             });
  const ConstraintReport report = find(sample);
  ASSERT_EQ(report.constraints.size(), 5u);
  EXPECT_EQ(std::count_if(report.constraints.begin(), report.constraints.end(),
                          [](const Constraint& c) { return c.exact; }),
            4);
  EXPECT_EQ(report.constraints[0].equation, "px(e-) + px(e+) = 0 GeV");
  EXPECT_EQ(report.constraints[1].equation, "py(e-) + py(e+) = 0 GeV");
  const Constraint& mass = report.constraints[4];
  EXPECT_TRUE(mass.mass);
  EXPECT_NEAR(mass.constant, 91.19, 0.3);
  EXPECT_NEAR(mass.width, 1.2476 * std::tan(0.9 * std::numbers::pi * 0.34), 0.2);
  EXPECT_EQ(mass.unit, "GeV");
}

TEST(ConstraintSearch, PartialRelationsAreNone) {
  const ConstraintReport report = find(make({"x", "y"}, 1, [](RowRandom& random, double* row) {
    row[0] = random.normal();
    row[1] = random.uniform() < 0.8 ? -row[0] : random.normal();
  }));
  EXPECT_TRUE(report.constraints.empty());
}

TEST(ConstraintSearch, RealEventsWithRecoilKeepMassShells) {
  const Table table =
      load_file(SYMSCAN_SOURCE_DIR "/configs/data/pp_Zmumu_13TeV_5k.lhe.gz",
                {{"format", "auto"}, {"particles", {13, -13}}, {"features", {"E", "px", "py", "pz"}}});
  const Strings found = equations(sample_of(table));
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0], "E(mu+)^2 - px(mu+)^2 - py(mu+)^2 - pz(mu+)^2 = 0.0112 GeV^2");
  EXPECT_EQ(found[1], "E(mu-)^2 - px(mu-)^2 - py(mu-)^2 - pz(mu-)^2 = 0.0112 GeV^2");
  EXPECT_EQ(found[2].substr(0, 16), "m(mu- mu+) = 90 ");
}

TEST(ConstraintSearch, TooManyMonomialsAreSaid) {
  Strings columns;
  for (int i = 0; i < 20; ++i) columns.push_back("x" + std::to_string(i));
  const auto fill = [](RowRandom& random, double* row) {
    for (int i = 0; i < 20; ++i) row[i] = random.normal();
  };
  const ConstraintReport report = find(make(columns, 1, fill, 1000));
  EXPECT_TRUE(report.constraints.empty());
  ASSERT_EQ(report.notes.size(), 1u);
  EXPECT_NE(report.notes[0].find("230 monomials"), std::string::npos) << report.notes[0];
}

TEST(ConstraintSearch, SixtyFourFeaturesWithLinearRelations) {
  Strings columns;
  for (int i = 0; i < 64; ++i) columns.push_back("x" + std::to_string(i));
  const Strings found = equations(make(columns, 1, [](RowRandom& random, double* row) {
    for (int i = 0; i < 60; ++i) row[i] = random.normal();
    row[60] = row[0] - 2 * row[7] + 1;
    row[61] = row[1] + row[2] + row[3];
    row[62] = -row[5];
    row[63] = row[62] + 0.5 * row[9];
  }));
  EXPECT_EQ(found, (Strings{"2 x5 - x9 + 2 x63 = 0", "x0 - 2 x7 - x60 = -1", "x1 + x2 + x3 - x61 = 0",
                            "x5 + x62 = 0"}));
}

TEST(ConstraintSearch, HopelessDataDoNoHarm) {
  const auto fill = [](RowRandom&, double* row) { row[0] = 0, row[1] = -7; };
  EXPECT_EQ(equations(make({"x", "y"}, 1, fill, 100)), (Strings{"x = 0", "y = -7"}));
  EXPECT_TRUE(find(make({"x", "y"}, 1, fill, 3)).constraints.empty());
  EXPECT_TRUE(find_constraints(Eigen::MatrixXd(100, 0), {}).constraints.empty());
}

TEST(ConstraintSearch, TenThousandEventsOfEightFeaturesTakeNoTime) {
  const Sample sample = sample_of(load_dataset(builtin_settings("ee_mumu", 10000)));
  const auto start = std::chrono::steady_clock::now();
  find(sample);
  EXPECT_LT(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(), 5.0);
}

}  // namespace
}  // namespace symscan::test
