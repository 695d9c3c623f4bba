#include "host/analysis/discrete_proposals.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <numeric>
#include <set>

#include "host/analysis/particle_columns.hpp"
#include "host/analysis/robust_shape.hpp"
#include "host/base/linear_algebra.hpp"
#include "host/base/text.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr int kMostTurns = 12;
constexpr int kHarmonics = 16, kRings = 3, kAngles = 720, kMostLines = 3, kPlanesWithLines = 6;
constexpr double kConstant = 1e-6;  ///< range over magnitude: rounding of float32
constexpr int kStudentSteps = 40;
constexpr double kFreedom = 3;   ///< of Student's t
constexpr double kAtCentre = 5;  ///< standard errors within which a centre is taken for 0
constexpr std::size_t kFewValues = 20;
constexpr double kAligned = 0.1;  ///< components of an axis that belong to no column
constexpr Index kMostPairs = 28, kSmallTable = 8, kMostTriples = 20;
constexpr std::size_t kBothAtOnce = 5;  ///< columns
constexpr double kWide = 0.5;           ///< of the tolerance of widths, for tables of 2 columns
constexpr double kExactAngle = 2;       ///< degrees

/// Orders of tests.
enum Rank { kExchanges, kReflections, kRotations, kLines, kSubsets, kCycles, kAxes, kEstimatedLines };

/// A plane of the features, or of the same two components of several particles that turn together: columns
/// k of `first` and `second` are orthonormal.
struct Plane {
  MatrixXd first, second;  ///< [D x pairs]
  std::string name;        ///< "x-y"
  bool estimated = false;  ///< not spanned by columns
};

class Proposals {
 public:
  explicit Proposals(const ProposalInput& input)
      : in_(input), size_(input.points.cols()), particles_(find_particles(input.columns)) {
    locate();
    std::set<Index> taken;
    for (const ParticleColumns& particle : particles_) {
      for (const auto& [feature, column] : particle.at) taken.insert(column);
    }
    for (Index f = 0; f < size_; ++f) {
      if (!taken.contains(f) && varies(f)) plain_.push_back(f);
    }
  }

  std::vector<DiscreteProposal> all() {
    add_particles();
    add_exchanges();
    add_reflections();
    add_shifts();
    for (const Plane& plane : planes()) add_plane(plane);
    add_axes();
    std::stable_sort(found_.begin(), found_.end(),
                     [](const auto& a, const auto& b) { return a.rank < b.rank; });
    return std::move(found_);
  }

 private:
  const std::string& name(Index column) const { return in_.columns[static_cast<std::size_t>(column)]; }
  bool periodic(Index f) const {
    return !in_.periods.empty() && in_.periods[static_cast<std::size_t>(f)] > 0;
  }
  MatrixXd identity() const { return MatrixXd::Identity(size_, size_); }

  void locate();
  bool varies(Index f) const {
    const auto column = in_.points.col(f).array();
    const double size = column.abs().maxCoeff();
    return spread_(f) > 0 && column.maxCoeff() - column.minCoeff() > kConstant * size;
  }
  bool alike(Index a, Index b) const {
    const double error = kAtCentre * std::hypot(error_(a), error_(b));
    return periodic(a) == periodic(b) && std::fabs(centre_(a) - centre_(b)) <= error && same_width(a, b);
  }
  bool same_width(Index a, Index b) const {
    return std::fabs(std::log(spread_(a) / spread_(b))) < tolerance_ / 2;
  }

  /// About the centre, with all that was estimated: shifts, and the turns by `axes` [D x D antisymmetric].
  void add(std::string text, int rank, const MatrixXd& matrix, const std::vector<MatrixXd>& axes = {}) {
    DiscreteProposal proposal;
    proposal.text = std::move(text);
    proposal.rank = rank;
    proposal.map = {matrix, centre_ - matrix * centre_};
    const MatrixXd moved = identity() - matrix;
    for (Index f = 0; f < size_; ++f) {
      if (!(error_(f) > 0) || exact_[static_cast<std::size_t>(f)] || moved.col(f).norm() < 1e-9) continue;
      proposal.neighbours.push_back({MatrixXd::Zero(size_, size_), moved.col(f)});
    }
    for (const MatrixXd& axis : axes) {
      const MatrixXd change = axis * matrix - matrix * axis;
      if (change.norm() > 1e-9) proposal.neighbours.push_back({change, -change * centre_});
    }
    found_.push_back(std::move(proposal));
  }
  /// Columns exchanged as they are, wherever their centres lie.
  void add_permutation(std::string text, int rank, const MatrixXd& matrix) {
    DiscreteProposal proposal;
    proposal.text = std::move(text);
    proposal.rank = rank;
    proposal.map = {matrix, VectorXd::Zero(size_)};
    found_.push_back(std::move(proposal));
  }
  static void exchange(MatrixXd& matrix, Index a, Index b) { matrix.row(a).swap(matrix.row(b)); }

  void fit_student(const MatrixXd& points, const RobustFrame& frame);
  void add_particles();
  void add_exchanges();
  void add_reflections();
  void add_shifts();
  std::vector<Plane> planes() const;
  void add_plane_of_momenta(std::vector<Plane>& result, int a, int b) const;
  void add_plane(const Plane& plane);
  std::vector<double> lines(const Plane& plane) const;
  void add_axes();

  const ProposalInput& in_;
  Index size_;
  std::vector<ParticleColumns> particles_;
  std::vector<Index> plain_;  ///< columns of no particle that vary
  VectorXd centre_, spread_, error_;
  std::vector<bool> exact_;  ///< the centre of the column was not estimated
  MatrixXd shape_;           ///< [D x D] robust covariance
  double tolerance_ = 0;     ///< of the logarithm of a ratio of variances
  int planes_ = 0;
  std::vector<DiscreteProposal> found_;
};

void Proposals::locate() {
  MatrixXd lines = in_.points;
  for (Index f = 0; f < size_; ++f) {
    if (periodic(f)) lines.col(f).setZero();
  }
  const VectorXd weights = in_.weights.cwiseAbs();
  const RobustFrame frame = robust_frame(lines, weights);
  const double effective = in_.weights.sum() * in_.weights.sum() / in_.weights.squaredNorm();
  tolerance_ = 0.04 + 8 / std::sqrt(effective);
  fit_student(lines, frame);
  error_ = 1.5 * spread_ / std::sqrt(effective);
  exact_.assign(static_cast<std::size_t>(size_), false);
  for (Index f = 0; f < size_; ++f) {
    const auto at = static_cast<std::size_t>(f);
    std::set<double> values;
    for (Index row = 0; row < lines.rows() && values.size() <= kFewValues; ++row)
      values.insert(lines(row, f));
    if (periodic(f)) {
      spread_(f) = in_.periods[at] / 4;
      error_(f) = 0;
      centre_(f) = 0;
    } else if (values.size() <= kFewValues) {
      centre_(f) = 0.5 * (*values.begin() + *values.rbegin());
    } else if (std::fabs(centre_(f)) < kAtCentre * error_(f)) {
      centre_(f) = 0;
    } else {
      continue;
    }
    exact_[at] = true;
  }
}

/// Location and scatter of Student's t (Kent & Tyler, Ann. Stat. 19 (1991) 2102), which every symmetry of the
/// distribution keeps: medians of columns do not.
void Proposals::fit_student(const MatrixXd& points, const RobustFrame& frame) {
  const Index rank = frame.inward.rows();
  const MatrixXd u = (points.rowwise() - frame.centre.transpose()) * frame.inward.transpose();
  VectorXd location = VectorXd::Zero(rank);
  MatrixXd scatter = MatrixXd::Identity(rank, rank);
  for (int step = 0; step < kStudentSteps && rank > 0; ++step) {
    const MatrixXd centred = u.rowwise() - location.transpose();
    const VectorXd squares = (centred * inverse_of(scatter)).cwiseProduct(centred).rowwise().sum();
    const VectorXd shares =
        in_.weights.array() * (kFreedom + static_cast<double>(rank)) / (kFreedom + squares.array());
    const double total = shares.sum();
    if (!(total > 0)) break;
    const VectorXd move = centred.transpose() * shares / total;
    const MatrixXd next = centred.transpose() * shares.asDiagonal() * centred / in_.weights.sum();
    // Negative weights may leave none.
    if (!(symmetric_eigenvalues(next).minCoeff() > 1e-6)) break;
    const double change = move.norm() + (next - scatter).norm();
    location += move;
    scatter = next;
    if (change < 1e-5) break;
  }
  centre_ = frame.centre + frame.outward * location;
  shape_ = frame.outward * scatter * frame.outward.transpose();
  spread_ = shape_.diagonal().cwiseMax(0.0).cwiseSqrt();
}

void Proposals::add_particles() {
  const auto same_columns = [](const ParticleColumns& a, const ParticleColumns& b) {
    return a.at.size() == b.at.size() &&
           std::equal(a.at.begin(), a.at.end(), b.at.begin(),
                      [](const auto& x, const auto& y) { return x.first == y.first; });
  };
  const auto swapped = [&](const ParticleColumns& a, const ParticleColumns& b) {
    MatrixXd matrix = identity();
    for (const auto& [feature, column] : a.at) exchange(matrix, column, b.at.at(feature));
    return matrix;
  };
  MatrixXd parity = identity();
  std::vector<std::string> axes;
  for (const std::string& momentum : kMomenta) {
    MatrixXd matrix = identity();
    bool angles = false;
    for (const ParticleColumns& particle : particles_) {
      for (const char* angle : {"eta", "phi", "y", "theta"}) angles = angles || particle.has(angle);
      if (particle.has(momentum)) matrix(particle.at.at(momentum), particle.at.at(momentum)) = -1;
    }
    if (angles || matrix.isIdentity(0)) continue;
    parity = parity * matrix;
    add("reflection " + momentum + " -> -" + momentum + (particles_.size() > 1 ? " of all particles" : ""),
        kReflections, matrix);
    found_.back().named = true;
    axes.push_back(momentum);
  }
  if (axes.size() > 1) {
    add("all momenta -> minus themselves (parity)", kSubsets, parity);
    found_.back().named = true;
  }
  for (std::size_t b = 0; b < particles_.size(); ++b) {
    for (std::size_t a = 0; a < b; ++a) {
      if (!same_columns(particles_[a], particles_[b])) continue;
      const MatrixXd matrix = swapped(particles_[a], particles_[b]);
      const std::string pair = particles_[a].name + " and " + particles_[b].name;
      add_permutation("exchange of particles " + pair, kExchanges, matrix);
      found_.back().named = particles_.size() <= 4;
      if (axes.size() > 1)
        add("exchange of particles " + pair + " and all momenta -> minus themselves", kCycles,
            matrix * parity);
      for (std::size_t c = 0; c < a && particles_.size() <= 6; ++c) {
        if (!same_columns(particles_[a], particles_[c])) continue;
        add_permutation("cyclic permutation of particles " + particles_[c].name + ", " + particles_[a].name +
                            ", " + particles_[b].name,
                        kCycles, matrix * swapped(particles_[c], particles_[a]));
      }
    }
  }
}

void Proposals::add_exchanges() {
  const bool small = static_cast<Index>(plain_.size()) <= kSmallTable;
  Index triples = 0;
  for (std::size_t j = 0; j < plain_.size(); ++j) {
    bool chained = false;
    for (std::size_t i = j; i-- > 0;) {
      const Index a = plain_[i], b = plain_[j];
      if (!alike(a, b) || (chained && !small)) continue;
      MatrixXd matrix = identity();
      exchange(matrix, a, b);
      add_permutation("exchange of " + name(a) + " and " + name(b), chained ? kLines : kExchanges, matrix);
      chained = true;
      for (std::size_t k = 0; k < i && small && triples < kMostTriples; ++k) {
        if (!alike(plain_[k], a)) continue;
        MatrixXd cycle = matrix;
        exchange(cycle, plain_[k], a);
        add_permutation("cyclic permutation of " + name(plain_[k]) + ", " + name(a) + ", " + name(b), kCycles,
                        cycle);
        ++triples;
      }
    }
  }
}

void Proposals::add_reflections() {
  const auto text = [&](Index f) {
    if (centre_(f) == 0) return name(f) + " -> -" + name(f);
    return name(f) + " -> " + rounded(2 * centre_(f)) + " - " + name(f);
  };
  MatrixXd point = identity();
  std::vector<std::string> parts;
  for (std::size_t j = 0; j < plain_.size(); ++j) {
    const Index b = plain_[j];
    MatrixXd matrix = identity();
    matrix(b, b) = point(b, b) = -1;
    parts.push_back(text(b));
    add("reflection " + text(b), kReflections, matrix);
    found_.back().named = true;
    for (std::size_t i = 0; i < j && plain_.size() > 2 && plain_.size() <= kBothAtOnce; ++i) {
      MatrixXd both = matrix;
      both(plain_[i], plain_[i]) = -1;
      add(text(plain_[i]) + ", " + text(b) + " (both at once)", kSubsets, both);
    }
  }
  if (parts.size() < 2) return;
  add(shortened(join_words(parts), 200) + " (point reflection)", kSubsets, point);
  found_.back().named = true;
}

void Proposals::add_shifts() {
  for (Index f = 0; f < size_; ++f) {
    if (!periodic(f)) continue;
    ++planes_;
    for (int n = kMostTurns; n >= 2; --n) {
      const double step = in_.periods[static_cast<std::size_t>(f)] / n;
      add("shift of " + name(f) + " by " + rounded(step, 4) + ", 1/" + std::to_string(n) + " of its period",
          kRotations, identity());
      found_.back().map.shift(f) = step;
      found_.back().turns = n;
      found_.back().plane = planes_ - 1;
    }
  }
}

void Proposals::add_plane_of_momenta(std::vector<Plane>& result, int a, int b) const {
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

std::vector<Plane> Proposals::planes() const {
  std::vector<Plane> result;
  for (int a = 0; a < 3; ++a) {
    for (int b = a + 1; b < 3; ++b) add_plane_of_momenta(result, a, b);
  }
  Index pairs = 0;
  for (std::size_t j = 0; j < plain_.size(); ++j) {
    for (std::size_t i = 0; i < j && pairs < kMostPairs; ++i) {
      const Index a = plain_[i], b = plain_[j];
      const double correlation = shape_(a, b) / (spread_(a) * spread_(b));
      const bool wide = plain_.size() == 2 && std::fabs(std::log(spread_(a) / spread_(b))) < kWide / 2;
      if (periodic(a) || periodic(b) || !(wide || same_width(a, b))) continue;
      if (std::fabs(correlation) > (wide ? kWide : tolerance_) / 2) continue;
      result.push_back(
          {MatrixXd(VectorXd::Unit(size_, a)), MatrixXd(VectorXd::Unit(size_, b)), name(a) + "-" + name(b)});
      ++pairs;
    }
  }
  // Two equal principal axes that are no columns.
  const auto varying = static_cast<Index>(plain_.size());
  if (varying < 3 || varying > kSmallTable) return result;
  const EigenPairs axes = symmetric_eigen(shape_(plain_, plain_));
  for (Index k = 0; k + 1 < varying; ++k) {
    const auto equal = [&](Index i) {
      return i >= 0 && i + 1 < varying && axes.values(i) > 0 &&
             std::log(axes.values(i + 1) / axes.values(i)) < tolerance_;
    };
    if (!equal(k) || equal(k - 1) || equal(k + 1)) continue;
    const MatrixXd basis = axes.vectors.middleCols(k, 2);
    const VectorXd share = basis.rowwise().squaredNorm();
    if ((share.array().min(1 - share.array()) < kAligned).all()) continue;
    Plane plane{MatrixXd::Zero(size_, 1), MatrixXd::Zero(size_, 1), "the plane of two equal principal axes",
                true};
    plane.first(plain_, 0) = basis.col(0);
    plane.second(plain_, 0) = basis.col(1);
    result.push_back(plane);
  }
  return result;
}

/// Angles of lines, in degrees, in which the circular moments of the scouts are most nearly symmetric.
std::vector<double> Proposals::lines(const Plane& plane) const {
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

void Proposals::add_plane(const Plane& plane) {
  const int number = planes_++;
  const MatrixXd &p = plane.first, &q = plane.second;
  const MatrixXd inside = p * p.transpose() + q * q.transpose();
  const MatrixXd turn = q * p.transpose() - p * q.transpose();
  std::vector<MatrixXd> tilts;
  if (plane.estimated) {
    for (const Index f : plain_) {
      const VectorXd outside = VectorXd::Unit(size_, f) - inside.col(f);
      for (const VectorXd& axis : {VectorXd(p.col(0)), VectorXd(q.col(0))})
        tilts.push_back(outside * axis.transpose() - axis * outside.transpose());
    }
  }
  for (int n = kMostTurns; n >= 2; --n) {
    const double angle = 2 * std::numbers::pi / n;
    add("rotation by " + rounded(360.0 / n, 4) + " degrees in " + plane.name, kRotations,
        identity() + (std::cos(angle) - 1) * inside + std::sin(angle) * turn, tilts);
    found_.back().turns = n;
    found_.back().plane = number;
    found_.back().named = plain_.size() == 2 && (n == 3 || n == 4);
  }
  const auto reflect = [&](double degrees, bool estimated) {
    const double angle = 2 * degrees * std::numbers::pi / 180;
    const MatrixXd crossed = p * q.transpose() + q * p.transpose();
    const MatrixXd matrix = identity() - inside + std::cos(angle) * (p * p.transpose() - q * q.transpose()) +
                            std::sin(angle) * crossed;
    std::vector<MatrixXd> axes = tilts;
    if (estimated) axes.push_back(turn);
    add("reflection in the line at " + std::string(estimated ? "about " : "") + rounded(degrees, 3) +
            " degrees in " + plane.name,
        estimated ? kEstimatedLines : kLines, matrix, axes);
    found_.back().plane = number;
    found_.back().angle_estimated = estimated;
  };
  if (!plane.estimated) {
    reflect(45, false);
    reflect(135, false);
  }
  if (number >= kPlanesWithLines) return;
  for (const double degrees : lines(plane)) {
    const double from_exact = std::fabs(std::remainder(degrees, 45.0));
    if (plane.estimated || from_exact > kExactAngle) reflect(degrees, true);
  }
}

/// Reflections along principal axes of simple eigenvalues that are no columns.
void Proposals::add_axes() {
  const auto varying = static_cast<Index>(plain_.size());
  if (varying < 2 || varying > kSmallTable) return;
  const EigenPairs axes = symmetric_eigen(shape_(plain_, plain_));
  for (Index k = 0; k < varying; ++k) {
    const auto simple = [&](Index i) {
      return i < 0 || i + 1 >= varying ||
             (axes.values(i) > 0 && std::log(axes.values(i + 1) / axes.values(i)) > tolerance_);
    };
    if (!simple(k) || !simple(k - 1) || axes.vectors.col(k).cwiseAbs().maxCoeff() > 1 - kAligned / 10)
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
    add("reflection along (" + join_words(words) + ") in (" + join_words(names) + ")", kAxes,
        identity() - 2 * axis * axis.transpose(), tilts);
    found_.back().angle_estimated = true;
  }
}

}  // namespace

std::vector<DiscreteProposal> discrete_proposals(const ProposalInput& input) {
  return Proposals(input).all();
}

}  // namespace symscan
