#pragma once
#include <Eigen/Core>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host/analysis/candidates.hpp"
#include "host/analysis/feature_frame.hpp"
#include "host/analysis/flow_invariance.hpp"
#include "host/analysis/tangent_fields.hpp"
#include "host/findings/data_evidence.hpp"
#include "host/findings/model.hpp"

namespace symscan {

/// The affine motions that keep a set, and what they were read off.
struct SetFields {
  Evidence evidence = Evidence::none;  ///< constraints or neighbours; none: not sought
  Standardised standard;               ///< the coordinates of fields and normals: its whitened ones
  Normals normals;
  std::vector<AffineField> fields;
  Eigen::VectorXd residuals;  ///< of the whole spectrum, see TangentSpectrum
  double tolerance = 0;       ///< residual up to which another motion counts as tangent
  std::string note;           ///< why they were not sought; or empty
};

/// Where exact constraints leave just the degrees of freedom that the data have, their algebra, exactly.
/// Else, of sets of few dimensions that are thinner than their span, the motions tangent to what neighbours
/// show; of noisy sets, above the scale of the noise.
SetFields fields_of_set(const DataEvidence& evidence, const DimensionFinding& dimension);

/// A named transformation in whitened coordinates.
struct WhitenedMap {
  WhitenedMap(const Standardised& standard, const Candidate& candidate);
  AffineField field;       ///< dw/dt = A w + b, or w -> A w + b, as (A | b)
  double leaves_span = 0;  ///< share (root) of the motion that leaves the linear span of the data
  bool moves = true;
};

/// Describes fields of the whitened coordinates to people: names, equations in raw units, tests.
class FieldDescriber {
 public:
  /// `weights`: of the events; empty: 1 each. `window`: of the raw rows, see FlowInvarianceTest.
  FieldDescriber(const Standardised& standard, const std::vector<std::string>& columns,
                 const Eigen::VectorXd& weights, const EventWindow& window = {});
  ~FieldDescriber();

  /// The same span with as many zeros in the features as elimination gives.
  std::vector<AffineField> sparse(const std::vector<AffineField>& fields) const;
  /// The same span in a basis that people recognise: the named motions in it first, such as the rotation of
  /// all momenta.
  std::vector<AffineField> familiar(const std::vector<AffineField>& fields, double tolerance) const;
  /// `field_error`: relative; smaller coefficients are left out of the equation.
  GeneratorFinding describe(const AffineField& field, double field_error) const;
  /// Combinations that keep the distribution, see FlowInvarianceTest::invariant_subspace().
  struct Kept {
    std::vector<AffineField> fields;
    double p_value = 1;  ///< the smallest of theirs, with their errors as estimates allowed for
    /// Whether a field lies in their span, up to their errors.
    bool holds(const AffineField& field) const;
  };
  Kept keeping_distribution(const std::vector<AffineField>& fields) const;
  FlowInvariance test(const AffineField& field) const;
  /// How many rows apart rows are independent, as far as their mean and spread tell; 1 for ordinary tables.
  Eigen::Index independent_stride() const;
  /// Share of the events that a unit of the motion takes farther from all others than events are.
  double share_led_out(const AffineField& field) const;

  const Standardised& standard() const { return standard_; }

 private:
  const Standardised& standard_;
  std::vector<std::string> columns_;
  FeatureFrame frame_;
  std::unique_ptr<const FlowInvarianceTest> flow_;
};

/// Findings of the set's fields: the algebra with its generators, and which of them the distribution keeps.
struct DescribedSymmetry {
  std::optional<SymmetryFinding> symmetry;  ///< none: no fields
  std::optional<DistributionFinding> distribution;
  FieldDescriber::Kept kept;  ///< whitened coordinates of the describer
  bool unclear = false;       ///< motions seem to be kept that form no algebra, so none of them is said
};
DescribedSymmetry describe_set(const SetFields& set, const FieldDescriber& describer,
                               const std::vector<std::string>& columns);

/// Motions that keep the distribution of data that fill their span, sought among all affine ones.
DescribedSymmetry distribution_of_span(const FieldDescriber& describer);
/// Where the set itself is not known: those among the motions that keep the exact constraints.
DescribedSymmetry distribution_of_constraints(const DataEvidence& evidence, const FieldDescriber& describer);

/// The search judged all motions together; one of those that it kept is not called broken by a test of its
/// own, of which one in a hundred fails by chance, and a field that is an estimate fails by its error.
void trust_search(const FieldDescriber::Kept& kept, DensityFinding& density);

/// What a test of invariance says, as it is kept.
DensityFinding density_finding(const FlowInvariance& result);

}  // namespace symscan
