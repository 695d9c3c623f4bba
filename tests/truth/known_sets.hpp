#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/truth/draws.hpp"

/// Tables whose truth is known by reasoning. Nothing here was taken from what the program says.
namespace symscan::truth {

/// What is true of a set. What is not given is not judged.
struct KnownTruth {
  std::vector<int> dimensions = {};    ///< the first, and others that are as right (noise, labels)
  std::optional<int> generators = {};  ///< of the affine algebra of the set; 0: none, or it fills its span
  std::string algebra = {};            ///< as describe_algebra() names it
  std::string rotations = {};          ///< its maximal compact subalgebra
  std::optional<int> kept = {};        ///< independent motions that keep the distribution
  std::optional<int> relations = {};   ///< independent exact relations up to degree two
  std::optional<int> laws = {};        ///< exact products of powers or sums of reciprocals
  bool may_miss = false;               ///< few or noisy rows: less than the truth is no fault
  std::vector<std::pair<std::string, bool>> candidates = {};  ///< transformation, kept by the distribution
};

struct KnownSet {
  std::string name;
  std::vector<std::string> columns;
  Maker rows;
  KnownTruth truth;
  Eigen::Index count = 4000;  ///< all sets together take less than four minutes of one core
};

Eigen::MatrixXd rows_of(const KnownSet& set);

std::vector<KnownSet> curves();         ///< thin sets of one dimension
std::vector<KnownSet> surfaces();       ///< thin sets of two dimensions
std::vector<KnownSet> matrix_sets();    ///< spheres, groups, cones of matrices, products
std::vector<KnownSet> physics_laws();   ///< laws among quantities
std::vector<KnownSet> particle_sets();  ///< four-momenta
std::vector<KnownSet> densities();      ///< distributions that fill their span
std::vector<KnownSet> nulls();          ///< nothing to be found
std::vector<KnownSet> degraded_sets();  ///< noise, rounding, units, few rows

/// All of them.
std::vector<KnownSet> known_sets();

}  // namespace symscan::truth
