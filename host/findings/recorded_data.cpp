#include "host/findings/recorded_data.hpp"

#include <algorithm>

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/data/dataset.hpp"
#include "host/data/file_fields.hpp"
#include "host/data/file_set.hpp"
#include "host/data/preprocess.hpp"

namespace symscan {
namespace {

bool is_file(const DatasetRecord& record) {
  return record.settings.value("kind", "") == "file";
}

/// Pipes, devices and sockets may block for ever, or act when they are opened.
void check_regular(const std::string& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) throw DataError("there is no file '" + printable_line(path) + "'");
  if (!std::filesystem::is_regular_file(status))
    throw DataError("'" + printable_line(path) + "' is not a regular file");
}

Table load_again(const DatasetRecord& record, const FindingsOptions& options) {
  Json settings = settings_from_here(record);
  if (!is_file(record)) return load_dataset(settings);
  if (!options.data.empty()) {
    settings["path"] = options.data;
    settings["more_files"] = Json::array();
  }
  const std::vector<std::string> files = files_of(parse_file_options(settings));
  for (const std::string& file : files) check_regular(file);
  if (options.data.empty() && options.tell) {
    options.tell("reading " + names_of_files(files, "'") + ", which the ledger names");
  }
  return load_dataset(settings);
}

/// Throws DataError if the rows are not those of the training.
DatasetRows rows_again(const DatasetRecord& record, const FindingsOptions& options) {
  const Table table = load_again(record, options);
  if (is_recorded_table(record, table)) return evenly_spaced_rows(table);
  const std::string what =
      options.data.empty() ? "they" : "the data of '" + printable_line(options.data) + "'";
  throw DataError(
      what + " are not those of the training (" + plural(record.rows, "row") + " of " +
      plural(record.columns.size(), "column") + " then, " + plural(table.rows, "row") + " of " +
      plural(table.features(), "column") + " now" +
      (table.rows == record.rows && table.columns == record.columns ? ", with other values" : "") + ")");
}

DatasetPoints kept_points(const DatasetRecord& record) {
  DatasetRows sample;
  sample.rows = record.sample.size() / std::max<std::size_t>(1, record.columns.size());
  sample.values = record.sample;
  return dataset_points(record, sample);
}

}  // namespace

void check_given_data(const RunResults& results, const FindingsOptions& options) {
  if (options.data.empty()) return;
  const auto files = std::count_if(results.datasets.begin(), results.datasets.end(), is_file);
  if (files == 1) return;
  throw UsageError("--data takes the place of one file, and this run has " +
                   (files == 0 ? std::string("no dataset that is a file")
                               : std::to_string(files) + " datasets that are files") +
                   "; leave it out");
}

DatasetPoints recorded_points(const DatasetRecord& record, const FindingsOptions& options) {
  try {
    return dataset_points(record, rows_again(record, options));
  } catch (const Error& error) {
    // What may succeed later is told; it is no reason to look at fewer rows.
    if ((is_file(record) && !options.data.empty()) || error.code() == ExitCode::interrupted) throw;
    DatasetPoints points = kept_points(record);
    points.notes.push_back("Looked at " + plural(static_cast<std::uint64_t>(points.raw.rows()), "row") +
                           " kept with the run, since the dataset could not be used again: " + error.what());
    if (options.tell) options.tell(points.notes.back());
    return points;
  }
}

}  // namespace symscan
