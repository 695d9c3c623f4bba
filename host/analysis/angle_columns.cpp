#include "host/analysis/angle_columns.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "host/analysis/discrete_columns.hpp"
#include "host/data/table.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kTurn = 2 * std::numbers::pi;

std::optional<Index> place_of(const std::vector<std::string>& columns, const std::string& name) {
  const auto found = std::find(columns.begin(), columns.end(), name);
  if (found == columns.end()) return std::nullopt;
  return found - columns.begin();
}

double precision_at(const NamedRows& table, Index column) {
  const auto place = static_cast<std::size_t>(column);
  return std::max(place < table.precision.size() ? table.precision[place] : 0.0, kFloat64Precision);
}

/// The columns that stay, in a table of so many more.
NamedRows without_column(const NamedRows& table, Index left_out) {
  NamedRows rest;
  std::vector<Index> kept;
  for (Index d = 0; d < table.rows.cols(); ++d) {
    if (d == left_out) continue;
    kept.push_back(d);
    rest.columns.push_back(table.columns[static_cast<std::size_t>(d)]);
    rest.precision.push_back(precision_at(table, d));
  }
  rest.rows = table.rows(Eigen::all, kept);
  return rest;
}

}  // namespace

std::vector<std::string> join_angle_pairs(NamedRows& table) {
  constexpr double unit_length = 1e-5;
  std::vector<std::string> names;
  for (std::size_t d = 0; d < table.columns.size(); ++d) {
    const std::string column = table.columns[d];
    if (!column.starts_with("cos(") || !column.ends_with(')')) continue;
    const std::string name = column.substr(4, column.size() - 5);
    const auto sine = place_of(table.columns, sine_of(name));
    const auto cosine = static_cast<Index>(d);
    if (!sine || place_of(table.columns, name) || place_of(table.columns, column) != cosine) continue;
    const VectorXd c = table.rows.col(cosine), s = table.rows.col(*sine);
    if ((c.cwiseAbs2() + s.cwiseAbs2() - VectorXd::Ones(c.size())).cwiseAbs().sum() >
        unit_length * static_cast<double>(c.size()))
      continue;
    for (Index i = 0; i < c.size(); ++i) table.rows(i, cosine) = std::atan2(s(i), c(i));
    table.columns[d] = name;
    const double coarser = precision_at(table, *sine);
    table.precision.resize(table.columns.size(), kFloat64Precision);
    table.precision[d] = std::max(precision_at(table, cosine), coarser);
    names.push_back(name);
    table = without_column(table, *sine);
    if (*sine < cosine) --d;
  }
  return names;
}

std::optional<double> angle_period(const NamedRows& table, Index column, bool told) {
  const VectorXd values = table.rows.col(column);
  const bool called_so = is_angle_name(table.columns[static_cast<std::size_t>(column)]);
  if (!told && !called_so) return std::nullopt;
  if (values.size() == 0) return kTurn;
  const double low = values.minCoeff(), high = values.maxCoeff();
  const auto period = told ? std::optional(period_of(low, high)) : full_period(low, high);
  if (!period) return std::nullopt;
  const MatrixXd alone = values;
  if (column_natures(alone, {precision_at(table, column)}).front().is_discrete()) return std::nullopt;
  return period;
}

std::vector<Angle> split_angles(NamedRows& table, const std::vector<std::optional<double>>& periods) {
  const auto count =
      std::count_if(periods.begin(), periods.end(), [](const auto& p) { return p.has_value(); });
  std::vector<Angle> angles;
  if (count == 0) return angles;
  NamedRows split;
  split.rows.resize(table.rows.rows(), table.rows.cols() + count);
  const auto add = [&](const VectorXd& values, const std::string& name, double precision) {
    split.rows.col(static_cast<Index>(split.columns.size())) = values;
    split.columns.push_back(name);
    split.precision.push_back(precision);
  };
  for (std::size_t d = 0; d < periods.size(); ++d) {
    const auto column = static_cast<Index>(d);
    const double precision = precision_at(table, column);
    const std::string& name = table.columns[d];
    if (!periods[d]) {
      add(table.rows.col(column), name, precision);
      continue;
    }
    const VectorXd radians = table.rows.col(column) * (kTurn / *periods[d]);
    const double largest = radians.size() > 0 ? radians.cwiseAbs().maxCoeff() : 1.0;
    const auto place = static_cast<Index>(split.columns.size());
    angles.push_back({name, place, place + 1, *periods[d]});
    add(radians.array().cos(), cosine_of(name), precision * std::max(1.0, largest));
    add(radians.array().sin(), sine_of(name), precision * std::max(1.0, largest));
  }
  table = std::move(split);
  return angles;
}

}  // namespace symscan
