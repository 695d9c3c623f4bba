#include "host/findings/row_findings.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>

#include "host/analysis/analysis_table.hpp"
#include "host/analysis/constraints_notes.hpp"
#include "host/analysis/relation.hpp"
#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/findings/candidate_tests.hpp"
#include "host/findings/costs.hpp"
#include "host/findings/data_evidence.hpp"
#include "host/findings/finding_sentences.hpp"
#include "host/findings/further_findings.hpp"
#include "host/findings/sentence_parts.hpp"
#include "host/findings/set_symmetry.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

void add_constraints(const DataEvidence& evidence, const ColumnMeaning& meaning, DatasetFinding& finding) {
  for (const Constraint& constraint : evidence.constraints.constraints) {
    if (is_trivial(constraint, meaning.angles)) continue;
    if (!constraint.exact && !(constraint.width > 0))
      continue;  // most rows obey it, and the others not at all
    finding.constraints.push_back({constraint.equation, constraint.degree, constraint.residual,
                                   constraint.width, constraint.unit, constraint.exact});
  }
  for (const PowerLaw& law : evidence.power_laws)
    finding.laws.push_back({law.equation, law.residual, law.exact});
  for (const ReciprocalLaw& law : evidence.reciprocal_laws)
    finding.laws.push_back({law.equation, law.residual, law.exact});
  for (const CentralLaw& law : evidence.central_laws)
    finding.laws.push_back({law.equation, law.residual, law.exact});
  finding.constraint_notes = evidence.constraints.notes;
}

/// The maximal compact subalgebra of what keeps the set: "none" only where it was sought.
std::optional<std::string> rotations_of(const DatasetFinding& finding, const SetFields& set) {
  if (finding.symmetry) return finding.symmetry->rotations;
  if (finding.dimension->fills_its_span)
    return finding.dimension->evidence == Evidence::models ? std::nullopt : std::optional("none");
  return set.evidence != Evidence::none && set.note.empty() ? std::optional("none") : std::nullopt;
}

/// Whether motions make sense: no column takes a few values only, nor do the values of one repeat.
bool moves_freely(const DataEvidence& evidence) {
  return evidence.discrete == 0 && evidence.always_at_atoms == 0;
}

/// Values far from all others that many rows share: often codes for missing values.
void note_far_values(const DataEvidence& evidence, const MatrixXd& raw, DatasetFinding& finding) {
  constexpr double least_share = 0.01, far = 10;
  for (std::size_t d = 0; d < evidence.natures.size(); ++d) {
    const VectorXd values = raw.col(static_cast<Index>(d));
    const double middle = median(values), width = central_half_width(values, 0.68);
    for (const Atom& atom : evidence.natures[d].atoms)
      if (atom.share >= least_share && std::abs(atom.value - middle) > far * width)
        finding.notes.push_back(finding.columns[d] + " is " + rounded(atom.value, 6) + " in " +
                                rounded(100 * atom.share, 2) +
                                " % of the rows, far from its other values: a code for missing values?");
  }
}

/// Without tests of motions: what keeps the set is known, but not said one by one.
void leave_motions_untested(const SetFields& set, DatasetFinding& finding) {
  if (set.fields.empty()) {
    finding.rotations = rotations_of(finding, set);
    return;
  }
  finding.rotations = set.structure.compact;
  finding.symmetry_note = plural(set.fields.size(), "affine motion") + " of the algebra " +
                          set.structure.name + (set.fields.size() == 1 ? " keeps" : " keep") +
                          " it, which were not tested one by one.";
}

/// Symmetry, distribution, named transformations.
void add_motions(const DatasetPoints& points, const FindingsOptions& options, const DataEvidence& evidence,
                 WorkBudget& budget, DatasetFinding& finding) {
  constexpr Index most_tested_rank = 40;  // memory and time of a test grow with the fourth power
  const SetFields set = fields_of_set(evidence, *finding.dimension, budget);
  finding.symmetry_note = set.note;
  if (evidence.standard.rank() > most_tested_rank) {
    leave_motions_untested(set, finding);
    finding.notes.push_back("Motions were not tested: the data span more than " +
                            std::to_string(most_tested_rank) + " directions.");
    return;
  }
  // Of each motion a matrix is kept and written.
  constexpr Index most_told_columns = 300;
  if (points.raw.cols() > most_told_columns) {
    leave_motions_untested(set, finding);
    finding.notes.push_back("Motions were not tested: a motion of more than " +
                            std::to_string(most_told_columns) + " columns is too long to tell.");
    return;
  }
  const MotionCosts costs(evidence, set, finding);
  if (!budget.affords(parts::kept_motions, costs.of_search())) {
    leave_motions_untested(set, finding);
    const std::size_t names = candidate_names(finding.columns, points.meaning.angles, options).size();
    if (names > 0) budget.leave_out(parts::candidates, costs.of_candidates(names, options));
    if (options.discrete && !points.acceptance) budget.leave_out(parts::finite_maps, costs.of_finite_maps());
    return;
  }
  const EventWindow window = points.window();
  const FieldDescriber whole(evidence.standard, finding.columns, points.weights, evidence.equal_rows, window,
                             points.meaning);
  std::optional<FieldDescriber> reduced;  // without the directions of noise
  if (set.standard.rank() != evidence.standard.rank())
    reduced.emplace(set.standard, finding.columns, points.weights, evidence.equal_rows, window,
                    points.meaning);
  const FieldDescriber& describer = reduced ? *reduced : whole;
  DescribedSymmetry described = describe_set(set, describer, finding.columns);
  const Index stride = whole.independent_stride();
  if (stride > 1)
    finding.notes.push_back(
        correlated_rows +
        std::string(", as in a time series: reflections and permutations are tested with one row in ") +
        std::to_string(stride) +
        ", and what the distribution keeps is not searched. Shuffle the rows if they are independent and "
        "only "
        "sorted.");
  if (!described.symmetry && moves_freely(evidence) && set.evidence == Evidence::none && stride == 1 &&
      (finding.dimension->fills_its_span || evidence.has_exact_surface()))
    described = evidence.has_exact_surface() ? distribution_of_constraints(evidence, whole)
                                             : distribution_of_span(whole);
  if (described.unclear)
    finding.notes.emplace_back(
        "Motions that the distribution seems to keep form no algebra: more rows are needed to tell which it "
        "keeps.");
  finding.symmetry = std::move(described.symmetry);
  finding.distribution = std::move(described.distribution);
  finding.rotations = rotations_of(finding, set);
  const std::vector<Angle>& angles = points.meaning.angles;
  const CandidateTests tests{options,
                             finding.columns,
                             angles,
                             points.raw,
                             points.weights,
                             evidence,
                             *finding.dimension,
                             set,
                             whole,
                             described.kept,
                             points.acceptance,
                             stride};
  const std::vector<CandidateName> names = candidate_names(finding.columns, angles, options);
  if (!names.empty() && budget.affords(parts::candidates, costs.of_candidates(names.size(), options)))
    finding.candidates = tests.of(names);
  if (!options.discrete || points.acceptance) return;
  if (budget.affords(parts::finite_maps, costs.of_finite_maps())) {
    finding.discrete = find_discrete(points, finding, evidence.equal_rows, stride);
    agree_on_finite_maps(finding);
  }
  if (stride == 1 && finding.symmetry && budget.affords(parts::scan, costs.of_scan()))
    finding.scan = find_scan(points, finding);
}

/// Rows that obey every relation which nearly all rows obey: all but the farthest, as many as it has
/// outliers.
std::vector<Index> regular_rows(const MatrixXd& raw, const DataEvidence& evidence) {
  const auto features = static_cast<Index>(evidence.standard.scale.size());
  const Eigen::Map<const VectorXd> scale(evidence.standard.scale.data(), features);
  std::vector<bool> regular(static_cast<std::size_t>(raw.rows()), true);
  for (const Constraint& constraint : evidence.constraints.partial) {
    std::vector<std::pair<double, Index>> distances;
    for (Index i = 0; i < raw.rows(); ++i) {
      const VectorXd row = raw.row(i);
      const double slope = constraint.gradient_at(row).cwiseProduct(scale).norm();
      distances.emplace_back(-std::abs(constraint.value(row)) / std::max(slope, 1e-300), i);
    }
    std::sort(distances.begin(), distances.end());
    for (int k = 0; k < constraint.outliers; ++k)
      regular[static_cast<std::size_t>(distances[static_cast<std::size_t>(k)].second)] = false;
  }
  std::vector<Index> rows;
  for (Index i = 0; i < raw.rows(); ++i)
    if (regular[static_cast<std::size_t>(i)]) rows.push_back(i);
  return rows;
}

DatasetPoints part_of(const DatasetPoints& points, const std::vector<Index>& rows) {
  DatasetPoints part;
  part.raw = points.raw(rows, Eigen::all);
  part.precision = points.precision;
  if (points.weights.size() > 0) part.weights = points.weights(rows);
  part.acceptance = points.acceptance;
  part.meaning = points.meaning;
  return part;
}

/// Where some events obey a momentum balance and others do not, each part has a dimension of its own.
void add_parts(const DatasetPoints& points, WorkBudget& budget, DatasetFinding& finding) {
  const std::vector<bool> balanced = balanced_events(points.raw, finding.columns, points.precision);
  if (balanced.empty() || !finding.neighbour_dimension) return;
  std::vector<StratumFinding> strata;
  for (const bool part : {true, false}) {
    std::vector<Index> rows;
    for (std::size_t i = 0; i < balanced.size(); ++i)
      if (balanced[i] == part) rows.push_back(static_cast<Index>(i));
    const DimensionFinding dimension =
        judge_dimension(data_evidence(part_of(points, rows), finding.columns, budget), std::nullopt);
    if (!dimension.value) return;
    strata.push_back(
        {*dimension.value, static_cast<double>(rows.size()) / static_cast<double>(balanced.size())});
  }
  finding.neighbour_dimension->strata = std::move(strata);
  finding.dimension->reason = "parts of the data differ";
}

/// The conditions as they are called in the table: "pt1 > 20" -> "pt(1) > 20".
std::string renamed_conditions(std::string text, const AnalysisTable& table) {
  const auto in_word = [&](std::size_t at) {
    return at < text.size() && (std::isalnum(static_cast<unsigned char>(text[at])) != 0 || text[at] == '_');
  };
  for (const auto& [before, after] : table.renamed)
    for (std::size_t at = text.find(before); at != std::string::npos; at = text.find(before, at)) {
      const bool whole = !(at > 0 && in_word(at - 1)) && !in_word(at + before.size());
      if (whole) text.replace(at, before.size(), after);
      at += whole ? after.size() : 1;
    }
  return text;
}

/// The points in the columns that the analysis works with, with notes in the finding. An acceptance in terms
/// of columns that would be gone leaves everything as it is.
DatasetPoints with_plain_columns(const DatasetPoints& given, DatasetFinding& finding) {
  AnalysisTable table = analysis_table(given.raw, finding.columns, given.precision, given.angle_names);
  DatasetPoints points = given;
  points.meaning = {table.angles, table.transverse_angles, table.rapidities};
  if (table.changed && given.acceptance) {
    try {
      points.acceptance.emplace(renamed_conditions(given.acceptance->text(), table), table.columns);
      points.acceptance->fit(table.rows);
    } catch (const DataError&) {
      points.meaning = {};
      points.acceptance = given.acceptance;
      finding.notes.emplace_back(
          "Angles are taken as plain numbers here: the acceptance names columns that would be replaced.");
      return points;
    }
  }
  for (const Angle& angle : table.angles) finding.angles.push_back(angle.name);
  if (!table.changed) return points;
  points.raw = std::move(table.rows);
  points.precision = std::move(table.precision);
  finding.columns = std::move(table.columns);
  finding.notes.insert(finding.notes.end(), table.notes.begin(), table.notes.end());
  return points;
}

void add_dimension_and_motions(const DatasetPoints& points, const FindingsOptions& options,
                               const std::optional<ModelDimension>& models, const DataEvidence& evidence,
                               WorkBudget& budget, DatasetFinding& finding) {
  finding.linear_rank = static_cast<int>(evidence.standard.rank());
  finding.neighbour_dimension = neighbour_finding(evidence);
  if (finding.linear_rank == 0) return;
  finding.dimension = judge_dimension(evidence, models);
  if (!finding.dimension->value) add_parts(points, budget, finding);
  add_motions(points, options, evidence, budget, finding);
}

/// What the labels of the rows tell, in the columns as they are given.
void add_labelled(const DatasetPoints& given, const std::vector<std::string>& columns, WorkBudget& budget,
                  DatasetFinding& finding) {
  if (!given.groups.empty() && budget.affords(parts::trajectories, trajectory_operations(given.raw)))
    finding.trajectories = find_trajectory_laws(given, columns);
  if (given.target.size() == 0 || !budget.affords(parts::target, target_operations(given.raw))) return;
  int size = 0;  // columns that vary
  for (Index d = 0; d < given.raw.cols(); ++d)
    size += given.raw.col(d).maxCoeff() > given.raw.col(d).minCoeff() ? 1 : 0;
  const bool constrained = !finding.dimension || finding.dimension->at_most < size ||
                           (finding.dimension->value && *finding.dimension->value < size);
  finding.target = find_target_symmetry(given, columns, constrained);
}

WorkBudget::Watch watch_of(const FindingsOptions& options, const DatasetFinding& finding) {
  if (!options.progress) return {};
  return [&options, &finding](const WorkBudget::Step& step) {
    options.progress({finding.dataset, step.part, step.share, step.until, step.seconds});
  };
}

}  // namespace

void add_row_findings(const DatasetPoints& given, const FindingsOptions& options,
                      const std::optional<ModelDimension>& models, DatasetFinding& finding) {
  const std::vector<std::string> columns = finding.columns;
  WorkBudget budget(options.budget, expected_operations(given, options), watch_of(options, finding));
  const DatasetPoints points = with_plain_columns(given, finding);
  const DataEvidence evidence = data_evidence(points, finding.columns, budget);
  add_constraints(evidence, points.meaning, finding);
  note_far_values(evidence, points.raw, finding);
  const std::vector<Index> rows = regular_rows(points.raw, evidence);
  if (static_cast<Index>(rows.size()) == points.raw.rows()) {
    add_dimension_and_motions(points, options, models, evidence, budget, finding);
  } else {
    finding.outliers = static_cast<std::size_t>(points.raw.rows()) - rows.size();
    const DatasetPoints regular = part_of(points, rows);
    finding.notes.push_back("Degrees of freedom and symmetry are those of the " +
                            std::to_string(rows.size()) + " rows that obey what nearly all rows obey.");
    const DataEvidence again = data_evidence(regular, finding.columns, budget);
    add_dimension_and_motions(regular, options, models, again, budget, finding);
  }
  add_labelled(given, columns, budget, finding);
  if (options.fields != "affine" && finding.dimension && fields_fit(options, finding.columns) &&
      budget.affords(parts::dictionary, dictionary_operations(points.raw, options)))
    finding.fields = find_fields(points, evidence, options, finding);
  finding.left_out = budget.left_out();
  finding.estimated_seconds = budget.spent_seconds();
}

DatasetFinding finding_of_points(const DatasetPoints& points, const std::vector<std::string>& columns,
                                 const FindingsOptions& options) {
  DatasetFinding finding;
  finding.columns = columns;
  finding.notes = points.notes;
  add_row_findings(points, options, std::nullopt, finding);
  finding.sentences = finding_sentences(finding);
  return finding;
}

DatasetFinding finding_of_rows(const Eigen::MatrixXd& raw, const std::vector<std::string>& columns,
                               const FindingsOptions& options, const Eigen::VectorXd& weights,
                               const std::string& acceptance, const std::vector<std::string>& angles,
                               const std::vector<double>& precision) {
  DatasetPoints points;
  points.angle_names = angles;
  points.precision = precision;
  points.raw = raw;
  points.weights = weights;
  points.set_acceptance(acceptance, columns);
  return finding_of_points(points, columns, options);
}

}  // namespace symscan
