#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "host/library/symscan.hpp"
#include "python/core/arrays.hpp"
#include "python/core/bindings.hpp"
#include "python/core/errors.hpp"

namespace symscan::python {
namespace {

std::vector<double> copied(const std::optional<Column>& column, std::size_t rows, const char* name) {
  if (!column) return {};
  if (column->size() != rows)
    throw DataError(std::string(name) + " has " + std::to_string(column->size()) +
                    " values, and the table has " + std::to_string(rows) + " rows");
  return {column->data(), column->data() + column->size()};
}

/// The one copy of a user's array: a run keeps its rows.
Table make(std::vector<std::string> columns, const Rows& values, const std::optional<Column>& weights,
           const std::optional<Column>& groups, const std::optional<Column>& target,
           std::vector<double> precision) {
  if (columns.size() != values.shape(1))
    throw DataError(std::to_string(columns.size()) + " names for " + std::to_string(values.shape(1)) +
                    " columns");
  const std::size_t rows = values.shape(0);
  Table table = make_table(std::move(columns), {values.data(), values.data() + values.size()});
  table.weights = copied(weights, rows, "weights");
  table.groups = copied(groups, rows, "group");
  table.target = copied(target, rows, "target");
  table.precision = std::move(precision);
  return table;
}

/// A view of the table's own values, or none.
nb::object view(nb::handle owner, std::vector<double>& values) {
  if (values.empty()) return nb::none();
  const std::array<std::size_t, 1> shape = {values.size()};
  return nb::cast(nb::ndarray<nb::numpy, double>(values.data(), 1, shape.data(), owner));
}

nb::ndarray<nb::numpy, double> array_of(const std::vector<double>& values) {
  return to_numpy<1>(values, {values.size()});
}

/// What a pickle holds: arrays, so that protocols which share memory can.
nb::tuple table_state(const Table& table) {
  nb::list names, notes;
  for (const std::string& name : table.columns) names.append(to_str(name));
  for (const std::string& note : table.notes) notes.append(to_str(note));
  return nb::make_tuple(names, table.rows, array_of(table.values), array_of(table.weights),
                        array_of(table.groups), array_of(table.target), array_of(table.precision),
                        table.select_columns, notes);
}

std::vector<double> values_in(const nb::handle& array) {
  const auto column = nb::cast<Column>(array);
  return {column.data(), column.data() + column.size()};
}

void set_table_state(Table& table, const nb::tuple& state) {
  if (state.size() != 9) throw DataError("the pickled table is of another version of symscan");
  Table made;
  made.columns = nb::cast<std::vector<std::string>>(state[0]);
  made.rows = nb::cast<std::size_t>(state[1]);
  made.values = values_in(state[2]);
  made.weights = values_in(state[3]);
  made.groups = values_in(state[4]);
  made.target = values_in(state[5]);
  made.precision = values_in(state[6]);
  made.select_columns = nb::cast<std::size_t>(state[7]);
  made.notes = nb::cast<std::vector<std::string>>(state[8]);
  const auto fits = [](const std::vector<double>& column, std::size_t size) {
    return column.empty() || column.size() == size;
  };
  if (made.columns.empty() || made.values.size() / made.columns.size() != made.rows ||
      made.values.size() % made.columns.size() != 0 || !fits(made.weights, made.rows) ||
      !fits(made.groups, made.rows) || !fits(made.target, made.rows) ||
      !fits(made.precision, made.columns.size()))
    throw DataError("the pickled table is damaged: its columns have different lengths");
  new (&table) Table(std::move(made));
}

}  // namespace

void bind_tables(nb::module_& module) {
  nb::class_<Table>(module, "Table")
      .def("__getstate__", table_state)
      .def("__setstate__", set_table_state)
      .def_ro("rows", &Table::rows)
      .def_prop_ro("columns",
                   [](const Table& table) {
                     nb::list names;
                     for (const std::string& name : table.columns) names.append(to_str(name));
                     return names;
                   })
      .def_prop_ro("notes",
                   [](const Table& table) {
                     nb::list notes;
                     for (const std::string& note : table.notes) notes.append(to_str(note));
                     return notes;
                   })
      .def_prop_ro("values",
                   [](nb::handle_t<Table> self) {
                     Table& table = nb::cast<Table&>(self);
                     const std::array<std::size_t, 2> shape = {table.rows, table.features()};
                     return nb::ndarray<nb::numpy, double>(table.values.data(), 2, shape.data(), self);
                   })
      .def_prop_ro("weights",
                   [](nb::handle_t<Table> self) { return view(self, nb::cast<Table&>(self).weights); })
      .def_prop_ro("group",
                   [](nb::handle_t<Table> self) { return view(self, nb::cast<Table&>(self).groups); })
      .def_prop_ro("target",
                   [](nb::handle_t<Table> self) { return view(self, nb::cast<Table&>(self).target); });
  module.def("make_table", make, nb::arg("columns"), nb::arg("values"), nb::arg("weights").none(),
             nb::arg("groups").none(), nb::arg("target").none(), nb::arg("precision"));
  module.def(
      "load_table",
      [](const std::string& dataset) {
        const nb::gil_scoped_release released;
        return load_table(dataset);
      },
      nb::arg("dataset"));
}

}  // namespace symscan::python
