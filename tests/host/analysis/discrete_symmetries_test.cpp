// Finite symmetries that are found: groups of known distributions, and no claims where there are none.
#include "host/analysis/discrete_symmetries.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "host/base/error.hpp"
#include "tests/host/analysis/known_distributions.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using Draw = KnownDistributions;

std::vector<std::string> letters(Index count) {
  std::vector<std::string> names;
  for (Index i = 0; i < count; ++i)
    names.push_back(std::string(1, static_cast<char>('a' + i)) + (i < 26 ? "" : "2"));
  return names;
}

DiscreteSymmetries found(const MatrixXd& rows, const std::vector<ContinuousGenerator>& continuous = {}) {
  return discrete_symmetries(rows, letters(rows.cols()), {}, {}, continuous);
}

/// Blobs of width .05 at three places, turned by quarter turns; `first`: share of the first quarter.
MatrixXd turned_blobs(Draw& draw, Index rows, double first = 0.25) {
  const double places[3][2] = {{1, 0}, {1.3, 0.35}, {0.7, 0.1}};
  MatrixXd result(rows, 2);
  for (Index i = 0; i < rows; ++i) {
    const auto& place = places[static_cast<int>(3 * draw.uniform())];
    const double x = place[0] + 0.05 * draw.normal(), y = place[1] + 0.05 * draw.normal();
    const double share = draw.uniform();
    const double turn =
        0.5 * std::numbers::pi * (share < first ? 0 : 1 + std::floor(3 * (share - first) / (1 - first)));
    result.row(i) << x * std::cos(turn) - y * std::sin(turn), x * std::sin(turn) + y * std::cos(turn);
  }
  return result;
}

/// Uniform in the regular polygon with a corner at the angle `start`.
MatrixXd polygon(Draw& draw, Index rows, int corners, double start) {
  MatrixXd result(rows, 2);
  for (Index i = 0; i < rows; ++i) {
    double a = draw.uniform(), b = draw.uniform();
    if (a + b > 1) a = 1 - a, b = 1 - b;
    const double step = 2 * std::numbers::pi / corners,
                 from = start + step * std::floor(corners * draw.uniform());
    result.row(i) << a * std::cos(from) + b * std::cos(from + step),
        a * std::sin(from) + b * std::sin(from + step);
  }
  return result;
}

MatrixXd spiral(Draw& draw, Index rows, int arms) {
  MatrixXd result(rows, 2);
  for (Index i = 0; i < rows; ++i) {
    const double r = 0.3 + draw.uniform();
    const double turn =
        2 * std::numbers::pi / arms * std::floor(arms * draw.uniform()) + 1.5 * r + 0.15 * draw.normal();
    result.row(i) << r * std::cos(turn), r * std::sin(turn);
  }
  return result;
}

bool mentions(const std::vector<DiscreteElement>& list, const std::string& text) {
  return std::any_of(list.begin(), list.end(), [&](const DiscreteElement& element) {
    return element.text.find(text) != std::string::npos;
  });
}

TEST(DiscreteSymmetries, ChiralFinePatternsAreCyclic) {
  Draw draw(1);
  const DiscreteSymmetries blobs = found(turned_blobs(draw, 10'000));
  EXPECT_EQ(blobs.group, "C4");
  ASSERT_EQ(blobs.generators.size(), 1u);
  EXPECT_EQ(blobs.generators[0].text, "rotation by 90 degrees in a-b");
  EXPECT_TRUE(mentions(blobs.broken, "reflection a -> -a"));
  EXPECT_EQ(found(spiral(draw, 10'000, 3)).group, "C3");
}

TEST(DiscreteSymmetries, PolygonsAreDihedral) {
  Draw draw(2);
  EXPECT_EQ(found(draw.cube(10'000, 2)).group, "D4");
  EXPECT_EQ(found(polygon(draw, 10'000, 6, 0.2)).group, "D6");
  EXPECT_EQ(found(polygon(draw, 10'000, 6, 0)).group, "D6");
  EXPECT_EQ(found(polygon(draw, 10'000, 3, 0)).group, "D3");
  MatrixXd moved = polygon(draw, 10'000, 3, 0.4);
  moved.col(0).array() += 5;
  EXPECT_EQ(found(moved).group, "D3");
}

TEST(DiscreteSymmetries, RectanglesHaveTwoReflections) {
  // Each is established with a probability of 0.93: see discrete_symmetries().
  int both = 0;
  for (int seed = 0; seed < 5; ++seed) {
    Draw draw(static_cast<std::uint64_t>(20 + seed));
    MatrixXd rectangle = draw.cube(10'000, 2);
    rectangle.col(1) *= 2;
    both += found(rectangle).group == "Z2 x Z2";
  }
  EXPECT_GE(both, 3);
}

TEST(DiscreteSymmetries, CubeHasSignedPermutations) {
  Draw draw(3);
  const DiscreteSymmetries cube = found(draw.cube(10'000, 3));
  EXPECT_EQ(cube.order, 48);
  EXPECT_EQ(cube.group, "B3: signed permutations of 3 columns");
}

TEST(DiscreteSymmetries, UnequalBlobsAreBroken) {
  Draw draw(4);
  for (int i = 0; i < 2; ++i) {
    const DiscreteSymmetries unequal = found(turned_blobs(draw, 10'000, 0.3));
    EXPECT_EQ(unequal.group, "trivial");
    EXPECT_TRUE(mentions(unequal.broken, "rotation by 90 degrees"));
  }
}

TEST(DiscreteSymmetries, ContinuousTurnsAreNoFinding) {
  Draw draw(5);
  const MatrixXd points = draw.gaussian(10'000, {1, 1});
  for (const auto& continuous :
       {std::vector<ContinuousGenerator>{}, {{plane_rotation(2), VectorXd::Zero(2)}}}) {
    const DiscreteSymmetries both = found(points, continuous);
    EXPECT_EQ(both.group, "Z2");
    EXPECT_FALSE(mentions(both.generators, "rotation"));
  }
}

TEST(DiscreteSymmetries, ColumnsAlikeMayBeExchanged) {
  Draw draw(6);
  MatrixXd columns = draw.independent(10'000, 3, [&] { return std::exp(draw.normal()); });
  EXPECT_EQ(found(columns).group, "S3");
  columns.col(0) *= 2;
  columns.col(1) *= 5;
  EXPECT_EQ(found(columns).group, "trivial");
}

TEST(DiscreteSymmetries, ThreeIdenticalParticles) {
  Draw draw(7);
  MatrixXd rows(10'000, 9);
  for (Index i = 0; i < rows.rows(); ++i) {
    const double common[3] = {draw.normal(), draw.normal(), draw.normal()};
    for (Index particle = 0; particle < 3; ++particle) {
      const double x = std::exp(0.4 * draw.normal() + 0.4 * common[0]);
      rows.row(i).segment(3 * particle, 3) << x, x * draw.exponential() + common[1],
          3 * draw.exponential() + std::exp(0.5 * common[2]);
    }
  }
  const DiscreteSymmetries result =
      discrete_symmetries(rows, {"px1", "py1", "pz1", "px2", "py2", "pz2", "px3", "py3", "pz3"});
  EXPECT_EQ(result.group, "S3");
  EXPECT_TRUE(mentions(result.generators, "exchange of particles 1 and 2"));
}

/// Two muons back to back, (1 + cos^2) 3/8 + asymmetry cos: forward less backward is the asymmetry.
MatrixXd muon_pairs(Draw& draw, Index count, double asymmetry) {
  MatrixXd rows = MatrixXd::Constant(count, 8, 5.0);
  for (Index i = 0; i < rows.rows(); ++i) {
    double cosine = draw.between(-1, 1);
    while (0.8 * draw.uniform() > 0.375 * (1 + cosine * cosine) + asymmetry * cosine)
      cosine = draw.between(-1, 1);
    const double turn = draw.angle(), sine = std::sqrt(1 - cosine * cosine);
    const Eigen::RowVector3d p = 5 * Eigen::RowVector3d(sine * std::cos(turn), sine * std::sin(turn), cosine);
    rows.row(i).segment(1, 3) = p;
    rows.row(i).tail(3) = -p;
  }
  return rows;
}

TEST(DiscreteSymmetries, AChargeAsymmetryOfFivePercentIsNeverEstablished) {
  const std::vector<std::string> columns = {"E(mu-)", "px(mu-)", "py(mu-)", "pz(mu-)",
                                            "E(mu+)", "px(mu+)", "py(mu+)", "pz(mu+)"};
  int broken = 0, established = 0;
  for (int seed = 0; seed < 20; ++seed) {
    Draw draw(static_cast<std::uint64_t>(1000 + seed));
    const DiscreteSymmetries result = discrete_symmetries(muon_pairs(draw, 10'000, 0.05), columns);
    established += std::any_of(result.generators.begin(), result.generators.end(), [](const auto& element) {
      return element.text == "exchange of particles mu- and mu+";
    });
    broken += mentions(result.broken, "exchange of particles mu- and mu+");
  }
  // The effect, 0.107, is 5 standard errors; one seed passes the limits with a probability of 3e-4.
  EXPECT_EQ(established, 0);
  EXPECT_GE(broken, 7);
  Draw draw(8);
  EXPECT_TRUE(mentions(discrete_symmetries(muon_pairs(draw, 20'000, 0), columns).generators,
                       "exchange of particles mu- and mu+"));
}

// An angle is seen through its cosine and sine, see AnalysisTable: its shifts are turns.
TEST(DiscreteSymmetries, AnglesShiftByPartsOfATurn) {
  Draw draw(9);
  MatrixXd rows(10'000, 2);
  for (Index i = 0; i < rows.rows(); ++i) {
    double angle = draw.angle();
    while (1.5 * draw.uniform() > 1 + 0.5 * std::cos(3 * angle)) angle = draw.angle();
    rows.row(i) << std::cos(angle), std::sin(angle);
  }
  EXPECT_EQ(discrete_symmetries(rows, {"cos(phi)", "sin(phi)"}).group, "D3");
}

TEST(DiscreteSymmetries, SkewedColumnsHaveNone) {
  int claims = 0;
  for (int seed = 0; seed < 12; ++seed) {
    Draw draw(static_cast<std::uint64_t>(100 + seed));
    MatrixXd rows(500 << (seed % 4), 3);
    for (Index i = 0; i < rows.rows(); ++i) {
      double gamma = 0;
      for (int k = 0; k < 1 + seed % 4; ++k) gamma += draw.exponential();
      const double u = draw.uniform();
      rows.row(i) << gamma, std::exp((0.3 + 0.1 * (seed % 7)) * draw.normal()),
          (seed % 2 ? u * u : (u < 0.3 ? draw.normal() : 3 + 0.5 * draw.normal()));
    }
    claims += !found(rows).generators.empty();
  }
  EXPECT_EQ(claims, 0);
}

TEST(DiscreteSymmetries, RepeatsAreNoEvidence) {
  Draw draw(10);
  const MatrixXd few = draw.cube(500, 2);
  MatrixXd rows(10'000, 2);
  for (Index i = 0; i < rows.rows(); ++i) rows.row(i) = few.row(i % 500);
  EXPECT_EQ(found(rows).group, "trivial");
}

TEST(DiscreteSymmetries, NegativeWeightsSubtract) {
  Draw draw(11);
  MatrixXd all(12'000, 2);
  VectorXd weights = VectorXd::Ones(12'000);
  // Every sixth event is of an unwanted blob, and every other of these is subtracted.
  for (Index i = 0; i < all.rows(); ++i) {
    all.row(i) << draw.between(-1, 1), draw.between(-1, 1);
    if (i % 6 == 0) all.row(i) << 0.5 + 0.1 * draw.normal(), 0.2 * draw.normal();
    if (i % 12 == 0) weights(i) = -1;
  }
  const auto subtracted = discrete_symmetries(all, {"a", "b"}, weights);
  EXPECT_FALSE(mentions(subtracted.broken, "reflection a"));
  EXPECT_TRUE(mentions(found(all).broken, "reflection a"));
}

TEST(DiscreteSymmetries, AnyShapeOfTable) {
  Draw draw(12);
  EXPECT_EQ(found(MatrixXd(0, 2)).order, 1);
  EXPECT_EQ(found(MatrixXd(5, 0)).order, 1);
  EXPECT_EQ(found(MatrixXd::Ones(1, 3)).order, 1);
  EXPECT_EQ(found(MatrixXd::Ones(500, 3)).order, 1);
  MatrixXd flat = draw.cube(2000, 3);
  flat.col(1).setConstant(2);
  EXPECT_FALSE(mentions(found(flat).broken, "b ->"));
  EXPECT_LE(found(draw.independent(300, 60, [&] { return draw.exponential(); })).tried, 100);
  EXPECT_NO_THROW(found(draw.independent(2000, 2, [&] { return draw.uniform() < 0.5 ? 0.0 : 1.0; })));
  EXPECT_THROW(discrete_symmetries(MatrixXd::Ones(3, 2), {"a"}), DataError);
  EXPECT_THROW(discrete_symmetries(MatrixXd::Ones(3, 1), {"a"}, -VectorXd::Ones(3)), DataError);
}

TEST(DiscreteSymmetries, ManyEqualColumns) {
  Draw draw(13);
  const DiscreteSymmetries cube = found(draw.cube(10'000, 4));
  EXPECT_EQ(cube.order, 384);
  EXPECT_EQ(found(draw.gaussian(10'000, std::vector<double>(8, 1.0))).group, "Z2");
}

}  // namespace
}  // namespace symscan
