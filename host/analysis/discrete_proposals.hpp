#pragma once
#include <string>
#include <vector>

#include "host/analysis/finite_map_test.hpp"
#include "host/base/eigen.hpp"

namespace symscan {

/// The order of tests.
enum class DiscreteRank { exchanges, reflections, rotations, lines, subsets, cycles, axes, estimated_lines };

/// A finite map that may keep the distribution. Its linear part is orthogonal in the units of the columns.
struct DiscreteProposal {
  std::string text;  ///< "rotation by 90 degrees in x-y"
  AffineMap map;
  std::vector<AffineMap> neighbours = {};  ///< derivatives of the map by what was estimated: centre, axes
  DiscreteRank rank = DiscreteRank::exchanges;
  int plane = -1;      ///< proposals of one plane share a number
  int turns = 0;       ///< n of a rotation by 2 pi / n
  bool named = false;  ///< worth saying where it is broken
  bool angle_estimated = false;
};

struct ProposalInput {
  const Eigen::MatrixXd& points;            ///< [n x D] distinct rows
  const Eigen::VectorXd& weights;           ///< [n]
  const std::vector<Eigen::Index>& scouts;  ///< rows from which angles are estimated
  const std::vector<std::string>& columns;
};

/// Maps that are worth a test: exchanges of particles with equal sets of columns and of columns that look
/// alike; reflections of columns and of all momenta, one component or all; rotations by 2 pi / n, n = 2 to
/// 12, in planes in which the robust shape is round, and reflections in lines of these planes at the angles
/// that circular moments E[exp(i m phi)] prefer; reflections along principal axes. Of more than 16 columns
/// only exchanges and the point reflection. Centres are robust means, 0 where they do not differ from 0.
std::vector<DiscreteProposal> discrete_proposals(const ProposalInput& input);

}  // namespace symscan
