#include "host/analysis/discrete_proposals.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "host/analysis/discrete_proposal_builder.hpp"
#include "host/base/linear_algebra.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kConstant = 1e-6;  ///< range over magnitude: rounding of float32
constexpr int kStudentSteps = 40;
constexpr double kFreedom = 3;   ///< of Student's t
constexpr double kAtCentre = 5;  ///< standard errors within which a centre is taken for 0
constexpr std::size_t kFewValues = 20;
constexpr std::size_t kMostColumns = 16;  ///< more: exchanges of columns and particles alone

}  // namespace

ProposalBuilder::ProposalBuilder(const ProposalInput& input)
    : in_(input), size_(input.points.cols()), particles_(find_particles(input.columns)) {
  locate();
  std::set<Index> taken;
  for (const ParticleColumns& particle : particles_) {
    for (const auto& [feature, column] : particle.at) taken.insert(column);
  }
  for (Index f = 0; f < size_; ++f) {
    if (!taken.contains(f) && varies(f)) plain_.push_back(f);
  }
  wide_ = plain_.size() > kMostColumns;
}

std::vector<DiscreteProposal> ProposalBuilder::all() {
  add_particles();
  add_exchanges();
  add_reflections();
  for (const Plane& plane : planes()) add_plane(plane);
  add_axes();
  std::stable_sort(found_.begin(), found_.end(),
                   [](const auto& a, const auto& b) { return a.rank < b.rank; });
  return std::move(found_);
}

bool ProposalBuilder::varies(Index f) const {
  const auto column = in_.points.col(f).array();
  const double size = column.abs().maxCoeff();
  return spread_(f) > 0 && column.maxCoeff() - column.minCoeff() > kConstant * size;
}

bool ProposalBuilder::alike(Index a, Index b) const {
  const double error = kAtCentre * std::hypot(error_(a), error_(b));
  return std::fabs(centre_(a) - centre_(b)) <= error && same_width(a, b);
}

/// About the centre, with all that was estimated: shifts, and the turns by `axes` [D x D antisymmetric].
void ProposalBuilder::add(std::string text, Rank rank, const MatrixXd& matrix,
                          const std::vector<MatrixXd>& axes) {
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
void ProposalBuilder::add_permutation(std::string text, Rank rank, const MatrixXd& matrix) {
  DiscreteProposal proposal;
  proposal.text = std::move(text);
  proposal.rank = rank;
  proposal.map = {matrix, VectorXd::Zero(size_)};
  found_.push_back(std::move(proposal));
}

void ProposalBuilder::locate() {
  const VectorXd weights = in_.weights.cwiseAbs();
  const RobustFrame frame = robust_frame(in_.points, weights);
  const double effective = in_.weights.sum() * in_.weights.sum() / in_.weights.squaredNorm();
  tolerance_ = 0.04 + 8 / std::sqrt(effective);
  fit_student(in_.points, frame);
  error_ = 1.5 * spread_ / std::sqrt(effective);
  exact_.assign(static_cast<std::size_t>(size_), false);
  for (Index f = 0; f < size_; ++f) {
    const auto at = static_cast<std::size_t>(f);
    std::set<double> values;
    for (Index row = 0; row < in_.points.rows() && values.size() <= kFewValues; ++row)
      values.insert(in_.points(row, f));
    if (values.size() <= kFewValues) {
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
void ProposalBuilder::fit_student(const MatrixXd& points, const RobustFrame& frame) {
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

std::vector<DiscreteProposal> discrete_proposals(const ProposalInput& input) {
  return ProposalBuilder(input).all();
}

}  // namespace symscan
