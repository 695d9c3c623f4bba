#pragma once
#include <optional>
#include <string>
#include <vector>

#include "host/analysis/constraints.hpp"
#include "host/base/eigen.hpp"

namespace symscan {

/// Momentum balances and pair masses that hold for part of the events: no relations, but worth knowing.
/// rows: features minus `centre`; precision: relative rounding of each column.
std::vector<std::string> notes_on_partial_relations(const Eigen::MatrixXd& rows,
                                                    const std::vector<std::string>& columns,
                                                    const Eigen::VectorXd& precision,
                                                    const Eigen::VectorXd& centre,
                                                    const ConstraintSettings& settings);

/// The events in which the transverse momenta of two particles balance within their rounding, where those of
/// 10 to 90 % of the events do (the first such pair); empty if there is none. rows: [events x features];
/// precision: relative rounding of each column; empty: float64.
std::vector<bool> balanced_events(const Eigen::MatrixXd& rows, const std::vector<std::string>& columns,
                                  const std::vector<double>& precision);

/// "T is 293 within 0.02 %" of a feature whose central 68 % lie within 0.1 % of its value; "x25 is 0 in all
/// but 2 of 1797 events" if at most 1 % differ. values: one feature minus `centre`.
std::optional<std::string> note_on_spread(const Eigen::VectorXd& values, double centre,
                                          const std::string& name);

}  // namespace symscan
