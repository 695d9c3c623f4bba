#pragma once
#include <array>
#include <string>
#include <vector>

#include "host/base/eigen.hpp"

namespace symscan {

/// What a condition limits.
struct LimitedQuantity {
  enum class Kind { column, pt, eta };
  Kind kind = Kind::column;
  std::array<Eigen::Index, 3> columns = {0, 0, 0};  ///< the column, or px, py, pz (pz only for eta)
};

/// quantity < limit or quantity > limit, or the same of its absolute value.
struct Condition {
  LimitedQuantity quantity;
  bool absolute = false;
  bool below = false;  ///< else above
  double limit = 0;
};

/// The conditions of a text such as "pt(mu-) > 20 and abs(eta) < 2.4". Each is a column, pt or eta, or abs()
/// of these, then <, <=, > or >=, then a number; < and <= mean the same. A column that is called so comes
/// first. Without a particle a quantity is meant of every particle. Throws DataError, one sentence, for
/// anything else.
std::vector<Condition> parse_acceptance(const std::string& text, const std::vector<std::string>& columns);

/// "acceptance 'abs(eta) < 2.4'", printable and short.
std::string acceptance_in_quotes(const std::string& text);

}  // namespace symscan
