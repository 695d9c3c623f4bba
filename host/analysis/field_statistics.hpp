#pragma once
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "host/analysis/field_dictionary.hpp"
#include "host/analysis/mean_vector.hpp"
#include "host/analysis/robust_shape.hpp"
#include "host/analysis/test_functions.hpp"
#include "host/base/eigen.hpp"

// What the searches for nonlinear fields share.
namespace symscan {

/// Normal scores of each column: its quantiles are mapped to those of a normal distribution, linearly between
/// up to 32 of them, so that test functions of the scores resolve a distribution where its mass is.
struct NormalScores {
  Eigen::MatrixXd values;  ///< [n x D]
  Eigen::MatrixXd slopes;  ///< [n x D] of the scores per unit of the columns
};
NormalScores normal_scores(const Eigen::MatrixXd& rows);

/// Distinct rows and how often each occurs.
struct RoundRows {
  Eigen::MatrixXd rows;         ///< [n x D]
  Eigen::VectorXd weights;      ///< [n]
  RobustFrame frame;            ///< of the rows
  Eigen::VectorXd nearness;     ///< [n] weights for sizes of fields, far rows less; of sum 1
  Eigen::MatrixXd slopes;       ///< [n x D] of the normal scores
  Eigen::MatrixXd inward;       ///< [r x D] u = inward * scores + constant
  Eigen::MatrixXd coordinates;  ///< u [n x r], round: what test functions depend on
  EventWindow window;           ///< exp(-|u|^2 / (8 r))
};
/// At most `most` rows, chosen at random. Throws DataError for values that are not finite.
RoundRows round_rows(const Eigen::MatrixXd& rows, std::size_t most, std::uint64_t seed);

/// One part of the rows with test functions of its own, which all blocks of a dictionary share.
class MovedTests {
 public:
  MovedTests(const RoundRows& all, std::vector<Eigen::Index> part, const TestFunctions::Choice& choice);
  Eigen::Index count() const { return tests_.count(); }
  Eigen::Index up_to_degree(int degree) const { return tests_.up_to_degree(degree); }
  /// [n x test functions] what a unit of the normal score of a column changes. Valid until the next call.
  const Eigen::MatrixXf& along_column(Eigen::Index column) const;

  std::vector<Eigen::Index> part;  ///< which of all rows
  Eigen::MatrixXd slopes;          ///< [n x D]
  Eigen::VectorXd weights;

 private:
  Eigen::MatrixXd inward_;
  TestFunctions tests_;
  mutable std::map<Eigen::Index, Eigen::MatrixXf> along_;
};

/// The functions of the fields of one block on such a part.
class FieldMeans {
 public:
  FieldMeans(const MovedTests& tests, const FieldFunctions& fields);
  const MovedTests& tests() const { return *tests_; }
  /// E[v.grad phi] of every field: [test functions x fields].
  const Eigen::MatrixXd& response() const { return response_; }
  /// E[v.grad phi] of a combination of the fields; units are `batch` consecutive rows.
  MeanVector means(const Eigen::VectorXd& combination, Eigen::Index batch) const;
  /// Covariance of E[v.grad phi], averaged over combinations (columns) of unit speed.
  Eigen::MatrixXd noise(const Eigen::MatrixXd& combinations) const;

 private:
  /// Velocities of the normal scores of the columns that move, [n x columns].
  Eigen::MatrixXd velocities(const Eigen::VectorXd& combination) const;
  Eigen::MatrixXf along(const Eigen::MatrixXd& speeds, double size) const;
  Eigen::MatrixXd response_at(const Eigen::VectorXd& shares) const;

  const MovedTests* tests_;
  std::vector<int> columns_;      ///< those that move, ascending
  std::vector<int> places_;       ///< of each function: its place in columns_
  Eigen::MatrixXd values_;        ///< of the functions, times the slope of the column they move
  Eigen::MatrixXd coefficients_;  ///< [functions x fields]
  Eigen::MatrixXd response_;
};

/// Fields that move the rows independently, and the combinations that stay on the linear span of the rows.
struct IndependentFields {
  std::vector<Eigen::Index> fields;  ///< kept of the given ones, the earlier first
  Eigen::MatrixXd basis;    ///< [fields kept x q]: orthonormal in the mean square of the round velocities
  Eigen::MatrixXd motion;   ///< [kept x kept] mean products of the round velocities
  Eigen::MatrixXd leaving;  ///< the same of the parts off the span
};
IndependentFields independent_fields(const RoundRows& data, const FieldFunctions& fields);

/// Rows of two halves: units of `batch` consecutive rows, divided at random.
std::pair<std::vector<Eigen::Index>, std::vector<Eigen::Index>> random_halves(Eigen::Index rows,
                                                                              Eigen::Index batch,
                                                                              std::uint64_t seed);

}  // namespace symscan
