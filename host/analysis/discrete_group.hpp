#pragma once
#include <functional>
#include <string>
#include <vector>

#include "host/base/eigen.hpp"

namespace symscan {

/// A finite group of matrices. Affine maps of finite order that form a finite group have a common fixed
/// point, so their linear parts stand for them.
struct DiscreteGroup {
  std::string name = "trivial";  ///< "C4", "D3", "S3", "Z2 x Z2", "group of order 24"
  int order = 1;                 ///< 0: above the limit, or infinite
};

using SameElement = std::function<bool(const Eigen::MatrixXd&, const Eigen::MatrixXd&)>;

/// Equal to 1e-6 of their size.
bool same_matrix(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b);

/// All products of the generators, the unit first; empty if there are more than `most`. `same` may count
/// elements as equal that differ by one of a normal subgroup.
std::vector<Eigen::MatrixXd> group_closure(const std::vector<Eigen::MatrixXd>& generators, std::size_t most,
                                           const SameElement& same = same_matrix);

/// The group that these invertible matrices generate, and its name: cyclic (Z2, C3, ...), dihedral (D3, ...),
/// S3, S4, ... where the generators permute coordinates, A4 and S4 of tetrahedron and cube, B3, ... where
/// they are signed permutations, and direct products of these.
DiscreteGroup describe_group(const std::vector<Eigen::MatrixXd>& generators, std::size_t most = 1000,
                             const SameElement& same = same_matrix);

/// Places of generators that are no products of those before them.
std::vector<std::size_t> independent_generators(const std::vector<Eigen::MatrixXd>& generators,
                                                std::size_t most = 1000,
                                                const SameElement& same = same_matrix);

/// The connected group exp(sum t_i A_i) exp(...) ... of a Lie algebra that the matrices A_i span.
class ConnectedGroup {
 public:
  explicit ConnectedGroup(std::vector<Eigen::MatrixXd> generators);
  bool empty() const { return generators_.empty(); }
  /// Whether some element comes within 1e-5 of the matrix: by Gauss-Newton steps within the group from
  /// several starts, so a "no" may rarely be wrong.
  bool contains(const Eigen::MatrixXd& matrix) const;
  /// Whether the steps of all calls so far were so many that the last ones were not taken: from then on the
  /// answers of contains() mean nothing. Counted in operations, about 10^10.
  bool exhausted() const { return operations_ > most_operations; }

 private:
  Eigen::MatrixXd element(const Eigen::VectorXd& t) const;
  bool reaches(const Eigen::MatrixXd& matrix, Eigen::MatrixXd g) const;

  static constexpr double most_operations = 1e10;
  std::vector<Eigen::MatrixXd> generators_;
  mutable double operations_ = 0;
};

}  // namespace symscan
