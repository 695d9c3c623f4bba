#pragma once
#include <vector>

#include "host/base/eigen.hpp"

// The decompositions of Eigen that symscan uses, each compiled once: written out where they are needed, they
// cost the compiler 5 to 15 seconds per file. Arguments of mismatched sizes are errors of the caller (Eigen's
// assertions).
namespace symscan {

/// Values ascending; column k of `vectors` belongs to values(k).
struct EigenPairs {
  Eigen::VectorXd values;
  Eigen::MatrixXd vectors;
};

/// Of a symmetric matrix; only its lower triangle is read. Vectors have norm 1.
EigenPairs symmetric_eigen(const Eigen::MatrixXd& matrix);
/// Its values alone, by an algorithm that may round differently.
Eigen::VectorXd symmetric_eigenvalues(const Eigen::MatrixXd& matrix);
/// a v = value b v for symmetric a and positive definite b; v^T b v = 1.
EigenPairs generalised_eigen(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b);
/// Complex eigenvalues of a square matrix, in no order.
Eigen::VectorXcd eigenvalues_of(const Eigen::MatrixXd& matrix);
/// exp(matrix)
Eigen::MatrixXd exponential_of(const Eigen::MatrixXd& matrix);

/// L of matrix = L L^T for a positive definite matrix.
Eigen::MatrixXd cholesky(const Eigen::MatrixXd& matrix);
/// matrix^-1 right for a positive definite matrix.
Eigen::MatrixXd solve_positive(const Eigen::MatrixXd& matrix, const Eigen::MatrixXd& right);
/// The same for a matrix that may be nearly singular (L D L^T).
Eigen::VectorXd solve_semidefinite(const Eigen::MatrixXd& matrix, const Eigen::VectorXd& right);
/// matrix^-1 right and matrix^-1 of an invertible matrix.
Eigen::VectorXd solve_square(const Eigen::MatrixXd& matrix, const Eigen::VectorXd& right);
Eigen::MatrixXd inverse_of(const Eigen::MatrixXd& matrix);
/// Columns that span the null space; one column of zeros if it is empty.
Eigen::MatrixXd null_space(const Eigen::MatrixXd& matrix);

/// Orthonormal columns with the span of the columns of `matrix` (rows >= columns).
Eigen::MatrixXd orthonormal(const Eigen::MatrixXd& matrix);
/// Q^T vector of matrix = Q R, Q square: what lies in the span of the columns comes first.
Eigen::VectorXd in_frame_of(const Eigen::MatrixXd& matrix, const Eigen::VectorXd& vector);
/// Columns in the order in which elimination with the largest column first takes them.
std::vector<Eigen::Index> pivot_columns(const Eigen::MatrixXd& matrix);
/// For each vector of `right` the coefficients of the columns that come nearest to it.
std::vector<Eigen::VectorXd> least_squares(const Eigen::MatrixXd& columns,
                                           const std::vector<Eigen::VectorXd>& right);

/// matrix = (...) diag(values) vectors^T, values descending.
struct RightSingular {
  Eigen::VectorXd values;
  Eigen::MatrixXd vectors;
};
/// Of a matrix with at least as many rows as columns.
RightSingular right_singular(const Eigen::MatrixXd& matrix);
Eigen::VectorXd singular_values(const Eigen::MatrixXd& matrix);

}  // namespace symscan
