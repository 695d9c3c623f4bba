#pragma once
#include <string>
#include <vector>

#include "host/base/eigen.hpp"

namespace symscan {

/// A transformation that may be a symmetry, as an affine map of a row u of D features in their own units.
struct Candidate {
  std::string name;        ///< as it may be given to parse_candidate again
  bool continuous;         ///< du/dt = matrix u + shift for all t, or else u -> matrix u + shift
  Eigen::MatrixXd matrix;  ///< [D x D]
  Eigen::VectorXd shift;   ///< [D]
};

/// The transformations that a text names:
///   rotation(a,b)      turns column a into column b; with px, py, pz: of all particles together
///   rotations          the three rotations of space, of all particles together
///   boost(x) boosts    Lorentz boosts of all four-momenta along x, y or z
///   lorentz            rotations and boosts
///   reflection(a)      a -> -a; with px, py, pz: of all particles
///   parity             all momenta -> minus themselves
///   permutation(a,b)   exchanges two columns, or two particles
///   charge_conjugation exchanges every particle and its antiparticle
///   translation(a)     a -> a + t; with px, py, pz or E: of all particles
///   scaling scaling(a) all columns, or column a, times exp(t)
/// Momenta are columns named like "px(mu-)", "px_mu-", "mu-_px", "px1" or "px" with E, px, py, pz; equal
/// particles are told apart by number ("px(g 2)"). Names of columns are exact; those of transformations may
/// differ in case. Columns of no particle stay as they are. Throws DataError, with a sentence that says what
/// can be used, for anything else; so where a column that belongs to a particle (pt, eta, phi, y, theta)
/// would change in a way that is not linear, or where there are more than 4096 columns.
std::vector<Candidate> parse_candidate(const std::string& text, const std::vector<std::string>& columns);

/// Names for parse_candidate that make sense without further knowledge: rotations, the boost along the beam,
/// parity, reflections, charge conjugation and permutations of equal particles if the columns are momenta;
/// else the reflections of at most eight columns and the rotations of at most four. Each gives exactly one
/// candidate.
std::vector<std::string> natural_candidates(const std::vector<std::string>& columns);

}  // namespace symscan
