#pragma once
#include <vector>

#include "host/base/eigen.hpp"

namespace symscan {

/// A function of the events that falls to 0 at the border of what can be seen. A test function times the
/// window has no part beyond the border.
struct EventWindow {
  Eigen::VectorXd values;     ///< [n] from 0 to 1; empty: no border
  Eigen::MatrixXd gradients;  ///< [n x D] per unit of the points' coordinates

  bool empty() const { return values.size() == 0; }
  EventWindow at(const std::vector<Eigen::Index>& rows) const {
    if (empty()) return {};
    return {values(rows), gradients(rows, Eigen::all)};
  }
  /// In coordinates u with x = constant + outward u: `outward` [D x r].
  EventWindow in_coordinates(const Eigen::MatrixXd& outward) const {
    if (empty()) return {};
    return {values, gradients * outward};
  }
};

}  // namespace symscan
