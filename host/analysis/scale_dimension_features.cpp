#include "host/analysis/scale_dimension_features.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// Derivative by d of the mean log likelihood of log ratios, times d: falls from 1 to less than 0.
double score(const VectorXd& log_ratios, double dimension, int order) {
  double sum = 0;
  for (const double ratio : log_ratios) {
    const double x = dimension * ratio;
    sum += (order - 1) * (x < 1e-8 ? 1.0 : x / -std::expm1(-x)) - (2 * order - 1) * x;
  }
  return 1 + sum / static_cast<double>(log_ratios.size());
}

/// Root of the score: bracketed, then by the rule of Illinois in the logarithm of d.
double likeliest_dimension(const VectorXd& log_ratios, int order) {
  const double start = std::log(static_cast<double>(order) / ((2 * order - 1) * log_ratios.mean()));
  double low = start - 0.5, high = start + 0.5;
  double at_low = score(log_ratios, std::exp(low), order), at_high = score(log_ratios, std::exp(high), order);
  for (int i = 0; i < 60 && at_low < 0; ++i) at_low = score(log_ratios, std::exp(low -= 0.5), order);
  for (int i = 0; i < 60 && at_high > 0; ++i) at_high = score(log_ratios, std::exp(high += 0.5), order);
  double middle = start;
  for (int i = 0; i < 50 && high - low > 1e-9; ++i) {
    middle = (low * at_high - high * at_low) / (at_high - at_low);
    const double value = score(log_ratios, std::exp(middle), order);
    if (std::abs(value) < 1e-9) break;
    if (value > 0) {
      low = middle, at_low = value, at_high /= 2;
    } else {
      high = middle, at_high = value, at_low /= 2;
    }
  }
  return std::exp(middle);
}

void add_cosines(const MatrixXd& points, const NeighbourTable& neighbours, ScaleFeatures& features) {
  double sum = 0, squares = 0;
  MatrixXd directions(points.rows(), kAngleNeighbours);
  for (Index i = 0; i < points.cols(); ++i) {
    for (Index k = 0; k < kAngleNeighbours; ++k)
      directions.col(k) = (points.col(neighbours.indices(k, i)) - points.col(i)).stableNormalized();
    // |sum u|^2 holds the diagonal's ones and every pair twice.
    sum += (directions.rowwise().sum().squaredNorm() - kAngleNeighbours) / 2;
    for (Index k = 1; k < kAngleNeighbours; ++k)
      squares += (directions.leftCols(k).transpose() * directions.col(k)).squaredNorm();
  }
  const double pairs = static_cast<double>(points.cols()) * kAngleNeighbours * (kAngleNeighbours - 1) / 2;
  features.mean_cosine = sum / pairs;
  features.log_inverse_square = -std::log(squares / pairs);
}

double quartile_distance(VectorXd values) {
  std::sort(values.begin(), values.end());
  const Index quarter = values.size() / 4;
  return values(values.size() - 1 - quarter) - values(quarter);
}

}  // namespace

std::array<double, kScaleFeatureCount> as_array(const ScaleFeatures& f) {
  return {f.log_gride[0], f.log_gride[1], f.log_gride[2],       f.log_gride[3],
          f.log_gride[4], f.mean_cosine,  f.log_inverse_square, f.spread};
}

NeighbourTable find_neighbours(const MatrixXd& points, int count) {
  const MatrixXd columns = points.transpose();
  NeighbourTable result{MatrixXd(count, points.cols()), Eigen::MatrixXi(count, points.cols())};
  VectorXd squares(points.cols());
  std::vector<std::pair<double, int>> nearest;
  const auto size = static_cast<std::size_t>(count);
  for (Index i = 0; i < points.cols(); ++i) {
    squares.setZero();
    for (Index f = 0; f < points.rows(); ++f)
      squares.array() += (columns.col(f).array() - points(f, i)).square();
    nearest.clear();
    for (Index j = 0; j < points.cols(); ++j) {
      if (j == i) continue;
      if (nearest.size() == size) {
        if (squares(j) >= nearest.front().first) continue;
        std::pop_heap(nearest.begin(), nearest.end());
        nearest.pop_back();
      }
      nearest.emplace_back(squares(j), static_cast<int>(j));
      std::push_heap(nearest.begin(), nearest.end());
    }
    std::sort_heap(nearest.begin(), nearest.end());
    for (Index k = 0; k < count; ++k) {
      const auto& [square, index] = nearest[static_cast<std::size_t>(k)];
      // Squared distances of distinct points may underflow or overflow.
      using Limits = std::numeric_limits<double>;
      result.log_distances(k, i) = 0.5 * std::log(std::clamp(square, Limits::min(), Limits::max()));
      result.indices(k, i) = index;
    }
  }
  return result;
}

double gride(const NeighbourTable& neighbours, int order) {
  constexpr double same = 1e-6;
  const VectorXd log_ratios =
      neighbours.log_distances.row(2 * order - 1) - neighbours.log_distances.row(order - 1);
  if (2 * (log_ratios.array() < same).count() > log_ratios.size())
    return std::numeric_limits<double>::quiet_NaN();
  return likeliest_dimension(log_ratios, order);
}

ScaleFeatures scale_features(const MatrixXd& points, const NeighbourTable& neighbours) {
  ScaleFeatures result;
  for (std::size_t i = 0; i < kScaleOrders.size(); ++i)
    result.log_gride[i] = std::log(gride(neighbours, kScaleOrders[i]));
  add_cosines(points, neighbours, result);
  result.spread = quartile_distance(neighbours.log_distances.row(kAngleNeighbours - 1).transpose()) *
                  std::exp(result.log_gride[3]);
  return result;
}

}  // namespace symscan
