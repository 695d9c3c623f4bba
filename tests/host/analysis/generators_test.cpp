// Affine generators of sets whose tangents are known, and the eigenproblem against its definition.
#include "host/analysis/generators.hpp"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>
#include <functional>
#include <numbers>
#include <random>

#include "host/base/eigen.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using std::numbers::pi;

constexpr double small_tau = 1e-6;

/// Uniform in [low, high); not std::uniform_real_distribution, which differs between libraries.
MatrixXd uniform(Index rows, Index columns, double low, double high, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  MatrixXd result(rows, columns);
  for (double& value : result.reshaped())
    value = low + (high - low) * static_cast<double>(random() >> 11) * 0x1.0p-53;
  return result;
}

/// Points of a set and a basis of its tangent space at each.
struct Surface {
  MatrixXd points;
  std::vector<MatrixXd> tangents;
};

/// x(q) at each row q, with the derivative by central differences of an exact formula (error 1e-9).
Surface surface(const MatrixXd& parameters, const std::function<VectorXd(const VectorXd&)>& x) {
  Surface result;
  result.points.resize(parameters.rows(), x(parameters.row(0)).size());
  for (Index p = 0; p < parameters.rows(); ++p) {
    const VectorXd q = parameters.row(p);
    result.points.row(p) = x(q).transpose();
    MatrixXd tangent(result.points.cols(), q.size());
    for (Index j = 0; j < q.size(); ++j) {
      const VectorXd step = 1e-4 * VectorXd::Unit(q.size(), j);
      tangent.col(j) = (x(q + step) - x(q - step)) / 2e-4;
    }
    result.tangents.push_back(tangent);
  }
  return result;
}

VectorXd vector(std::initializer_list<double> values) {
  return Eigen::Map<const VectorXd>(values.begin(), static_cast<Index>(values.size()));
}

/// The unit sphere; tangents by the projector onto the plane across the radius.
Surface sphere(Index dimension) {
  Surface result;
  MatrixXd sum = MatrixXd::Zero(1200, dimension);
  for (std::uint64_t i = 0; i < 12; ++i) sum += uniform(1200, dimension, -1, 1, 50 + i);
  result.points = sum.rowwise().normalized();
  for (Index p = 0; p < 1200; ++p)
    result.tangents.push_back(MatrixXd::Identity(dimension, dimension) -
                              result.points.row(p).transpose() * result.points.row(p));
  return result;
}

Surface circle() {
  return surface(uniform(600, 1, 0, 2 * pi, 1), [](const VectorXd& q) {
    return vector({std::cos(q(0)), std::sin(q(0))});
  });
}

Surface linear_image(const Surface& source, const MatrixXd& map, const VectorXd& shift) {
  Surface result{(source.points * map.transpose()).rowwise() + shift.transpose(), {}};
  for (const MatrixXd& tangent : source.tangents) result.tangents.push_back(map * tangent);
  return result;
}

GeneratorGap gap_of(const Surface& set, double tau = small_tau) {
  const DataSpan span = data_span(set.points);
  const auto spectrum = GeneratorSums(span, set.points, set.tangents, tau).solve();
  return find_gap(spectrum.eigenvalues,
                  spectrum.normal_directions - normal_directions_of_full_set(span, tau));
}

struct KnownSet {
  const char* name;
  int generators;
  Surface set;
};

std::vector<KnownSet> known_sets() {
  const MatrixXd angle = uniform(600, 1, 0, 2 * pi, 2), unit = uniform(800, 2, -1, 1, 3);
  MatrixXd angles = uniform(1000, 2, 0, 2 * pi, 4), tube(1000, 2);
  tube << angles.col(0), uniform(1000, 1, 0.5, 1.5, 5);
  const auto with = [](const MatrixXd& parameters, auto x) {
    return surface(parameters, [x](const VectorXd& q) { return VectorXd(x(q)); });
  };
  const auto cos = [](double x) { return std::cos(x); };
  const auto sin = [](double x) { return std::sin(x); };
  return {
      {"circle", 1, circle()},
      {"half circle", 1,
       with(angle / 2,
            [=](const VectorXd& q) {
              return vector({cos(q(0)), sin(q(0))});
            })},
      {"ellipse", 1,
       with(angle,
            [=](const VectorXd& q) {
              return vector({3 + 2 * cos(q(0)), sin(q(0)) + cos(q(0))});
            })},
      {"sphere", 3, sphere(3)},
      {"sphere in four dimensions", 6, sphere(4)},
      {"torus in four dimensions", 2,
       with(angles,
            [=](const VectorXd& q) {
              return vector({cos(q(0)), sin(q(0)), cos(q(1)), sin(q(1))});
            })},
      {"ring torus", 1,
       with(angles,
            [=](const VectorXd& q) {
              return vector({(2 + cos(q(1))) * cos(q(0)), (2 + cos(q(1))) * sin(q(0)), sin(q(1))});
            })},
      // Rotation, and every field along the axis: shift, scaling, two shears.
      {"cylinder", 5,
       with(tube,
            [=](const VectorXd& q) {
              return vector({cos(q(0)), sin(q(0)), 2 * q(1)});
            })},
      // so(2,1) and scaling.
      {"cone", 4,
       with(tube,
            [=](const VectorXd& q) {
              return vector({q(1) * cos(q(0)), q(1) * sin(q(0)), q(1)});
            })},
      // Rotation, (x, y, 2 z), and two shifts across with z following.
      {"paraboloid", 4,
       with(unit,
            [](const VectorXd& q) {
              return vector({q(0), q(1), q.squaredNorm()});
            })},
      {"helix", 1,
       with(2 * angle,
            [=](const VectorXd& q) {
              return vector({cos(q(0)), sin(q(0)), 0.3 * q(0)});
            })},
      {"parabola", 2,
       with(unit.col(0),
            [](const VectorXd& q) {
              return vector({q(0), q(0) * q(0)});
            })},
      // Both branches: of one alone a second field, that of a parabola, leaves by less than 0.1 %.
      {"hyperbola", 1,
       with(unit,
            [](const VectorXd& q) {
              return vector({std::copysign(std::cosh(2 * q(0)), q(1)), std::sinh(2 * q(0))});
            })},
      {"spiral", 1,
       with(angle,
            [=](const VectorXd& q) {
              return vector({std::exp(0.3 * q(0)) * cos(q(0)), std::exp(0.3 * q(0)) * sin(q(0))});
            })},
      {"Lissajous curve", 0,
       with(angle,
            [=](const VectorXd& q) {
              return vector({sin(2 * q(0)), sin(3 * q(0) + 0.4)});
            })},
      {"flat square", 0,
       with(unit,
            [](const VectorXd& q) {
              return vector({q(0), q(1)});
            })},
      {"flat square in five dimensions", 0,
       with(unit,
            [](const VectorXd& q) {
              return vector({q(0), q(1), q(0) + q(1), 2 - q(1), 7});
            })},
      {"line", 0,
       with(unit.col(0),
            [](const VectorXd& q) {
              return vector({q(0), 2 * q(0)});
            })},
      {"cube", 0, with(uniform(800, 3, -1, 1, 6), [](const VectorXd& q) { return q; })},
  };
}

TEST(Generators, AreAsManyAsTheSetHasAffineSymmetries) {
  for (const KnownSet& known : known_sets()) {
    const GeneratorGap gap = gap_of(known.set);
    EXPECT_EQ(gap.count, known.generators) << known.name;
    if (known.generators > 0)
      EXPECT_GT(gap.ratio, 50) << known.name;
    else
      EXPECT_EQ(gap.ratio, 1) << known.name;
  }
}

TEST(Generators, AreAsManyForALinearImageOfTheSet) {
  for (const KnownSet& known : known_sets()) {
    const Index features = known.set.points.cols();
    // Three more features that follow linearly from the others, and all of them mixed.
    const MatrixXd map = uniform(features + 3, features, -1, 1, 8);
    const GeneratorGap gap = gap_of(linear_image(known.set, map, VectorXd::Constant(features + 3, 2)));
    EXPECT_EQ(gap.count, known.generators) << known.name;
  }
}

TEST(Generators, OfAFeatureThatVariesLittleAreKept) {
  // An ellipse with axes 1 and 0.1, and a decoder's noise that is a fifth of the smaller one.
  EXPECT_EQ(
      gap_of(linear_image(circle(), Eigen::Vector2d(1, 0.1).asDiagonal(), Eigen::Vector2d::Zero()), 4e-4)
          .count,
      1);
}

TEST(Generators, SolveTheEigenproblemOfTheirDefinition) {
  // Random fields of points and Jacobians: fields one after another, as E |P v|^2 and E |v|^2 say.
  constexpr Index points = 37, features = 5, latents = 3;
  constexpr double tau = 0.3;
  const MatrixXd data = uniform(200, 3, -1, 1, 10) * uniform(3, features, -1, 1, 11);
  const DataSpan span = data_span(data);
  const Index r = span.rank(), size = r * (r + 1);
  ASSERT_EQ(r, 3);
  const MatrixXd reconstruction = uniform(points, features, -1, 2, 12);
  std::vector<MatrixXd> jacobians;
  for (std::uint64_t p = 0; p < points; ++p) jacobians.push_back(uniform(features, latents, -1, 1, 100 + p));

  const auto motions = [&](bool leaving) {
    MatrixXd columns = MatrixXd::Zero(points * r, size);
    for (Index p = 0; p < points; ++p) {
      const MatrixXd t = span.basis.transpose() * jacobians[static_cast<std::size_t>(p)];
      const MatrixXd identity = MatrixXd::Identity(r, r);
      const MatrixXd soft = tau * (t * t.transpose() + tau * identity).inverse(), rest = identity - soft;
      // Sharpened: p^2 / (p^2 + (1 - p)^2) of every eigenvalue, as a function of the matrix.
      const MatrixXd projector = (soft * soft) * (soft * soft + rest * rest).inverse();
      const VectorXd u = span.basis.transpose() * (reconstruction.row(p).transpose() - span.mean);
      for (Index a = 0; a < r; ++a) {
        for (Index i = 0; i <= r; ++i) {
          const VectorXd v = VectorXd::Unit(r, a) * (i < r ? u(i) : 1.0);
          columns.block(p * r, i * r + a, r, 1) = leaving ? VectorXd(projector * v) : v;
        }
      }
    }
    return columns;
  };
  const MatrixXd leaving = motions(true), whole = motions(false);
  const MatrixXd normal = leaving.transpose() * leaving / points, motion = whole.transpose() * whole / points;
  const Eigen::GeneralizedSelfAdjointEigenSolver<MatrixXd> expected(normal, motion);

  for (const int blocks : {1, 5, 37, 1000}) {
    const GeneratorSums sums(span, reconstruction, jacobians, tau, blocks);
    EXPECT_EQ(sums.blocks(), std::min<int>(blocks, points));
    const GeneratorSpectrum spectrum = sums.solve();
    ASSERT_EQ(spectrum.eigenvalues.size(), size);
    EXPECT_LT((spectrum.eigenvalues - expected.eigenvalues()).cwiseAbs().maxCoeff(), 1e-6);
    const MatrixXd unit = spectrum.fields.transpose() * motion * spectrum.fields;
    EXPECT_LT((unit - MatrixXd::Identity(size, size)).cwiseAbs().maxCoeff(), 1e-6);
    for (Index k = 0; k < size; ++k) {
      const VectorXd field = spectrum.fields.col(k);
      EXPECT_NEAR(field.dot(normal * field), spectrum.eigenvalues(k), 1e-6);
      EXPECT_NEAR(sums.residual(Eigen::Map<const MatrixXd>(field.data(), r, r + 1)), spectrum.eigenvalues(k),
                  1e-6);
    }
    const std::vector<double> ones(static_cast<std::size_t>(sums.blocks()), 1.0);
    EXPECT_LT((sums.eigenvalues(ones) - spectrum.eigenvalues).cwiseAbs().maxCoeff(), 1e-10);
  }
}

TEST(Generators, NormalDirectionsAreTheMeanTraceOfTheProjector) {
  const Surface set = circle();
  const DataSpan span = data_span(set.points);
  const auto spectrum = GeneratorSums(span, set.points, set.tangents, 0.25).solve();
  EXPECT_NEAR(spectrum.normal_directions, 1 + 0.25 / 1.25, 1e-9);
}

TEST(Generators, WeightsDrawBlocksAgain) {
  const Surface set = circle();
  const DataSpan span = data_span(set.points);
  const GeneratorSums sums(span, set.points, set.tangents, 0.1, 4);
  Surface drawn{MatrixXd(600, 2), {}};  // block 2 three times, block 0 once
  for (Index p = 0; p < 600; ++p) {
    const Index source = p < 450 ? 300 + p % 150 : p - 450;
    drawn.points.row(p) = set.points.row(source);
    drawn.tangents.push_back(set.tangents[static_cast<std::size_t>(source)]);
  }
  const VectorXd expected = GeneratorSums(span, drawn.points, drawn.tangents, 0.1).solve().eigenvalues;
  EXPECT_LT((sums.eigenvalues({1, 0, 3, 0}) - expected).cwiseAbs().maxCoeff(), 1e-9);
  EXPECT_GT((sums.solve().eigenvalues - expected).cwiseAbs().maxCoeff(), 1e-4);
}

TEST(Generators, ResidualIsTheShareOfMotionThatLeaves) {
  const Surface set = circle();
  const DataSpan span = data_span(set.points);
  const GeneratorSums sums(span, set.points, set.tangents, small_tau);
  // The span's centre is near, not at, the circle's.
  const VectorXd centre = -span.basis.transpose() * span.mean;
  MatrixXd rotation(2, 3), scaling(2, 3), shift = MatrixXd::Zero(2, 3);
  rotation << 0, -1, centre(1), 1, 0, -centre(0);
  scaling << 1, 0, -centre(0), 0, 1, -centre(1);
  shift(0, 2) = 1;
  EXPECT_LT(sums.residual(rotation), 1e-9);
  EXPECT_NEAR(sums.residual(scaling), 1, 1e-5);
  EXPECT_NEAR(sums.residual(shift), 0.5, 0.05);
  EXPECT_DOUBLE_EQ(sums.residual(MatrixXd::Zero(2, 3)), 0);
}

TEST(Generators, OfConstantDataAreNone) {
  const MatrixXd points = MatrixXd::Constant(10, 3, 4);
  const DataSpan span = data_span(points);
  EXPECT_EQ(span.rank(), 0);
  const std::vector<MatrixXd> jacobians(10, MatrixXd::Ones(3, 2));
  const auto spectrum = GeneratorSums(span, points, jacobians, 0.1).solve();
  EXPECT_EQ(spectrum.eigenvalues.size(), 0);
  EXPECT_EQ(find_gap(spectrum.eigenvalues, 1).count, 0);
}

TEST(FindGap, WantsSmallBelowLargeAboveAndARatio) {
  const auto count = [](std::initializer_list<double> eigenvalues, double normal = 1) {
    return find_gap(vector(eigenvalues), normal).count;
  };
  EXPECT_EQ(count({0.001, 0.002, 0.3, 0.5}), 2);
  EXPECT_EQ(count({0.06, 0.5}), 0);                 // not small
  EXPECT_EQ(count({0.0001, 0.004}), 0);             // nothing large above
  EXPECT_EQ(count({0.04, 0.31, 0.5}), 0);           // a ratio below 8
  EXPECT_EQ(count({0.04, 0.33, 0.5}), 1);           // above it
  EXPECT_EQ(count({0.0005, 0.02, 0.3, 0.5}), 1);    // 40 is wider than 15
  EXPECT_EQ(count({0.0005, 0.005, 0.31, 0.5}), 2);  // 60 is wider than 10
  EXPECT_EQ(count({0, 0, 0, 0}), 0);
  EXPECT_EQ(count({0, 0, 0, 0.5}), 3);
  EXPECT_EQ(count({0.001, 0.3}, 0.26), 1);
  EXPECT_EQ(count({0.001, 0.3}, 0.24), 0);  // no more normal directions than a full set has
  EXPECT_DOUBLE_EQ(find_gap(vector({0.01, 0.4}), 1).ratio, 40);
  EXPECT_DOUBLE_EQ(find_gap(vector({0, 0.4}), 1).ratio, 4000);  // over a floor of 1e-4
}

TEST(DataSpan, IsThePrincipalSubspace) {
  const MatrixXd source = uniform(500, 2, -1, 1, 20) * Eigen::Vector2d(3, 1).asDiagonal();
  const MatrixXd mixing = uniform(2, 6, -1, 1, 21);
  const MatrixXd points = (source * mixing).rowwise() + Eigen::RowVectorXd::LinSpaced(6, 1, 6);
  const DataSpan span = data_span(points);
  ASSERT_EQ(span.rank(), 2);
  EXPECT_EQ(span.left_out, 0);
  EXPECT_LT((span.mean - points.colwise().mean().transpose()).norm(), 1e-12);
  EXPECT_LT((span.basis.transpose() * span.basis - MatrixXd::Identity(2, 2)).norm(), 1e-12);
  EXPECT_GT(span.variances(0), span.variances(1));
  const MatrixXd u = span.coordinates(points);
  ASSERT_EQ(u.rows(), 500);
  EXPECT_LT(((u * span.basis.transpose()).rowwise() + span.mean.transpose() - points).norm(), 1e-9);
  const MatrixXd covariance = u.transpose() * u / 500;
  EXPECT_LT((covariance - MatrixXd(span.variances.asDiagonal())).norm(), 1e-9);
  for (Index k = 0; k < 2; ++k) {
    EXPECT_GT(span.basis.col(k).maxCoeff(), -span.basis.col(k).minCoeff());
    // Turned around, the data have the same directions.
    EXPECT_LT((data_span(-points).basis.col(k) - span.basis.col(k)).norm(), 1e-9);
  }
}

TEST(DataSpan, LeavesOutDirectionsBelowTheCut) {
  MatrixXd points(4, 3);  // variances 1, 1e-2 and 1e-4
  points << 1, 0.1, 0.01, 1, -0.1, -0.01, -1, 0.1, -0.01, -1, -0.1, 0.01;
  EXPECT_EQ(data_span(points).rank(), 2);
  EXPECT_EQ(data_span(points, 0.5e-4).rank(), 3);
  EXPECT_EQ(data_span(points, 0.02).rank(), 1);
  EXPECT_NEAR(data_span(points).variances(1), 0.01, 1e-12);
  EXPECT_EQ(data_span(points).left_out, 0);
}

TEST(DataSpan, TakesAtMostSixteenDirections) {
  const DataSpan span = data_span(uniform(300, 19, -1, 1, 22));
  EXPECT_EQ(span.rank(), most_directions);
  EXPECT_EQ(span.left_out, 3);
  EXPECT_EQ(span.basis.rows(), 19);
  EXPECT_EQ(data_span(uniform(300, 16, -1, 1, 23)).left_out, 0);
}

TEST(DataSpan, OfOnePointIsEmpty) {
  EXPECT_EQ(data_span(MatrixXd::Constant(1, 3, 2)).rank(), 0);
}

TEST(NormalDirections, OfAFullSetAreWhatNoiseHides) {
  DataSpan span;
  span.variances = vector({1, 0.5, 0.01, 0});
  EXPECT_NEAR(normal_directions_of_full_set(span, 0.1), 0.1 + 0.2 + 1 + 1, 1e-12);
}

}  // namespace
}  // namespace symscan
