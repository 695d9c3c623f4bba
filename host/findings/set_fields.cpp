#include "host/findings/set_fields.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "host/analysis/local_tangents.hpp"
#include "host/base/text.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// Without the directions in which there is only noise.
Standardised without_noise(const Standardised& all, double scale) {
  Standardised kept = all;
  const Index rank = std::max<Index>(1, (all.span.variances.array() > scale * scale).count());
  kept.span.basis = all.span.basis.leftCols(rank);
  kept.span.variances = all.span.variances.head(rank);
  kept.whitened = all.whitened.leftCols(rank);
  return kept;
}

void take_exact(const DataEvidence& evidence, SetFields& set) {
  VarietyAlgebra algebra = algebra_of(evidence.variety, evidence.rounding);
  set.evidence = Evidence::constraints;
  set.standard = evidence.standard;
  set.normals = evidence.variety.normals;
  set.tolerance = std::max(1e-6, 100 * evidence.rounding);
  set.residuals = std::move(algebra.residuals);
  if (algebra.clear)
    set.fields = std::move(algebra.fields);
  else
    set.note =
        "Motions tangent to the constraints cannot be told from others within the rounding of the data.";
}

/// Those that keep the exact constraints too, all or none: a field that leaves one is no symmetry.
bool keep_constraints(const DataEvidence& evidence, const std::vector<AffineField>& fields) {
  constexpr double most = 0.03;
  if (!evidence.has_exact_surface()) return true;
  return std::all_of(fields.begin(), fields.end(), [&](const AffineField& field) {
    return tangent_residual(evidence.variety.normals, field) < most;
  });
}

/// What approximate relations show where they leave just the degrees of freedom: level sets of their left
/// sides are kept by a symmetry wherever the noise has put the rows.
bool take_approximate(const DataEvidence& evidence, const DimensionFinding& finding, SetFields& set) {
  constexpr double most_residual = 0.01, wide_gap = 10, near_tangent = 0.05, scatter = 5;
  constexpr Index few_points = 300;
  const int dimension = *finding.value;
  if (evidence.loose_dimension != dimension || evidence.loose_normals.points.rows() == 0 ||
      evidence.standard.rank() > most_algebra_rank)
    return false;
  const TangentSpectrum spectrum = tangent_spectrum(evidence.loose_normals);
  const auto count = (spectrum.residuals.array() < most_residual).count();
  if (count == 0 || count == spectrum.residuals.size() ||
      spectrum.residuals(count) < wide_gap * spectrum.residuals(count - 1))
    return false;
  // A relation that is only near the set has other motions; those of neighbours tell.
  const Normals fitted =
      normals_from_neighbours(evidence.standard.whitened, dimension, few_points,
                              std::isfinite(finding.above_scale) ? finding.above_scale : 0.0);
  for (Index k = 0; k < count; ++k)
    if (tangent_residual(fitted, spectrum.fields[static_cast<std::size_t>(k)]) >
        near_tangent + scatter * fitted.error)
      return false;
  set.evidence = Evidence::approximate;
  set.standard = evidence.standard;
  set.normals = evidence.loose_normals;
  set.residuals = spectrum.residuals;
  set.tolerance = 0.03;
  set.fields.assign(spectrum.fields.begin(), spectrum.fields.begin() + count);
  return true;
}

void take_neighbours(const DataEvidence& evidence, const DimensionFinding& dimension, SetFields& set) {
  if (take_approximate(evidence, dimension, set)) return;
  const bool noisy = std::isfinite(dimension.above_scale);
  set.standard = noisy ? without_noise(evidence.standard, dimension.above_scale) : evidence.standard;
  const Index d = *dimension.value;
  if (d >= set.standard.rank()) return;
  NeighbourAlgebra algebra =
      algebra_from_neighbours(set.standard.whitened, d, noisy ? dimension.above_scale : 0.0);
  if (algebra.residuals.size() == 0) {
    set.note = "Motions that keep the set were not sought: " + std::to_string(evidence.standard.rows.rows()) +
               " rows are too few for " + plural(static_cast<std::uint64_t>(d), "dimension") + ".";
    return;
  }
  if (!algebra.clear) {
    set.note = "Motions that keep the set cannot be told from others with " +
               std::to_string(evidence.standard.rows.rows()) + " rows in " +
               plural(static_cast<std::uint64_t>(d), "dimension") + ".";
    return;
  }
  set.evidence = Evidence::neighbours;
  set.residuals = std::move(algebra.residuals);
  set.normals = std::move(algebra.normals);
  set.tolerance = 0.03;
  if (!noisy && !keep_constraints(evidence, algebra.fields)) return;
  set.fields = std::move(algebra.fields);
}

/// Nearly tangent motions that form no algebra are no symmetries, or not all of them.
void leave_out_unnamed(SetFields& set) {
  if (set.evidence != Evidence::neighbours || set.structure.closed) return;
  set.fields.clear();
  set.evidence = Evidence::none;
  set.note =
      "The motions that are nearly tangent to the set form no algebra: more rows are needed to tell them.";
}

}  // namespace

double SetFields::field_error() const {
  if (evidence == Evidence::constraints) return 1e-5;
  if (evidence == Evidence::approximate) return 0.01;
  const double largest = residuals(static_cast<Index>(fields.size()) - 1);
  return std::clamp(10 * largest, 1e-4, 0.05);
}

namespace {

/// Operations of the singular values of the conditions on all affine motions.
double spectrum_operations(double rank, double conditions) {
  const double unknown = rank * (rank + 1);
  return 2 * std::max(conditions, unknown) * unknown * unknown + 40 * std::pow(unknown, 3);
}

double set_operations(const DataEvidence& evidence, const DimensionFinding& dimension) {
  const auto rank = static_cast<double>(evidence.standard.rank()),
             rows = static_cast<double>(evidence.standard.rows.rows());
  if (dimension.evidence == Evidence::constraints) {
    const auto normal = rank - static_cast<double>(evidence.variety.dimension);
    return spectrum_operations(rank, normal * static_cast<double>(evidence.variety.normals.points.rows()));
  }
  if (*dimension.value > most_tangent_dimension && rank > most_algebra_rank) return 0;  // nothing is done
  const double normal = std::max(1.0, rank - *dimension.value);
  const double points = std::max(400.0, 4 * rank * (rank + 1) / normal);
  return 2 * (spectrum_operations(rank, points * normal) +
              points * (rows * (rank + 20) + operations_of_eigen(rank)));
}

}  // namespace

SetFields fields_of_set(const DataEvidence& evidence, const DimensionFinding& dimension, WorkBudget& budget) {
  SetFields set;
  set.standard = evidence.standard;
  if (evidence.discrete > 0 || evidence.always_at_atoms > 0) {
    set.note = "Motions that keep the set were not sought, since some columns take few values only.";
  } else if (!dimension.value || dimension.fills_its_span) {
    return set;
  } else if (dimension.evidence == Evidence::constraints && evidence.standard.rank() > most_algebra_rank) {
    set.note = "Motions that keep the set were not sought: the data span more than " +
               std::to_string(most_algebra_rank) + " directions.";
  } else if (dimension.evidence != Evidence::constraints && dimension.evidence != Evidence::neighbours) {
    return set;
  } else if (!budget.affords(parts::set_motions, set_operations(evidence, dimension))) {
    set.note = "Motions that keep the set were not sought, since that takes long.";
  } else if (dimension.evidence == Evidence::constraints) {
    take_exact(evidence, set);
  } else if (dimension.evidence == Evidence::neighbours) {
    take_neighbours(evidence, dimension, set);
  }
  if (!set.fields.empty())
    set.structure = describe_algebra(set.fields, whitened_moments(set.standard.rank()), set.field_error());
  leave_out_unnamed(set);
  return set;
}

}  // namespace symscan
