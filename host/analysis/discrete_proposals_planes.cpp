// Proposals that turn planes or reflect in lines and axes.
#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>

#include "host/analysis/discrete_proposal_builder.hpp"
#include "host/base/linear_algebra.hpp"
#include "host/base/text.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr int kHarmonics = 16, kRings = 3, kAngles = 720, kMostLines = 3, kPlanesWithLines = 6;
constexpr Index kMostPairs = 28;
constexpr double kWide = 0.5;      ///< of the tolerance of widths, for tables of 2 columns
constexpr double kExactAngle = 2;  ///< degrees

}  // namespace

void ProposalBuilder::add_plane_of_momenta(std::vector<Plane>& result, int a, int b) const {
  const std::string &first = kMomenta[static_cast<std::size_t>(a)],
                    &second = kMomenta[static_cast<std::size_t>(b)];
  std::vector<std::pair<Index, Index>> pairs;
  for (const ParticleColumns& particle : particles_) {
    const bool about_z = a + b == 1;
    for (const char* angle : {"phi", "eta", "theta", "y", "pt"}) {
      if (particle.has(angle) && (!about_z || std::string(angle) == "phi")) return;
    }
    if (particle.has(first) != particle.has(second)) return;
    if (particle.has(first)) pairs.emplace_back(particle.at.at(first), particle.at.at(second));
  }
  if (pairs.empty()) return;
  Plane plane{MatrixXd::Zero(size_, static_cast<Index>(pairs.size())), {}, first + "-" + second};
  plane.second = plane.first;
  for (std::size_t k = 0; k < pairs.size(); ++k) {
    if (!varies(pairs[k].first) || !varies(pairs[k].second)) return;
    if (!same_width(pairs[k].first, pairs[k].second)) return;
    plane.first(pairs[k].first, static_cast<Index>(k)) = 1;
    plane.second(pairs[k].second, static_cast<Index>(k)) = 1;
  }
  result.push_back(plane);
}

std::vector<Plane> ProposalBuilder::planes() const {
  std::vector<Plane> result;
  for (int a = 0; a < 3; ++a) {
    for (int b = a + 1; b < 3; ++b) add_plane_of_momenta(result, a, b);
  }
  if (!wide_) add_planes_of_columns(result);
  add_planes_of_axes(result);
  return result;
}

void ProposalBuilder::add_planes_of_columns(std::vector<Plane>& result) const {
  Index pairs = 0;
  for (std::size_t j = 0; j < plain_.size(); ++j) {
    for (std::size_t i = 0; i < j && pairs < kMostPairs; ++i) {
      const Index a = plain_[i], b = plain_[j];
      const double correlation = shape_(a, b) / (spread_(a) * spread_(b));
      const bool wide = plain_.size() == 2 && std::fabs(std::log(spread_(a) / spread_(b))) < kWide / 2;
      if (!(wide || same_width(a, b))) continue;
      if (std::fabs(correlation) > (wide ? kWide : tolerance_) / 2) continue;
      result.push_back(
          {MatrixXd(VectorXd::Unit(size_, a)), MatrixXd(VectorXd::Unit(size_, b)), name(a) + "-" + name(b)});
      ++pairs;
    }
  }
}

/// Two equal principal axes that are no columns.
void ProposalBuilder::add_planes_of_axes(std::vector<Plane>& result) const {
  const auto varying = static_cast<Index>(plain_.size());
  if (varying < 3 || varying > kSmallTable) return;
  const EigenPairs axes = symmetric_eigen(shape_(plain_, plain_));
  for (Index k = 0; k + 1 < varying; ++k) {
    const auto equal = [&](Index i) {
      return i >= 0 && i + 1 < varying && axes.values(i) > 0 &&
             std::log(axes.values(i + 1) / axes.values(i)) < tolerance_;
    };
    if (!equal(k) || equal(k - 1) || equal(k + 1)) continue;
    const MatrixXd basis = axes.vectors.middleCols(k, 2);
    const VectorXd share = basis.rowwise().squaredNorm();
    if ((share.array().min(1 - share.array()) < kMisalignment).all()) continue;
    Plane plane{MatrixXd::Zero(size_, 1), MatrixXd::Zero(size_, 1), "the plane of two equal principal axes",
                true};
    plane.first(plain_, 0) = basis.col(0);
    plane.second(plain_, 0) = basis.col(1);
    result.push_back(plane);
  }
}

/// Angles of lines, in degrees, in which the circular moments of the scouts are most nearly symmetric.
std::vector<double> ProposalBuilder::lines(const Plane& plane) const {
  VectorXd mismatch = VectorXd::Zero(kAngles);
  const MatrixXd x = in_.points(in_.scouts, Eigen::all).rowwise() - centre_.transpose();
  const VectorXd weights = in_.weights(in_.scouts);
  for (Index pair = 0; pair < plane.first.cols(); ++pair) {
    const VectorXd a = x * plane.first.col(pair), b = x * plane.second.col(pair);
    const VectorXd radii = (a.array().square() + b.array().square()).sqrt();
    std::vector<double> sorted(radii.data(), radii.data() + radii.size());
    std::sort(sorted.begin(), sorted.end());
    for (int m = 1; m <= kHarmonics; ++m) {
      std::complex<double> moments[kRings] = {};
      for (Index i = 0; i < radii.size(); ++i) {
        const auto place = std::lower_bound(sorted.begin(), sorted.end(), radii(i)) - sorted.begin();
        const auto ring = std::min<std::size_t>(
            kRings - 1, static_cast<std::size_t>(place) * kRings / std::max<std::size_t>(1, sorted.size()));
        moments[ring] += weights(i) * std::polar(1.0, m * std::atan2(b(i), a(i)));
      }
      for (const std::complex<double>& moment : moments) {
        for (Index k = 0; k < kAngles; ++k) {
          const double line = std::numbers::pi * static_cast<double>(k) / static_cast<double>(kAngles);
          mismatch(k) += std::norm(moment) - (moment * moment * std::polar(1.0, -2 * m * line)).real();
        }
      }
    }
  }
  std::vector<Index> lowest;
  for (Index k = 0; k < kAngles; ++k) {
    if (mismatch(k) <= mismatch((k + 1) % kAngles) && mismatch(k) < mismatch((k + kAngles - 1) % kAngles))
      lowest.push_back(k);
  }
  std::stable_sort(lowest.begin(), lowest.end(), [&](Index i, Index j) { return mismatch(i) < mismatch(j); });
  lowest.resize(std::min(lowest.size(), static_cast<std::size_t>(kMostLines)));
  std::vector<double> result;
  for (const Index k : lowest) {
    const double before = mismatch((k + kAngles - 1) % kAngles), after = mismatch((k + 1) % kAngles);
    const double bend = before + after - 2 * mismatch(k);
    const double offset = bend > 0 ? std::clamp(0.5 * (before - after) / bend, -0.5, 0.5) : 0;
    result.push_back(180 * (static_cast<double>(k) + offset) / static_cast<double>(kAngles));
  }
  return result;
}

/// Turns of an estimated plane out of itself.
std::vector<MatrixXd> ProposalBuilder::tilts_of(const Plane& plane) const {
  std::vector<MatrixXd> tilts;
  if (!plane.estimated) return tilts;
  const MatrixXd inside = plane.first * plane.first.transpose() + plane.second * plane.second.transpose();
  for (const Index f : plain_) {
    const VectorXd outside = VectorXd::Unit(size_, f) - inside.col(f);
    for (const VectorXd& axis : {VectorXd(plane.first.col(0)), VectorXd(plane.second.col(0))})
      tilts.push_back(outside * axis.transpose() - axis * outside.transpose());
  }
  return tilts;
}

void ProposalBuilder::add_line(const Plane& plane, double degrees, bool estimated) {
  const MatrixXd &p = plane.first, &q = plane.second;
  const double angle = 2 * degrees * std::numbers::pi / 180;
  const MatrixXd inside = p * p.transpose() + q * q.transpose();
  const MatrixXd crossed = p * q.transpose() + q * p.transpose();
  const MatrixXd matrix = identity() - inside + std::cos(angle) * (p * p.transpose() - q * q.transpose()) +
                          std::sin(angle) * crossed;
  std::vector<MatrixXd> axes = tilts_of(plane);
  if (estimated) axes.push_back(q * p.transpose() - p * q.transpose());
  add("reflection in the line at " + std::string(estimated ? "about " : "") + rounded(degrees, 3) +
          " degrees in " + plane.name,
      estimated ? Rank::estimated_lines : Rank::lines, matrix, axes);
  found_.back().angle_estimated = estimated;
}

void ProposalBuilder::add_plane(const Plane& plane) {
  const int number = planes_++;
  const std::size_t before = found_.size();
  const MatrixXd &p = plane.first, &q = plane.second;
  const MatrixXd inside = p * p.transpose() + q * q.transpose();
  const MatrixXd turn = q * p.transpose() - p * q.transpose();
  for (int n = kMostTurns; n >= 2; --n) {
    const double angle = 2 * std::numbers::pi / n;
    add("rotation by " + rounded(360.0 / n, 4) + " degrees in " + plane.name, Rank::rotations,
        identity() + (std::cos(angle) - 1) * inside + std::sin(angle) * turn, tilts_of(plane));
    found_.back().turns = n;
    found_.back().named = plain_.size() == 2 && (n == 3 || n == 4);
  }
  if (!plane.estimated) {
    add_line(plane, 45, false);
    add_line(plane, 135, false);
  }
  if (number < kPlanesWithLines) {
    for (const double degrees : lines(plane)) {
      const double from_exact = std::fabs(std::remainder(degrees, 45.0));
      if (plane.estimated || from_exact > kExactAngle) add_line(plane, degrees, true);
    }
  }
  for (std::size_t k = before; k < found_.size(); ++k) found_[k].plane = number;
}

/// Reflections along principal axes of simple eigenvalues that are no columns.
void ProposalBuilder::add_axes() {
  const auto varying = static_cast<Index>(plain_.size());
  if (varying < 2 || varying > kSmallTable) return;
  const EigenPairs axes = symmetric_eigen(shape_(plain_, plain_));
  for (Index k = 0; k < varying; ++k) {
    const auto simple = [&](Index i) {
      return i < 0 || i + 1 >= varying ||
             (axes.values(i) > 0 && std::log(axes.values(i + 1) / axes.values(i)) > tolerance_);
    };
    if (!simple(k) || !simple(k - 1) || axes.vectors.col(k).cwiseAbs().maxCoeff() > 1 - kMisalignment / 10)
      continue;
    VectorXd axis = VectorXd::Zero(size_);
    axis(plain_) = axes.vectors.col(k);
    std::vector<MatrixXd> tilts;
    for (const Index f : plain_) {
      const VectorXd outside = VectorXd::Unit(size_, f) - axis * axis(f);
      tilts.push_back(outside * axis.transpose() - axis * outside.transpose());
    }
    std::vector<std::string> words, names;
    for (const Index f : plain_) {
      words.push_back(rounded(axis(f), 2));
      names.push_back(name(f));
    }
    add("reflection along (" + join_words(words) + ") in (" + join_words(names) + ")", Rank::axes,
        identity() - 2 * axis * axis.transpose(), tilts);
    found_.back().angle_estimated = true;
  }
}

}  // namespace symscan
