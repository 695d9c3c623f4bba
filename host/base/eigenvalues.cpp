#include <Eigen/Eigenvalues>
#include <unsupported/Eigen/MatrixFunctions>

#include "host/base/eigen.hpp"
#include "host/base/linear_algebra.hpp"

namespace symscan {

using Eigen::MatrixXd;
using Eigen::VectorXd;

EigenPairs symmetric_eigen(const MatrixXd& matrix) {
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(matrix);
  return {solver.eigenvalues(), solver.eigenvectors()};
}

VectorXd symmetric_eigenvalues(const MatrixXd& matrix) {
  return Eigen::SelfAdjointEigenSolver<MatrixXd>(matrix, Eigen::EigenvaluesOnly).eigenvalues();
}

EigenPairs generalised_eigen(const MatrixXd& a, const MatrixXd& b) {
  const Eigen::GeneralizedSelfAdjointEigenSolver<MatrixXd> solver(a, b);
  return {solver.eigenvalues(), solver.eigenvectors()};
}

Eigen::VectorXcd eigenvalues_of(const MatrixXd& matrix) {
  return Eigen::EigenSolver<MatrixXd>(matrix, false).eigenvalues();
}

MatrixXd exponential_of(const MatrixXd& matrix) {
  return matrix.exp();
}

}  // namespace symscan
