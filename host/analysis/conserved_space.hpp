#pragma once
#include <vector>

#include "host/analysis/function_terms.hpp"
#include "host/analysis/trajectories.hpp"
#include "host/base/eigen.hpp"

namespace symscan {

/// How well functions f = sum_j c_j term_j are constant along trajectories.
struct Conservation {
  double total = 0;    ///< variance of f over all rows
  double within = 0;   ///< variance within trajectories
  double noise = 0;    ///< variance that the noise of the columns gives f: E |sigma . grad f|^2
  double smooth = 0;   ///< share of `within` that is correlated from row to row, which noise is not
  double allowed = 0;  ///< largest `smooth` that chance gives
  /// Accepted as conserved: the variance within trajectories is below 1e-8 of the total one, or it is below
  /// 5 % of it, what the noise accounts for, and not correlated in time.
  bool holds() const;
};

/// The terms of a dictionary on trajectories, in units of their spread over `scale` (means do not matter).
class TermSample {
 public:
  /// `noise` [D]: standard deviations in the columns; `spread` [D]: units of the columns; `scale`: [terms].
  TermSample(const std::vector<FunctionTerm>& terms, Trajectories trajectories, const Eigen::VectorXd& noise,
             const Eigen::VectorXd& spread, Eigen::VectorXd scale);

  /// Covariances of the terms: total, within trajectories, from noise. [terms x terms]
  const Eigen::MatrixXd& total() const { return total_; }
  const Eigen::MatrixXd& within() const { return within_; }
  const Eigen::MatrixXd& noise() const { return noise_; }

  /// Combinations whose values on all rows are uncorrelated with variance 1; exact relations among the terms
  /// and combinations that are mostly noise are left out. [terms x any]
  Eigen::MatrixXd whitened() const;
  /// Combinations, of variance 1, that are nearly constant along trajectories, the most so first:
  /// eigenvectors of W - N, W the covariance within trajectories and N that of noise. `spectrum`: eigenvalues
  /// of all.
  Eigen::MatrixXd candidates(std::vector<double>* spectrum = nullptr) const;

  Conservation judge(const Eigen::VectorXd& combination) const;
  /// Gradients at some rows in units of the columns' spread, one [terms x D] per row.
  const std::vector<Eigen::MatrixXd>& slopes() const { return slopes_; }
  const Eigen::VectorXd& scale() const { return scale_; }
  double degrees_of_freedom() const;

 private:
  Trajectories trajectories_;
  Eigen::VectorXd scale_, relative_noise_;
  Eigen::MatrixXd values_, deviations_, total_, within_, noise_;
  std::vector<Eigen::MatrixXd> slopes_;
};

}  // namespace symscan
