// Lie algebras that are known, in random bases and random coordinates.
#include "host/analysis/lie_algebra.hpp"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>
#include <complex>

#include "host/analysis/algebra_name.hpp"
#include "host/base/eigen.hpp"
#include "tests/host/analysis/known_algebras.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using known_algebras::affine;
using known_algebras::both;
using known_algebras::Fields;
using known_algebras::mixed;
using known_algebras::noise;
using known_algebras::random_rotation;
using known_algebras::repeated;
using known_algebras::translation;
using known_algebras::unit;

AffineField plane_rotation(Index n, Index i, Index j) {
  return affine(unit(n, j, i) - unit(n, i, j));
}

/// so(k) on the coordinates first .. first + k - 1 of n.
Fields so(Index k, Index n, Index first = 0) {
  Fields fields;
  for (Index i = 0; i < k; ++i)
    for (Index j = i + 1; j < k; ++j) fields.push_back(plane_rotation(n, first + i, first + j));
  return fields;
}

/// Real form of the antihermitian matrices i H.
AffineField from_complex(const Eigen::MatrixXcd& matrix) {
  const Index n = matrix.rows();
  MatrixXd real(2 * n, 2 * n);
  real << matrix.real(), -matrix.imag(), matrix.imag(), matrix.real();
  return affine(real);
}

Fields su(Index n) {
  Fields fields;
  const std::complex<double> i(0, 1);
  for (Index a = 0; a < n; ++a) {
    for (Index b = a + 1; b < n; ++b) {
      fields.push_back(from_complex(unit(n, a, b) - unit(n, b, a)));
      fields.push_back(from_complex(i * (unit(n, a, b) + unit(n, b, a))));
    }
    if (a > 0) fields.push_back(from_complex(i * (unit(n, a, a) - unit(n, a - 1, a - 1))));
  }
  return fields;
}

/// so(3) on traceless symmetric matrices: five dimensions.
Fields spin_two() {
  const double s = std::sqrt(0.5), t = std::sqrt(1 / 6.0);
  std::vector<MatrixXd> basis;
  for (const auto& [a, b] : {std::pair{0, 1}, {0, 2}, {1, 2}})
    basis.push_back(s * (unit(3, a, b) + unit(3, b, a)));
  basis.push_back(s * (unit(3, 0, 0) - unit(3, 1, 1)));
  basis.push_back(t * (unit(3, 0, 0) + unit(3, 1, 1) - 2 * unit(3, 2, 2)));
  Fields fields;
  for (const AffineField& rotation : so(3, 3)) {
    const MatrixXd l = rotation.leftCols(3);
    MatrixXd action(5, 5);
    for (Index i = 0; i < 5; ++i)
      for (Index j = 0; j < 5; ++j) {
        const auto& b = basis[static_cast<std::size_t>(j)];
        action(i, j) = (basis[static_cast<std::size_t>(i)].transpose() * (l * b - b * l)).trace();
      }
    fields.push_back(affine(action));
  }
  return fields;
}

/// Fields in the coordinates map v.
Fields transformed(const Fields& fields, const MatrixXd& map) {
  Fields result;
  for (const AffineField& field : fields) {
    const Index n = field.rows();
    result.push_back(affine(map * field.leftCols(n) * map.inverse(), map * field.col(n)));
  }
  return result;
}

/// Noise of `share` of each field's size.
Fields disturbed(Fields fields, double share, bool antisymmetric, std::uint64_t seed) {
  for (AffineField& field : fields) {
    const Index n = field.rows();
    MatrixXd change = noise(n, n + 1, seed++);
    if (antisymmetric) {
      change.leftCols(n) = (change.leftCols(n) - change.leftCols(n).transpose()).eval();
      change.col(n).setZero();
    }
    field += share * field.norm() / change.norm() * change;
  }
  return fields;
}

/// Dimension of the span of all fields together.
Index rank_of(const Fields& fields) {
  Eigen::ColPivHouseholderQR<MatrixXd> qr(stacked(fields));
  qr.setThreshold(1e-7);
  return qr.rank();
}

MatrixXd second_moments(const MatrixXd& covariance) {
  const Index r = covariance.rows();
  MatrixXd second = MatrixXd::Identity(r + 1, r + 1);
  second.topLeftCorner(r, r) = covariance;
  return second;
}

TEST(Commutator, IsThatOfAffineMaps) {
  const auto rotations = so(3, 3);  // xy, xz, yz
  EXPECT_EQ(commutator(rotations[0], rotations[0]), AffineField::Zero(3, 4));
  EXPECT_EQ(commutator(rotations[2], rotations[0]), -commutator(rotations[0], rotations[2]));
  EXPECT_EQ(commutator(rotations[0], rotations[1]), rotations[2]);
  EXPECT_EQ(commutator(rotations[0], translation(3, 0)), translation(3, 1));
  // Against the product of (r + 1) x (r + 1) matrices.
  const AffineField x = noise(4, 5, 1), y = noise(4, 5, 2);
  MatrixXd big_x = MatrixXd::Zero(5, 5), big_y = big_x;
  big_x.topRows(4) = x;
  big_y.topRows(4) = y;
  EXPECT_LT((commutator(x, y) - (big_x * big_y - big_y * big_x).topRows(4)).norm(), 1e-12);
}

TEST(ClosureResidual, IsZeroForAlgebras) {
  const MatrixXd second = second_moments(Eigen::Vector3d(1, 0.3, 2).asDiagonal());
  EXPECT_EQ(closure_residual({plane_rotation(3, 0, 1)}, second), 0);
  EXPECT_LT(closure_residual(mixed(so(3, 3), 3), second), 1e-9);
  const Fields motions = both(so(3, 3), {translation(3, 0), translation(3, 1), translation(3, 2)});
  EXPECT_LT(closure_residual(mixed(motions, 4), second), 1e-9);
  EXPECT_LT(closure_residual({translation(3, 0), translation(3, 1)}, second), 1e-9);
}

TEST(ClosureResidual, GrowsWithNoise) {
  const MatrixXd second = second_moments(MatrixXd::Identity(3, 3) / 3);
  double sum = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const double residual = closure_residual(disturbed(so(3, 3), 0.03, false, 100 + 7 * seed), second);
    EXPECT_GT(residual, 0.005);
    EXPECT_LT(residual, 0.12);
    sum += residual;
  }
  EXPECT_NEAR(sum / 20, 0.04, 0.02);
  // Commuting rotations with noise: measured by the fields, not by commutators that should be zero.
  const Fields torus = disturbed(both(so(2, 4), so(2, 4, 2)), 0.03, false, 900);
  EXPECT_LT(closure_residual(torus, second_moments(MatrixXd::Identity(4, 4))), 0.12);
}

TEST(ClosureResidual, IsLargeForFieldsThatGenerateMore) {
  const MatrixXd second = second_moments(MatrixXd::Identity(4, 4));
  EXPECT_GT(closure_residual({noise(4, 5, 5), noise(4, 5, 6)}, second), 0.5);
  EXPECT_NEAR(closure_residual({plane_rotation(4, 0, 1), plane_rotation(4, 1, 2)}, second), 1, 1e-9);
}

TEST(SplitAlgebra, FindsTheRotationsOfAnEllipsoid) {
  for (const Index n : {2, 3, 4}) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      VectorXd axes = VectorXd::LinSpaced(n, 1, 4);
      const MatrixXd map =
          random_rotation(n, 2 * seed) * axes.asDiagonal() * random_rotation(n, 2 * seed + 1);
      const MatrixXd covariance = map * map.transpose() / static_cast<double>(n);
      const Fields fields = transformed(mixed(so(n, n), seed), map);
      const AlgebraParts parts = split_algebra(fields, covariance);
      EXPECT_EQ(parts.compact.size(), fields.size());
      EXPECT_TRUE(parts.translations.empty());
      EXPECT_TRUE(parts.others.empty());
      EXPECT_LT(parts.compact_residual, 1e-5);
      EXPECT_EQ(rank_of(both(fields, parts.compact)), static_cast<Index>(fields.size()));
      // Where noise makes them no exact rotations, what is returned is.
      const AlgebraParts noisy = split_algebra(disturbed(fields, 0.02, false, seed), covariance);
      ASSERT_EQ(noisy.compact.size(), fields.size());
      EXPECT_GT(noisy.compact_residual, 1e-4);
      for (const AffineField& field : noisy.compact) {
        const auto values = Eigen::EigenSolver<MatrixXd>(field.leftCols(n), false).eigenvalues().eval();
        EXPECT_LT(values.real().cwiseAbs().maxCoeff(), 1e-9 * field.norm());
      }
    }
  }
}

TEST(SplitAlgebra, TakesTheCylinderApart) {
  const Fields fields = {plane_rotation(3, 0, 1), translation(3, 2), affine(unit(3, 2, 2)),
                         affine(unit(3, 2, 0)), affine(unit(3, 2, 1))};
  const MatrixXd covariance = Eigen::Vector3d(0.5, 0.5, 1.3).asDiagonal();
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const AlgebraParts parts = split_algebra(mixed(fields, seed), covariance);
    ASSERT_EQ(parts.compact.size(), 1u);
    ASSERT_EQ(parts.translations.size(), 1u);
    EXPECT_EQ(parts.others.size(), 3u);
    EXPECT_EQ(rank_of(both(fields, both(parts.compact, both(parts.translations, parts.others)))), 5);
    EXPECT_EQ(rank_of(both(parts.compact, both(parts.translations, parts.others))), 5);
    EXPECT_EQ(rank_of({parts.translations[0], translation(3, 2)}), 1);
    EXPECT_EQ(kind_of(parts.compact[0], covariance.diagonal().cwiseSqrt()), FieldKind::rotation);
  }
}

TEST(SplitAlgebra, SeparatesRotationsFromTranslationsAndScaling) {
  const MatrixXd map = random_rotation(3, 30) * Eigen::Vector3d(1, 2, 3).asDiagonal();
  const MatrixXd covariance = map * map.transpose();
  const Fields shifts = {translation(3, 0), translation(3, 1), translation(3, 2)};
  const AlgebraParts motions = split_algebra(transformed(mixed(both(so(3, 3), shifts), 31), map), covariance);
  EXPECT_EQ(motions.compact.size(), 3u);
  EXPECT_EQ(motions.translations.size(), 3u);
  EXPECT_TRUE(motions.others.empty());
  EXPECT_EQ(name_compact_algebra(motions.compact), "so(3)");
  // The light cone: so(2,1) and scaling.
  const Fields cone = {plane_rotation(3, 0, 1), affine(unit(3, 0, 2) + unit(3, 2, 0)),
                       affine(unit(3, 1, 2) + unit(3, 2, 1)), affine(MatrixXd::Identity(3, 3))};
  const AlgebraParts parts = split_algebra(mixed(cone, 32), Eigen::Vector3d(0.5, 0.5, 0.1).asDiagonal());
  EXPECT_EQ(parts.compact.size(), 1u);
  EXPECT_TRUE(parts.translations.empty());
  EXPECT_EQ(parts.others.size(), 3u);
}

TEST(SplitAlgebra, OfNothingIsEmpty) {
  const AlgebraParts parts = split_algebra({}, MatrixXd::Identity(2, 2));
  EXPECT_TRUE(parts.compact.empty() && parts.translations.empty() && parts.others.empty());
  const AlgebraParts shift = split_algebra({translation(2, 1)}, MatrixXd::Identity(2, 2));
  EXPECT_TRUE(shift.compact.empty() && shift.others.empty());
  EXPECT_EQ(shift.translations.size(), 1u);
}

TEST(AlgebraName, IsTheSameInEveryBasisAndWithNoise) {
  const std::pair<const char*, Fields> algebras[] = {
      {"so(2)", so(2, 2)},
      {"so(2)", so(2, 5, 2)},
      {"so(2)+so(2)", both(so(2, 4), so(2, 4, 2))},
      {"so(2)+so(2)+so(2)", both(so(2, 6), both(so(2, 6, 2), so(2, 6, 4)))},
      {"so(3)", so(3, 3)},
      {"so(3)", repeated(so(3, 3), 2)},
      {"so(3)", repeated(so(3, 3), 5)},
      {"so(3)", spin_two()},
      {"so(3)", su(2)},
      {"so(4)", so(4, 4)},
      {"so(5)", so(5, 5)},
      {"so(6)", so(6, 6)},
      {"so(3)+so(2)", both(so(3, 5), so(2, 5, 3))},
      {"so(3)+so(3)", both(so(3, 6), so(3, 6, 3))},
      {"so(4)+so(3)", both(so(4, 7), so(3, 7, 4))},
      {"so(4)+so(4)", both(so(4, 8), so(4, 8, 4))},
      {"so(3)+so(3)+so(3)", both(so(3, 9), both(so(3, 9, 3), so(3, 9, 6)))},
      {"su(3)", su(3)},
  };
  for (const auto& [name, fields] : algebras) {
    EXPECT_EQ(name_compact_algebra(fields), name);
    const std::uint64_t repeats = fields.size() > 8 ? 10 : 100;
    for (std::uint64_t seed = 1; seed <= repeats; ++seed) {
      const Fields turned =
          transformed(mixed(fields, seed), random_rotation(fields.front().rows(), 7 * seed));
      EXPECT_EQ(name_compact_algebra(turned), name) << "seed " << seed;
      EXPECT_EQ(name_compact_algebra(disturbed(turned, 0.02, true, 11 * seed)), name)
          << "noise, seed " << seed;
    }
  }
  EXPECT_EQ(name_compact_algebra({}), "");
}

TEST(SparseBasis, IsRotationsInCoordinatePlanes) {
  for (const Index n : {2, 3, 4}) {
    const VectorXd scale = VectorXd::LinSpaced(n, 1, 20);
    const Fields planes = transformed(so(n, n), scale.asDiagonal());
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
      const Fields found = sparse_basis(mixed(planes, seed), scale);
      ASSERT_EQ(found.size(), planes.size());
      for (std::size_t k = 0; k < found.size(); ++k) {
        EXPECT_EQ(rank_of({found[k], planes[k]}), 1) << n << ", " << k;
        EXPECT_GT(found[k].norm(), 0.1);
      }
    }
  }
}

TEST(SparseBasis, KeepsTheSpanAndSeparatesKinds) {
  const Fields fields = {affine(unit(3, 2, 0)), affine(unit(3, 2, 1)), affine(unit(3, 2, 2)),
                         translation(3, 2)};
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const Fields found = sparse_basis(mixed(fields, seed), VectorXd::Ones(3));
    ASSERT_EQ(found.size(), 4u);
    EXPECT_EQ(rank_of(both(fields, found)), 4);
    for (const AffineField& field : found)
      EXPECT_EQ((field.array().abs() > 1e-9 * field.cwiseAbs().maxCoeff()).count(), 1);
  }
  EXPECT_TRUE(sparse_basis({}, VectorXd::Ones(3)).empty());
}

TEST(FieldKind, OfEachKindInAnyUnits) {
  const VectorXd scale = Eigen::Vector3d(0.01, 5, 300);
  const auto expect = [&](FieldKind kind, const AffineField& field, const char* word) {
    EXPECT_EQ(to_string(kind), word);
    EXPECT_EQ(to_string(kind_of(field, VectorXd::Ones(3))), word);
    EXPECT_EQ(to_string(kind_of(transformed({field}, scale.asDiagonal())[0], scale)), word);
  };
  const MatrixXd turn = unit(3, 1, 0) - unit(3, 0, 1), push = unit(3, 1, 0) + unit(3, 0, 1);
  expect(FieldKind::rotation, affine(turn), "rotation");
  expect(FieldKind::rotation, affine(turn, Eigen::Vector3d(1, 2, 0)), "rotation");
  expect(FieldKind::screw, affine(turn, Eigen::Vector3d(1, 2, 3)), "screw");
  expect(FieldKind::rotation, affine(turn + 0.01 * unit(3, 2, 2)), "rotation");
  expect(FieldKind::spiral, affine(turn + 0.1 * (unit(3, 0, 0) + unit(3, 1, 1))), "spiral");
  expect(FieldKind::other, affine(turn + 0.2 * unit(3, 2, 2)), "other");
  expect(FieldKind::translation, affine(0.01 * turn, Eigen::Vector3d(1, 0, 0)), "translation");
  expect(FieldKind::scaling, affine(MatrixXd::Identity(3, 3)), "scaling");
  expect(FieldKind::scaling, affine(-unit(3, 2, 2) - 2 * unit(3, 0, 0)), "scaling");
  expect(FieldKind::shear, affine(unit(3, 2, 0)), "shear");
  expect(FieldKind::shear, affine(2 * unit(3, 1, 0), Eigen::Vector3d(1, 0, 0)), "shear");
  expect(FieldKind::boost, affine(push), "boost");
  expect(FieldKind::boost, affine(unit(3, 0, 0) - unit(3, 1, 1)), "boost");
  expect(FieldKind::spiral, affine(turn + 0.5 * MatrixXd::Identity(3, 3)), "spiral");
  expect(FieldKind::other, affine(unit(3, 0, 0) - 0.4 * unit(3, 1, 1)), "other");
}

}  // namespace
}  // namespace symscan
