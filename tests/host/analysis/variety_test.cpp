// The affine algebra of varieties whose algebra is known, from exact gradients at points of them.
#include "host/analysis/variety.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "tests/host/analysis/known_distributions.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

class Draws : public KnownDistributions {
 public:
  using KnownDistributions::KnownDistributions;
  VectorXd normals(Index count) {
    return gaussian(1, std::vector<double>(static_cast<std::size_t>(count), 1.0)).row(0);
  }
};

/// x^T form x is constant.
RelationGradient quadric(const MatrixXd& form) {
  return [form](const VectorXd& row) { return VectorXd(2 * form * row); };
}

MatrixXd metric(double mass_columns, Index block, Index blocks) {
  MatrixXd form = MatrixXd::Zero(4 * blocks, 4 * blocks);
  form.diagonal().segment(4 * block, 4) << 1, -1, -1, -1;
  return form * mass_columns;
}

/// Rows E, px, py, pz of particles of the given masses.
MatrixXd four_momenta(const std::vector<double>& masses, Index rows, std::uint64_t seed) {
  Draws draw(seed);
  MatrixXd result(rows, 4 * static_cast<Index>(masses.size()));
  for (Index i = 0; i < rows; ++i)
    for (std::size_t k = 0; k < masses.size(); ++k) {
      const VectorXd p = 3 * draw.normals(3);
      result.row(i).segment(4 * static_cast<Index>(k), 4) << std::hypot(masses[k], p.norm()), p.transpose();
    }
  return result;
}

struct Found {
  Index dimension;
  std::size_t generators;
};

Found found_for(const MatrixXd& raw, const std::vector<RelationGradient>& gradients, int linear = 0) {
  const Standardised data = standardise(raw, linear);
  const Variety variety = variety_of(data, raw, gradients);
  const VarietyAlgebra algebra = algebra_of(variety, 1e-14);
  EXPECT_TRUE(algebra.clear);
  return {variety.dimension, algebra.fields.size()};
}

TEST(Variety, SpheresHaveTheirRotations) {
  for (const Index size : {2, 3, 5, 8}) {
    Draws draw(1);
    MatrixXd raw(800, size);
    for (Index i = 0; i < raw.rows(); ++i) raw.row(i) = draw.normals(size).normalized();
    const Found found = found_for(raw, {quadric(MatrixXd::Identity(size, size))});
    EXPECT_EQ(found.dimension, size - 1);
    EXPECT_EQ(found.generators, static_cast<std::size_t>(size * (size - 1) / 2));
  }
}

TEST(Variety, MassShellsHaveTheLorentzGroupAndNoScaling) {
  const Found one = found_for(four_momenta({0.1}, 1000, 2), {quadric(metric(1, 0, 1))});
  EXPECT_EQ(one.dimension, 3);
  EXPECT_EQ(one.generators, 6u);  // a mass of 3 % of the momenta forbids scaling
  const Found two =
      found_for(four_momenta({1, 2}, 1000, 3), {quadric(metric(1, 0, 2)), quadric(metric(1, 1, 2))});
  EXPECT_EQ(two.dimension, 6);
  EXPECT_EQ(two.generators, 12u);
  const Found massless = found_for(four_momenta({0}, 1000, 4), {quadric(metric(1, 0, 1))});
  EXPECT_EQ(massless.generators, 7u);
}

TEST(Variety, UnitsAndOffsetsChangeNothing) {
  MatrixXd raw = four_momenta({1}, 1000, 5);
  const VectorXd unit = (VectorXd(4) << 1, 1e6, 1e-3, 5).finished(),
                 offset = (VectorXd(4) << 100, -3e6, 0, 7).finished();
  const MatrixXd moved = (raw * unit.asDiagonal()).rowwise() + offset.transpose();
  const RelationGradient gradient = [&](const VectorXd& row) {
    const VectorXd inner = (row - offset).cwiseQuotient(unit);
    return VectorXd(2 * (metric(1, 0, 1) * inner).cwiseQuotient(unit));
  };
  const Standardised data = standardise(moved, 0);
  EXPECT_EQ(algebra_of(variety_of(data, moved, {gradient}), 1e-10).fields.size(), 6u);
}

TEST(Variety, LinearRelationsAndConstantsLeaveTheSpan) {
  // Two photons back to back: E, p, E, -p with a constant energy.
  Draws draw(6);
  MatrixXd raw(1000, 8);
  for (Index i = 0; i < raw.rows(); ++i) {
    const VectorXd p = 5 * draw.normals(3).normalized();
    raw.row(i) << 5, p.transpose(), 5, -p.transpose();
  }
  const RelationGradient sphere = [](const VectorXd& row) {
    VectorXd gradient = VectorXd::Zero(8);
    gradient.segment(1, 3) = 2 * row.segment(1, 3);
    return gradient;
  };
  const Found found = found_for(raw, {sphere}, 5);
  EXPECT_EQ(found.dimension, 2);
  EXPECT_EQ(found.generators, 3u);
}

TEST(Variety, WithoutRelationsIsTheSpan) {
  Draws draw(7);
  MatrixXd raw(500, 3);
  for (Index i = 0; i < raw.rows(); ++i) raw.row(i) = draw.normals(3);
  const Standardised data = standardise(raw, 0);
  const Variety variety = variety_of(data, raw, {});
  EXPECT_EQ(variety.dimension, 3);
  EXPECT_EQ(algebra_of(variety, 1e-14).fields.size(), 12u);  // every affine field
}

TEST(Variety, FieldsInWhitenedCoordinatesAndBack) {
  Draws draw(8);
  MatrixXd raw(300, 3);
  for (Index i = 0; i < raw.rows(); ++i) raw.row(i) = draw.normals(3).cwiseProduct(Eigen::Vector3d(1, 5, 20));
  const Standardised data = standardise(raw, 0);
  const AffineField field = MatrixXd::Random(3, 4);
  EXPECT_LT((data.to_whitened(data.to_span(field)) - field).norm(), 1e-12);
  EXPECT_NEAR((data.whitened.transpose() * data.whitened / 300.0 - MatrixXd::Identity(3, 3)).norm(), 0, 1e-9);
}

}  // namespace
}  // namespace symscan
