#pragma once
#include <optional>
#include <string>
#include <vector>

#include "host/base/eigen.hpp"
#include "host/findings/model.hpp"

namespace symscan::truth {

/// Statements of a finding that cannot all be true, one sentence each; none for a sound finding. `rows`:
/// those that were analysed. The rules know nothing of how the program decides.
std::vector<std::string> contradictions(const DatasetFinding& finding, const Eigen::MatrixXd& rows);

/// Its parts: numbers and words of single statements; algebras and the motions that span them.
std::vector<std::string> contradictions_of_statements(const DatasetFinding& finding);
std::vector<std::string> contradictions_of_motions(const DatasetFinding& finding,
                                                   const Eigen::MatrixXd& rows);

/// Printed equations, put to the rows.
std::vector<std::string> contradictions_of_equations(const DatasetFinding& finding,
                                                     const Eigen::MatrixXd& rows);

/// Dimension of an algebra of that name: "so(1,3) + scaling", "so(3)+so(2)", "none". None: no such algebra.
std::optional<int> dimension_of_algebra(const std::string& name);
/// Whether all parts of the name are compact: so(n), su(n), sp(n), g2, f4; or it names no algebra: "7
/// motions".
bool is_compact_algebra(const std::string& name);

}  // namespace symscan::truth
