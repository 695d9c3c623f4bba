#pragma once
#include <cstddef>

#include "host/base/eigen.hpp"
#include "host/findings/data_evidence.hpp"
#include "host/findings/model.hpp"
#include "host/findings/options.hpp"
#include "host/findings/set_fields.hpp"

// Operations of the parts of an analysis, counted from sizes: see WorkBudget. The factors are fitted to the
// times of bench/analysis_bench on one core; a few times too much or too little does not matter.
namespace symscan {

/// Of tests of motions and maps.
class MotionCosts {
 public:
  MotionCosts(const DataEvidence& evidence, const SetFields& set, const DatasetFinding& finding);
  double of_search() const;  ///< what the distribution keeps, and the description of what keeps the set
  double of_candidates(std::size_t names, const FindingsOptions& options) const;
  double of_finite_maps() const;
  double of_scan() const;

 private:
  double of_test() const;         ///< of one motion
  double of_preparation() const;  ///< of all tests of motions
  double rows_, columns_, rank_, functions_, fields_;
};

double trajectory_operations(const Eigen::MatrixXd& rows);
double target_operations(const Eigen::MatrixXd& rows);
double dictionary_operations(const Eigen::MatrixXd& rows, const FindingsOptions& options);

/// What the whole analysis of the rows may take, for a display of progress.
double expected_operations(const DatasetPoints& points, const FindingsOptions& options);

}  // namespace symscan
