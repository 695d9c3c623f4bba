#include "host/analysis/labelled_symmetry.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <optional>
#include <stdexcept>

#include "host/analysis/algebra_structure.hpp"
#include "host/analysis/gradient_forms.hpp"
#include "host/analysis/label_frame.hpp"
#include "host/analysis/label_moments.hpp"
#include "host/analysis/readable_fields.hpp"
#include "host/base/error.hpp"
#include "host/base/linear_algebra.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr Index kFewestRows = 200;
constexpr std::size_t kMostColumns = 16;
constexpr double kLeastExplained = 0.2;  ///< share of the variance for the moments
constexpr Index kMostMomentColumns = 8, kFewestMomentRows = 1000;
constexpr double kIrrelevant = 0.05;  ///< of a column's share of the gradient, root; for models with errors

std::string counted(std::size_t count, const char* one, const char* many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

bool varies(const VectorXd& column) {
  const double mean = column.mean();
  return std::sqrt((column.array() - mean).square().mean()) > 4e-15 * std::abs(mean);
}

/// Columns that vary, in two parts: those on which f depends and those on which it does not.
struct ColumnParts {
  std::vector<int> relevant, irrelevant, constant;
};

ColumnParts split_columns(const LabelModel& model) {
  ColumnParts parts;
  std::vector<int> varying;
  for (Index d = 0; d < model.rows.cols(); ++d)
    (varies(model.rows.col(d)) ? varying : parts.constant).push_back(static_cast<int>(d));
  if (varying.empty()) return parts;
  // In units of the columns' own spreads: a direction across columns is found later.
  const LabelFrame frame = label_frame(model, varying);
  const auto c = static_cast<Index>(varying.size());
  const GradientForms forms =
      gradient_forms(MatrixXd(frame.points.rows(), 0), frame.first, frame.second, MatrixXd::Identity(c, c));
  for (Index a = 0; a < c; ++a) {
    const FieldResidual residual = forms.residual(VectorXd::Unit(c, a));
    const bool none = explained_by_error(residual, model) && (model.exact || residual.size < kIrrelevant);
    (none ? parts.irrelevant : parts.relevant).push_back(varying[static_cast<std::size_t>(a)]);
  }
  return parts;
}

/// Directions of w along which f changes, and those along which it does not.
struct DirectionParts {
  MatrixXd relevant, constant;  ///< [r x k], [r x (r - k)], orthonormal columns
};

DirectionParts split_directions(const LabelFrame& frame, const GradientForms& forms,
                                const LabelModel& model) {
  const GradientSpectrum spectrum = gradient_spectrum(forms.among(frame.translations()), model);
  const auto constant = static_cast<Index>(spectrum.accepted);
  if (constant == 0) return {MatrixXd::Identity(frame.rank(), frame.rank()), MatrixXd(frame.rank(), 0)};
  const MatrixXd kept = orthonormal(spectrum.fields.leftCols(constant));
  const EigenPairs pairs = symmetric_eigen(kept * kept.transpose());
  return {pairs.vectors.leftCols(frame.rank() - constant), kept};
}

/// The name of the span; none if it does not close. Fields that have errors are taken for the simplest that
/// they can be: so the coarse tolerance comes first.
std::optional<std::string> algebra_of_fields(const std::vector<AffineField>& fields, bool exact) {
  if (fields.empty()) return "none";
  const Index k = fields.front().rows();
  const std::vector<double> tolerances =
      exact ? std::vector<double>{1e-6, 1e-5, 1e-4} : std::vector<double>{0.03, 0.01, 1e-3};
  for (const double tolerance : tolerances) {
    const AlgebraStructure structure = describe_algebra(fields, MatrixXd::Identity(k + 1, k + 1), tolerance);
    if (structure.closed) return structure.name;
  }
  return std::nullopt;
}

/// Fields of z as they are said.
void add_generators(const std::vector<VectorXd>& fields, const LabelFrame& frame, const GradientForms& forms,
                    const LabelModel& model, LabelledSymmetry& found) {
  for (const VectorXd& field : fields) {
    const FieldResidual residual = forms.residual(field);
    LabelFrame::RawField raw = frame.raw(field, model.rows.cols());
    found.generators.push_back({std::move(raw.matrix), std::move(raw.shift),
                                std::max(residual.size, model.exact ? 0 : std::sqrt(model.unexplained)),
                                Invariance::established});
  }
}

void find_generators(const LabelFrame& frame, const LabelModel& model, LabelledSymmetry& found) {
  const GradientForms forms = gradient_forms(frame.points, frame.first, frame.second, frame.whitening);
  const DirectionParts directions = split_directions(frame, forms, model);
  const MatrixXd basis = frame.fields_of(directions.relevant);
  const GradientSpectrum spectrum = gradient_spectrum(forms.among(basis), model);
  for (const FieldResidual& residual : spectrum.residuals) found.spectrum.push_back(residual.size);
  std::sort(found.spectrum.begin(), found.spectrum.end());
  const MatrixXd kept = basis * spectrum.fields.leftCols(static_cast<Index>(spectrum.accepted));
  MatrixXd translations = MatrixXd::Zero(basis.rows(), directions.constant.cols());
  translations.bottomRows(frame.centre.size()) = frame.outward * directions.constant;
  const std::vector<VectorXd> moving = readable_fields(kept, frame, forms, model);
  const std::vector<VectorXd> constant = readable_fields(translations, frame, forms, model);

  std::vector<AffineField> acting;
  for (const VectorXd& field : moving) acting.push_back(frame.in_directions(field, directions.relevant));
  const std::optional<std::string> name = algebra_of_fields(acting, model.exact);
  if (!name) {
    found.notes.push_back(counted(moving.size(), "motion", "motions") +
                          " may leave y unchanged, but they form no algebra: nothing is said of them.");
  } else {
    add_generators(moving, frame, forms, model, found);
    found.algebra = *name;
  }
  add_generators(constant, frame, forms, model, found);
  if (!constant.empty()) {
    const std::string along = counted(constant.size(), "translation", "translations");
    found.algebra = found.algebra == "none" ? along : found.algebra + " + " + along;
  }
  found.undecided = static_cast<int>(spectrum.undecided) + (name ? 0 : static_cast<int>(moving.size()));
  if (spectrum.undecided > 0)
    found.notes.push_back("Of " + counted(spectrum.undecided, "more motion", "more motions") +
                          " the fit cannot say whether y notices.");
}

/// Is f multiplied by e^(k t) where these columns are multiplied by e^t? About 0 of the data.
std::optional<LabelledScaling> scaling_of(const std::vector<int>& columns, const LabelModel& model) {
  const Index n = model.rows.rows();
  VectorXd one = VectorXd::Zero(n), two = one, size = one;
  for (const int d : columns) {
    one += model.first.col(d).cwiseProduct(model.rows.col(d));
    two += model.second.col(d).cwiseProduct(model.rows.col(d));
    size += (0.5 * (model.first.col(d) + model.second.col(d)).cwiseProduct(model.rows.col(d))).cwiseAbs2();
  }
  // For f = ln y the change is the weight itself.
  const VectorXd f = model.logarithmic ? VectorXd::Ones(n) : model.values;
  const VectorXd weights = (f.cwiseAbs2() + size).array().max(1e-300).inverse();
  const double moment = f.cwiseAbs2().dot(weights);
  if (!(moment > 0)) return std::nullopt;
  LabelledScaling scaling{columns, 0.5 * (one + two).cwiseProduct(f).dot(weights) / moment, 0};
  const VectorXd left_1 = one - scaling.weight * f, left_2 = two - scaling.weight * f;
  const double norm = (size + scaling.weight * scaling.weight * f.cwiseAbs2()).dot(weights);
  if (!(norm > 0)) return std::nullopt;
  const double squares_1 = left_1.cwiseAbs2().dot(weights), squares_2 = left_2.cwiseAbs2().dot(weights);
  FieldResidual residual;
  residual.size = std::sqrt(0.5 * (squares_1 + squares_2) / norm);
  if (squares_1 > 0 && squares_2 > 0)
    residual.correlation = left_1.cwiseProduct(left_2).dot(weights) / std::sqrt(squares_1 * squares_2);
  if (!explained_by_error(residual, model)) return std::nullopt;
  scaling.error = model.exact ? 0 : residual.size * std::max(1.0, std::abs(scaling.weight));
  const double rounded = std::round(6 * scaling.weight) / 6;
  if (std::abs(rounded - scaling.weight) < std::max(scaling.error, 1e-6)) scaling.weight = rounded;
  if (std::abs(scaling.weight) <= 3 * scaling.error || scaling.weight == 0) return std::nullopt;
  return scaling;
}

void find_scalings(const std::vector<int>& relevant, const LabelModel& model, LabelledSymmetry& found) {
  for (const int d : relevant) {
    if (const auto scaling = scaling_of({d}, model)) found.relative.push_back(*scaling);
  }
  if (relevant.size() < 2 || found.relative.size() == relevant.size()) return;
  if (const auto scaling = scaling_of(relevant, model)) found.relative.push_back(*scaling);
}

void check(const MatrixXd& rows, const VectorXd& values) {
  if (rows.rows() != values.size()) throw std::invalid_argument("as many labels as rows are needed");
  if (!rows.allFinite() || !values.allFinite())
    throw DataError("Labels and columns must be finite numbers; leave out the rows where they are not.");
}

/// Why nothing can be said, or an empty text.
std::string obstacle(const MatrixXd& rows, const VectorXd& values) {
  if (rows.cols() == 0) return "There are no columns that y could depend on.";
  if (rows.rows() < kFewestRows)
    return "Fewer than " + std::to_string(kFewestRows) + " rows are too few to say how y depends on them.";
  if (!varies(values)) return "y is constant: every motion leaves it unchanged.";
  return {};
}

/// Where no fit is good: what the moments of (x, y) say. y must depend on x beyond doubt.
void find_by_moments(const MatrixXd& rows, const VectorXd& values, std::uint64_t seed,
                     LabelledSymmetry& found) {
  const double explained = 1 - found.unexplained;
  if (explained < kLeastExplained || rows.cols() > kMostMomentColumns || rows.rows() < kFewestMomentRows)
    return;
  const LabelMoments moments = label_moments(rows, values, explained, seed);
  for (const LabelMoments::Motion& motion : moments.motions)
    found.generators.push_back(
        {motion.field.matrix, motion.field.shift, motion.test.effect_limit, motion.test.verdict});
  if (found.generators.empty()) return;
  found.known = true;
  found.how = "moments";
  found.algebra = moments.algebra;
  found.notes.emplace_back(
      "The motions keep the joint law of the inputs and y; others, which the law of the inputs does not "
      "have, "
      "cannot be seen without a fit.");
}

std::string percent(double share) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g %%", 100 * share);
  return text;
}

}  // namespace

LabelledSymmetry find_labelled_symmetry(const MatrixXd& rows, const VectorXd& values,
                                        const LabelledSymmetrySettings& settings) {
  check(rows, values);
  LabelledSymmetry found;
  if (const std::string why = obstacle(rows, values); !why.empty()) {
    found.notes.push_back(why);
    return found;
  }
  const LabelModel model = fit_labels(rows, values, settings.model);
  found.how = model.how;
  found.unexplained = model.unexplained;
  if (!(model.unexplained <= settings.most_unexplained)) {
    found.notes.push_back("No fit explains y well enough (" + percent(model.unexplained) +
                          " of its variance is left) to take its gradients.");
    find_by_moments(rows, values, settings.model.seed, found);
    return found;
  }
  const ColumnParts parts = split_columns(model);
  found.irrelevant = parts.irrelevant;
  found.known = true;
  if (parts.relevant.size() > kMostColumns) {
    found.known = false;
    found.notes.push_back("y depends on more than " + std::to_string(kMostColumns) +
                          " columns: motions are not searched.");
    return found;
  }
  if (parts.relevant.empty()) return found;
  find_generators(label_frame(model, parts.relevant), model, found);
  find_scalings(parts.relevant, model, found);
  return found;
}

}  // namespace symscan
