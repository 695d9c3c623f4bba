// What rows say together with a label: the trajectory that they belong to, or the value of a function.
#include <cmath>
#include <map>

#include "host/analysis/feature_frame.hpp"
#include "host/analysis/labelled_symmetry.hpp"
#include "host/analysis/standardised.hpp"
#include "host/analysis/trajectory_laws.hpp"
#include "host/base/text.hpp"
#include "host/findings/affine_motion.hpp"
#include "host/findings/further_findings.hpp"
#include "host/findings/shown_values.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// 0, 1, 2, ... in the order in which the labels come.
std::vector<int> numbered(const std::vector<double>& labels) {
  std::map<double, int> numbers;
  std::vector<int> groups;
  for (const double label : labels)
    groups.push_back(numbers.emplace(label, static_cast<int>(numbers.size())).first->second);
  return groups;
}

TargetMotion target_motion(const LabelledGenerator& generator, const Standardised& standard,
                           const std::vector<std::string>& columns) {
  const auto size = static_cast<Index>(columns.size());
  TargetMotion motion;
  motion.matrix = rows_of(generator.matrix);
  motion.shift.assign(generator.shift.data(), generator.shift.data() + generator.shift.size());
  motion.residual = generator.residual;
  motion.equation = affine_motion(motion.matrix, motion.shift, columns).equation(columns);
  motion.name = "motion";
  if (standard.rank() < size) return motion;
  const FeatureFrame frame(standard.span, columns, standard.offset, standard.scale);
  // Of the features minus their means, in the frame's order.
  const Eigen::Map<const VectorXd> offset(standard.offset.data(), size);
  MatrixXd field(size, size + 1);
  field << generator.matrix, generator.matrix * offset + generator.shift;
  AffineField ordered(size, size + 1);
  for (Index i = 0; i < size; ++i) {
    for (Index j = 0; j < size; ++j)
      ordered(i, j) = field(frame.independent()[static_cast<std::size_t>(i)],
                            frame.independent()[static_cast<std::size_t>(j)]);
    ordered(i, size) = field(frame.independent()[static_cast<std::size_t>(i)], size);
  }
  motion.name = frame.name(ordered, kind_of(ordered, frame.sizes()));
  return motion;
}

TargetMotion scaling_motion(const LabelledScaling& scaling, const std::vector<std::string>& columns) {
  const auto size = static_cast<Index>(columns.size());
  MatrixXd matrix = MatrixXd::Zero(size, size);
  std::vector<std::string> names;
  for (const int column : scaling.columns) {
    matrix(column, column) = 1;
    names.push_back(columns[static_cast<std::size_t>(column)]);
  }
  TargetMotion motion;
  motion.name = "scaling of " + join_words(names);
  motion.matrix = rows_of(matrix);
  motion.shift.assign(columns.size(), 0.0);
  motion.equation = affine_motion(motion.matrix, motion.shift, columns).equation(columns);
  motion.residual = scaling.error;
  motion.weight = scaling.weight;
  return motion;
}

}  // namespace

TrajectoriesFinding find_trajectory_laws(const DatasetPoints& points,
                                         const std::vector<std::string>& columns) {
  const TrajectoryLaws found = trajectory_laws(points.raw, columns, numbered(points.groups));
  TrajectoriesFinding finding;
  finding.trajectories = static_cast<std::size_t>(found.trajectories);
  finding.searched = found.dictionary;
  finding.accepted = found.accepted;
  finding.independent = found.independent;
  for (const TrajectoryLaw& law : found.laws) finding.laws.push_back({law.equation, law.within});
  finding.notes = found.notes;
  return finding;
}

TargetFinding find_target_symmetry(const DatasetPoints& points, const std::vector<std::string>& columns,
                                   bool constrained) {
  if (constrained) {
    TargetFinding nothing;
    nothing.unexplained = undefined;
    nothing.notes.emplace_back(
        "The rows obey constraints: how the function changes in directions that leave them is not known.");
    return nothing;
  }
  // In units of its size: squares of very large or small values would not be numbers.
  const double size = points.target.cwiseAbs().maxCoeff();
  const LabelledSymmetry found =
      find_labelled_symmetry(points.raw, size > 0 ? VectorXd(points.target / size) : points.target);
  TargetFinding finding;
  finding.how = found.how;
  finding.unexplained = found.unexplained;
  finding.notes = found.notes;
  if (!found.known || (found.generators.empty() && found.undecided > 0)) return finding;
  finding.algebra = found.algebra;
  const Standardised standard = standardise(points.raw, 0);
  for (const LabelledGenerator& generator : found.generators)
    finding.motions.push_back(target_motion(generator, standard, columns));
  for (const LabelledScaling& scaling : found.relative)
    finding.scaled.push_back(scaling_motion(scaling, columns));
  for (const int column : found.irrelevant)
    finding.irrelevant.push_back(columns[static_cast<std::size_t>(column)]);
  return finding;
}

}  // namespace symscan
