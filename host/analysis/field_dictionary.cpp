#include "host/analysis/field_dictionary.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <utility>

#include "host/analysis/equation_text.hpp"
#include "host/base/error.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr int kNotPolynomial = 3;
constexpr int kMostQuadraticColumns = 6;

using PartKey = std::pair<int, std::string>;

PartKey key_of(const VectorField::Part& part) {
  return {part.column, part.term.text};
}

VectorXd values_of_part(const VectorField::Part& part, const MatrixXd& rows) {
  const VectorXd values = part.formula.empty() ? VectorXd(values_of({part.term}, rows).col(0))
                                               : part.formula.front().values(rows);
  for (Index i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values(i)))
      throw DataError("the function " + part.term.text + " of a vector field is not finite at row " +
                      std::to_string(i + 1));
  }
  return values;
}

int degree_of(const VectorField::Part& part) {
  if (!part.formula.empty() || part.term.factor != FunctionTerm::Factor::none) return kNotPolynomial;
  return std::accumulate(part.term.powers.begin(), part.term.powers.end(), 0);
}

/// The terms of two columns as terms of all.
std::vector<FunctionTerm> terms_of_pair(const MatrixXd& rows, const std::vector<std::string>& columns, int a,
                                        int b, TermChoice choice, const std::vector<int>& angles) {
  const std::vector<int> pair = {a, b};
  MatrixXd two(rows.rows(), 2);
  two << rows.col(a), rows.col(b);
  choice.angle_columns.clear();
  for (int k = 0; k < 2; ++k)
    if (std::find(angles.begin(), angles.end(), pair[static_cast<std::size_t>(k)]) != angles.end())
      choice.angle_columns.push_back(k);
  std::vector<FunctionTerm> terms = function_terms(
      two, {columns[static_cast<std::size_t>(a)], columns[static_cast<std::size_t>(b)]}, choice);
  for (FunctionTerm& term : terms) {
    std::vector<int> powers(columns.size(), 0);
    for (std::size_t k = 0; k < std::min<std::size_t>(term.powers.size(), 2); ++k)
      powers[static_cast<std::size_t>(pair[k])] = term.powers[k];
    term.powers = std::move(powers);
    for (int& column : term.of) column = pair[static_cast<std::size_t>(column)];
  }
  return terms;
}

void sort_by_degree(std::vector<VectorField>& fields) {
  std::stable_sort(fields.begin(), fields.end(),
                   [](const VectorField& x, const VectorField& y) { return x.degree() < y.degree(); });
}

FieldDictionary all_columns(const std::string& name, const MatrixXd& rows,
                            const std::vector<std::string>& columns, const TermChoice& choice) {
  FieldDictionary dictionary{name, {}, {}};
  for (const FunctionTerm& term : function_terms(rows, columns, choice))
    for (int column = 0; column < static_cast<int>(columns.size()); ++column)
      dictionary.fields.push_back({{{column, 1.0, term}}});
  sort_by_degree(dictionary.fields);
  dictionary.blocks.emplace_back(dictionary.fields.size());
  std::iota(dictionary.blocks.back().begin(), dictionary.blocks.back().end(), 0);
  return dictionary;
}

FieldDictionary pairs_of_columns(const std::string& name, const MatrixXd& rows,
                                 const std::vector<std::string>& columns, const TermChoice& choice,
                                 const std::vector<int>& angles) {
  FieldDictionary dictionary{name, {}, {}};
  std::map<PartKey, int> known;
  const int count = static_cast<int>(columns.size());
  for (int a = 0; a < count; ++a) {
    for (int b = a + 1; b < count; ++b) {
      std::vector<VectorField> fields;
      for (const FunctionTerm& term : terms_of_pair(rows, columns, a, b, choice, angles))
        for (const int column : {a, b}) fields.push_back({{{column, 1.0, term}}});
      sort_by_degree(fields);
      std::vector<int> block;
      for (VectorField& field : fields) {
        const auto [place, added] =
            known.emplace(key_of(field.parts.front()), static_cast<int>(dictionary.fields.size()));
        if (added) dictionary.fields.push_back(std::move(field));
        block.push_back(place->second);
      }
      dictionary.blocks.push_back(std::move(block));
    }
  }
  return dictionary;
}

}  // namespace

MatrixXd VectorField::velocities(const MatrixXd& rows) const {
  MatrixXd result = MatrixXd::Zero(rows.rows(), rows.cols());
  for (const Part& part : parts) result.col(part.column) += part.coefficient * values_of_part(part, rows);
  return result;
}

std::string VectorField::equation(const std::vector<std::string>& columns, int digits) const {
  std::map<int, std::string> sides;
  for (const Part& part : parts) {
    std::string& side = sides[part.column];
    const bool negative = part.coefficient < 0;
    side += side.empty() ? (negative ? "-" : "") : (negative ? " - " : " + ");
    const std::string size = decimal_text(std::abs(part.coefficient), digits);
    const bool one = part.term.text == "1";
    const bool sum = !part.formula.empty() && part.term.text.find_first_of("+-", 1) != std::string::npos;
    const std::string function =
        sum || (negative && part.term.text.front() == '-') ? "(" + part.term.text + ")" : part.term.text;
    if (one || size != "1") side += size;
    if (!one) side += (size != "1" ? " " : "") + function;
  }
  std::string text;
  for (const auto& [column, side] : sides)
    text +=
        (text.empty() ? "d" : ", d") + formula_name(columns[static_cast<std::size_t>(column)]) + " = " + side;
  return text.empty() ? "nothing moves" : text;
}

int VectorField::degree() const {
  int most = 0;
  for (const Part& part : parts) most = std::max(most, degree_of(part));
  return most;
}

VectorField combined(const std::vector<VectorField>& fields, const VectorXd& coefficients) {
  VectorField result;
  std::map<PartKey, std::size_t> known;
  for (Index k = 0; k < coefficients.size(); ++k) {
    if (coefficients(k) == 0) continue;
    for (VectorField::Part part : fields[static_cast<std::size_t>(k)].parts) {
      part.coefficient *= coefficients(k);
      const auto [place, added] = known.emplace(key_of(part), result.parts.size());
      if (added) {
        result.parts.push_back(std::move(part));
      } else {
        result.parts[place->second].coefficient += part.coefficient;
      }
    }
  }
  std::erase_if(result.parts, [](const VectorField::Part& part) { return part.coefficient == 0; });
  return result;
}

FieldDictionary field_dictionary(const std::string& name, const MatrixXd& rows,
                                 const std::vector<std::string>& columns,
                                 const std::vector<int>& angle_columns) {
  TermChoice choice;
  choice.constant = true;
  choice.degree = name == "affine" ? 1 : 2;
  choice.most = 4000;
  if (name == "affine" || (name == "quadratic" && columns.size() <= kMostQuadraticColumns))
    return all_columns(name, rows, columns, choice);
  if (name == "quadratic") return pairs_of_columns(name, rows, columns, choice, angle_columns);
  if (name != "pairs")
    throw DataError("there is no dictionary of fields named '" + name +
                    "': it is affine, quadratic, pairs or a list of fields");
  choice.exponentials = choice.logarithms = choice.angles = true;
  if (columns.size() < 2) return all_columns(name, rows, columns, choice);
  return pairs_of_columns(name, rows, columns, choice, angle_columns);
}

FieldDictionary field_dictionary(const std::vector<FieldText>& fields,
                                 const std::vector<std::string>& columns) {
  FieldDictionary dictionary{"fields", {}, {}};
  for (const FieldText& text : fields) {
    VectorField field;
    for (const FieldText::Component& component : text.components) {
      FunctionTerm name;
      name.powers.assign(columns.size(), 0);
      name.text = component.velocity.text(columns);
      field.parts.push_back({component.column, 1.0, std::move(name), {component.velocity}});
    }
    dictionary.fields.push_back(std::move(field));
  }
  dictionary.blocks.emplace_back(dictionary.fields.size());
  std::iota(dictionary.blocks.back().begin(), dictionary.blocks.back().end(), 0);
  return dictionary;
}

MatrixXd FieldFunctions::velocities(const VectorXd& weights, Index dimension) const {
  const VectorXd sums = coefficients * weights;
  MatrixXd result = MatrixXd::Zero(values.rows(), dimension);
  for (Index f = 0; f < sums.size(); ++f)
    if (sums(f) != 0) result.col(columns[static_cast<std::size_t>(f)]) += sums(f) * values.col(f);
  return result;
}

FieldFunctions field_functions(const std::vector<VectorField>& fields, const MatrixXd& rows) {
  FieldFunctions functions;
  std::map<PartKey, Index> known;
  std::map<std::string, Index> evaluated;
  std::vector<const VectorField::Part*> parts;
  for (const VectorField& field : fields) {
    for (const VectorField::Part& part : field.parts)
      if (known.emplace(key_of(part), static_cast<Index>(parts.size())).second) parts.push_back(&part);
  }
  const auto count = static_cast<Index>(parts.size());
  functions.values.resize(rows.rows(), count);
  functions.coefficients = MatrixXd::Zero(count, static_cast<Index>(fields.size()));
  for (Index f = 0; f < count; ++f) {
    const VectorField::Part& part = *parts[static_cast<std::size_t>(f)];
    functions.columns.push_back(part.column);
    const auto [place, added] = evaluated.emplace(part.term.text, f);
    functions.values.col(f) =
        added ? values_of_part(part, rows) : VectorXd(functions.values.col(place->second));
  }
  for (std::size_t k = 0; k < fields.size(); ++k)
    for (const VectorField::Part& part : fields[k].parts)
      functions.coefficients(known.at(key_of(part)), static_cast<Index>(k)) += part.coefficient;
  return functions;
}

}  // namespace symscan
