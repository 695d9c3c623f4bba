#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "host/analysis/field_dictionary.hpp"
#include "host/analysis/flow_invariance.hpp"
#include "host/base/eigen.hpp"

namespace symscan {

struct KeptFieldsSettings {
  double level = 0.01;               ///< a kept combination is called broken with this probability at most
  double delta = 0.25;               ///< largest KeptField::change of an established field
  double separation = 0.23;          ///< largest KeptField::separation of one
  double least_p_value = 0.01;       ///< of all established fields together: fewer doubts than `level` leaves
  std::size_t most_events = 20'000;  ///< more rows are thinned at random
  std::uint64_t seed = 20040101u;
};

/// A combination of the fields of a dictionary whose flow leaves the distribution unchanged.
struct KeptField {
  VectorField field;           ///< the largest part has coefficient 1; parts that noise explains are left out
  std::vector<double> errors;  ///< standard error of the coefficient of each part, 0 for that of 1
  double p_value = 1;          ///< of invariance, from rows that did not choose the field
  /// Bound of 95 % confidence on how much the flow changes the distribution, in units of what the typical
  /// (median) field of the dictionary changes at the same speed; the root mean square of both halves' bounds.
  double change = 0;
  double separation = 0;  ///< the same in units of the first combination that is seen broken
};

struct KeptFields {
  /// established: `fields` keep the distribution. broken: no combination does. cannot_say: too few rows to
  /// tell combinations that keep it from those that nearly do.
  Invariance verdict = Invariance::cannot_say;
  std::vector<KeptField> fields;
  int generic_rank = 0;  ///< directions that the fields span at most points: one generator is 1
  int independent = 0;   ///< fields of the dictionary that move the points independently
  /// Combinations that these rows do not see broken; counted up to the first whose change is not bounded.
  int not_broken = 0;
  std::vector<int> block;  ///< which block of the dictionary was searched
  std::size_t events = 0;  ///< distinct rows that were used
  bool serial = false;     ///< rows are serially correlated; errors are those of means of batches
};

/// Which combinations v of the dictionary's fields keep the distribution of the rows: E[v.grad phi] = 0 for
/// all test functions phi, which is linear in v (the weak form of div(p v) = 0; Ko, Kim & Lee, "Learning
/// infinitesimal generators of continuous symmetries from data", NeurIPS 2024, and Shaw, Magner & Moon,
/// "Symmetry discovery beyond affine transformations", NeurIPS 2024, look for linear combinations of given
/// fields too). Test functions are those of FlowInvarianceTest times a Gaussian window, so that v.grad phi is
/// bounded. One half of the rows orders the combinations by how much they change the means, the other half
/// tests each by Hotelling's T^2 in the directions that errors of the estimated combination do not reach.
///
/// A field is established if the bound on its change is small beside the typical field's and beside that of
/// the first combination that is broken, and no p-value is small: without this gap a rich dictionary
/// approximates a kept field where there is none. Every density is kept by infinitely many fields: those
/// found are a statement on the dictionary alone. One result for each block of the dictionary; the level
/// holds for all blocks together. `rows` [n x D]: finite, of any units. Throws DataError for values that are
/// not finite.
std::vector<KeptFields> fields_keeping_distribution(const Eigen::MatrixXd& rows,
                                                    const FieldDictionary& dictionary,
                                                    const KeptFieldsSettings& settings = {});

/// How many directions fields span at most points (median over rows): singular values of the velocities, each
/// field of unit speed, above `threshold` times the largest. `velocities`: [n x r] of each field.
int generic_rank(const std::vector<Eigen::MatrixXd>& velocities, double threshold);

}  // namespace symscan
