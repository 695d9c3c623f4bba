#pragma once
#include <vector>

#include "host/analysis/gradient_forms.hpp"
#include "host/analysis/label_frame.hpp"
#include "host/base/eigen.hpp"

namespace symscan {

/// A basis of the span of `fields` (columns, fields of z) that is easy to read: few entries, in simple
/// proportions in the units of the data, each as good a symmetry of f as the fields given. What has no such
/// form is kept as a reduced echelon form.
std::vector<Eigen::VectorXd> readable_fields(const Eigen::MatrixXd& fields, const LabelFrame& frame,
                                             const GradientForms& forms, const LabelModel& model);

}  // namespace symscan
