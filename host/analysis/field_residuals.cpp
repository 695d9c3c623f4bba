#include "host/analysis/field_residuals.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "host/analysis/distinct_rows.hpp"
#include "host/analysis/robust_shape.hpp"
#include "host/base/error.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr Index kFewestImbalanceRows = 40, kCandidates = 200;
constexpr double kBumpOverDistance = 0.7;  ///< width over the median distance to the next centre

VectorXd squares_from(const MatrixXd& u, const VectorXd& from) {
  return (u.rowwise() - from.transpose()).rowwise().squaredNorm();
}

/// Of random rows the one nearest to the middle, then always the one farthest from those taken.
std::vector<Index> spread_rows(const MatrixXd& u, Index count, std::uint64_t seed) {
  std::vector<Index> order(static_cast<std::size_t>(u.rows()));
  std::iota(order.begin(), order.end(), Index{0});
  const auto candidates = static_cast<std::size_t>(std::min(kCandidates, u.rows()));
  shuffle_to_front(order, candidates, seed);
  order.resize(candidates);
  const MatrixXd some = u(order, Eigen::all);
  Index next = 0;
  some.rowwise().squaredNorm().minCoeff(&next);
  std::vector<Index> taken;
  VectorXd nearest = squares_from(some, some.row(next));
  while (static_cast<Index>(taken.size()) < count) {
    taken.push_back(order[static_cast<std::size_t>(next)]);
    nearest = nearest.cwiseMin(squares_from(some, some.row(next)));
    if (!(nearest.maxCoeff(&next) > 0)) break;
  }
  return taken;
}

double bump_width(const MatrixXd& centres) {
  std::vector<double> distances;
  for (Index c = 0; c < centres.rows(); ++c) {
    VectorXd squares = squares_from(centres, centres.row(c));
    squares(c) = squares.maxCoeff();
    distances.push_back(std::sqrt(squares.minCoeff()));
  }
  const auto middle = distances.begin() + static_cast<std::ptrdiff_t>(distances.size() / 2);
  std::nth_element(distances.begin(), middle, distances.end());
  return *middle > 0 ? kBumpOverDistance * *middle : 1.0;
}

}  // namespace

VectorXd residual_along_set(const ThinSet& set, const VectorField& field) {
  const MatrixXd velocities = field.velocities(set.rows) * set.scale.cwiseInverse().asDiagonal();
  VectorXd residuals = VectorXd::Zero(velocities.rows());
  for (Index i = 0; i < velocities.rows(); ++i) {
    const VectorXd velocity = velocities.row(i);
    const double speed = velocity.norm();
    if (speed > 0)
      residuals(i) = (set.normals[static_cast<std::size_t>(i)].transpose() * velocity).norm() / speed;
  }
  return residuals;
}

LocalImbalance imbalance_along_data(const MatrixXd& rows, const VectorField& field, Index centres,
                                    std::uint64_t seed) {
  if (!rows.allFinite()) throw DataError("a test of a vector field needs rows whose values are all finite");
  LocalImbalance result;
  if (rows.rows() < kFewestImbalanceRows || rows.cols() == 0 || centres < 1) return result;
  const RobustFrame frame = robust_frame(rows, VectorXd::Ones(rows.rows()));
  const MatrixXd u = (rows.rowwise() - frame.centre.transpose()) * frame.inward.transpose();
  if (u.cols() == 0) return result;
  const MatrixXd velocities = field.velocities(rows) * frame.inward.transpose();
  const std::vector<Index> places = spread_rows(u, centres, seed);
  result.centres = rows(places, Eigen::all);
  result.width = bump_width(u(places, Eigen::all));
  result.z = VectorXd::Zero(result.centres.rows());
  const double square = result.width * result.width;
  for (Index c = 0; c < result.z.size(); ++c) {
    const MatrixXd offsets = u.rowwise() - u.row(places[static_cast<std::size_t>(c)]);
    const VectorXd bump = (offsets.rowwise().squaredNorm().array() / (-2 * square)).exp();
    const VectorXd change = -(offsets.cwiseProduct(velocities).rowwise().sum()).cwiseProduct(bump) / square;
    const double mean = change.mean();
    const double error = std::sqrt((change.array() - mean).square().sum()) / static_cast<double>(rows.rows());
    if (error > 0) result.z(c) = mean / error;
  }
  const double most = result.z.cwiseAbs().maxCoeff();
  result.p_value = std::min(1.0, static_cast<double>(result.z.size()) * std::erfc(most / std::sqrt(2.0)));
  return result;
}

}  // namespace symscan
