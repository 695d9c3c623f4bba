#pragma once
#include <limits>

// What a test says of a distribution; part of model.hpp.
namespace symscan {

inline constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

/// What the distribution does under a transformation.
enum class DensityVerdict {
  invariant,  ///< its change is bounded by delta
  broken,     ///< it changes
  undecided,  ///< no change is seen, but a larger one than delta is not excluded; or nothing moves
};

/// How much the distribution changes; see FlowInvariance. Numbers that a test does not give are NaN.
struct DensityTest {
  double p_value = 1;                 ///< small: the distribution changes
  double effect = undefined;          ///< root of the Fisher information of the flow's parameter
  double effect_limit = undefined;    ///< upper bound of 95 % confidence
  double delta = undefined;           ///< "invariant" means effect_limit <= delta
  double effective_rows = undefined;  ///< independent rows of equal weight that would have the same errors
  bool serial = false;                ///< neighbouring rows are correlated, and errors allow for that
};

struct DensityFinding {
  DensityVerdict verdict = DensityVerdict::undecided;
  DensityTest test;
};

/// Undecided, and a change by a standard deviation would not be seen: no verdict at all.
inline bool tells_nothing(const DensityFinding& density) {
  return density.verdict == DensityVerdict::undecided && density.test.effect_limit > 1;
}

}  // namespace symscan
