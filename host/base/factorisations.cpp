#include <Eigen/Cholesky>
#include <Eigen/LU>
#include <Eigen/QR>
#include <Eigen/SVD>

#include "host/base/eigen.hpp"
#include "host/base/linear_algebra.hpp"

namespace symscan {

using Eigen::MatrixXd;
using Eigen::VectorXd;

MatrixXd cholesky(const MatrixXd& matrix) {
  return matrix.llt().matrixL();
}

MatrixXd solve_positive(const MatrixXd& matrix, const MatrixXd& right) {
  return matrix.llt().solve(right);
}

VectorXd solve_semidefinite(const MatrixXd& matrix, const VectorXd& right) {
  return matrix.ldlt().solve(right);
}

VectorXd solve_square(const MatrixXd& matrix, const VectorXd& right) {
  return matrix.partialPivLu().solve(right);
}

MatrixXd inverse_of(const MatrixXd& matrix) {
  return matrix.inverse();
}

MatrixXd null_space(const MatrixXd& matrix) {
  return Eigen::FullPivLU<MatrixXd>(matrix).kernel();
}

MatrixXd orthonormal(const MatrixXd& matrix) {
  return Eigen::HouseholderQR<MatrixXd>(matrix).householderQ() *
         MatrixXd::Identity(matrix.rows(), matrix.cols());
}

VectorXd in_frame_of(const MatrixXd& matrix, const VectorXd& vector) {
  return Eigen::HouseholderQR<MatrixXd>(matrix).householderQ().transpose() * vector;
}

std::vector<Eigen::Index> pivot_columns(const MatrixXd& matrix) {
  const Eigen::ColPivHouseholderQR<MatrixXd> qr(matrix);
  const auto& order = qr.colsPermutation().indices();
  return {order.begin(), order.end()};
}

std::vector<VectorXd> least_squares(const MatrixXd& columns, const std::vector<VectorXd>& right) {
  const Eigen::ColPivHouseholderQR<MatrixXd> qr(columns);
  std::vector<VectorXd> coefficients;
  for (const VectorXd& vector : right) coefficients.push_back(qr.solve(vector));
  return coefficients;
}

RightSingular right_singular(const MatrixXd& matrix) {
  const MatrixXd triangle =
      matrix.householderQr().matrixQR().topRows(matrix.cols()).triangularView<Eigen::Upper>();
  const Eigen::JacobiSVD<MatrixXd> svd(triangle, Eigen::ComputeFullV);
  return {svd.singularValues(), svd.matrixV()};
}

VectorXd singular_values(const MatrixXd& matrix) {
  return Eigen::JacobiSVD<MatrixXd>(matrix).singularValues();
}

}  // namespace symscan
