#include "host/store/dataset_record.hpp"

#include <algorithm>
#include <filesystem>

#include "host/data/file_set.hpp"
#include "host/store/dataset_rows.hpp"

namespace symscan {
namespace {

/// A relative file that is not found from here is looked for in `folder`.
void resolve_in(Json& given, const std::filesystem::path& folder) {
  const auto path = given.get<std::string>();
  std::error_code error;
  if (std::filesystem::path(path).is_relative() && !std::filesystem::exists(path, error) && !fits_files(path))
    given = (folder / path).string();
}

}  // namespace

DatasetRecord make_record(const ReplicaConfig& config, const std::string& label, const Table& table,
                          const PreparedData& data) {
  DatasetRecord record;
  record.label = label;
  record.settings = *config.dataset;
  std::error_code error;
  if (config.dataset->value("kind", "") == "file")
    record.folder = std::filesystem::current_path(error).string();
  record.preprocess = config.preprocess;
  record.fingerprint = data.fingerprint;
  record.rows = table.rows;
  record.columns = table.columns;
  record.notes = table.notes;
  record.notes.insert(record.notes.end(), data.notes.begin(), data.notes.end());
  record.effective_rows = data.effective_rows;
  record.offset = data.offset;
  record.scale = data.scale;
  record.eigenvalues = data.eigenvalues;
  record.constant = data.constant;
  const std::size_t features = table.features();
  const std::size_t count = std::min({table.rows, DatasetRecord::sample_rows,
                                      std::max<std::size_t>(100, DatasetRecord::sample_values / features)});
  record.sample = evenly_spaced_rows(table, count).values;
  return record;
}

Json settings_from_here(const DatasetRecord& record) {
  Json settings = record.settings;
  if (record.folder.empty() || !settings.contains("path")) return settings;
  resolve_in(settings["path"], record.folder);
  if (settings.contains("more_files"))
    for (Json& path : settings["more_files"]) resolve_in(path, record.folder);
  return settings;
}

bool is_recorded_table(const DatasetRecord& record, const Table& table) {
  return same_fingerprint(record.fingerprint, prepare(table, record.preprocess).fingerprint);
}

}  // namespace symscan
