#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "host/findings/model.hpp"
#include "host/store/dataset_record.hpp"

// When two equations of two analyses say the same.
namespace symscan {

/// An equation among columns, as an analysis says it.
struct SaidEquation {
  std::string text;     ///< "px(mu-)^2 + 2 px(mu-) px(mu+) = 1 GeV^2"
  double residual = 0;  ///< relative
  double width = 0;     ///< of its right side, in its units; 0: not stated, then residual times the number
  std::string unit = {};
  std::vector<std::string> columns = {};  ///< of the dataset
};

std::vector<SaidEquation> constraints_of(const DatasetFinding& finding, bool exact);
std::vector<SaidEquation> laws_of(const DatasetFinding& finding, bool exact);

/// Whether both sides have the same terms, in any order and however multiplied as a whole, with numbers that
/// differ by no more than the larger of the two residuals (the right side: of the two widths) or than the
/// tenth digit, the last that is printed. Numbers inside of a term, such as exponents, are part of its text.
bool same_equation(const SaidEquation& a, const SaidEquation& b);

/// Positions in two lists.
struct EquationMatch {
  std::vector<std::pair<std::size_t, std::size_t>> common;
  std::vector<std::size_t> only_a, only_b;
};
EquationMatch match_equations(const std::vector<SaidEquation>& a, const std::vector<SaidEquation>& b);

/// How far rows are from obeying a linear or quadratic equation: |left - right| over the root mean square of
/// the sum of its terms' sizes.
struct Departure {
  double largest = 0;  ///< of any row
  double central = 0;  ///< that 68 % of the rows do not exceed
};
/// Over the rows that the run keeps (DatasetRecord::sample). None if the equation is no polynomial of degree
/// two in the dataset's columns, or no row was kept.
std::optional<Departure> departure(const SaidEquation& equation, const DatasetRecord& record);

}  // namespace symscan
