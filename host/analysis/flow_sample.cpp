#include "host/analysis/flow_sample.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>
#include <vector>

#include "host/analysis/distinct_rows.hpp"
#include "host/base/error.hpp"
#include "host/base/linear_algebra.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kNoMotion = 1e-6;  ///< of a speed, relative to the coefficients: rounding of float32
constexpr double kTurns = 0.1;      ///< frequency over norm: less is a nilpotent matrix with rounding
constexpr Index kMostFunctions = 64;
/// Products with the slope of a window have skewed distributions: their means need more events.
constexpr double kEventsPerFunction = 20, kEventsInWindow = 40, kFewestEvents = 8;

void check_window(const MatrixXd& points, const EventWindow& window) {
  if (window.empty()) return;
  if (window.values.size() != points.rows() || window.gradients.rows() != points.rows() ||
      window.gradients.cols() != points.cols())
    throw std::invalid_argument("FlowInvarianceTest: the window does not fit the points");
  if (!window.values.allFinite() || !window.gradients.allFinite())
    throw DataError("a test of invariance needs a window whose values are all finite");
}

void check_input(const MatrixXd& points, const VectorXd& weights, const FlowInvarianceSettings& settings) {
  if (weights.size() > 0 && weights.size() != points.rows())
    throw std::invalid_argument("FlowInvarianceTest: wants one weight for every point");
  if (points.cols() == 0) throw std::invalid_argument("FlowInvarianceTest: wants points with coordinates");
  if (!(settings.delta > 0) || !(settings.broken_below > 0 && settings.broken_below < 1) ||
      settings.most_events < 1)
    throw std::invalid_argument("FlowInvarianceTest: settings out of range");
  if (!points.allFinite() || !weights.allFinite())
    throw DataError("a test of invariance needs points and weights whose values are all finite");
}

/// Those near the border of the window count in part.
double events_inside(const VectorXd& weights, const VectorXd& window) {
  const VectorXd inside = weights.cwiseProduct(window);
  const double squares = inside.squaredNorm();
  return squares > 0 ? inside.sum() * inside.sum() / squares : 0;
}

}  // namespace

FlowInvarianceTest::Sample::Sample(const MatrixXd& points, const VectorXd& event_weights,
                                   const FlowInvarianceSettings& chosen, const EventWindow& given_window)
    : settings(chosen), dimension(points.cols()) {
  check_input(points, event_weights, settings);
  check_window(points, given_window);
  const std::vector<Index> rows = thinned_rows(points.rows(), settings.most_events, settings.seed);
  MatrixXd used = points(rows, Eigen::all);
  weights = VectorXd::Ones(used.rows());
  if (event_weights.size() > 0) weights = event_weights(rows);
  const MergedRows merged = merged_rows(used, weights, settings.equal_rows);
  used = used(merged.rows, Eigen::all).eval();
  weights = merged.weights;
  const EventWindow used_window = given_window.at(rows).at(merged.rows);
  const double total = weights.sum();
  if (!(total > 0)) throw DataError("a test of invariance needs event weights whose sum is positive");
  effective_events = total * total / weights.squaredNorm();
  if (!used_window.empty()) effective_events = events_inside(weights, used_window.values);
  events_per_function = used_window.empty() ? kEventsPerFunction : kEventsInWindow;

  frame = robust_frame(used, weights.cwiseAbs());
  coordinates = (used.rowwise() - frame.centre.transpose()) * frame.inward.transpose();
  window = used_window.in_coordinates(frame.outward);
  const double width = static_cast<double>(std::max<Index>(1, coordinates.cols()));
  nearness = weights.cwiseAbs().array() / (1 + coordinates.rowwise().squaredNorm().array() / width).square();
  nearness /= nearness.sum();

  TestFunctions::Choice choice;
  const auto affordable = static_cast<Index>(effective_events / events_per_function);
  choice.most = std::clamp<Index>(affordable, 1, kMostFunctions);
  // All of degree 2: of many columns a field moves only some, and those are chosen when it is known.
  const Index columns = coordinates.cols();
  choice.most = std::max(choice.most, columns * (columns + 3) / 2);
  choice.seed = settings.seed;
  functions.emplace(coordinates, choice, window);
  const MatrixXd values = functions->values();
  const VectorXd sizes = weights.cwiseAbs().cwiseSqrt();
  const MatrixXd centred = values.rowwise() - (values.transpose() * weights / total).transpose();
  const MatrixXd scaled = sizes.asDiagonal() * centred;
  spread = scaled.transpose() * scaled / weights.cwiseAbs().sum();
}

void FlowInvarianceTest::Sample::check(const MatrixXd& field_matrix, const VectorXd& field_shift) const {
  if (field_matrix.rows() != dimension || field_matrix.cols() != dimension || field_shift.size() != dimension)
    throw std::invalid_argument("FlowInvarianceTest: the field does not fit the points");
  if (!field_matrix.allFinite() || !field_shift.allFinite())
    throw DataError("a test of invariance needs a field whose values are all finite");
}

FlowInvarianceTest::Sample::RoundField FlowInvarianceTest::Sample::round_field(
    const MatrixXd& field_matrix, const VectorXd& field_shift) const {
  RoundField field;
  const VectorXd at_centre = field_matrix * frame.centre + field_shift;
  field.matrix = frame.inward * field_matrix * frame.outward;
  field.shift = frame.inward * at_centre;
  const auto mean_square = [&](const MatrixXd& matrix, const VectorXd& shift) {
    const MatrixXd motion = (coordinates * matrix.transpose()).rowwise() + shift.transpose();
    return std::sqrt(motion.rowwise().squaredNorm().dot(nearness));
  };
  const auto inverse_scale = frame.scale.cwiseInverse().asDiagonal();
  field.speed = mean_square(inverse_scale * field_matrix * frame.outward, inverse_scale * at_centre);
  field.leaving = mean_square(frame.normal * field_matrix * frame.outward, frame.normal * at_centre);
  const VectorXd farthest = frame.scale + frame.centre.cwiseAbs();
  const double coefficients =
      (inverse_scale * (field_matrix.cwiseAbs() * farthest + field_shift.cwiseAbs())).norm();
  field.moves = field.speed > kNoMotion * coefficients;
  return field;
}

MatrixXd FlowInvarianceTest::Sample::velocities(const RoundField& field) const {
  return (coordinates * field.matrix.transpose()).rowwise() + field.shift.transpose();
}

bool FlowInvarianceTest::Sample::enough_events() const {
  return coordinates.cols() > 0 &&
         effective_events >= kFewestEvents + static_cast<double>(coordinates.cols());
}

FlowInvariance FlowInvarianceTest::Sample::empty_result() const {
  FlowInvariance result;
  result.delta = settings.delta;
  result.events = static_cast<std::size_t>(weights.size());
  result.effective_events = effective_events;
  return result;
}

double FlowInvarianceTest::Sample::round_speed(const RoundField& field) const {
  return std::sqrt(velocities(field).rowwise().squaredNorm().dot(nearness));
}

double parameter_unit(const MatrixXd& matrix, double speed) {
  if (matrix.size() == 0) return speed;
  const double frequency = eigenvalues_of(matrix).imag().cwiseAbs().maxCoeff();
  const double norm = std::sqrt(symmetric_eigenvalues(matrix.transpose() * matrix).maxCoeff());
  return frequency > kTurns * norm ? frequency : speed;
}

Invariance verdict_of(const FlowInvariance& result, double broken_below) {
  if (result.p_value < broken_below) return Invariance::broken;
  return result.effect_limit <= result.delta ? Invariance::established : Invariance::cannot_say;
}

}  // namespace symscan
