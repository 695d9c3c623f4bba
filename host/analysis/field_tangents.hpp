#pragma once
#include <vector>

#include "host/analysis/field_dictionary.hpp"
#include "host/analysis/tangent_fields.hpp"
#include "host/base/eigen.hpp"

namespace symscan {

/// A thin set at some of its rows: which directions leave it.
struct ThinSet {
  Eigen::MatrixXd rows;                  ///< [n x D] in the units of the columns
  Eigen::VectorXd scale;                 ///< [D] > 0: unit of each column for lengths and angles
  std::vector<Eigen::MatrixXd> normals;  ///< [n] of [D x c]: orthonormal in columns over `scale`
  /// Of points four times as sparse, if normals are estimated: what is left of a symmetry falls with it.
  std::vector<Eigen::MatrixXd> coarse_normals = {};  ///< at coarse_rows; empty: normals are exact
  Eigen::MatrixXd coarse_rows = {};
  double rounding = 1e-6;  ///< residual that exact normals leave
};

/// Normals from the neighbours of the rows of a set of `dimension` < D directions, see
/// normals_from_neighbours(). No rows where too few points tell.
ThinSet thin_set_from_neighbours(const Eigen::MatrixXd& rows, Eigen::Index dimension, double noise = 0);

struct TangentFieldsFound {
  /// A readable basis of the accepted fields of least degree whose directions are those of all.
  std::vector<VectorField> fields;
  int degree = 0;             ///< of `fields`: 0 shifts, 1 affine, 2 quadratic, 3 other functions
  int accepted = 0;           ///< tangent fields of the dictionary, modulo those that vanish on the set
  int independent = 0;        ///< fields of the dictionary modulo those that vanish on the set
  int generic_rank = 0;       ///< directions that the accepted fields span at most points: one generator is 1
  Eigen::VectorXd residuals;  ///< ascending: root of the share of the motion that leaves the set
  bool clear = true;          ///< false: some residuals are small, but no gap separates them
};

/// Which combinations v of the dictionary's fields are tangent to the set: n . v = 0 for all normals n,
/// linear in v (LieNLSD and Ko, Kim & Lee, NeurIPS 2024, solve the same null space for prolonged fields).
/// Fields that vanish on the set are divided out. f v is tangent with v for every function f, so a dictionary
/// may hold many multiples of one generator: those of least degree are given, and the rank at generic points.
/// Looks at the whole dictionary; throws DataError where a function is not finite.
TangentFieldsFound fields_tangent_to_set(const ThinSet& set, const FieldDictionary& given);

}  // namespace symscan
