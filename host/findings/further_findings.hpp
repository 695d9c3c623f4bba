#pragma once
#include <optional>
#include <string>
#include <vector>

#include "host/findings/data_evidence.hpp"
#include "host/findings/group_analysis.hpp"
#include "host/findings/model.hpp"
#include "host/findings/options.hpp"

namespace symscan {

/// Finite maps that keep the distribution, see discrete_symmetries(). Continuous motions that the finding
/// says are kept, or may be, are no finite maps. Every stride-th row is used: rows are then independent.
DiscreteFinding find_discrete(const DatasetPoints& points, const DatasetFinding& finding,
                              EqualRows equal_rows, Eigen::Index stride);

/// The same map may have been tested by name, with less power: the verdict of the search counts.
void agree_on_finite_maps(DatasetFinding& finding);

/// Whether options.field_lines, if there are any, are vector fields of these columns.
bool fields_fit(const FindingsOptions& options, const std::vector<std::string>& columns);

/// Motions from the dictionary options.fields, see field_dictionary(), in the columns that the analysis works
/// with: those of a named dictionary in columns of which the others are linear functions. Needs fields_fit().
FieldsFinding find_fields(const DatasetPoints& points, const DataEvidence& evidence,
                          const FindingsOptions& options, const DatasetFinding& finding);

/// What the trajectories points.groups conserve, see trajectory_laws().
TrajectoriesFinding find_trajectory_laws(const DatasetPoints& points,
                                         const std::vector<std::string>& columns);

/// What leaves points.target unchanged, see find_labelled_symmetry(); nothing where the rows obey
/// constraints, since the function is then not known around them.
TargetFinding find_target_symmetry(const DatasetPoints& points, const std::vector<std::string>& columns,
                                   bool constrained = false);

/// Where a motion of the set is broken by the distribution, see imbalance_along_data(); none: there is none.
std::optional<ScanFinding> find_scan(const DatasetPoints& points, const DatasetFinding& finding);

}  // namespace symscan
