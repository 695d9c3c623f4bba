#pragma once
#include <Eigen/Dense>
#include <cmath>
#include <complex>
#include <random>
#include <vector>

#include "host/analysis/lie_algebra.hpp"
#include "host/base/eigen.hpp"

/// Lie algebras that are known, for tests.
namespace symscan::known_algebras {

using Eigen::Index;
using Eigen::MatrixXcd;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using Fields = std::vector<AffineField>;

/// Sums of uniform numbers: nearly normal, with standard deviation 1.
inline MatrixXd noise(Index rows, Index columns, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  MatrixXd result(rows, columns);
  for (double& value : result.reshaped()) {
    value = -6;
    for (int i = 0; i < 12; ++i) value += static_cast<double>(random() >> 11) * 0x1.0p-53;
  }
  return result;
}

inline MatrixXd random_rotation(Index n, std::uint64_t seed) {
  return Eigen::HouseholderQR<MatrixXd>(noise(n, n, seed)).householderQ();
}

inline AffineField affine(const MatrixXd& matrix, const VectorXd& shift) {
  AffineField field(matrix.rows(), matrix.rows() + 1);
  field << matrix, shift;
  return field;
}
inline AffineField affine(const MatrixXd& matrix) {
  return affine(matrix, VectorXd::Zero(matrix.rows()));
}
inline AffineField translation(Index n, Index axis) {
  return affine(MatrixXd::Zero(n, n), VectorXd::Unit(n, axis));
}
inline AffineField scaling(Index n) {
  return affine(MatrixXd::Identity(n, n));
}

inline MatrixXd unit(Index n, Index row, Index column) {
  MatrixXd matrix = MatrixXd::Zero(n, n);
  matrix(row, column) = 1;
  return matrix;
}

inline Fields both(Fields a, const Fields& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

/// so(minus, plus): the linear maps that keep - x_1^2 - ... + x_n^2.
inline Fields so(Index minus, Index plus) {
  const Index n = minus + plus;
  Fields fields;
  for (Index i = 0; i < n; ++i)
    for (Index j = i + 1; j < n; ++j)
      fields.push_back(affine(unit(n, j, i) - (i < minus && j >= minus ? -1.0 : 1.0) * unit(n, i, j)));
  return fields;
}
inline Fields so(Index n) {
  return so(0, n);
}

/// The same span in another basis.
inline Fields mixed(const Fields& fields, std::uint64_t seed) {
  const MatrixXd weights = random_rotation(static_cast<Index>(fields.size()), seed);
  Fields result;
  for (Index i = 0; i < weights.rows(); ++i) {
    result.push_back(AffineField::Zero(fields.front().rows(), fields.front().cols()));
    for (std::size_t k = 0; k < fields.size(); ++k)
      result.back() += weights(i, static_cast<Index>(k)) * fields[k];
  }
  return result;
}

/// sl(n, R) in n dimensions.
inline Fields special_linear(Index n) {
  Fields fields;
  for (Index i = 0; i < n; ++i)
    for (Index j = 0; j < n; ++j)
      if (i != j) fields.push_back(affine(unit(n, i, j)));
  for (Index i = 1; i < n; ++i) fields.push_back(affine(unit(n, i, i) - unit(n, 0, 0)));
  return fields;
}

inline Fields translations(Index n) {
  Fields fields;
  for (Index i = 0; i < n; ++i) fields.push_back(translation(n, i));
  return fields;
}

/// The fields of each on coordinates of its own.
inline Fields side_by_side(const Fields& a, const Fields& b) {
  const Index n = a.front().rows(), k = b.front().rows();
  Fields fields;
  for (const AffineField& field : a) {
    fields.push_back(AffineField::Zero(n + k, n + k + 1));
    fields.back().topLeftCorner(n, n) = field.leftCols(n);
    fields.back().topRightCorner(n, 1) = field.col(n);
  }
  for (const AffineField& field : b) {
    fields.push_back(AffineField::Zero(n + k, n + k + 1));
    fields.back().bottomRows(k) << MatrixXd::Zero(k, n), field;
  }
  return fields;
}

/// The same linear maps on `copies` sets of coordinates.
inline Fields repeated(const Fields& fields, Index copies) {
  Fields result;
  for (const AffineField& field : fields) {
    const Index n = field.rows();
    MatrixXd matrix = MatrixXd::Zero(copies * n, copies * n);
    for (Index c = 0; c < copies; ++c) matrix.block(c * n, c * n, n, n) = field.leftCols(n);
    result.push_back(affine(matrix));
  }
  return result;
}

inline Fields torus(Index circles) {
  Fields fields = so(2);
  for (Index i = 1; i < circles; ++i) fields = side_by_side(fields, so(2));
  return fields;
}

/// so(3) on two vectors at once, and the rotation of one into the other.
inline Fields rotations_of_pairs() {
  Fields fields = repeated(so(3), 2);
  MatrixXd mixing = MatrixXd::Zero(6, 6);
  mixing.topRightCorner(3, 3) = -MatrixXd::Identity(3, 3);
  mixing.bottomLeftCorner(3, 3) = MatrixXd::Identity(3, 3);
  fields.push_back(affine(mixing));
  return fields;
}

/// Linear maps of the span of `basis` (orthonormal matrices) that commutators with `elements` are.
inline Fields action_on(const std::vector<MatrixXcd>& basis, const std::vector<MatrixXcd>& elements) {
  const Index n = static_cast<Index>(basis.size());
  Fields fields;
  for (const MatrixXcd& l : elements) {
    MatrixXd action(n, n);
    for (Index i = 0; i < n; ++i)
      for (Index j = 0; j < n; ++j) {
        const MatrixXcd& b = basis[static_cast<std::size_t>(j)];
        action(i, j) = (basis[static_cast<std::size_t>(i)].adjoint() * (l * b - b * l)).trace().real();
      }
    fields.push_back(affine(action));
  }
  return fields;
}

/// Traceless hermitian matrices, orthonormal; only the real ones if `real`.
inline std::vector<MatrixXcd> gell_mann(Index n, bool real) {
  std::vector<MatrixXcd> basis;
  const std::complex<double> i(0, std::sqrt(0.5));
  for (Index a = 0; a < n; ++a) {
    for (Index b = a + 1; b < n; ++b) {
      basis.push_back(std::sqrt(0.5) * (unit(n, a, b) + unit(n, b, a)).cast<std::complex<double>>());
      if (!real) basis.push_back(i * (unit(n, a, b) - unit(n, b, a)).cast<std::complex<double>>());
    }
  }
  for (Index a = 1; a < n; ++a) {
    MatrixXd diagonal = MatrixXd::Zero(n, n);
    diagonal.diagonal().head(a).setOnes();
    diagonal(a, a) = -static_cast<double>(a);
    basis.push_back(diagonal.normalized().cast<std::complex<double>>());
  }
  return basis;
}

inline Fields special_unitary_adjoint(Index n) {
  const std::vector<MatrixXcd> basis = gell_mann(n, false);
  std::vector<MatrixXcd> elements;
  for (const MatrixXcd& each : basis) elements.push_back(std::complex<double>(0, 1) * each);
  return action_on(basis, elements);
}

/// so(3) on traceless symmetric matrices, five dimensions, and on all matrices, nine.
inline Fields rotations_of_tensors(bool all) {
  std::vector<MatrixXcd> basis = gell_mann(3, true), elements;
  for (const AffineField& field : so(3)) elements.push_back(field.leftCols(3).cast<std::complex<double>>());
  if (all) {
    basis.clear();
    for (Index i = 0; i < 9; ++i) basis.push_back(unit(3, i / 3, i % 3).cast<std::complex<double>>());
  }
  return action_on(basis, elements);
}

/// Real form of complex n x n matrices in 2 n dimensions.
inline AffineField from_complex(const MatrixXcd& matrix) {
  const Index n = matrix.rows();
  MatrixXd real(2 * n, 2 * n);
  real << matrix.real(), -matrix.imag(), matrix.imag(), matrix.real();
  return affine(real);
}

/// The matrices with trace 0 that keep the hermitian form with `minus` values -1.
inline Fields special_unitary(Index minus, Index plus) {
  const Index n = minus + plus;
  Fields fields;
  const std::complex<double> i(0, 1);
  for (Index a = 0; a < n; ++a) {
    for (Index b = a + 1; b < n; ++b) {
      const double sign = a < minus && b >= minus ? -1 : 1;
      fields.push_back(from_complex((unit(n, a, b) - sign * unit(n, b, a)).cast<std::complex<double>>()));
      fields.push_back(from_complex(i * (unit(n, a, b) + sign * unit(n, b, a))));
    }
    if (a > 0) fields.push_back(from_complex(i * (unit(n, a, a) - unit(n, 0, 0))));
  }
  return fields;
}

/// sp(2 n, R)
inline Fields symplectic(Index n) {
  Fields fields;
  MatrixXd form = MatrixXd::Zero(2 * n, 2 * n);
  form.topRightCorner(n, n) = MatrixXd::Identity(n, n);
  form.bottomLeftCorner(n, n) = -MatrixXd::Identity(n, n);
  for (Index i = 0; i < 2 * n; ++i)
    for (Index j = 0; j <= i; ++j) fields.push_back(affine(form * (unit(2 * n, i, j) + unit(2 * n, j, i))));
  return fields;
}

/// Octonion derivations: the maps of 7 dimensions that keep the cross product there.
inline Fields octonion_derivations() {
  const int lines[7][3] = {{0, 1, 3}, {1, 2, 4}, {2, 3, 5}, {3, 4, 6}, {4, 5, 0}, {5, 6, 1}, {6, 0, 2}};
  std::vector<MatrixXd> cross(7, MatrixXd::Zero(7, 7));  // cross[c](a, b): the part c of e_a x e_b
  for (const auto& line : lines) {
    for (int k = 0; k < 3; ++k) {
      const int a = line[k], b = line[(k + 1) % 3];
      cross[static_cast<std::size_t>(line[(k + 2) % 3])](a, b) = 1;
      cross[static_cast<std::size_t>(line[(k + 2) % 3])](b, a) = -1;
    }
  }
  // D (e_a x e_b) = (D e_a) x e_b + e_a x (D e_b), for each c.
  MatrixXd equations = MatrixXd::Zero(343, 49);
  for (Index c = 0; c < 7; ++c)
    for (Index a = 0; a < 7; ++a)
      for (Index b = 0; b < 7; ++b)
        for (Index k = 0; k < 7; ++k) {
          const auto part = [&](Index e) -> const MatrixXd& { return cross[static_cast<std::size_t>(e)]; };
          equations(49 * c + 7 * a + b, c + 7 * k) += part(k)(a, b);
          equations(49 * c + 7 * a + b, k + 7 * a) -= part(c)(k, b);
          equations(49 * c + 7 * a + b, k + 7 * b) -= part(c)(a, k);
        }
  const MatrixXd kernel = Eigen::FullPivLU<MatrixXd>(equations).kernel();
  Fields fields;
  for (Index k = 0; k < kernel.cols(); ++k) fields.push_back(affine(kernel.col(k).reshaped(7, 7)));
  return fields;
}

/// The cylinder x^2 + y^2 = 1: z may be moved, scaled and sheared.
inline Fields cylinder() {
  return {affine(unit(3, 1, 0) - unit(3, 0, 1)), translation(3, 2), affine(unit(3, 2, 2)),
          affine(unit(3, 2, 0)), affine(unit(3, 2, 1))};
}

inline Fields parabola() {
  MatrixXd weights = MatrixXd::Zero(2, 2);
  weights.diagonal() << 1, 2;
  return {affine(2 * unit(2, 1, 0), Eigen::Vector2d(1, 0)), affine(weights)};
}

inline AffineField spiral() {
  return affine(unit(2, 1, 0) - unit(2, 0, 1) + 0.15 * MatrixXd::Identity(2, 2));
}

inline AffineField screw() {
  return affine(unit(3, 1, 0) - unit(3, 0, 1), Eigen::Vector3d(0, 0, 0.5));
}

}  // namespace symscan::known_algebras
