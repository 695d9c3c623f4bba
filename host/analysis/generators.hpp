#pragma once
#include <vector>

#include "host/base/eigen.hpp"

namespace symscan {

/// The linear span of the data: u = basis^T (x - mean), prepared units.
struct DataSpan {
  Eigen::VectorXd mean;       ///< [D]
  Eigen::MatrixXd basis;      ///< [D x r], orthonormal: principal directions, by decreasing variance
  Eigen::VectorXd variances;  ///< [r]
  int left_out = 0;           ///< directions above the cut that exceed `most`
  Eigen::Index rank() const { return basis.cols(); }
  Eigen::MatrixXd coordinates(const Eigen::MatrixXd& points) const;  ///< [n x D] -> [n x r]
};
inline constexpr int most_directions = 16;
/// Directions with more than `cut` of the largest variance, `most` of them at most.
DataSpan data_span(const Eigen::MatrixXd& points, double cut = 1e-3, Eigen::Index most = most_directions);

/// Affine vector fields u -> A u + b that leave the learned manifold in place: the generalised eigenproblem
///   E |P (A u + b)|^2 / E |A u + b|^2,   P = tau (T T^T + tau)^-1
/// with T the decoder's Jacobian in the data's span and u the reconstruction there. An eigenvalue is the
/// share of the motion that leaves the manifold; those near 0 with a gap above them are symmetries.
/// Fields are rows vec(A | b) of the [r x (r + 1)] matrix, column-major.
struct GeneratorSpectrum {
  Eigen::VectorXd eigenvalues;   ///< [r (r + 1)] ascending
  Eigen::MatrixXd fields;        ///< [r (r + 1) x r (r + 1)], columns of unit motion E |A u + b|^2 = 1
  double normal_directions = 0;  ///< E tr P: how many directions of the span leave the manifold
  /// Eigenvalue that an exact symmetry has all the same, since P is soft: the mean of S(p)^2 over the
  /// eigenvalues p < 1/2 of P, those of tangent directions.
  double floor = 0;
};

/// The sums of the eigenproblem over blocks of points, so that they can be drawn again (bootstrap).
class GeneratorSums {
 public:
  /// `reconstruction`: [n x D]; `jacobians`: [n] of [D x L]; prepared units.
  GeneratorSums(const DataSpan& span, const Eigen::MatrixXd& reconstruction,
                const std::vector<Eigen::MatrixXd>& jacobians, double tau, int blocks = 20);
  int blocks() const { return static_cast<int>(normal_.size()); }
  GeneratorSpectrum solve() const;
  /// Only eigenvalues; block i counts `weights[i]` times.
  Eigen::VectorXd eigenvalues(const std::vector<double>& weights) const;
  /// Share of the motion of one field (r x (r + 1)) that leaves the manifold.
  double residual(const Eigen::MatrixXd& field) const;

 private:
  Eigen::Index rank_;
  std::vector<Eigen::MatrixXd> normal_;  ///< per block: sum of S(P)^2 (x) u~ u~^T
  std::vector<Eigen::MatrixXd> second_;  ///< per block: sum of u~ u~^T, u~ = (u, 1)
  std::vector<double> trace_, count_, floor_;
};

/// How many eigenvalues stand apart as symmetries.
struct GeneratorGap {
  int count = 0;
  double ratio = 1;  ///< first eigenvalue above the gap over the last one below
};
/// Wants an eigenvalue of at most 5 % below, at least 0.5 % above, and a ratio of at least 8; of several gaps
/// the widest ratio. None unless the manifold has normal directions beyond what noise alone gives
/// (`excess_normal` >= 0.25): a set that fills its span has every field tangent.
GeneratorGap find_gap(const Eigen::VectorXd& eigenvalues, double excess_normal);

/// E tr P that a manifold filling its span would have: sum_i min(1, tau / variance_i) (linear theory).
double normal_directions_of_full_set(const DataSpan& span, double tau);

}  // namespace symscan
