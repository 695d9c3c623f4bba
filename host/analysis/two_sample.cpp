#include "host/analysis/two_sample.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <random>
#include <stdexcept>
#include <utility>

#include "host/base/aligned.hpp"
#include "host/base/error.hpp"
#include "host/base/linear_algebra.hpp"
#include "host/base/statistics.hpp"
#include "kernels/cpu_backend.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::MatrixXf;
using Eigen::VectorXd;

/// Distinct points and how often each was there.
struct WeightedPoints {
  MatrixXd points;  ///< [n x d]
  VectorXd counts;  ///< [n]
};

/// Fisher-Yates; std::shuffle differs between libraries. The bias of the remainder is below 1e-12.
template <typename Items>
void shuffle(Items& items, std::mt19937_64& random) {
  for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[random() % i]);
}

std::vector<Index> shuffled_indices(Index count, std::mt19937_64& random) {
  std::vector<Index> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), Index{0});
  shuffle(order, random);
  return order;
}

WeightedPoints thinned(const WeightedPoints& sample, std::size_t most, std::mt19937_64& random) {
  std::vector<Index> rows = shuffled_indices(sample.points.rows(), random);
  rows.resize(std::min(rows.size(), most));
  return {sample.points(rows, Eigen::all), sample.counts(rows)};
}

/// Column b holds the weights of the pooled points in mean(first sample) - mean(second sample): column 0 for
/// the samples as they are, the others for random relabellings. [points x 1 + permutations]
MatrixXd contrasts(const VectorXd& counts, Index first, int permutations, std::mt19937_64& random) {
  MatrixXd result(counts.size(), 1 + permutations);
  std::vector<Index> order(static_cast<std::size_t>(counts.size()));
  std::iota(order.begin(), order.end(), Index{0});
  for (Index b = 0; b < result.cols(); ++b) {
    if (b > 0) shuffle(order, random);
    double total[2] = {};
    for (Index i = 0; i < counts.size(); ++i) total[i >= first] += counts(order[static_cast<std::size_t>(i)]);
    for (Index i = 0; i < counts.size(); ++i) {
      const Index row = order[static_cast<std::size_t>(i)];
      result(row, b) = i < first ? counts(row) / total[0] : -counts(row) / total[1];
    }
  }
  return result;
}

/// Squared distances of the two means in the feature space of a kernel K: w^T K w for every column w.
class KernelDiscrepancies {
 public:
  explicit KernelDiscrepancies(const MatrixXd& w)
      : points_(w.rows()),
        columns_(w.cols()),
        padded_columns_(padded(static_cast<int>(w.cols()))),
        weights_(static_cast<std::size_t>(points_ * padded_columns_)),
        product_(weights_.size()),
        kernel_(static_cast<std::size_t>(padded(static_cast<int>(points_ * points_)))) {
    RowMajorMap(weights_.data(), points_, padded_columns_).leftCols(columns_) = w.cast<float>();
  }
  VectorXd of_distances(const MatrixXd& squares) {
    kernel() = squares.cwiseSqrt().cast<float>();
    return of_kernel();
  }
  /// K = exp(exponent d^2).
  VectorXd of_gaussian(const MatrixXd& squares, double exponent) {
    kernel() = (exponent * squares).cast<float>();
    cpu_backend().exponential(kernel_.data(), kernel_.data(), kernel_.size());
    return of_kernel();
  }

 private:
  using RowMajorMap = Eigen::Map<Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;
  Eigen::Map<MatrixXf> kernel() { return {kernel_.data(), points_, points_}; }
  VectorXd of_kernel() {
    const auto points = static_cast<int>(points_);
    // The kernel is symmetric: its columns are its rows.
    cpu_backend().matrix_product(kernel_.data(), weights_.data(), points, points,
                                 static_cast<int>(padded_columns_), product_.data());
    const RowMajorMap w(weights_.data(), points_, padded_columns_),
        kw(product_.data(), points_, padded_columns_);
    return kw.cwiseProduct(w).leftCols(columns_).cast<double>().colwise().sum().transpose();
  }
  Index points_, columns_, padded_columns_;
  AlignedFloats weights_, product_, kernel_;
};

/// The kernel (u.v)^2 by its features, the products of coordinates.
VectorXd second_moment_discrepancies(const MatrixXd& centred, const MatrixXd& w) {
  VectorXd result = VectorXd::Zero(w.cols());
  for (Index i = 0; i < centred.cols(); ++i) {
    for (Index j = 0; j <= i; ++j) {
      VectorXd product = centred.col(i).cwiseProduct(centred.col(j));
      product.array() -= product.mean();
      result += (i == j ? 1.0 : 2.0) * (w.transpose() * product).cwiseAbs2();
    }
  }
  return result;
}

MatrixXd squared_distances(const MatrixXd& points) {
  MatrixXd result(points.rows(), points.rows());
  for (Index i = 0; i < points.rows(); ++i)
    result.col(i) = (points.rowwise() - points.row(i)).rowwise().squaredNorm();
  return result;
}

/// Of the distances that are not 0; of many points every so-manieth is looked at.
double median_distance(const MatrixXd& squares) {
  constexpr Index enough = 400;
  const Index stride = std::max<Index>(1, squares.cols() / enough);
  std::vector<double> values;
  for (Index i = 0; i < squares.cols(); i += stride) {
    for (Index j = 0; j < i; j += stride) {
      if (squares(j, i) > 0) values.push_back(squares(j, i));
    }
  }
  if (values.empty()) return std::sqrt(squares.maxCoeff());
  return std::sqrt(upper_median(std::move(values)));
}

/// Raises `largest` to the standardised discrepancies where these are larger.
void take_larger(VectorXd& largest, const VectorXd& discrepancy) {
  const VectorXd centred = discrepancy.array() - discrepancy.mean();
  const double deviation = std::sqrt(centred.squaredNorm() / static_cast<double>(centred.size()));
  // No variation but rounding: this discrepancy says nothing.
  if (!(deviation > 1e-5 * discrepancy.cwiseAbs().maxCoeff())) return;
  largest = largest.cwiseMax(centred / deviation);
}

TwoSampleTest weighted_two_sample_test(const WeightedPoints& whole_x, const WeightedPoints& whole_y,
                                       const TwoSampleSettings& settings, std::mt19937_64& random) {
  if (whole_x.points.cols() != whole_y.points.cols())
    throw std::invalid_argument("two_sample_test: the samples have unequal numbers of columns");
  if (settings.permutations < 1) throw std::invalid_argument("two_sample_test: wants permutations");
  if (!whole_x.points.allFinite() || !whole_y.points.allFinite())
    throw DataError("a two-sample test needs points whose values are all finite");
  const WeightedPoints x = thinned(whole_x, settings.max_points, random),
                       y = thinned(whole_y, settings.max_points, random);
  if (x.points.size() == 0 || y.points.size() == 0) return {};

  MatrixXd points(x.points.rows() + y.points.rows(), x.points.cols());
  points << x.points, y.points;
  points.rowwise() -= points.colwise().mean().eval();
  const double scale = points.cwiseAbs().maxCoeff();
  if (!(scale > 0)) return {};
  points /= scale;
  const MatrixXd squares = squared_distances(points);
  if (!(squares.maxCoeff() > 0)) return {};
  VectorXd counts(points.rows());
  counts << x.counts, y.counts;

  const MatrixXd w = contrasts(counts, x.points.rows(), settings.permutations, random);
  KernelDiscrepancies discrepancies(w);
  VectorXd largest = VectorXd::Constant(w.cols(), -std::sqrt(static_cast<double>(w.cols())));
  take_larger(largest, second_moment_discrepancies(points, w));
  take_larger(largest, -discrepancies.of_distances(squares));
  const double median = median_distance(squares);
  for (const double share : {0.5, 0.25}) {
    const double exponent = -0.5 / (share * share * median * median);
    take_larger(largest, discrepancies.of_gaussian(squares, exponent));
  }
  // Relabellings that differ in rounding alone count as equal.
  const double least = largest(0) - 1e-4;
  const auto as_large = static_cast<double>((largest.array() >= least).count());
  return {as_large / static_cast<double>(w.cols()), largest(0)};
}

WeightedPoints with_unit_counts(const MatrixXd& points) {
  return {points, VectorXd::Ones(points.rows())};
}

WeightedPoints events_of(const MatrixXd& points, EqualRows equal) {
  if (equal == EqualRows::events) return with_unit_counts(points);
  const auto less = [&](Index a, Index b) {
    for (Index f = 0; f < points.cols(); ++f) {
      if (points(a, f) != points(b, f)) return points(a, f) < points(b, f);
    }
    return false;
  };
  std::map<Index, double, decltype(less)> found(less);
  for (Index row = 0; row < points.rows(); ++row) ++found[row];
  std::vector<std::pair<Index, double>> rows(found.begin(), found.end());
  std::sort(rows.begin(), rows.end());
  WeightedPoints result{MatrixXd(static_cast<Index>(rows.size()), points.cols()),
                        VectorXd(static_cast<Index>(rows.size()))};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    result.points.row(static_cast<Index>(i)) = points.row(rows[i].first);
    result.counts(static_cast<Index>(i)) = rows[i].second;
  }
  return result;
}

double spread(const MatrixXd& points) {
  return (points.rowwise() - points.colwise().mean()).norm();
}

InvarianceTest test_halves(const WeightedPoints& events, const Transformation& transform,
                           const TwoSampleSettings& settings, std::mt19937_64& random) {
  const std::vector<Index> order = shuffled_indices(events.points.rows(), random);
  const std::vector<Index> first(order.begin(),
                                 order.begin() + static_cast<std::ptrdiff_t>(order.size() / 2)),
      second(order.begin() + static_cast<std::ptrdiff_t>(order.size() / 2), order.end());
  InvarianceTest result;
  result.points = first.size();
  if (first.empty()) return result;
  const MatrixXd kept = events.points(second, Eigen::all), moved = transform(kept);
  const double size = spread(kept);
  if (size > 0) result.displacement = (moved - kept).norm() / size;
  const TwoSampleTest test =
      weighted_two_sample_test({events.points(first, Eigen::all), events.counts(first)},
                               {moved, events.counts(second)}, settings, random);
  result.p_value = test.p_value;
  result.statistic = test.statistic;
  return result;
}

/// Where to test a flow, see test_flow_invariance. None if it does not move the points.
std::vector<double> flow_parameters(const MatrixXd& points, const MatrixXd& generator,
                                    const VectorXd& shift) {
  const double speed = ((points * generator.transpose()).rowwise() + shift.transpose()).norm();
  if (!(speed > 1e-9 * spread(points))) return {};
  const double frequency = eigenvalues_of(generator).imag().cwiseAbs().maxCoeff();
  // A generator that is nilpotent up to rounding has small imaginary eigenvalues too, but no turn of it is
  // seen.
  const double norm = std::sqrt(symmetric_eigenvalues(generator.transpose() * generator).maxCoeff());
  if (frequency > 0.1 * norm) return {0.5 / frequency, 1 / frequency, 2 / frequency};
  const double unit = spread(points) / speed;
  return {0.25 * unit, 0.5 * unit, unit};
}

}  // namespace

TwoSampleTest two_sample_test(const MatrixXd& x, const MatrixXd& y, const TwoSampleSettings& settings) {
  std::mt19937_64 random(settings.seed);
  return weighted_two_sample_test(with_unit_counts(x), with_unit_counts(y), settings, random);
}

double two_sample_p_value(const MatrixXd& x, const MatrixXd& y, const TwoSampleSettings& settings) {
  return two_sample_test(x, y, settings).p_value;
}

InvarianceTest test_invariance(const MatrixXd& points, const Transformation& transform,
                               const TwoSampleSettings& settings) {
  std::mt19937_64 random(settings.seed);
  return test_halves(events_of(points, settings.equal_rows), transform, settings, random);
}

MatrixXd apply_flow(const MatrixXd& points, const MatrixXd& generator, const VectorXd& shift, double t) {
  const Index size = generator.rows();
  if (generator.cols() != size || shift.size() != size || points.cols() != size)
    throw std::invalid_argument("apply_flow: generator, shift and points do not fit together");
  // With a coordinate that is always 1 the shift is a column of the generator.
  MatrixXd affine = MatrixXd::Zero(size + 1, size + 1);
  affine.topLeftCorner(size, size) = t * generator;
  affine.topRightCorner(size, 1) = t * shift;
  const MatrixXd flow = exponential_of(affine);
  MatrixXd moved = points * flow.topLeftCorner(size, size).transpose();
  moved.rowwise() += flow.col(size).head(size).transpose();
  return moved;
}

InvarianceTest test_flow_invariance(const MatrixXd& points, const MatrixXd& generator, const VectorXd& shift,
                                    const TwoSampleSettings& settings) {
  if (generator.rows() != points.cols() || generator.cols() != points.cols() || shift.size() != points.cols())
    throw std::invalid_argument("test_flow_invariance: generator, shift and points do not fit together");
  if (!points.allFinite() || !generator.allFinite() || !shift.allFinite())
    throw DataError("a test of invariance needs points and a generator whose values are all finite");
  std::mt19937_64 random(settings.seed);
  const WeightedPoints events = events_of(points, settings.equal_rows);
  InvarianceTest result;
  result.points = static_cast<std::size_t>(events.points.rows() / 2);
  if (result.points == 0 || points.cols() == 0) return result;
  result.parameters = flow_parameters(events.points, generator, shift);
  for (const double t : result.parameters) {
    const InvarianceTest test = test_halves(
        events, [&](const MatrixXd& rows) { return apply_flow(rows, generator, shift, t); }, settings,
        random);
    if (result.parameter_p_values.empty() || test.p_value < result.p_value) {
      result.p_value = test.p_value;
      result.statistic = test.statistic;
    }
    result.displacement = std::max(result.displacement, test.displacement);
    result.parameter_p_values.push_back(test.p_value);
  }
  result.p_value =
      std::min(1.0, result.p_value * static_cast<double>(std::max<std::size_t>(1, result.parameters.size())));
  return result;
}

}  // namespace symscan
