#include "host/analysis/mean_vector.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "host/analysis/tail_probabilities.hpp"
#include "host/base/linear_algebra.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kSerialAbove = 4;        ///< standard deviations
constexpr double kBatchTimes = 10;        ///< autocorrelation times in a batch
constexpr double kSokalWindow = 6;        ///< autocorrelation times in the window
constexpr double kNoVariation = 1e-12;    ///< of a variance, relative to the largest
constexpr double kThinDirection = 1e-6;   ///< of an eigenvalue of a correlation matrix, to the largest
constexpr double kNoiseDirection = 1e-5;  ///< the same where noise is made uncorrelated
constexpr double kSpreadFloor = 1e-8;     ///< the same for the metric of a length
constexpr Index kManyFunctions = 96;
constexpr double kConfidence = 0.95;

double autocovariance(const VectorXd& series, Index lag) {
  const Index rows = series.size() - lag;
  return rows > 0 ? series.head(rows).dot(series.tail(rows)) : 0.0;
}

/// 1 + 2 sum of the autocorrelations, up to a window of six times the result.
double autocorrelation_time(const VectorXd& series, double variance) {
  double time = 1;
  for (Index lag = 1; lag < series.size() / 2; ++lag) {
    time += 2 * autocovariance(series, lag) / variance;
    if (static_cast<double>(lag) >= kSokalWindow * time) break;
  }
  return std::max(time, 1.0);
}

bool is_serial(const VectorXd& series, double variance) {
  constexpr Index lags = 5;
  const double root = std::sqrt(static_cast<double>(series.size()));
  double sum = 0;
  for (Index lag = 1; lag <= lags; ++lag) {
    const double correlation = autocovariance(series, lag) / variance;
    if (lag == 1 && correlation * root > kSerialAbove) return true;
    sum += correlation;
  }
  return sum * root > kSerialAbove * std::sqrt(static_cast<double>(lags));
}

/// Sums over `batch` consecutive rows; rows at the end that fill no batch join the last one.
MatrixXd batch_sums(const MatrixXd& rows, Index batch) {
  const Index batches = std::max<Index>(1, rows.rows() / batch);
  MatrixXd sums(batches, rows.cols());
  for (Index b = 0; b < batches; ++b) {
    const Index first = b * batch, end = b + 1 == batches ? rows.rows() : first + batch;
    sums.row(b) = rows.middleRows(first, end - first).colwise().sum();
  }
  return sums;
}

/// rows^T rows. Of many columns in float: twice as fast, and means of many functions are not judged in
/// directions that rounding reaches.
MatrixXd gram(const MatrixXd& rows) {
  if (rows.cols() > kManyFunctions) {
    const double size = std::max(rows.cwiseAbs().maxCoeff(), std::numeric_limits<double>::min());
    const Eigen::MatrixXf scaled = (rows / size).cast<float>();
    Eigen::MatrixXf product = Eigen::MatrixXf::Zero(rows.cols(), rows.cols());
    product.selfadjointView<Eigen::Lower>().rankUpdate(scaled.transpose());
    product.triangularView<Eigen::StrictlyUpper>() = product.transpose();
    return size * size * product.cast<double>();
  }
  MatrixXd result = MatrixXd::Zero(rows.cols(), rows.cols());
  result.selfadjointView<Eigen::Lower>().rankUpdate(rows.transpose());
  result.triangularView<Eigen::StrictlyUpper>() = result.transpose();
  return result;
}

/// 1 / sqrt of the variances, 0 where there is none.
VectorXd inverse_widths(const MatrixXd& covariance) {
  const VectorXd variances = covariance.diagonal();
  const double largest = variances.size() > 0 ? variances.maxCoeff() : 0;
  return (variances.array() > kNoVariation * largest)
      .select(variances.cwiseMax(std::numeric_limits<double>::min()).cwiseSqrt().cwiseInverse(), 0.0);
}

/// The length^2 whose noisy square is below `square` with 5 % probability. The noisy square is taken for
/// gamma distributed, with the mean and variance that it has when the vector points where the noise is
/// largest.
double square_limit(double square, const VectorXd& noise) {
  const double bias = noise.sum(), variance = 2 * noise.squaredNorm(), largest = noise.maxCoeff();
  const auto below = [&](double length) {
    const double mean = length + bias, spread = variance + 4 * length * largest;
    return gamma_below(mean * mean / spread, square * mean / spread);
  };
  double low = 0, high = square + bias;
  while (below(high) > 1 - kConfidence) high *= 2;
  for (int step = 0; step < 60; ++step) {
    const double middle = 0.5 * (low + high);
    (below(middle) > 1 - kConfidence ? low : high) = middle;
  }
  return high;
}

}  // namespace

MeanVector MeanVector::first(Index count) const {
  return {mean.head(count), covariance.topLeftCorner(count, count), units};
}

MeanVector MeanVector::along(const MatrixXd& directions) const {
  return {directions.transpose() * mean, directions.transpose() * covariance * directions, units};
}

MeanVector MeanVector::principal(double share) const {
  if (mean.size() == 0) return *this;
  const EigenPairs pairs = symmetric_eigen(covariance);
  return along(pairs.vectors.rightCols((pairs.values.array() > share * pairs.values.maxCoeff()).count()));
}

MatrixXd deviations_of_mean(const MatrixXd& values, const VectorXd& weights) {
  const VectorXd shares = weights / weights.sum();
  const VectorXd mean = values.transpose() * shares;
  return ((values.rowwise() - mean.transpose()).array().colwise() * shares.array()).matrix();
}

MeanVector weighted_mean(const MatrixXd& values, const VectorXd& weights, Index batch) {
  MeanVector result;
  const double total = weights.sum();
  result.mean = values.transpose() * weights / total;
  const MatrixXd deviations = deviations_of_mean(values, weights);
  if (batch <= 1) {
    result.units = total * total / weights.squaredNorm();
    result.covariance = gram(deviations);
  } else {
    const VectorXd sums = batch_sums(weights, batch).col(0);
    result.units = total * total / sums.squaredNorm();
    result.covariance = gram(batch_sums(deviations, batch));
  }
  if (result.units > 1) result.covariance *= result.units / (result.units - 1);
  return result;
}

Index batch_length(const MatrixXd& deviations) {
  double slowest = 1;
  bool serial = false;
  const double most = deviations.cols() > 0 ? deviations.colwise().squaredNorm().maxCoeff() : 0;
  for (Index k = 0; k < deviations.cols(); ++k) {
    const VectorXd series = deviations.col(k);
    const double variance = series.squaredNorm();
    if (!(variance > kNoVariation * most) || !is_serial(series, variance)) continue;
    serial = true;
    slowest = std::max(slowest, autocorrelation_time(series, variance));
  }
  return serial ? static_cast<Index>(std::ceil(kBatchTimes * slowest)) : 1;
}

ZeroMeanTest test_zero_mean(const MeanVector& means) {
  ZeroMeanTest test;
  const VectorXd widths = inverse_widths(means.covariance);
  if (!(widths.array() > 0).any()) return test;
  const EigenPairs pairs = symmetric_eigen(widths.asDiagonal() * means.covariance * widths.asDiagonal());
  const VectorXd projections = pairs.vectors.transpose() * means.mean.cwiseProduct(widths);
  for (Index k = 0; k < projections.size(); ++k) {
    if (!(pairs.values(k) > kThinDirection * pairs.values.maxCoeff())) continue;
    test.squared += projections(k) * projections(k) / pairs.values(k);
    ++test.functions;
  }
  test.p_value = hotelling_above(test.squared, static_cast<double>(test.functions), means.units);
  return test;
}

MatrixXd whitening_rows(const MatrixXd& covariance) {
  const VectorXd widths = inverse_widths(covariance);
  const EigenPairs pairs = symmetric_eigen(widths.asDiagonal() * covariance * widths.asDiagonal());
  const Index count = (pairs.values.array() > kNoiseDirection * pairs.values.maxCoeff()).count();
  return pairs.values.tail(count).cwiseSqrt().cwiseInverse().asDiagonal() *
         pairs.vectors.rightCols(count).transpose() * widths.asDiagonal();
}

Length length_of(const MeanVector& means, const MatrixXd& spread, double least_spread) {
  const VectorXd widths = inverse_widths(spread);
  const EigenPairs pairs = symmetric_eigen(widths.asDiagonal() * spread * widths.asDiagonal());
  const double floor = kSpreadFloor * std::max(pairs.values.maxCoeff(), 1e-300);
  const Index kept = (pairs.values.array() >= least_spread * pairs.values.maxCoeff()).count();
  const MatrixXd inward = pairs.values.tail(kept).cwiseMax(floor).cwiseSqrt().cwiseInverse().asDiagonal() *
                          pairs.vectors.rightCols(kept).transpose() * widths.asDiagonal();
  const MatrixXd covariance = inward * means.covariance * inward.transpose();
  const VectorXd noise = symmetric_eigenvalues(covariance).cwiseMax(0.0);
  const double square = (inward * means.mean).squaredNorm(), bias = noise.sum();
  Length result;
  result.length = std::sqrt(std::max(0.0, square - bias));
  result.limit = std::sqrt(square);
  if (!(bias > 0)) return result;
  // A square that happens to be small bounds the length no better than noise alone is expected to.
  result.limit = std::sqrt(square_limit(std::max(square, bias), noise));
  result.expected_limit = std::sqrt(square_limit(bias, noise));
  return result;
}

}  // namespace symscan
