#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "host/analysis/distinct_rows.hpp"
#include "host/base/eigen.hpp"

namespace symscan {

struct TwoSampleSettings {
  std::size_t max_points = 1000;  ///< of each sample; larger ones are thinned at random
  int permutations = 400;         ///< the smallest p-value is 1 / (1 + permutations)
  std::uint64_t seed = 20040101u;
  EqualRows equal_rows = EqualRows::one_event;  ///< for tests of invariance
};

struct TwoSampleTest {
  double p_value = 1;
  double statistic = 0;  ///< largest of the standardised discrepancies, in standard deviations
};

/// Have x [n x d] and y [m x d] the same distribution? A permutation test of four discrepancies at once:
/// energy distance (Szekely & Rizzo, InterStat 2004), maximum mean discrepancy with Gaussian kernels of half
/// and a quarter of the median distance (Gretton et al., JMLR 13 (2012) 723), and the difference of second
/// moments (the kernel (u.v)^2), which sees an axis that has turned long before the others do. Each is
/// standardised by its mean and standard deviation over all relabellings, the given one among them, and the
/// largest is compared. So p = (1 + number of permutations at least as large) / (1 + permutations) is exact:
/// under the null hypothesis P(p <= a) <= a for every a. Rows must be independent of each other (not repeats
/// of an event: see test_invariance). p = 1 where nothing can be said: an empty sample, equal points, no
/// columns. Throws DataError for values that are not finite, std::invalid_argument for unequal numbers of
/// columns.
TwoSampleTest two_sample_test(const Eigen::MatrixXd& x, const Eigen::MatrixXd& y,
                              const TwoSampleSettings& settings = {});

double two_sample_p_value(const Eigen::MatrixXd& x, const Eigen::MatrixXd& y,
                          const TwoSampleSettings& settings = {});

struct InvarianceTest {
  double p_value = 1;    ///< small: the distribution is not invariant
  double statistic = 0;  ///< see TwoSampleTest; of the smallest p-value
  /// Root mean square of |T u - u| over that of the distance from the mean; the largest, of several T. Near 0
  /// the transformation does nothing to these points, and that they are invariant says nothing.
  double displacement = 0;
  std::size_t points = 0;                       ///< points of the smaller half, before thinning
  std::vector<double> parameters = {};          ///< t of a generator; empty for a single transformation
  std::vector<double> parameter_p_values = {};  ///< one for each of `parameters`, not yet combined
};

using Transformation = std::function<Eigen::MatrixXd(const Eigen::MatrixXd&)>;

/// Is the distribution of `points` [n x d] the same after `transform` (rows to rows)? One random half is
/// compared with the transformed other half. Where exactly equal rows are one event that was repeated
/// (settings.equal_rows), they go to the same half and are relabelled together, weighted by their number;
/// otherwise repeats would pass for independent evidence. Data on a coarse grid lose power by this, never
/// level, provided that how often an event is repeated does not depend on where it lies.
InvarianceTest test_invariance(const Eigen::MatrixXd& points, const Transformation& transform,
                               const TwoSampleSettings& settings = {});

/// The same for all transformations of a flow du/dt = generator u + shift, at three values of t:
/// 0.5, 1 and 2 rad of its fastest rotation; without rotation, steps that move the points by 0.25, 0.5 and 1
/// times their root mean square distance from the mean. p is three times the smallest p-value (Bonferroni),
/// which holds the level however the three depend on each other.
InvarianceTest test_flow_invariance(const Eigen::MatrixXd& points, const Eigen::MatrixXd& generator,
                                    const Eigen::VectorXd& shift, const TwoSampleSettings& settings = {});

/// Rows u -> the flow of du/dt = generator u + shift at time t.
Eigen::MatrixXd apply_flow(const Eigen::MatrixXd& points, const Eigen::MatrixXd& generator,
                           const Eigen::VectorXd& shift, double t);

}  // namespace symscan
