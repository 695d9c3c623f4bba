#pragma once
// The parts of discrete_proposals().
#include <cmath>
#include <string>
#include <vector>

#include "host/analysis/discrete_proposals.hpp"
#include "host/analysis/particle_columns.hpp"
#include "host/analysis/robust_shape.hpp"
#include "host/base/eigen.hpp"

namespace symscan {

inline constexpr int kMostTurns = 12;           ///< rotations by 2 pi / n, n = 2 to this
inline constexpr double kMisalignment = 0.1;    ///< components of an axis that belong to no column
inline constexpr Eigen::Index kSmallTable = 8;  ///< columns up to which all combinations are proposed

using Rank = DiscreteRank;

/// A plane of the features, or of the same two components of several particles that turn together: columns
/// k of `first` and `second` are orthonormal.
struct Plane {
  Eigen::MatrixXd first, second;  ///< [D x pairs]
  std::string name;               ///< "x-y"
  bool estimated = false;         ///< not spanned by columns
};

/// Collects proposals: see discrete_proposals().
class ProposalBuilder {
 public:
  explicit ProposalBuilder(const ProposalInput& input);
  std::vector<DiscreteProposal> all();

 private:
  const std::string& name(Eigen::Index column) const { return in_.columns[static_cast<std::size_t>(column)]; }
  Eigen::MatrixXd identity() const { return Eigen::MatrixXd::Identity(size_, size_); }

  void locate();
  bool varies(Eigen::Index f) const;
  bool alike(Eigen::Index a, Eigen::Index b) const;
  bool same_width(Eigen::Index a, Eigen::Index b) const {
    return std::fabs(std::log(spread_(a) / spread_(b))) < tolerance_ / 2;
  }

  /// About the centre, with all that was estimated: shifts, and the turns by `axes` [D x D antisymmetric].
  void add(std::string text, Rank rank, const Eigen::MatrixXd& matrix,
           const std::vector<Eigen::MatrixXd>& axes = {});
  /// Columns exchanged as they are, wherever their centres lie.
  void add_permutation(std::string text, Rank rank, const Eigen::MatrixXd& matrix);
  static void exchange(Eigen::MatrixXd& matrix, Eigen::Index a, Eigen::Index b) {
    matrix.row(a).swap(matrix.row(b));
  }

  void fit_student(const Eigen::MatrixXd& points, const RobustFrame& frame);
  void add_particles();
  Eigen::MatrixXd add_momentum_reflections();
  void add_exchanges();
  void add_reflections();
  std::vector<Plane> planes() const;
  void add_planes_of_columns(std::vector<Plane>& result) const;
  void add_planes_of_axes(std::vector<Plane>& result) const;
  void add_plane_of_momenta(std::vector<Plane>& result, int a, int b) const;
  void add_plane(const Plane& plane);
  void add_line(const Plane& plane, double degrees, bool estimated);
  std::vector<Eigen::MatrixXd> tilts_of(const Plane& plane) const;
  std::vector<double> lines(const Plane& plane) const;
  void add_axes();

  const ProposalInput& in_;
  Eigen::Index size_;
  std::vector<ParticleColumns> particles_;
  std::vector<Eigen::Index> plain_;  ///< columns of no particle that vary
  Eigen::VectorXd centre_, spread_, error_;
  std::vector<bool> exact_;  ///< the centre of the column was not estimated
  Eigen::MatrixXd shape_;    ///< [D x D] robust covariance
  double tolerance_ = 0;     ///< of the logarithm of a ratio of variances
  int planes_ = 0;           ///< numbers given
  bool wide_ = false;        ///< too many columns for maps of single columns
  std::vector<DiscreteProposal> found_;
};

}  // namespace symscan
