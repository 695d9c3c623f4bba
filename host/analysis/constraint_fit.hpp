#pragma once
#include <optional>
#include <string>
#include <vector>

#include "host/analysis/constraints.hpp"
#include "host/analysis/equation_text.hpp"
#include "host/analysis/relation.hpp"
#include "host/base/eigen.hpp"

namespace symscan {

/// A single feature counts as constant if no value is further from the constant than so many roundings.
inline constexpr double kConstantRounding = 16;

struct FoundConstraint {
  Relation relation;  ///< among features x - centre
  Constraint constraint;
  double spread = 0;     ///< of the left side: rms (exact) or width (approximate)
  bool partial = false;  ///< within rounding for most events, but not for all
};

/// Fits a relation of given terms on one half of the events, judges it on the other half, and counts the
/// events of the whole table that disobey it. All relations are among features x - centre.
class ConstraintFit {
 public:
  ConstraintFit(const Eigen::MatrixXd& rows, const std::vector<std::string>& columns,
                const std::vector<double>& precision, const ConstraintSettings& settings);

  /// Fits the coefficients to `rows`, and leaves out, one by one, the terms that are not needed.
  Relation fitted(std::vector<Term> terms, const Eigen::MatrixXd& rows) const;

  /// Rounds coefficients and constant; the constraint that the events which were not fitted confirm, if they
  /// do.
  std::optional<FoundConstraint> judged(const Relation& unrounded) const;

  /// The mass of the sum of the momenta; unless it is a single particle's and exact, said of m itself.
  std::optional<FoundConstraint> judged_mass(const std::vector<FourMomentum>& particles, bool exact) const;

  /// E^2 - px^2 - py^2 - pz^2 of the sum of the momenta.
  static Relation mass_squared(const std::vector<FourMomentum>& particles);

  /// Whether what the relation leaves is a smooth function of its features: events that are neighbours in
  /// these features, but further from each other than the noise, have similar residuals.
  bool leaves_a_smooth_residual(const Relation& relation, double least_likeness) const;

  /// Whether no event is further off than its rounding explains.
  bool within_rounding(const Eigen::MatrixXd& rows, const Relation& relation) const;

  /// The events that relations are fitted on, minus the centre.
  const Eigen::MatrixXd& fitted_rows() const { return fit_; }

  /// Whether column i varies by more than its rounding.
  bool varies(int column) const;

 protected:
  const std::vector<std::string>& columns_;
  const ConstraintSettings& settings_;
  Eigen::VectorXd precision_;   ///< [D] relative rounding
  Eigen::VectorXd centre_;      ///< [D] subtracted from the features
  Eigen::MatrixXd all_;         ///< every event, minus the centre
  Eigen::MatrixXd fit_, test_;  ///< two halves of at most ConstraintSettings::most_events
  Moments moments_;             ///< of both halves
  Eigen::VectorXd spread_;      ///< [D] standard deviations
  Eigen::VectorXd rounding_;    ///< [D] typical rounding of each column
  /// [D] what counts as a change of a feature: the smaller of spread and half width of the central 68 %; of a
  /// constant feature its size.
  Eigen::VectorXd gradient_unit_;

 private:
  void set_units();
  double scale_of(const Relation& relation) const;
  Eigen::VectorXd tolerance_of(const Eigen::MatrixXd& rows, const Relation& relation) const;
  bool nearly_within_rounding(const Eigen::MatrixXd& rows, const Relation& relation) const;
  bool holds_exactly(const Relation& relation) const;
  Eigen::MatrixXd typical_contributions(const Relation& relation) const;
  bool is_of_typical_events(const Relation& relation) const;
  std::optional<FoundConstraint> confirmed(const Relation& relation) const;
  Relation rounded(Relation relation) const;
  double uncertainty(const Eigen::VectorXd& left, const Relation& relation, bool exact) const;
  double gradient_length(const Relation& relation, const Eigen::VectorXd& unit) const;
  void count_outliers(FoundConstraint& found) const;
  void describe(FoundConstraint& found) const;
  void describe_mass(FoundConstraint& found, const std::string& particles) const;
};

}  // namespace symscan
