#pragma once
#include <optional>
#include <string>
#include <vector>

#include "host/analysis/acceptance.hpp"
#include "host/analysis/angle_columns.hpp"
#include "host/findings/model.hpp"
#include "host/findings/options.hpp"
#include "host/findings/set_symmetry.hpp"

namespace symscan {

/// A text for parse_candidate().
struct CandidateName {
  std::string text;
  bool named = false;  ///< by the user
};

/// Whether the dataset has the columns or angles that the transformation needs.
bool understands(const std::vector<std::string>& columns, const std::vector<Angle>& angles,
                 const std::string& candidate);

/// Transformations to be tested on the dataset: those that its features suggest, and those that were named.
std::vector<CandidateName> candidate_names(const std::vector<std::string>& columns,
                                           const std::vector<Angle>& angles, const FindingsOptions& options);

/// What named transformations are tested against.
struct CandidateTests {
  const FindingsOptions& options;
  const std::vector<std::string>& columns;
  const std::vector<Angle>& angles;
  const Eigen::MatrixXd& raw;      ///< [n x D]
  const Eigen::VectorXd& weights;  ///< [n] of the events; empty: 1 each
  const DataEvidence& evidence;
  const DimensionFinding& dimension;
  const SetFields& set;
  const FieldDescriber& describer;   ///< of evidence.standard
  const FieldDescriber::Kept& kept;  ///< what the search found; it overrules the test of one motion
  const std::optional<Acceptance>& acceptance;
  Eigen::Index stride = 1;  ///< finite maps are tested with every stride-th row, see independent_stride()

  /// Tests them one by one: does each keep the set, and the distribution? Flows by moments, see
  /// FlowInvarianceTest; finite maps by permutations, see test_invariance(), of events with weights by means,
  /// see FiniteMapTest.
  std::vector<CandidateFinding> of(const std::vector<CandidateName>& names) const;

 private:
  CandidateFinding of_flow(const WhitenedMap& map, CandidateFinding finding) const;
  CandidateFinding of_map(const Candidate& candidate, const WhitenedMap& map, CandidateFinding finding) const;
  /// Every stride-th row that a finite map does not lead out of the acceptance. Every finite map is its own
  /// inverse, so it maps these rows to where all of them could have been seen.
  std::vector<Eigen::Index> rows_seen_after(const Candidate& candidate) const;
  struct MapTest {
    double p_value = 1;
    bool says_nothing = true;  ///< too few rows
  };
  MapTest test_of_map(const Eigen::MatrixXd& seen, const std::vector<Eigen::Index>& rows,
                      const AffineField& map) const;
  CandidateFinding of_one(const Candidate& candidate) const;
  /// `says_nothing`: what the rows say of the distribution, if they do not say that it changes.
  Verdict verdict_of(bool set_known, bool keeps, DensityVerdict density, bool says_nothing) const;
};

}  // namespace symscan
