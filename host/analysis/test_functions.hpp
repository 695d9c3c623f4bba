#pragma once
#include <cstdint>
#include <vector>

#include "host/analysis/event_window.hpp"
#include "host/base/eigen.hpp"

namespace symscan {

/// Test functions phi_k at the points u and their derivatives along vector fields. First the monomials of
/// u by degree, damped by s = 1 / (1 + |u|^2 / (6 d)) up to degree 2 and by s^degree above. A degree that is
/// too much as a whole is represented by u_i^(degree - 1) u_j for all i and j, up to degree 4. Then random
/// Fourier features cos(frequency . u + phase) s, frequencies of normal distribution and a length of about 2
/// at most. So phi and v.grad phi are bounded for every affine field v, whatever the tails. With a window all
/// functions are multiplied by it.
class TestFunctions {
 public:
  /// `points` [n x d], in coordinates in which they have widths of about 1. At most about `most` functions,
  /// at least those of degree 1; `highest_degree`: of the monomials; `fourier`: features wanted at most.
  struct Choice {
    Eigen::Index most = 64;
    int highest_degree = 6;
    Eigen::Index fourier = 16;
    std::uint64_t seed = 0;
  };
  TestFunctions(const Eigen::MatrixXd& points, const Choice& choice, EventWindow window = {});

  Eigen::Index count() const { return values_.cols() + frequencies_.cols(); }
  /// How many functions are monomials of this degree or lower.
  Eigen::Index up_to_degree(int degree) const;
  int highest_degree() const { return static_cast<int>(degree_ends_.size()) - 1; }

  /// [n x functions]
  Eigen::MatrixXd values() const;
  /// v.grad phi for v given at the points, [n x d]: [n x functions].
  Eigen::MatrixXd along(const Eigen::MatrixXd& velocities) const;

 private:
  /// The same without the window.
  Eigen::MatrixXd plain_values() const;
  Eigen::MatrixXd plain_along(const Eigen::MatrixXd& velocities) const;
  struct Monomial {
    Eigen::Index parent;  ///< the monomial of one degree less, -1 for 1
    Eigen::Index factor;  ///< the coordinate that multiplies it
    int degree;
    bool power;  ///< of one coordinate
  };
  void add_monomials(Eigen::Index most, int highest_degree);
  void add_degree(int degree, bool complete);
  void add_fourier(Eigen::Index most, std::uint64_t seed);

  Eigen::MatrixXd points_;
  EventWindow window_;
  Eigen::VectorXd damping_;  ///< s
  std::vector<Monomial> monomials_;
  std::vector<Eigen::Index> degree_ends_;  ///< up_to_degree
  Eigen::MatrixXd values_;                 ///< of the monomials, not damped
  Eigen::MatrixXd frequencies_;            ///< [d x features]
  Eigen::MatrixXd cosines_, sines_;        ///< [n x features]
};

}  // namespace symscan
