#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "host/analysis/distinct_rows.hpp"
#include "host/analysis/event_window.hpp"
#include "host/base/eigen.hpp"

namespace symscan {

enum class Invariance { established, broken, cannot_say };

struct FlowInvarianceSettings {
  double delta = 0.1;                ///< see FlowInvariance::delta
  double broken_below = 0.01;        ///< p-values below it: broken
  std::size_t most_events = 20'000;  ///< more events are thinned at random
  std::uint64_t seed = 20040101u;    ///< of the thinning, the random test functions and the halves
  EqualRows equal_rows = EqualRows::one_event;
};

/// What the events say about one flow.
struct FlowInvariance {
  Invariance verdict = Invariance::cannot_say;
  double p_value = 1;  ///< of invariance; small: broken
  /// Root of the Fisher information of the flow parameter, as far as the test functions of
  /// `effect_functions` see it: sqrt(m^T Cov(phi)^-1 m) with m = E[v.grad phi], the bias of the noise
  /// subtracted. Per radian of the fastest turn for a field that turns; other fields are scaled to move the
  /// points by one standard deviation per unit of the parameter. Infinite for a field that leads off the
  /// linear subspace in which all points lie.
  double effect = 0;
  /// Upper bound of 95 % confidence on the effect; infinite where too few events say anything.
  double effect_limit = 0;
  double delta = 0.1;  ///< "established" means effect_limit <= delta and not broken
  /// Test functions that the effect sums over. Low orders first, as many orders as can be bounded by delta
  /// with these events; for a broken flow those that show it best.
  std::size_t effect_functions = 0;
  std::size_t events = 0;       ///< that were used: after thinning, equal rows counted as they are taken
  double effective_events = 0;  ///< independent events of equal weight with the same error of the means
  bool serial = false;          ///< rows are serially correlated; errors are those of means of batches
  bool moves = true;            ///< false: the field vanishes on the points, and that is all it says
};

/// Does the flow of an affine field v(x) = matrix x + shift leave the distribution of the events unchanged?
/// It does if and only if E[v.grad phi] = 0 for all test functions phi, which is linear in the field, needs
/// no model, no density and no permutations. The test functions are monomials, low orders first, and random
/// Fourier features (Rahimi & Recht, NIPS 2007) in coordinates that Tyler's shape matrix (Ann. Stat. 15
/// (1987) 234) whitens, damped so that v.grad phi is bounded: no moments of the distribution are needed.
/// Means are judged by Hotelling's T^2 for up to three nested families; p is the smallest p-value times their
/// number (Bonferroni). Points may lie on a subspace or a variety. Equal rows are what the settings
/// say. Where events are seen in a part of space only, a window that vanishes on its border multiplies
/// the test functions, and the law without the border is tested. The same input gives the same result, bit
/// for bit.
class FlowInvarianceTest {
 public:
  /// `points` [n x D] in any units; `weights` [n] of the events, may be negative; empty: 1 each. Throws
  /// DataError for values that are not finite or weights whose sum is not positive, std::invalid_argument for
  /// sizes that do not fit and settings out of range. `window`: of the points, in their units.
  explicit FlowInvarianceTest(const Eigen::MatrixXd& points, const Eigen::VectorXd& weights = {},
                              const FlowInvarianceSettings& settings = {}, const EventWindow& window = {});
  ~FlowInvarianceTest();
  FlowInvarianceTest(FlowInvarianceTest&&) noexcept;
  FlowInvarianceTest& operator=(FlowInvarianceTest&&) noexcept;

  /// dx/dt = matrix x + shift in the units of the points; `matrix` [D x D], `shift` [D]. Throws as the
  /// constructor does.
  FlowInvariance test(const Eigen::MatrixXd& matrix, const Eigen::VectorXd& shift) const;

  struct Field {
    Eigen::MatrixXd matrix;  ///< [D x D]
    Eigen::VectorXd shift;   ///< [D]
  };
  struct Subspace {
    /// [fields x k] Columns: coefficients of the given fields in each invariant combination, of norm 1,
    /// estimated from all events. Combinations that vanish on the points are left out.
    Eigen::MatrixXd combinations;
    /// Of the k, the least change first. p_value: of the k-th combination of one half, tested on the other;
    /// the effect and its limit as of test() for the combination given here, without the directions
    /// in which the points hardly spread: on a thin set the error of an estimated field would fill them.
    std::vector<FlowInvariance> tests;
    bool complete = true;  ///< false: too few events to judge the other combinations; they may be invariant
  };
  /// Finds the combinations of the fields that leave the distribution unchanged. One half of the events
  /// orders the combinations by how much they change it. The other half tests each: the directions of
  /// E[v.grad phi] in which the error of the estimated combination lies are projected out, Hotelling's T^2 of
  /// the others decides. Few events serve both ways, and the smaller number counts. Combinations are accepted
  /// up to the first that is broken at the level broken_below / (number of independent fields that move the
  /// points): the level holds for all of them together. Many that are accepted with few events may only not
  /// be seen broken: their `effect_limit` tells. Throws as test does.
  Subspace invariant_subspace(const std::vector<Field>& fields) const;

  /// The D (D + 1) fields with one coefficient 1 and the others 0: matrix entries by rows, then the shift.
  static std::vector<Field> all_affine(Eigen::Index dimension);

 private:
  struct Sample;
  struct MovingFields;
  MovingFields moving_fields(const std::vector<Field>& given) const;
  /// `estimated`: the field comes from these events; its p-value is then void.
  FlowInvariance measured(const Eigen::MatrixXd& matrix, const Eigen::VectorXd& shift, bool estimated) const;
  FlowInvariance test_found(const std::vector<Field>& given, const Eigen::VectorXd& combination,
                            double p_value) const;
  std::unique_ptr<const Sample> sample_;
};

}  // namespace symscan
