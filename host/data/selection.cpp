// Rows that fulfil a condition: dataset.select.
#include "host/data/selection.hpp"

#include <algorithm>

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/data/expression.hpp"
#include "host/data/text_values.hpp"

namespace symscan {
namespace {

constexpr std::size_t kSelectBlock = 4096;  ///< rows that are looked at together

Expression condition_of(const std::string& select, const std::vector<std::string>& columns) {
  try {
    return Expression::parse_condition(select, columns);
  } catch (const DataError& error) {
    throw DataError("dataset.select " + printable(select) + ": " + error.what());
  }
}

/// [rows] whether each row stays.
std::vector<bool> rows_kept(const Table& table, const Expression& condition) {
  std::vector<bool> kept(table.rows);
  using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const auto features = static_cast<Eigen::Index>(table.features());
  for (std::size_t start = 0; start < table.rows; start += kSelectBlock) {
    const std::size_t count = std::min(kSelectBlock, table.rows - start);
    const Eigen::MatrixXd rows = Eigen::Map<const RowMajor>(table.values.data() + start * table.features(),
                                                            static_cast<Eigen::Index>(count), features);
    const Eigen::VectorXd fulfilled = condition.values(rows);
    for (std::size_t i = 0; i < count; ++i) kept[start + i] = fulfilled(static_cast<Eigen::Index>(i)) == 1;
  }
  return kept;
}

}  // namespace

std::vector<std::size_t> columns_of_selection(const std::string& select,
                                              const std::vector<std::string>& columns) {
  if (trimmed(select).empty()) return {};
  const std::vector<int> used = condition_of(select, columns).columns_used();
  return {used.begin(), used.end()};
}

void keep_selected(Table& table, const std::string& name, const std::string& select) {
  if (trimmed(select).empty()) return;
  const std::vector<bool> kept = rows_kept(table, condition_of(select, table.columns));
  const std::size_t before = table.features(), after = before - table.select_columns;
  std::size_t to = 0;
  for (std::size_t row = 0; row < table.rows; ++row) {
    if (!kept[row]) continue;
    std::copy_n(table.values.data() + row * before, after, table.values.data() + to * after);
    for (std::vector<double>* values : {&table.weights, &table.groups, &table.target})
      if (!values->empty()) (*values)[to] = (*values)[row];
    ++to;
  }
  table.notes.push_back(std::to_string(to) + " of " + plural(table.rows, "row") + " of " + name + " fulfil " +
                        printable(select) + " and were kept");
  table.rows = to;
  table.values.resize(to * after);
  for (std::vector<double>* values : {&table.weights, &table.groups, &table.target})
    if (!values->empty()) values->resize(to);
  table.columns.resize(after);
  if (table.precision.size() == before) table.precision.resize(after);
  table.select_columns = 0;
}

}  // namespace symscan
