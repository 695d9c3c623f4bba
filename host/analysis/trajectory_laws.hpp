#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "host/analysis/function_terms.hpp"
#include "host/base/eigen.hpp"

namespace symscan {

/// A function of the columns that is constant along each trajectory and differs between trajectories.
struct TrajectoryLaw {
  std::string equation;  ///< "p^2/2 - cos(q)"; numbers are as short as the data allow
  std::vector<std::pair<FunctionTerm, double>> terms;
  double within = 0;  ///< root of the share of its variance that lies within trajectories
  double noise = 0;   ///< the same as far as the noise of the columns accounts for it
  double error = 0;   ///< largest standard error of a coefficient, each in units of the largest term
  int degree = 0;     ///< largest number of factors in a term
  /// It is a function of the laws before it, though no linear combination of them.
  bool dependent = false;

  double value(const Eigen::VectorXd& row) const;
};

struct TrajectoryLaws {
  /// Sparse basis of the space of laws found, the simplest first, independent ones before dependent ones;
  /// without functions of laws of lower degree.
  std::vector<TrajectoryLaw> laws;
  int dictionary = 0;            ///< number of terms tried
  int degree = 0;                ///< of the dictionary's polynomials
  int accepted = 0;              ///< linear dimension of the space of laws in the dictionary
  int independent = 0;           ///< functionally independent ones: generic rank of their gradients
  int trajectories = 0;          ///< that could be used
  std::vector<double> spectrum;  ///< shares of the variance within trajectories, less noise, ascending
  std::vector<double> noise;     ///< [D] of each column, over its standard deviation
  std::vector<std::string> notes;
};

struct TrajectoryLawSettings {
  int largest_degree = 3;
  std::vector<int> angle_columns = {};  ///< angles besides those with an angle's name
  std::uint64_t seed = 1;               ///< of the halves
};

/// Conserved quantities among the linear combinations of a dictionary: polynomials of degree 2, then 3,
/// logarithms of positive columns, 1/r, cosines and sines of angles and of their differences. rows: [n x D]
/// in time order within each trajectory, if noise is to be told from motion; columns: [D] names; groups: [n]
/// which trajectory each row belongs to.
///
/// Small variance within and large variance between trajectories is the eigenproblem (W - N) c = lambda T c,
/// with the covariances of the terms within trajectories W and altogether T, and N = E[(s grad term_i) . (s
/// grad term_j)] the part that noise of standard deviations s in the columns accounts for (errors in
/// variables). Half of the trajectories propose, the other half judge, and the other way round: a function
/// counts only if what varies within new trajectories is either below 1e-4 of its spread or of the size that
/// noise accounts for and without correlation in time. Exact relations among the terms are no laws. With
/// noise a law is one up to that: what changes by less than the noise in it is not seen to change. Needs 8
/// trajectories of 5 rows, 10 rows where there is noise; uses about 8000 rows.
///
/// Sources: Z. Liu and M. Tegmark, Phys. Rev. Lett. 126 (2021) 180604 (number of conserved quantities from
/// trajectories); E. Kaiser, J. N. Kutz and S. L. Brunton, 57th IEEE Conf. Decision and Control (2018) 6402
/// (conservation laws as a null space over a dictionary).
TrajectoryLaws trajectory_laws(const Eigen::MatrixXd& rows, const std::vector<std::string>& columns,
                               const std::vector<int>& groups, const TrajectoryLawSettings& settings = {});

}  // namespace symscan
