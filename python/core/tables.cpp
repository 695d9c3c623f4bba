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

}  // namespace

void bind_tables(nb::module_& module) {
  nb::class_<Table>(module, "Table")
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
