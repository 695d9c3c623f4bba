#pragma once
#include <limits>
#include <vector>

#include "host/analysis/field_statistics.hpp"
#include "host/base/eigen.hpp"

namespace symscan {

/// A combination of fields that rows do not see broken.
struct Accepted {
  double p_value = 1;
  double change = std::numeric_limits<double>::infinity();  ///< see KeptField
  double next = 1;  ///< change of the first combination that is not accepted
};

/// The combinations of a basis (columns) by how much they change the means of one half of the rows, tested on
/// the other half: by Hotelling's T^2 in the directions that errors of the ordering do not reach. `noise` is
/// FieldMeans::noise of the ordering half.
class OrderedFields {
 public:
  OrderedFields(const FieldMeans& ordering, const FieldMeans& testing, const Eigen::MatrixXd& basis,
                const Eigen::MatrixXd& noise);
  /// Combination `place`; p_value 0 if there is nothing to test it with.
  Accepted tested(Eigen::Index place, Eigen::Index batch) const;
  /// What it changes on the ordering half, in units of the typical combination's; 1 past the last.
  double change(Eigen::Index place) const;

 private:
  /// Test functions that are judged together.
  struct Family {
    Eigen::Index tests;  ///< the first so many
    /// [tests x k] white directions; combination `place` is tested in the first k - (q - 1 - place), which
    /// the changes of those after it do not reach.
    Eigen::MatrixXd directions;
  };

  const FieldMeans& testing_;
  const Eigen::MatrixXd& basis_;
  Eigen::MatrixXd order_;
  Eigen::VectorXd changes_;  ///< without what noise adds
  double typical_ = 1;
  std::vector<Family> families_;
};

}  // namespace symscan
