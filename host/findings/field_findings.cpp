// Motions from a dictionary of vector fields, and where one is broken.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "host/analysis/feature_frame.hpp"
#include "host/analysis/field_dictionary.hpp"
#include "host/analysis/field_residuals.hpp"
#include "host/analysis/field_tangents.hpp"
#include "host/analysis/nonlinear_fields.hpp"
#include "host/base/error.hpp"
#include "host/base/linear_algebra.hpp"
#include "host/base/text.hpp"
#include "host/findings/affine_motion.hpp"
#include "host/findings/data_evidence.hpp"
#include "host/findings/further_findings.hpp"
#include "host/findings/shown_values.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr std::size_t shown_rows = 200;

FieldDictionary chosen_dictionary(const FindingsOptions& options, const MatrixXd& rows,
                                  const std::vector<std::string>& columns) {
  if (options.field_lines.empty()) return field_dictionary(options.fields, rows, columns);
  FieldDictionary dictionary = field_dictionary(parse_fields(options.field_lines, columns), columns);
  dictionary.name = printable_line(options.fields);
  return dictionary;
}

/// One step of the classical Runge-Kutta method with the given displacement in standard deviations; empty
/// where the field vanishes or is not defined.
MatrixXd stepped(const VectorField& field, const MatrixXd& at, const VectorXd& per_spread, double length) {
  const auto velocity = [&](const MatrixXd& x) { return field.velocities(x); };
  const MatrixXd a = velocity(at);
  const double speed = (a.row(0).transpose().cwiseProduct(per_spread)).norm();
  if (!(speed > 0) || !std::isfinite(speed)) return {};
  const double h = length / speed;
  const MatrixXd b = velocity(at + h / 2 * a), c = velocity(at + h / 2 * b), d = velocity(at + h * c);
  MatrixXd next = at + h / 6 * (a + 2 * b + 2 * c + d);
  return next.allFinite() ? next : MatrixXd();
}

/// Through a few of the rows, until the orbit has come back or is far away.
std::vector<std::vector<std::vector<double>>> orbits_of(const VectorField& field, const MatrixXd& rows,
                                                        const VectorXd& per_spread) {
  constexpr int orbits = 4, most_steps = 400;
  constexpr double step = 0.06, farthest = 5;
  std::vector<std::vector<std::vector<double>>> result;
  for (int k = 0; k < orbits && rows.rows() > 0; ++k) {
    const MatrixXd start = rows.row((2 * k + 1) * rows.rows() / (2 * orbits));
    MatrixXd at = start;
    std::vector<std::vector<double>> path = rows_of(at);
    try {
      for (int i = 0; i < most_steps; ++i) {
        at = stepped(field, at, per_spread, step);
        if (at.size() == 0) break;
        const double distance = (at - start).row(0).transpose().cwiseProduct(per_spread).norm();
        if (distance > farthest) break;
        path.push_back(rows_of(at).front());
        if (i > 5 && distance < 0.7 * step) break;
      }
    } catch (const DataError&) {  // the orbit leaves where the field is defined
    }
    result.push_back(std::move(path));
  }
  return result;
}

VectorXd per_spread_of(const MatrixXd& rows) {
  VectorXd result(rows.cols());
  for (Index d = 0; d < rows.cols(); ++d) {
    const double deviation = std::sqrt((rows.col(d).array() - rows.col(d).mean()).square().mean());
    result(d) = deviation > 0 ? 1 / deviation : 0.0;
  }
  return result;
}

FieldFinding field_finding(const VectorField& field, const MatrixXd& shown, const VectorXd& per_spread,
                           const std::vector<std::string>& columns) {
  FieldFinding finding;
  finding.equation = field.equation(columns);
  finding.velocities = rows_of(field.velocities(shown));
  finding.orbits = orbits_of(field, shown, per_spread);
  return finding;
}

/// Directions that leave the set at its rows, from exact constraints: those of the variety and those of the
/// span.
ThinSet exact_set(const DataEvidence& evidence, const std::vector<Index>& columns) {
  const Standardised& standard = evidence.standard;
  const auto features = static_cast<Index>(standard.scale.size());
  const VectorXd offset = Eigen::Map<const VectorXd>(standard.offset.data(), features)(columns);
  const VectorXd size = standard.span.variances.cwiseSqrt();
  const MatrixXd basis = standard.span.basis(columns, Eigen::all);
  const MatrixXd from_whitened = basis * size.asDiagonal();
  const Normals& given = evidence.variety.normals;
  ThinSet set;
  set.scale = Eigen::Map<const VectorXd>(standard.scale.data(), features)(columns);
  set.rows =
      ((given.points * from_whitened.transpose()).rowwise() + standard.span.mean(columns).transpose()) *
      set.scale.asDiagonal();
  set.rows.rowwise() += offset.transpose();
  // Covectors g with g . dx = n . dw; then those that the span leaves no room for.
  const MatrixXd gram = from_whitened.transpose() * from_whitened;
  const EigenPairs beyond = symmetric_eigen(from_whitened * inverse_of(gram) * from_whitened.transpose());
  const Index off = static_cast<Index>(columns.size()) - standard.rank();
  for (const MatrixXd& normals : given.normals) {
    MatrixXd all(from_whitened.rows(), normals.cols() + off);
    all << from_whitened * solve_positive(gram, normals), beyond.vectors.leftCols(off);
    set.normals.push_back(orthonormal(all));
  }
  set.rounding = std::max(1e-6, 10 * evidence.rounding);
  return set;
}

/// Columns of which the others are linear functions, as generators are written; all of them for fields that a
/// user wrote.
std::vector<Index> chosen_columns(const Standardised& standard, const std::vector<std::string>& columns,
                                  bool all) {
  if (!all) return FeatureFrame(standard.span, columns, standard.offset, standard.scale).independent();
  std::vector<Index> chosen(columns.size());
  std::iota(chosen.begin(), chosen.end(), Index{0});
  return chosen;
}

/// Of a set thinner than its span.
void add_tangent_fields(const MatrixXd& rows, const std::vector<std::string>& columns,
                        const FieldDictionary& dictionary, const ThinSet& set, const MatrixXd& shown,
                        FieldsFinding& finding) {
  finding.keeps = "the set";
  if (set.rows.rows() == 0) {
    finding.undecided = 1;
    return;
  }
  const TangentFieldsFound found = fields_tangent_to_set(set, dictionary);
  finding.searched = found.independent;
  finding.independent = found.generic_rank;
  const bool exact = set.coarse_normals.empty();
  finding.undecided = found.fields.empty() && found.independent > 0 && !(exact && found.clear) ? 1 : 0;
  const VectorXd per_spread = per_spread_of(rows);
  const double largest = found.accepted > 0 ? found.residuals(found.accepted - 1) : 0;
  for (const VectorField& field : found.fields) {
    finding.fields.push_back(field_finding(field, shown, per_spread, columns));
    finding.fields.back().residual = exact ? 0 : largest;
    finding.fields.back().density.test.p_value = undefined;
  }
}

void add_kept_fields(const MatrixXd& rows, const std::vector<std::string>& columns,
                     const FieldDictionary& dictionary, const MatrixXd& shown, FieldsFinding& finding) {
  finding.keeps = "the distribution";
  const KeptFieldsSettings settings;
  std::vector<MatrixXd> velocities;
  int open = 0;
  const VectorXd per_spread = per_spread_of(rows);
  for (const KeptFields& block : fields_keeping_distribution(rows, dictionary, settings)) {
    finding.searched += block.independent;
    open += block.verdict == Invariance::cannot_say;
    if (block.verdict != Invariance::established) continue;
    for (const KeptField& kept : block.fields) {
      FieldFinding field = field_finding(kept.field, shown, per_spread, columns);
      field.density.verdict = DensityVerdict::invariant;
      field.density.test.p_value = kept.p_value;
      field.density.test.effect_limit = kept.change;
      field.density.test.delta = settings.delta;
      field.density.test.effective_rows = static_cast<double>(block.events);
      field.density.test.serial = block.serial;
      velocities.push_back(kept.field.velocities(rows) * per_spread.asDiagonal());
      finding.fields.push_back(std::move(field));
    }
  }
  finding.independent = generic_rank(velocities, 0.1);
  finding.undecided = open;
  if (open > 0 && !finding.fields.empty())
    finding.notes.push_back(
        "Motions of the dictionary: in " + std::to_string(open) + " of " +
        std::to_string(dictionary.blocks.size()) +
        " parts too few rows tell those that keep the distribution from those that nearly do.");
}

/// |z| that one of `count` independent standard normal numbers exceeds with the probability `level`.
double largest_by_chance(double level, std::size_t count) {
  double low = 0, high = 10;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (std::erfc(middle / std::sqrt(2.0)) * static_cast<double>(count) > level ? low : high) = middle;
  }
  return high;
}

/// The first turn or boost that the set keeps and the distribution does not.
const GeneratorFinding* broken_motion(const DatasetFinding& finding) {
  if (!finding.symmetry) return nullptr;
  for (const GeneratorFinding& generator : finding.symmetry->generators) {
    const bool told = generator.kind == FieldKind::rotation || generator.kind == FieldKind::boost ||
                      generator.kind == FieldKind::screw || generator.kind == FieldKind::spiral;
    if (told && generator.density.verdict == DensityVerdict::broken) return &generator;
  }
  return nullptr;
}

}  // namespace

bool fields_fit(const FindingsOptions& options, const std::vector<std::string>& columns) {
  if (options.field_lines.empty()) return true;
  try {
    return !parse_fields(options.field_lines, columns).empty();
  } catch (const DataError&) {
    return false;
  }
}

FieldsFinding find_fields(const DatasetPoints& points, const DataEvidence& evidence,
                          const FindingsOptions& options, const DatasetFinding& finding) {
  FieldsFinding result;
  result.dictionary = printable_line(options.fields);
  const bool known = finding.dimension && finding.dimension->value;
  const bool thin = known && !finding.dimension->fills_its_span;
  const std::vector<Index> chosen =
      chosen_columns(evidence.standard, finding.columns, !options.field_lines.empty());
  std::vector<std::string> columns;
  for (const Index column : chosen) columns.push_back(finding.columns[static_cast<std::size_t>(column)]);
  const MatrixXd rows = points.raw(Eigen::all, chosen);
  const MatrixXd shown = thinned(rows, shown_rows);
  const FieldDictionary dictionary = chosen_dictionary(options, rows, columns);
  if (!thin && !known && evidence.has_exact_surface()) {
    result.keeps = "the set";
    result.undecided = 1;
  } else if (thin) {
    const bool exact =
        evidence.has_exact_surface() && evidence.continuous_at_most() == *finding.dimension->value;
    const bool curved = exact || static_cast<Index>(chosen.size()) == evidence.standard.rank();
    const ThinSet set = exact    ? exact_set(evidence, chosen)
                        : curved ? thin_set_from_neighbours(rows, *finding.dimension->value)
                                 : ThinSet{};
    add_tangent_fields(rows, columns, dictionary, set, shown, result);
  } else {
    add_kept_fields(rows, columns, dictionary, shown, result);
  }
  result.columns = columns;
  result.rows = rows_of(shown);
  return result;
}

std::optional<ScanFinding> find_scan(const DatasetPoints& points, const DatasetFinding& finding) {
  const GeneratorFinding* broken = broken_motion(finding);
  if (broken == nullptr) return std::nullopt;
  const VectorField field = affine_motion(broken->matrix, broken->shift, finding.columns);
  const LocalImbalance found = imbalance_along_data(points.raw, field);
  if (found.centres.rows() == 0) return std::nullopt;
  ScanFinding scan;
  scan.motion = broken->name;
  scan.centres = rows_of(found.centres);
  scan.change.assign(found.z.data(), found.z.data() + found.z.size());
  scan.threshold = largest_by_chance(0.01, scan.change.size());
  return scan;
}

}  // namespace symscan
