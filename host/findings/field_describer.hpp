#pragma once
#include <memory>
#include <string>
#include <vector>

#include "host/analysis/candidates.hpp"
#include "host/analysis/feature_frame.hpp"
#include "host/analysis/flow_invariance.hpp"
#include "host/analysis/standardised.hpp"
#include "host/base/eigen.hpp"
#include "host/findings/angle_motions.hpp"
#include "host/findings/field_span.hpp"
#include "host/findings/model.hpp"

namespace symscan {

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
  /// `weights`: of the events; empty: 1 each. `equal_rows`, `window`: of the raw rows, see
  /// FlowInvarianceTest. `meaning`: of the columns.
  FieldDescriber(const Standardised& standard, const std::vector<std::string>& columns,
                 const Eigen::VectorXd& weights, EqualRows equal_rows, const EventWindow& window,
                 const ColumnMeaning& meaning);
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
    double p_value = 1;    ///< the smallest of theirs, with their errors as estimates allowed for
    bool complete = true;  ///< false: too few rows to judge the others
    FieldSpan span;
  };
  Kept keeping_distribution(const std::vector<AffineField>& fields) const;
  FlowInvariance test(const AffineField& field) const;
  /// How many rows apart rows are independent, as far as their mean and spread tell; 1 for ordinary tables.
  Eigen::Index independent_stride() const;
  /// Share of the events that a unit of the motion takes farther from all others than events are.
  double share_led_out(const AffineField& field) const;

  const Standardised& standard() const { return standard_; }

 private:
  /// Equation and name of a motion, by the shifts of angles in it.
  void name_angles(const FeatureFrame::RawField& raw, double cut, GeneratorFinding& finding) const;

  const Standardised& standard_;
  std::vector<std::string> columns_;
  ColumnMeaning meaning_;
  FeatureFrame frame_;
  std::vector<std::pair<AffineField, std::string>> also_;  ///< what else motions of momenta are
  std::unique_ptr<const FlowInvarianceTest> flow_;
};

/// The search judged all motions together; one of those that it kept is not called broken by a test of its
/// own, of which one in a hundred fails by chance, and a field that is an estimate fails by its error.
void trust_search(const FieldDescriber::Kept& kept, DensityFinding& density);

/// What a test of invariance says, as it is kept.
DensityFinding density_finding(const FlowInvariance& result);

}  // namespace symscan
