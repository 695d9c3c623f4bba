#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "host/analysis/acceptance_text.hpp"
#include "host/analysis/event_window.hpp"
#include "host/base/eigen.hpp"
#include "host/data/table.hpp"

namespace symscan {

/// Where events are seen: only where all a_j(x) > 0, for example a = 1 - (eta / 2.4)^2 for "abs(eta) < 2.4".
/// Invariance of the full law under the flow of v says E[v.grad (phi w)] = 0 over the events that are seen,
/// for every phi, if w vanishes on the border. Here w is the product over j of t^2 (3 - 2 t), t = a_j / b_j
/// at most 1, where nine in ten events have a_j < b_j.
class Acceptance {
 public:
  using Row = Eigen::Ref<const Eigen::VectorXd>;  ///< [D] raw units

  /// See parse_acceptance(). Throws DataError.
  Acceptance(const std::string& text, const std::vector<std::string>& columns);
  /// Takes the b_j from these rows; before they are 1.
  void fit(const Eigen::MatrixXd& rows);

  const std::string& text() const { return text_; }
  Eigen::VectorXd values(const Row& row) const;  ///< a_j; NaN where a quantity is not defined
  double window(const Row& row) const;
  Eigen::VectorXd gradient(const Row& row) const;  ///< [D] of the window
  EventWindow windows(const Eigen::MatrixXd& rows) const;

  /// Rounding may lead a row across the border by a millionth of the limit.
  bool accepts(const Row& row) const;
  /// Throws DataError if rows of the table lie outside.
  void check(const Table& table) const;

 private:
  std::string text_;
  std::vector<Condition> conditions_;
  std::vector<double> full_at_;  ///< b_j
};

/// Throws DataError for a text that does not fit the columns, and for rows outside; "" fits everything.
void check_acceptance(const std::string& text, const Table& table);

}  // namespace symscan
