#pragma once
#include <string>
#include <vector>

#include "host/findings/density_model.hpp"

// What a run says of its data beyond affine motions of the rows; see model.hpp for the conventions.
namespace symscan {

/// A finite map u -> matrix u + shift of the rows, in raw units.
struct FiniteMapFinding {
  std::string name;                         ///< "rotation by 90 degrees in x-y"
  std::vector<std::vector<double>> matrix;  ///< [C x C], C the dataset's columns
  std::vector<double> shift;                ///< [C]
  DensityFinding density;
};

/// The finite group of maps that leave the distribution unchanged, as far as it was found.
struct DiscreteFinding {
  std::string group;                         ///< "C4", "D4", "S3", "Z2 x Z2"; "none"
  int order = 1;                             ///< number of its elements
  int tried = 0;                             ///< maps that were tested; the level holds for all of them
  std::vector<FiniteMapFinding> generators;  ///< of the group; their change is bounded
  std::vector<FiniteMapFinding> undecided;   ///< no change seen, but a small one is not excluded
  std::vector<FiniteMapFinding> broken;      ///< of those that suggest themselves
  std::vector<std::string> notes;
};

/// A vector field with components from a dictionary of functions.
struct FieldFinding {
  std::string equation;  ///< "dx = 2/3 - 4/3 exp(y), dy = exp(x) - 1"
  double residual = 0;   ///< share of its motion that leaves the set; 0 where only the distribution is kept
  DensityFinding density;
  std::vector<std::vector<double>> velocities;           ///< [shown rows x C] at FieldsFinding::rows
  std::vector<std::vector<std::vector<double>>> orbits;  ///< [a few][steps][C] through some of the rows
};

/// Where in feature space a motion is broken.
struct ScanFinding {
  std::string motion;                        ///< its name or equation
  std::vector<std::vector<double>> centres;  ///< [cells x C] raw units
  std::vector<double> change;                ///< [cells] in standard deviations of its error
  double threshold = 0;  ///< |change| above it is more than chance, for all cells together
};

/// Motions found in a dictionary of vector fields.
struct FieldsFinding {
  std::string dictionary;                 ///< "quadratic", "pairs", or the name of a file
  int searched = 0;                       ///< fields that move the points
  std::string keeps;                      ///< "the set" or "the distribution"
  int undecided = 0;                      ///< parts of the dictionary of which these rows cannot tell
  int independent = 0;                    ///< directions in which the found fields move a typical point
  std::vector<std::string> columns;       ///< [C] that the motions move
  std::vector<std::vector<double>> rows;  ///< [shown x C] at which velocities are given
  std::vector<FieldFinding> fields;       ///< a basis of what was found, simplest first
  std::vector<std::string> notes;
};

/// A function that stays constant along every trajectory.
struct ConservedFinding {
  std::string equation;  ///< "p^2/2 - cos(q)"
  double within = 0;     ///< root of the share of its variance that lies within trajectories
};

/// What trajectories conserve.
struct TrajectoriesFinding {
  std::size_t trajectories = 0;  ///< with at least two rows
  int searched = 0;              ///< functions of the dictionary
  int accepted = 0;              ///< dimension of the space of conserved combinations of these
  int independent = 0;           ///< functionally independent laws: rank of the gradients
  std::vector<ConservedFinding> laws;
  std::vector<std::string> notes;
};

/// A motion that leaves a function unchanged: dx = matrix x + shift, raw units.
struct TargetMotion {
  std::string name, equation;
  std::vector<std::vector<double>> matrix;  ///< [C x C]
  std::vector<double> shift;                ///< [C]
  double residual = 0;  ///< root of E (v.grad f)^2 over what a motion of that size would give at random
  double weight = 0;    ///< v.grad f = weight f; 0: invariant
};

/// What leaves a labelled function y = f(x) unchanged.
struct TargetFinding {
  std::string how;         ///< how the function was found: "polynomial of degree 2, exact", "network, ..."
  double unexplained = 0;  ///< share of the variance of y that f leaves, on rows it was not fitted to
  std::string algebra;     ///< that the motions form; "none"; "" where it cannot be said
  std::vector<TargetMotion> motions, scaled;  ///< f unchanged; f multiplied by a power of the parameter
  std::vector<std::string> irrelevant;        ///< columns on which f does not depend
  std::vector<std::string> notes;
};

}  // namespace symscan
