// Fields of the data's span as equations of raw features.
#include "host/analysis/feature_frame.hpp"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>
#include <random>

#include "host/base/eigen.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// Nearly normal numbers.
MatrixXd noise(Index rows, Index columns, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  MatrixXd result(rows, columns);
  for (double& value : result.reshaped()) {
    value = -6;
    for (int i = 0; i < 12; ++i) value += static_cast<double>(random() >> 11) * 0x1.0p-53;
  }
  return result;
}

/// A table with standardised features, its span and its frame.
struct Prepared {
  MatrixXd raw;
  VectorXd offset, scale;
  DataSpan span;
  FeatureFrame frame;

  Prepared(const MatrixXd& table, const std::vector<std::string>& columns)
      : raw(table),
        offset(table.colwise().mean()),
        scale(deviations(table)),
        span(data_span((table.rowwise() - offset.transpose()) * scale.cwiseInverse().asDiagonal())),
        frame(span, columns, {offset.begin(), offset.end()}, {scale.begin(), scale.end()}) {}

  static VectorXd deviations(const MatrixXd& table) {
    const MatrixXd centred = table.rowwise() - table.colwise().mean();
    VectorXd result = (centred.colwise().squaredNorm() / static_cast<double>(table.rows())).cwiseSqrt();
    for (double& value : result)
      if (value < 1e-9) value = 1;  // constant features
    return result;
  }

  /// d raw = matrix raw + shift, as a field of the frame.
  AffineField field(const MatrixXd& matrix, const VectorXd& shift) const {
    const MatrixXd prepared = scale.cwiseInverse().asDiagonal() * matrix * scale.asDiagonal();
    const VectorXd at_mean =
        scale.cwiseInverse().cwiseProduct(matrix * offset + shift) + prepared * span.mean;
    AffineField in_span(span.rank(), span.rank() + 1);
    in_span << span.basis.transpose() * prepared * span.basis, span.basis.transpose() * at_mean;
    return frame.from_span(in_span);
  }

  /// The motion that the frame gives back, against the one put in.
  double error(const MatrixXd& matrix, const VectorXd& shift) const {
    const auto back = frame.raw_field(field(matrix, shift));
    const MatrixXd expected = (raw * matrix.transpose()).rowwise() + shift.transpose();
    const MatrixXd found = (raw * back.matrix.transpose()).rowwise() + back.shift.transpose();
    return (found - expected).norm() / expected.norm();
  }
};

MatrixXd unit(Index n, Index row, Index column) {
  MatrixXd matrix = MatrixXd::Zero(n, n);
  matrix(row, column) = 1;
  return matrix;
}

MatrixXd rotation(Index n, Index i, Index j) {
  return unit(n, j, i) - unit(n, i, j);
}

/// Two muons back to back with a beam energy of 45.6: columns (E, px, py, pz) of each.
Prepared muons() {
  const MatrixXd direction = noise(2000, 3, 1).rowwise().normalized();
  MatrixXd table(2000, 8);
  table << MatrixXd::Constant(2000, 1, 45.6), 45.6 * direction, MatrixXd::Constant(2000, 1, 45.6),
      -45.6 * direction;
  return Prepared(table,
                  {"E(mu-)", "px(mu-)", "py(mu-)", "pz(mu-)", "E(mu+)", "px(mu+)", "py(mu+)", "pz(mu+)"});
}

TEST(FeatureFrame, GoesToTheSpanAndBack) {
  const Prepared data(noise(400, 3, 2) * noise(3, 5, 3) * VectorXd::LinSpaced(5, 0.1, 100).asDiagonal(),
                      {"a", "b", "c", "d", "e"});
  ASSERT_EQ(data.span.rank(), 3);
  ASSERT_EQ(data.frame.independent().size(), 3u);
  const AffineField field = noise(3, 4, 4);
  const AffineField there = data.frame.to_span(field), back = data.frame.from_span(there);
  EXPECT_LT((data.frame.to_span(data.frame.from_span(field)) - field).norm(), 1e-9 * field.norm());
  EXPECT_LT((back - field).norm(), 1e-9 * there.norm());
  // The sizes are those of the raw features.
  MatrixXd v(400, 3);
  for (Index k = 0; k < 3; ++k)
    v.col(k) = data.raw.col(data.frame.independent()[static_cast<std::size_t>(k)]);
  v.rowwise() -= v.colwise().mean().eval();
  const MatrixXd covariance = v.transpose() * v / 400;
  EXPECT_LT((data.frame.covariance() - covariance).norm(), 1e-9 * covariance.norm());
  EXPECT_LT((data.frame.sizes() - covariance.diagonal().cwiseSqrt()).norm(),
            1e-9 * data.frame.sizes().norm());
  const MatrixXd second = data.frame.second_moments();
  ASSERT_EQ(second.rows(), 4);
  EXPECT_LT((second.topLeftCorner(3, 3) - covariance).norm(), 1e-9 * covariance.norm());
  EXPECT_EQ(second.col(3), VectorXd::Unit(4, 3));
}

TEST(FeatureFrame, RotationOfTwoMuonsIsWrittenPerParticle) {
  const Prepared data = muons();
  ASSERT_EQ(data.span.rank(), 3);
  for (const Index column : data.frame.independent()) EXPECT_TRUE(column != 0 && column != 4);
  const MatrixXd turn = rotation(8, 1, 2) + rotation(8, 5, 6);
  const AffineField field = data.field(turn, VectorXd::Zero(8));
  const auto raw = data.frame.raw_field(field);
  EXPECT_LT((raw.matrix - turn).norm(), 1e-9);
  EXPECT_LT(raw.shift.norm(), 1e-7);
  EXPECT_EQ(data.frame.equation(raw),
            "dpx(mu-) = -py(mu-), dpy(mu-) = px(mu-), dpx(mu+) = -py(mu+), dpy(mu+) = px(mu+)");
  EXPECT_EQ(kind_of(field, data.frame.sizes()), FieldKind::rotation);
  const std::string name = data.frame.name(field, FieldKind::rotation);
  EXPECT_TRUE(name == "rotation in px(mu-)-py(mu-)" || name == "rotation in px(mu+)-py(mu+)") << name;
}

TEST(FeatureFrame, WithoutParticlesTheFirstOfEqualFeaturesIsUsed) {
  const Prepared data = muons();
  const Prepared plain(data.raw, {"a", "b", "c", "d", "e", "f", "g", "h"});
  EXPECT_EQ(plain.frame.independent(), (std::vector<Index>{1, 2, 3}));
  const auto raw =
      plain.frame.raw_field(plain.field(rotation(8, 1, 2) + rotation(8, 5, 6), VectorXd::Zero(8)));
  EXPECT_EQ(plain.frame.equation(raw), "db = -c, dc = b, df = c, dg = -b");
}

TEST(FeatureFrame, KeepsUnitsAndOffsets) {
  // An ellipse with centre (3, -2) and axes 10 and 1.
  MatrixXd table(720, 3);
  for (Index p = 0; p < 720; ++p) {
    const double angle = static_cast<double>(p) * M_PI / 360;
    table.row(p) << 3 + 10 * std::cos(angle), -2 + std::sin(angle), 7;
  }
  const Prepared data(table, {"x", "y", "z"});
  ASSERT_EQ(data.frame.independent(), (std::vector<Index>{0, 1}));
  EXPECT_NEAR(data.frame.sizes()(0), 10 * std::sqrt(0.5), 1e-9);
  EXPECT_NEAR(data.frame.sizes()(1), std::sqrt(0.5), 1e-9);
  const MatrixXd matrix = 0.1 * unit(3, 1, 0) - 10 * unit(3, 0, 1);
  const AffineField field = data.field(matrix, Eigen::Vector3d(-20, -0.3, 0));
  AffineField expected(2, 3);  // of v, the features minus their means
  expected << 0, -10, 0, 0.1, 0, 0;
  EXPECT_LT((field - expected).norm(), 1e-9);
  EXPECT_EQ(data.frame.equation(data.frame.raw_field(field)), "dx = -10 y - 20, dy = 0.1 x - 0.3");
  EXPECT_EQ(data.frame.name(field, FieldKind::rotation), "rotation in x-y");
}

TEST(FeatureFrame, RawFieldsMoveThePointsAsTheFieldsDo) {
  // Five features of rank three with offsets; any affine map of the independent ones, followed by the others.
  const MatrixXd mixing = noise(3, 5, 5), source = noise(600, 3, 6);
  const MatrixXd table = ((source * mixing).rowwise() + Eigen::RowVectorXd::LinSpaced(5, -5, 50)) *
                         Eigen::VectorXd::LinSpaced(5, 1, 30).asDiagonal();
  for (const std::vector<std::string>& columns :
       {std::vector<std::string>{"a", "b", "c", "d", "e"}, {"a(1)", "b(1)", "c(1)", "d(2)", "e(2)"}}) {
    const Prepared data(table, columns);
    ASSERT_EQ(data.span.rank(), 3);
    const MatrixXd inverse = mixing.completeOrthogonalDecomposition().pseudoInverse();
    const MatrixXd scale = VectorXd::LinSpaced(5, 1, 30).asDiagonal();
    // In the source u: du = A u + b, and a row is scale (mixing^T u + offset).
    const MatrixXd a = noise(3, 3, 7);
    const VectorXd b = noise(3, 1, 8), offset = VectorXd::LinSpaced(5, -5, 50);
    const MatrixXd matrix =
        scale * mixing.transpose() * a * inverse.transpose() * scale.diagonal().cwiseInverse().asDiagonal();
    const VectorXd shift = scale * mixing.transpose() * b - matrix * scale * offset;
    EXPECT_LT(data.error(matrix, shift), 1e-9);
  }
}

TEST(FeatureFrame, CopesWithNearlyEqualFeatures) {
  // The second feature repeats the first but for 5 % of its size.
  const MatrixXd source = noise(800, 2, 9);
  MatrixXd table(800, 2);
  table << source.col(0), source.col(0) + 0.066 * source.col(1);
  const Prepared data(table, {"x", "y"});
  ASSERT_EQ(data.span.rank(), 2);
  ASSERT_EQ(data.frame.independent(), (std::vector<Index>{0, 1}));
  EXPECT_LT(data.error(noise(2, 2, 10), Eigen::Vector2d(1, 2)), 1e-8);
}

TEST(FeatureFrame, RoundingOfCoefficientsMakesNoShift) {
  MatrixXd table = noise(1000, 2, 12);
  table.array() += 5;
  const Prepared data(table, {"x", "y"});
  FeatureFrame::RawField raw{MatrixXd::Zero(2, 2), VectorXd::Zero(2)};
  raw.matrix << 0, -1.0 / 3, 2.0 / 3, 0;
  EXPECT_EQ(data.frame.equation(raw, 1e-5), "dx = -0.33333 y, dy = 0.66667 x");
  // Of an estimate three digits do.
  EXPECT_EQ(data.frame.equation(raw, 0.03), "dx = -0.333 y, dy = 0.667 x");
  // Where there is a shift it makes up for the rounding.
  raw.shift = -raw.matrix * data.offset;
  EXPECT_EQ(data.frame.equation(raw, 1e-5).substr(0, 15), "dx = -0.333 y +");
}

TEST(FeatureFrame, EquationsLeaveOutWhatIsSmall) {
  MatrixXd table = noise(1000, 3, 11) * Eigen::Vector3d(1, 1, 100).asDiagonal();
  table.col(1).array() += 50 - table.col(1).mean();
  const Prepared data(table, {"x", "y", "z"});
  const double centre = data.offset(1);
  ASSERT_NEAR(centre, 50, 1e-9);
  // 0.02 y is small beside 1; its mean stays in the shift, where it cancels.
  FeatureFrame::RawField raw{MatrixXd::Zero(3, 3), VectorXd::Zero(3)};
  raw.matrix << 0, 0.02, -0.01, 0, 0, 0, 100, 0, 0;
  raw.shift(0) = -0.02 * centre;
  EXPECT_EQ(data.frame.equation(raw), "dx = -0.01 z, dz = 100 x");
  EXPECT_EQ(data.frame.equation(raw, 0.001), "dx = 0.02 y - 0.01 z - 1, dz = 100 x");
  FeatureFrame::RawField none{MatrixXd::Zero(3, 3), VectorXd::Zero(3)};
  EXPECT_EQ(data.frame.equation(none), "");
  none.shift(2) = 2;
  EXPECT_EQ(data.frame.equation(none), "dz = 2");
}

TEST(FeatureFrame, NamesWhatMoves) {
  const Prepared data(noise(1000, 3, 12) * Eigen::Vector3d(1, 2, 30).asDiagonal(), {"x", "y", "z"});
  ASSERT_EQ(data.frame.independent(), (std::vector<Index>{0, 1, 2}));
  const VectorXd sizes = data.frame.sizes();
  const auto name = [&](const MatrixXd& standardised, const VectorXd& shift, FieldKind kind) {
    AffineField field(3, 4);
    field << sizes.asDiagonal() * standardised * sizes.cwiseInverse().asDiagonal(),
        sizes.asDiagonal() * shift;
    return data.frame.name(field, kind);
  };
  const VectorXd none = VectorXd::Zero(3);
  EXPECT_EQ(name(rotation(3, 0, 2), none, FieldKind::rotation), "rotation in x-z");
  EXPECT_EQ(name(rotation(3, 0, 2) + 0.5 * rotation(3, 0, 1), none, FieldKind::rotation),
            "rotation in x-y, x-z");
  EXPECT_EQ(name(rotation(3, 0, 2) + 0.1 * rotation(3, 0, 1), none, FieldKind::rotation), "rotation in x-z");
  EXPECT_EQ(name(unit(3, 1, 2) + unit(3, 2, 1), none, FieldKind::boost), "boost in y-z");
  EXPECT_EQ(name(MatrixXd::Zero(3, 3), VectorXd::Unit(3, 2), FieldKind::translation), "translation along z");
  EXPECT_EQ(name(unit(3, 0, 0) + unit(3, 1, 1), none, FieldKind::scaling), "scaling of x, y");
  EXPECT_EQ(name(unit(3, 2, 0), none, FieldKind::shear), "shear of z");
}

}  // namespace
}  // namespace symscan
