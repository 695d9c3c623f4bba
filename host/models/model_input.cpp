#include "host/models/model_input.hpp"

#include <algorithm>
#include <optional>

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/config/dataset_config.hpp"
#include "host/config/overrides.hpp"
#include "host/data/dataset.hpp"
#include "host/models/saved_model.hpp"

namespace symscan {
namespace {

Json with_settings(const Json& dataset, const std::vector<std::string>& settings) {
  Json document = {{"dataset", dataset}};
  for (const std::string& text : settings) {
    if (!text.starts_with("dataset."))
      throw UsageError("'" + printable_line(text) +
                       "' is no setting of a dataset; these are written dataset.KEY=VALUE");
    apply_override(document, text);
  }
  Json checked = check_datasets(document.at("dataset"));
  if (checked.is_array()) throw ConfigError("a model looks at one dataset: give one value per setting");
  return checked;
}

/// Reads a file that may have more columns than are wanted, and these may be unusable: only the wanted ones
/// are asked for, which not every format and file knows by name; else all are read.
Table read_columns(const Json& dataset, const std::vector<std::string>& columns) {
  if (dataset.value("columns", Json::array()).empty()) {
    Json wanted = dataset;
    wanted["columns"] = columns;
    try {
      return load_dataset(check_datasets(wanted));
    } catch (const Error& error) {
      if (error.code() == ExitCode::interrupted) throw;
    }
  }
  return load_dataset(dataset);
}

/// Where each wanted column is; throws DataError that names those which are missing.
std::vector<std::size_t> places_of(const std::vector<std::string>& wanted, const Table& table,
                                   const std::string& name) {
  std::vector<std::size_t> places;
  std::vector<std::string> missing;
  for (const std::string& column : wanted) {
    const auto found = std::find(table.columns.begin(), table.columns.end(), column);
    if (found == table.columns.end())
      missing.push_back("'" + printable_line(column) + "'");
    else
      places.push_back(static_cast<std::size_t>(found - table.columns.begin()));
  }
  if (missing.empty()) return places;
  constexpr std::size_t most = 8;
  const std::size_t others = missing.size() > most ? missing.size() - most : 0;
  missing.resize(missing.size() - others);
  throw DataError(name + " lacks " + (missing.size() + others == 1 ? "the column " : "the columns ") +
                  list_words(missing) + (others > 0 ? " and " + plural(others, "more column") : "") +
                  ", which the model was trained on; symscan inspect shows what a file holds");
}

void keep_columns(Table& table, const std::vector<std::string>& wanted, const std::string& name) {
  if (table.columns == wanted) return;
  const std::vector<std::size_t> places = places_of(wanted, table, name);
  const std::size_t features = table.features();
  std::vector<double> values;
  values.reserve(table.rows * places.size());
  for (std::size_t row = 0; row < table.rows; ++row)
    for (const std::size_t place : places) values.push_back(table.values[row * features + place]);
  if (features > places.size())
    table.notes.push_back(plural(features - places.size(), "column") + " of " + name +
                          " left out, on which the model was not trained");
  if (!table.precision.empty()) {
    std::vector<double> precision;
    for (const std::size_t place : places) precision.push_back(table.precision[place]);
    table.precision = std::move(precision);
  }
  table.columns = wanted;
  table.values = std::move(values);
}

Table training_data(const DatasetRecord& record, const std::vector<std::string>& settings) {
  try {
    return load_dataset(with_settings(settings_from_here(record), settings));
  } catch (const DataError& error) {
    throw DataError(std::string("the data of the training cannot be used again: ") + error.what() +
                        "; give a file with --data",
                    error.code());
  }
}

}  // namespace

Table events_for(const RunResults& results, int replica, const ModelInput& input) {
  const DatasetRecord& record = results.dataset_of(replica);
  if (input.data.empty()) {
    Table table = training_data(record, input.settings);
    if (input.settings.empty() && !is_recorded_table(record, table))
      throw DataError(
          "the data are not those of the training: " +
          printable_line(record.settings.value("path", record.label)) +
          " has changed, or the run was trained on an array; give the file with --data to use it as it is");
    keep_columns(table, record.columns, "the data");
    return table;
  }
  const bool was_file = record.settings.value("kind", "") == "file";
  Json dataset = was_file ? record.settings : Json{{"kind", "file"}};
  dataset["path"] = input.data;
  if (was_file) dataset["more_files"] = Json::array();
  Table table = read_columns(with_settings(dataset, input.settings), record.columns);
  keep_columns(table, record.columns, printable_line(input.data));
  return table;
}

Table latents_from(const std::string& file, std::size_t latents, const std::vector<std::string>& settings) {
  const std::vector<std::string> names = latent_names(latents);
  Table table = read_columns(with_settings({{"kind", "file"}, {"path", file}}, settings), names);
  const bool named =
      std::find(table.columns.begin(), table.columns.end(), names.front()) != table.columns.end();
  if (!named && table.features() == latents) {
    table.columns = names;
    return table;
  }
  if (!named)
    throw DataError(printable_line(file) + " has " + plural(table.features(), "column") +
                    ", none of them z1; the model has " + plural(latents, "latent") +
                    ": give a file with the columns " + list_words(names));
  keep_columns(table, names, printable_line(file));
  return table;
}

}  // namespace symscan
