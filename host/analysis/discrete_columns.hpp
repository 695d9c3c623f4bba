#pragma once
#include <string>
#include <vector>

#include "host/analysis/distinct_rows.hpp"
#include "host/base/eigen.hpp"

namespace symscan {

enum class ColumnKind {
  continuous,
  constant,  ///< all values equal within their rounding
  binary,    ///< two values
  one_hot,   ///< values 0 and 1, and one of a group of columns of which exactly one is 1 in every row
  discrete,  ///< few values: at most 32, each repeated 10 times on average
  grid,      ///< many values, all multiples of one spacing
};

std::string to_string(ColumnKind kind);

/// A single value that many rows share.
struct Atom {
  double value = 0;
  double share = 0;  ///< of the rows
};

struct ColumnNature {
  ColumnKind kind = ColumnKind::continuous;
  int distinct = 0;            ///< number of different values
  std::vector<double> values;  ///< ascending; of constant, binary, one-hot and discrete columns
  double spacing = 0;  ///< of a grid: all values are multiples of it; also of discrete columns, if any
  int group = -1;      ///< number of the one-hot group, -1 without
  /// Continuous and grid columns: values that at least 0.2 % of the rows have, at least 10 rows and more than
  /// ten times what a value of the column usually has; the largest share first, at most 16.
  std::vector<Atom> atoms;

  /// Whether motions along this column make no sense: it takes a few values only.
  bool is_discrete() const { return kind != ColumnKind::continuous && kind != ColumnKind::grid; }
};

/// What kind of numbers each column holds. rows: [events x features], finite; precision: relative rounding of
/// each column; empty: float64.
std::vector<ColumnNature> column_natures(const Eigen::MatrixXd& rows,
                                         const std::vector<double>& precision = {});

/// What equal rows of such columns are: events of their own where every column takes a few values only, or
/// all lie on grids with fewer places than there are rows, so that rows must be equal.
EqualRows equal_rows_of(const std::vector<ColumnNature>& natures, Eigen::Index rows);

}  // namespace symscan
