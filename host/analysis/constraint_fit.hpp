#pragma once
#include <Eigen/Core>
#include <optional>
#include <string>
#include <vector>

#include "host/analysis/constraints.hpp"
#include "host/analysis/equation_text.hpp"
#include "host/analysis/relation.hpp"

namespace symscan {

/// Residual over rounding of an exact relation, and of a single feature that counts as constant.
inline constexpr double kWithinRounding = 5, kConstantRounding = 16;

struct FoundConstraint {
  Relation relation;
  Constraint constraint;
  double spread = 0;  ///< of the left side: rms (exact) or width (approximate)
};

/// Fits a relation of given terms on one half of the events and judges it on the other half.
class ConstraintFit {
 public:
  ConstraintFit(const Eigen::MatrixXd& rows, const std::vector<std::string>& columns,
                const std::vector<double>& precision, const ConstraintSettings& settings);

  /// Fits the coefficients and leaves out, one by one, the terms that are not needed.
  Relation fitted(std::vector<Term> terms) const;

  /// Rounds coefficients and constant; the constraint that the events which were not fitted confirm, if they
  /// do.
  std::optional<FoundConstraint> judged(const Relation& unrounded) const;

  /// The mass of the sum of the momenta; unless it is a single particle's and exact, said of m itself.
  std::optional<FoundConstraint> judged_mass(const std::vector<FourMomentum>& particles, bool exact) const;

  /// E^2 - px^2 - py^2 - pz^2 of the sum of the momenta.
  static Relation mass_squared(const std::vector<FourMomentum>& particles);

 protected:
  const std::vector<std::string>& columns_;
  const ConstraintSettings& settings_;
  Moments moments_;
  Eigen::VectorXd precision_;   ///< [D] relative rounding
  Eigen::MatrixXd fit_, test_;  ///< the two halves of the events

 private:
  double scale_of(const Relation& relation) const;
  bool holds_exactly(const Eigen::MatrixXd& rows, const Relation& relation) const;
  Relation rounded(Relation relation) const;
  double uncertainty(const Eigen::VectorXd& left, const Relation& relation, bool exact) const;
  static double spread_around(const Eigen::VectorXd& left, bool exact);
  static std::string described(const std::string& with_unit, const std::string& without_unit,
                               const Constraint& constraint, bool percent);
};

}  // namespace symscan
