#include "host/findings/set_symmetry.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "host/analysis/algebra_structure.hpp"
#include "host/base/text.hpp"
#include "host/findings/density_test.hpp"
#include "host/findings/shown_values.hpp"

namespace symscan {
namespace {

using Eigen::Index;

/// Fields that the distribution keeps, as they are said.
struct Said {
  std::vector<AffineField> fields;
  std::size_t familiar = 0;  ///< the first of them, which have no error of an estimate
};

/// The familiar fields that nearly lie in the span of `found`, which has the errors of an estimate, and that
/// the distribution keeps as they are; where there are not enough, a sparse basis of it.
Said snapped(const FieldDescriber& describer, const FieldDescriber::Kept& found,
             const std::vector<AffineField>& familiar) {
  const std::size_t count = found.fields.size();
  const double broken = broken_below / static_cast<double>(std::max<std::size_t>(1, count));
  Said said;
  choose_fields(said.fields, familiar, count, [&](const AffineField& field) {
    return found.span.nearly_holds(field) && describer.test(field).p_value >= broken;
  });
  said.familiar = said.fields.size();
  complete_fields(said.fields, describer.sparse(found.fields), count);
  return said;
}

/// The algebra of fields that have the errors of an estimate: the first tolerance at which they are named.
/// None if they form none: what a distribution keeps does.
std::optional<std::string> estimated_structure(const std::vector<AffineField>& fields) {
  if (fields.empty()) return "none";
  for (const double tolerance : {1e-3, 0.01, 0.03}) {
    const AlgebraStructure structure =
        describe_algebra(fields, whitened_moments(fields.front().rows()), tolerance);
    if (structure.closed) return structure.name;
  }
  constexpr std::size_t most_named = 120;  // more are not looked at
  return fields.size() > most_named ? std::optional(plural(fields.size(), "motion")) : std::nullopt;
}

SymmetryFinding symmetry_finding(const SetFields& set, const std::vector<std::string>& columns) {
  SymmetryFinding finding;
  finding.evidence = set.evidence;
  finding.found = static_cast<int>(set.fields.size());
  finding.algebra = set.structure.name;
  finding.rotations = set.structure.compact;
  finding.closure_residual = set.structure.closure;
  finding.eigenvalues = shown_values(set.residuals.cwiseAbs2());
  finding.coordinates = columns;
  return finding;
}

constexpr double estimate_error = 0.03;

/// Adds to `described` what the distribution keeps of `fields`, with their familiar basis. Returns the fields
/// of the generators that are said; none where it is unclear.
std::vector<AffineField> add_distribution(const FieldDescriber& describer,
                                          const std::vector<AffineField>& fields,
                                          const std::vector<AffineField>& familiar, double error,
                                          const char* among, DescribedSymmetry& described) {
  FieldDescriber::Kept found = describer.keeping_distribution(fields);
  Said said = snapped(describer, found, familiar);
  const auto algebra = estimated_structure(said.fields);
  described.unclear = !algebra;
  if (!algebra) return {};
  DistributionFinding& finding = described.distribution.emplace();
  finding.searched = static_cast<int>(fields.size());
  finding.among = among;
  finding.algebra = *algebra;
  finding.complete = found.complete;
  for (std::size_t k = 0; k < said.fields.size(); ++k) {
    finding.generators.push_back(
        describer.describe(said.fields[k], k < said.familiar ? error : estimate_error));
    trust_search(found, finding.generators.back().density);
  }
  described.kept = std::move(found);
  return std::move(said.fields);
}

}  // namespace

DescribedSymmetry describe_set(const SetFields& set, const FieldDescriber& describer,
                               const std::vector<std::string>& columns) {
  DescribedSymmetry described;
  if (set.fields.empty()) return described;
  const double error = set.field_error();
  const std::vector<AffineField> all = describer.familiar(set.fields, error);
  std::vector<AffineField> basis =
      add_distribution(describer, set.fields, all, error, "that keep the set", described);
  const std::size_t kept = basis.size();
  auto& distribution = described.distribution;
  SymmetryFinding& symmetry = described.symmetry.emplace(symmetry_finding(set, columns));
  if (distribution && kept == set.fields.size()) distribution->algebra = symmetry.algebra;
  choose_fields(basis, all, set.fields.size(), [](const AffineField&) { return true; });
  add_farthest_fields(basis, set.fields, set.fields.size());
  for (std::size_t k = 0; k < basis.size(); ++k) {
    const bool is_kept = k < kept;
    GeneratorFinding generator = is_kept ? distribution->generators[k] : describer.describe(basis[k], error);
    generator.residual = std::pow(tangent_residual(set.normals, basis[k]), 2);
    // A fitted motion has an error, and on a thin set a small one is seen.
    if (set.evidence != Evidence::constraints && generator.density.verdict == DensityVerdict::broken &&
        generator.density.test.effect < generator.density.test.delta)
      generator.density.verdict = DensityVerdict::undecided;
    if (generator.density.verdict == DensityVerdict::broken)
      generator.leaves = describer.share_led_out(basis[k]);
    if (is_kept) distribution->generators[k] = generator;
    symmetry.generators.push_back(std::move(generator));
  }
  // As a Lie algebra one boost is one scaling; people tell them apart.
  const AffineField& first = set.fields.front();
  if (symmetry.algebra == "scaling" && set.fields.size() == 1 &&
      std::abs(first.leftCols(first.rows()).trace()) < error * first.norm())
    symmetry.algebra = "boost";
  return described;
}

DescribedSymmetry distribution_of_span(const FieldDescriber& describer) {
  constexpr Index most_directions_searched = 8, least_events = 500;
  const Standardised& standard = describer.standard();
  const Index r = standard.rank();
  if (r < 1 || r > most_directions_searched || standard.whitened.rows() < least_events) return {};
  std::vector<AffineField> fields;
  for (const auto& field : FlowInvarianceTest::all_affine(r)) {
    AffineField affine(r, r + 1);
    affine << field.matrix, field.shift;
    fields.push_back(std::move(affine));
  }
  DescribedSymmetry described;
  add_distribution(describer, fields, describer.familiar(fields, 1e-6), 1e-5, "of the span", described);
  return described;
}

DescribedSymmetry distribution_of_constraints(const DataEvidence& evidence, const FieldDescriber& describer) {
  if (!evidence.has_exact_surface() || evidence.standard.rank() > most_algebra_rank) return {};
  const VarietyAlgebra algebra = algebra_of(evidence.variety, evidence.rounding);
  if (!algebra.clear || algebra.fields.empty()) return {};
  DescribedSymmetry described;
  add_distribution(describer, algebra.fields, describer.familiar(algebra.fields, 1e-5), 1e-5,
                   "that keep the exact constraints", described);
  return described;
}

}  // namespace symscan
