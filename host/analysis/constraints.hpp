#pragma once
#include <string>
#include <vector>

#include "host/analysis/relation.hpp"
#include "host/analysis/work_budget.hpp"
#include "host/base/eigen.hpp"

namespace symscan {

struct ConstraintSettings {
  double exact = 1e-5;       ///< largest relative residual that noise may give an exact relation in any event
  double approximate = 0.1;  ///< largest relative residual of an approximate relation; 0: none are sought
  int most_quadratic_features = 24;
  int most_events = 20000;       ///< of more, evenly spaced ones are used
  WorkBudget* budget = nullptr;  ///< parts that it does not afford are left out; none: it has no end
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

  /// The polynomial itself, its constant in its own units (m^2 for a mass), in features x - centre. The
  /// centre is 0 for features that vary by more than a small part of their size: squares of the others would
  /// lose all their digits. Values and gradients are to be taken from here.
  Relation relation;
  Eigen::VectorXd centre;  ///< [D]
  std::string centred;     ///< "(x - 1000000)^2 + (y - 1000000)^2 = 1"; empty where no centre is needed
  double noise = 0;        ///< width over |gradient| at typical events: how far events lie from the surface
  int outliers = 0;        ///< events further off than 5 widths (approximate); 0 for exact relations

  /// Left side minus constant at one event. [D] -> 1
  double value(const Eigen::VectorXd& event) const;
  /// Its derivatives with respect to the features. [D] -> [D]
  Eigen::VectorXd gradient_at(const Eigen::VectorXd& event) const;
};

struct ConstraintReport {
  std::vector<Constraint> constraints;  ///< exact before approximate, linear before quadratic
  /// What at least nine in ten events, but not all, obey within their rounding; `outliers` counts the others.
  std::vector<Constraint> partial;
  std::vector<std::string> notes;   ///< plain sentences: what was not sought, and why
  bool quadratic_left_out = false;  ///< for too few rows
};

/// Linear relations sum a_i x_i = c and quadratic relations among the features of the raw data.
///
/// Relations come from the near-null space of the covariance of the features, then of the monomials up to
/// degree two of the features that no linear relation found before determines. In these spaces sparse vectors
/// are sought, fitted on one half of the events, rounded to short numbers, and judged on the other half. Mass
/// shells and pair masses of four-momenta are tried before the general quadratic search. A relation is kept
/// only if its gradient is not a combination of the gradients of those before it, so nothing is said twice.
///
/// Exact means: every event obeys the relation within a few times its rounding; or within `exact` of the
/// natural spread, and what is left is noise, not a smooth function of the features. One event that disobeys
/// makes a relation partial. Of approximate relations those are left out whose residual is a smooth function
/// of the features (a conic that happens to run near some other curve), unless all their coefficients are
/// small integers. Up to one event in ten may be an outlier of an approximate relation.
///
/// rows: [events x features], finite. precision: relative rounding of each column (Table::precision); empty:
/// float64.
ConstraintReport find_constraints(const Eigen::MatrixXd& rows, const std::vector<std::string>& columns,
                                  const std::vector<double>& precision = {},
                                  const ConstraintSettings& settings = {});

}  // namespace symscan
