#pragma once
#include "host/base/eigen.hpp"

namespace symscan {

/// Weighted means of several quantities over events, and how well they are known.
struct MeanVector {
  Eigen::VectorXd mean;        ///< [k]
  Eigen::MatrixXd covariance;  ///< [k x k] of the means
  double units = 0;            ///< independent units of equal weight that the covariance comes from
  Eigen::Index functions() const { return mean.size(); }
  /// The chosen quantities alone; columns of `directions` [k x l]: combinations of them.
  MeanVector first(Eigen::Index count) const;
  MeanVector along(const Eigen::MatrixXd& directions) const;
  /// The principal directions with more than this share of the largest variance.
  MeanVector principal(double share) const;
};

/// `values` [n x k]; `weights` [n], their sum positive. Units are `batch` >= 1 consecutive rows each: more
/// than 1 where rows are serially correlated (batch means).
MeanVector weighted_mean(const Eigen::MatrixXd& values, const Eigen::VectorXd& weights, Eigen::Index batch);

/// (w_i / W) (value_i - mean): what each event contributes to the deviation of the means. [n x k]
Eigen::MatrixXd deviations_of_mean(const Eigen::MatrixXd& values, const Eigen::VectorXd& weights);

/// Rows that one unit needs so that units are nearly independent: 1 where no column is serially correlated
/// (4 standard deviations at lag 1 or over lags 1 to 5), else several autocorrelation times of the slowest
/// column, by Sokal's automatic window.
Eigen::Index batch_length(const Eigen::MatrixXd& deviations);

/// Can the means all be 0? Hotelling's T^2 over the directions that vary.
struct ZeroMeanTest {
  double p_value = 1;
  double squared = 0;          ///< T^2
  Eigen::Index functions = 0;  ///< directions that vary
};
ZeroMeanTest test_zero_mean(const MeanVector& means);

/// Rows: directions in which noise of this covariance [k x k] is uncorrelated and of unit size; those without
/// noise (1e-5 of the largest eigenvalue of the correlations) left out.
Eigen::MatrixXd whitening_rows(const Eigen::MatrixXd& covariance);

/// The length of the mean vector in the metric `spread`^-1, [k x k] semidefinite, bias of the noise
/// subtracted, and its upper bound of 95 % confidence.
struct Length {
  double length = 0, limit = 0;
  double expected_limit = 0;  ///< of a mean vector that is 0
};
Length length_of(const MeanVector& means, const Eigen::MatrixXd& spread, double least_spread = 0);

}  // namespace symscan
