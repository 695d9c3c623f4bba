#include <algorithm>
#include <string>
#include <vector>

#include "host/analysis/constraint_fit.hpp"

// What callers see of a relation that was found.
namespace symscan {

using Eigen::VectorXd;

/// What the caller sees: terms and equation in the features as they are.
void ConstraintFit::describe(FoundConstraint& found) const {
  Constraint& constraint = found.constraint;
  constraint.relation = found.relation;
  constraint.centre = centre_;
  constraint.degree = found.relation.degree();
  constraint.noise = central_half_width(left_side(test_, found.relation), 0.68) /
                     std::max(gradient_length(found.relation, VectorXd::Ones(centre_.size())), 1e-300);
  Relation raw = recentred(found.relation, -centre_);
  if (!constraint.exact && !found.partial) raw.constant = short_number(raw.constant, 0.1 * constraint.width);
  constraint.terms = raw.terms;
  constraint.constant = raw.constant;
  constraint.unit = unit_of(raw, columns_);
  std::vector<std::string> shifted = columns_;
  bool centred = false;
  for (const Term& term : found.relation.terms) {
    for (const int i : {term.first, term.second}) {
      const auto column = static_cast<std::size_t>(std::max(i, 0));
      if (i < 0 || centre_(i) == 0 || shifted[column] != columns_[column]) continue;
      shifted[column] = "(" + formula_name(columns_[column]) + (centre_(i) < 0 ? " + " : " - ") +
                        decimal_text(std::abs(centre_(i)), 15) + ")";
      centred = true;
    }
  }
  const std::string within =
      constraint.exact || found.partial
          ? ""
          : " within " + decimal_text(short_number(constraint.width, 0.05 * constraint.width));
  const std::string unit = constraint.unit.empty() ? "" : " " + constraint.unit;
  const int digits = centred ? 15 : 10;
  constraint.equation = equation_text(raw, columns_, "", digits) + within + unit;
  if (centred && constraint.degree == 2)
    constraint.centred = equation_text(found.relation, shifted, "") + within + unit;
}

void ConstraintFit::describe_mass(FoundConstraint& found, const std::string& particles) const {
  Constraint& constraint = found.constraint;
  constraint.relation = found.relation;
  constraint.centre = centre_;
  constraint.degree = 2;
  constraint.unit = "GeV";
  constraint.terms = recentred(found.relation, -centre_).terms;
  constraint.noise = central_half_width(left_side(test_, found.relation), 0.68) /
                     std::max(gradient_length(found.relation, VectorXd::Ones(centre_.size())), 1e-300);
  constraint.equation = "m(" + particles + ") = " + decimal_text(constraint.constant) + " GeV";
  if (constraint.exact) return;
  const double percent = 100 * constraint.residual;
  constraint.equation += " within " + decimal_text(short_number(percent, 0.05 * percent)) + " %";
}

double Constraint::value(const VectorXd& event) const {
  return left_side((event - centre).transpose(), relation)(0) - relation.constant;
}

VectorXd Constraint::gradient_at(const VectorXd& event) const {
  return gradient(event - centre, relation);
}

}  // namespace symscan
