#pragma once
#include <optional>
#include <string>
#include <vector>

#include "host/findings/dimension.hpp"
#include "host/findings/group_analysis.hpp"
#include "host/findings/model.hpp"
#include "host/findings/options.hpp"

namespace symscan {

/// Adds to a finding what the rows themselves tell: constraints, dimension, symmetry of the set and of the
/// distribution, named transformations. `finding.columns` names the columns of `points`, and then those that
/// the analysis works with: momenta for pt, eta, phi, m, and cosines and sines of angles (AnalysisTable).
/// `models`: what trained models show, for the dimension; none where they cannot be trusted. What
/// options.budget does not afford is listed in the finding.
void add_row_findings(const DatasetPoints& points, const FindingsOptions& options,
                      const std::optional<ModelDimension>& models, DatasetFinding& finding);

/// The same of points without any training, with sentences.
DatasetFinding finding_of_points(const DatasetPoints& points, const std::vector<std::string>& columns,
                                 const FindingsOptions& options = {});

/// The finding of a table without any training, its sentences included. raw: [n x D], finite; weights: of the
/// rows, empty for 1 each; acceptance, angles: as dataset.acceptance and dataset.angles; precision: [D]
/// relative rounding of the columns, or empty. Throws DataError for an acceptance or angles that do not fit.
DatasetFinding finding_of_rows(const Eigen::MatrixXd& raw, const std::vector<std::string>& columns,
                               const FindingsOptions& options = {}, const Eigen::VectorXd& weights = {},
                               const std::string& acceptance = "",
                               const std::vector<std::string>& angles = {},
                               const std::vector<double>& precision = {});

}  // namespace symscan
