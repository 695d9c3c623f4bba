#pragma once
#include <Eigen/Core>
#include <string>
#include <vector>

#include "host/analysis/relation.hpp"

namespace symscan {

struct ConstraintSettings {
  double exact = 1e-5;       ///< largest relative residual of an exact relation, where rounding allows it
  double approximate = 0.1;  ///< largest relative residual of an approximate relation; 0: none are sought
  int most_quadratic_features = 24;
  int most_events = 20000;  ///< of more, evenly spaced ones are used
};

/// A relation among features that holds for every event (exact) or with a small spread (approximate).
struct Constraint {
  int degree = 1;
  std::vector<Term> terms;
  double constant = 0;
  double residual = 0;  ///< of the events that were not fitted: rms (exact) or width (approximate), relative
                        ///< to natural_spread(), or to the constant for a single feature or a mass
  double width = 0;     ///< half of the central 68 % interval of the left side, in its units
  bool exact = false;
  std::string equation;  ///< "px(mu-) + px(mu+) = 0 GeV"
  std::string unit;      ///< of constant and width: GeV, GeV^2 or none
  /// The terms are the square of an invariant mass; equation, constant, width and unit are of the mass
  /// itself: "m(mu- mu+) = 91 GeV".
  bool mass = false;
};

struct ConstraintReport {
  std::vector<Constraint> constraints;  ///< exact before approximate, linear before quadratic
  std::vector<std::string> notes;       ///< plain sentences: what was not sought, and why
};

/// Linear relations sum a_i x_i = c and quadratic relations among the features of the raw data.
///
/// Relations come from the near-null space of the covariance of the features, then of the monomials up to
/// degree two of the features that no exact linear relation determines. In these spaces sparse vectors are
/// sought, fitted on one half of the events, rounded to short numbers, and judged on the other half. Mass
/// shells and pair masses of four-momenta are tried before the general quadratic search. A relation is kept
/// only if its gradient is not a combination of the gradients of those before it, so nothing is said twice.
///
/// rows: [events x features], finite. precision: relative rounding of each column (Table::precision); empty:
/// float64. A residual of the size of the rounding counts as exact.
ConstraintReport find_constraints(const Eigen::MatrixXd& rows, const std::vector<std::string>& columns,
                                  const std::vector<double>& precision = {},
                                  const ConstraintSettings& settings = {});

}  // namespace symscan
