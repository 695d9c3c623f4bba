#pragma once
#include <vector>

#include "host/base/eigen.hpp"

namespace symscan {

/// Rows of a matrix.
std::vector<std::vector<double>> rows_of(const Eigen::MatrixXd& matrix);

/// The first values of a spectrum, as many as analysis.json keeps.
std::vector<double> shown_values(const Eigen::VectorXd& values);

}  // namespace symscan
