#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "host/analysis/flow_invariance.hpp"
#include "host/base/eigen.hpp"

namespace symscan {

/// A finite map x -> matrix x + shift of the rows, in the units of the columns, and what the events say.
struct DiscreteElement {
  std::string text;         ///< "rotation by 90 degrees in x-y", "exchange of particles 1 and 2"
  Eigen::MatrixXd matrix;   ///< [D x D]
  Eigen::VectorXd shift;    ///< [D]
  double p_value = 1;       ///< of invariance, for this map alone
  double effect = 0;        ///< see FiniteMapTest
  double effect_limit = 0;  ///< upper bound of 95 % confidence
  Invariance verdict = Invariance::cannot_say;
};

struct DiscreteSymmetries {
  std::string group =
      "trivial";  ///< what the generators generate; modulo the continuous group that was given
  int order = 1;  ///< 0: too large to count
  int tried = 0;  ///< maps that were proposed and tested
  std::vector<DiscreteElement> generators;  ///< established each; none is a product of the others before it
  std::vector<DiscreteElement> broken;      ///< reflections, exchanges: the maps one would ask for
  std::vector<DiscreteElement> undecided;
  std::vector<std::string> notes;  ///< sentences
};

struct DiscreteSettings {
  double delta = 0.1;          ///< "established": the effect is below it with 95 % confidence
  double broken_below = 0.01;  ///< p-value times the number of maps tried: broken
  std::size_t most_events = 20'000;
  std::uint64_t seed = 20040101u;
  EqualRows equal_rows = EqualRows::one_event;
};

/// A continuous symmetry that is known: dx/dt = matrix x + shift.
struct ContinuousGenerator {
  Eigen::MatrixXd matrix;  ///< [D x D]
  Eigen::VectorXd shift;   ///< [D]
};

/// Finds finite maps that keep the distribution of the rows: proposes them (discrete_proposals.hpp), tests
/// each (finite_map_test.hpp) and names the group that the established ones generate. SymmetryGAN (Desai,
/// Nachman & Thaler, Phys. Rev. D 105 (2022) 096031) searches by training; here the list of maps is finite
/// and each has a calibrated test. Maps of the connected group of `continuous` are no finding; the group is
/// that of its components. Linear parts are orthogonal in the units of the columns: the square of a
/// stretched table is a rectangle. Why 0.7 delta: at 10 000 events the standard error of the effect that one
/// function sees of a reflection or exchange is 2 / sqrt(n) = 0.02. A charge asymmetry of 5 % has the effect
/// 0.107: its upper limit falls below 0.1 with a probability of 1 %, below 0.07 with 0.03 %, while that of no
/// effect lies below 0.07 with 94 %. Equal rows are what the settings say. `weights` [n] may be
/// negative; empty: 1 each. Throws DataError for values that are not finite, weights whose sum is not
/// positive and sizes that do not fit.
DiscreteSymmetries discrete_symmetries(const Eigen::MatrixXd& rows, const std::vector<std::string>& columns,
                                       const Eigen::VectorXd& weights = {},
                                       const DiscreteSettings& settings = {},
                                       const std::vector<ContinuousGenerator>& continuous = {});

}  // namespace symscan
