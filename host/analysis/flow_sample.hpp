#pragma once
#include <optional>

#include "host/analysis/flow_invariance.hpp"
#include "host/analysis/mean_vector.hpp"
#include "host/analysis/robust_shape.hpp"
#include "host/analysis/test_functions.hpp"

// What the parts of FlowInvarianceTest share; private to them.
namespace symscan {

/// The events in coordinates in which they look round, and an affine field in these.
struct FlowInvarianceTest::Sample {
  Sample(const Eigen::MatrixXd& points, const Eigen::VectorXd& event_weights,
         const FlowInvarianceSettings& chosen, const EventWindow& given_window);

  /// du/dt = matrix u + shift
  struct RoundField {
    Eigen::MatrixXd matrix;  ///< [r x r]
    Eigen::VectorXd shift;   ///< [r]
    double speed = 0;        ///< root mean square in units of the columns' spreads, far points damped
    double leaving = 0;      ///< the same of the motion off the subspace of the points
    bool moves = true;
  };
  RoundField round_field(const Eigen::MatrixXd& field_matrix, const Eigen::VectorXd& field_shift) const;
  /// Root mean square of the velocities in the round coordinates, far points damped.
  double round_speed(const RoundField& field) const;
  /// Velocities [n x r].
  Eigen::MatrixXd velocities(const RoundField& field) const;
  void check(const Eigen::MatrixXd& field_matrix, const Eigen::VectorXd& field_shift) const;
  /// Enough to tell that points lie on a subspace, and to estimate a covariance.
  bool enough_events() const;
  /// Events and error of what is said about them.
  FlowInvariance empty_result() const;

  FlowInvarianceSettings settings;
  Eigen::Index dimension;   ///< D
  Eigen::VectorXd weights;  ///< [n]
  RobustFrame frame;
  Eigen::MatrixXd coordinates;  ///< u, [n x r]
  EventWindow window;           ///< of the coordinates
  Eigen::VectorXd nearness;     ///< [n] |weight| / (1 + |u|^2 / r)^2, of sum 1: for sizes of fields
  double effective_events;      ///< by the weights and the window
  double events_per_function;   ///< that the level needs
  std::optional<TestFunctions> functions;
  Eigen::MatrixXd spread;  ///< Cov(phi) [functions x functions]
};

/// What one unit of the parameter is: a radian of the fastest turn, or a standard deviation of motion.
double parameter_unit(const Eigen::MatrixXd& matrix, double speed);

/// How a verdict follows from the numbers.
Invariance verdict_of(const FlowInvariance& result, double broken_below);

}  // namespace symscan
