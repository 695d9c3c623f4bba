#pragma once
#include <string>
#include <vector>

#include "host/analysis/relation.hpp"
#include "host/base/text.hpp"

namespace symscan {

/// The decimal number with the fewest digits within `tolerance` of `value`: 0 if that is, else 1 to 15
/// digits.
double short_number(double value, double tolerance);

/// A relation may be multiplied by any number. Returns the coefficients, multiplied so that the first is
/// positive, as small integers if every ratio is a simple fraction within the tolerances, else as short
/// numbers with the first 1. `tolerances`: how far each coefficient may move, in the units given.
std::vector<double> short_coefficients(const std::vector<double>& coefficients,
                                       const std::vector<double>& tolerances);

/// The column as it stands in a formula: "px(mu-)" as it is; in backticks where it would read as a formula of
/// its own, as in pandas: "`delta-phi`", "`jet pt`", "`0`".
std::string formula_name(const std::string& column);
std::vector<std::string> formula_names(const std::vector<std::string>& columns);

/// "px(mu-) + px(mu+) = 0 GeV", "x^2 + 2 x y = 1"; numbers of at most `digits` digits.
std::string equation_text(const Relation& relation, const std::vector<std::string>& columns,
                          const std::string& unit, int digits = 10);

/// What a column is, by its name: "px(mu-)", "px_1" and "px1" are a quantity and a particle.
struct ColumnName {
  std::string quantity;  ///< E, px, py, pz, pt or m; empty for any other column
  std::string particle;  ///< "mu-", "1"
  bool parenthesised = false;
};
ColumnName parse_column(const std::string& name);

/// Columns of one particle's four-momentum.
struct FourMomentum {
  std::string particle;
  int e = -1, px = -1, py = -1, pz = -1;
};
/// The particles of which all four components are there, in the order of their first column.
std::vector<FourMomentum> find_four_momenta(const std::vector<std::string>& columns);

/// "GeV", "GeV^2" or "": all terms are products of the same number of energies, momenta and masses.
/// "E" and the like without parentheses count only if they belong to a four-momentum.
std::string unit_of(const Relation& relation, const std::vector<std::string>& columns);

}  // namespace symscan
