#include "host/analysis/conserved_space.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "host/base/linear_algebra.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kExactRelation = 1e-11;  ///< variance over that of the terms
constexpr double kMostlyNoise = 0.25;     ///< share of the variance
constexpr double kExactLaw = 1e-8;        ///< share of the variance within trajectories
constexpr double kLargestWithin = 0.05;   ///< the same where noise accounts for it
constexpr double kNoiseRatio = 1.3;       ///< over the variance that noise accounts for
constexpr double kSmooth = 0.12;          ///< share of the variance within trajectories
constexpr double kCandidate = 0.05;       ///< largest eigenvalue
constexpr Index kMostCandidates = 40, kSlopeRows = 800;
constexpr double kFullTolerance = 0.02;  ///< share within trajectories above which less may be smooth
constexpr int kLags = 3;

MatrixXd covariance(const MatrixXd& centred, double freedom) {
  return centred.transpose() * centred / std::max(freedom, 1.0);
}

/// Columns that make `total` the identity, without the directions of hardly any variance.
MatrixXd whitening(const MatrixXd& total) {
  const EigenPairs pairs = symmetric_eigen(total);
  const double least = kExactRelation * std::max(pairs.values.maxCoeff(), 1e-300);
  std::vector<Index> kept;
  for (Index k = 0; k < pairs.values.size(); ++k) {
    if (pairs.values(k) > least) kept.push_back(k);
  }
  const VectorXd sizes = pairs.values(kept).cwiseSqrt().cwiseInverse();
  return pairs.vectors(Eigen::all, kept) * sizes.asDiagonal();
}

}  // namespace

bool Conservation::holds() const {
  if (!(total > 0) || !(within >= 0)) return false;
  if (within <= kExactLaw * total) return true;
  return within <= kLargestWithin * total && within <= kNoiseRatio * noise && smooth <= allowed;
}

TermSample::TermSample(const std::vector<FunctionTerm>& terms, Trajectories trajectories,
                       const VectorXd& noise, const VectorXd& spread, VectorXd scale)
    : trajectories_(std::move(trajectories)), scale_(std::move(scale)) {
  const MatrixXd& rows = trajectories_.rows;
  values_ = values_of(terms, rows) * scale_.cwiseInverse().asDiagonal();
  values_.rowwise() -= values_.colwise().mean().eval();
  deviations_ = within_trajectories(values_, trajectories_);
  total_ = covariance(values_, static_cast<double>(rows.rows()) - 1);
  within_ = covariance(deviations_, degrees_of_freedom());
  relative_noise_ = noise.cwiseQuotient(spread);
  const auto width = static_cast<Index>(terms.size());
  noise_ = MatrixXd::Zero(width, width);
  const Index every = std::max<Index>(1, rows.rows() / kSlopeRows);
  for (Index n = every / 2; n < rows.rows(); n += every) {
    MatrixXd slope(width, rows.cols());
    const VectorXd row = rows.row(n);
    for (Index j = 0; j < width; ++j)
      slope.row(j) =
          terms[static_cast<std::size_t>(j)].gradient(row).cwiseProduct(spread).transpose() / scale_(j);
    slopes_.push_back(std::move(slope));
    const MatrixXd change = slopes_.back() * relative_noise_.asDiagonal();
    noise_.noalias() += change * change.transpose();
  }
  noise_ /= std::max(1.0, static_cast<double>(slopes_.size()));
}

double TermSample::degrees_of_freedom() const {
  return static_cast<double>(trajectories_.rows.rows()) - trajectories_.count();
}

MatrixXd TermSample::whitened() const {
  // Twice, so that combinations whose terms nearly cancel are as precise as their values.
  const MatrixXd first = whitening(total_);
  const MatrixXd values = values_ * first;
  const MatrixXd both = first * whitening(covariance(values, static_cast<double>(values.rows()) - 1));
  const EigenPairs noise = symmetric_eigen(both.transpose() * noise_ * both);
  const Index kept = (noise.values.array() < kMostlyNoise).count();
  return both * noise.vectors.leftCols(kept);
}

MatrixXd TermSample::candidates(std::vector<double>* spectrum) const {
  const MatrixXd frame = whitened();
  if (frame.cols() == 0) return frame;
  const MatrixXd within = covariance(deviations_ * frame, degrees_of_freedom());
  const EigenPairs pairs = symmetric_eigen(within - frame.transpose() * noise_ * frame);
  if (spectrum) spectrum->assign(pairs.values.data(), pairs.values.data() + pairs.values.size());
  const Index kept = std::min<Index>(kMostCandidates, (pairs.values.array() < kCandidate).count());
  return frame * pairs.vectors.leftCols(kept);
}

Conservation TermSample::judge(const VectorXd& combination) const {
  Conservation result;
  const VectorXd values = values_ * combination, rest = deviations_ * combination;
  result.total = values.squaredNorm() / std::max(1.0, static_cast<double>(values.size()) - 1);
  const double square = rest.squaredNorm();
  result.within = square / std::max(1.0, degrees_of_freedom());
  result.noise = combination.dot(noise_ * combination);
  double lost = 0;  // the mean of a trajectory makes what is left of white noise correlated by -1/length
  for (int k = 0; k < trajectories_.count(); ++k) lost += 1.0 / static_cast<double>(rest.size());
  const double smooth_part =
      kSmooth * std::min(1.0, kFullTolerance * result.total / std::max(result.within, 1e-300));
  for (int lag = 1; lag <= kLags; ++lag) {
    double products = 0, squares = 0;
    for (int k = 0; k < trajectories_.count(); ++k) {
      const Index length = trajectories_.length(k) - lag;
      if (length < 1) continue;
      const auto own = rest.segment(trajectories_.starts[static_cast<std::size_t>(k)], length + lag).array();
      const VectorXd product = own.head(length) * own.tail(length);
      products += product.sum();
      squares += product.squaredNorm();
    }
    const double share = products / std::max(square, 1e-300) + lost;
    const double chance = std::sqrt(squares) / std::max(square, 1e-300);
    const double allowed = smooth_part + 3 * chance;
    if (lag == 1 || share - allowed > result.smooth - result.allowed) {
      result.smooth = share;
      result.allowed = allowed;
    }
  }
  return result;
}

}  // namespace symscan
