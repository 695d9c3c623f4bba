#include "host/cli/train_input.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "host/base/file.hpp"
#include "host/cli/dry_run.hpp"
#include "host/data/dataset.hpp"

namespace symscan {
namespace {

/// The text, if it can be stored as JSON.
const std::string& utf8(const std::string& text, const char* what) {
  try {
    (void)Json(text).dump();
  } catch (const Json::exception&) {
    throw UsageError(std::string(what) + " has a name that is not UTF-8; rename the file");
  }
  return text;
}

/// Whether a config's dataset is one file. Anything that cannot be told here is told by load_config.
bool reads_a_file(const std::string& config) {
  try {
    const Json document = Json::parse(read_text_file(config), nullptr, false, true);
    return document.is_object() && document.contains("dataset") && document["dataset"].is_object() &&
           document["dataset"].value("kind", "") == "file";
  } catch (const std::exception&) {
    return false;
  }
}

DatasetRecord make_record(const ReplicaConfig& config, const std::string& label, const Table& table,
                          const PreparedData& data) {
  DatasetRecord record;
  record.label = label;
  record.settings = config.dataset;
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
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t row = i * table.rows / count;
    const auto begin = table.values.begin() + static_cast<std::ptrdiff_t>(row * features);
    record.sample.insert(record.sample.end(), begin, begin + static_cast<std::ptrdiff_t>(features));
  }
  return record;
}

/// Reading a large file takes a while: say that something goes on.
void announce_large_file(const Json& dataset, bool quiet) {
  constexpr double large = 50e6;
  if (quiet || dataset.at("kind") != "file") return;
  std::error_code error;
  const auto path = dataset.at("path").get<std::string>();
  const auto size = std::filesystem::file_size(path, error);
  if (!error && static_cast<double>(size) > large) {
    std::fprintf(stderr, "reading %s (%s) ...\n", path.c_str(),
                 bytes_text(static_cast<double>(size)).c_str());
  }
}

}  // namespace

SweepConfig read_sweep(const TrainOptions& options) {
  std::vector<std::string> overrides;
  std::string config;
  for (const std::string& argument : options.arguments) {
    if (argument.find('=') != std::string::npos) {
      overrides.push_back(argument);
    } else if (config.empty()) {
      config = argument;
    } else {
      throw UsageError("two configs given, '" + config + "' and '" + argument +
                       "'; train takes one (settings are " + "written key=value)");
    }
  }
  if (!options.data.empty()) {
    // The data settings of the command line follow, so that dataset.particles=[11,-11] applies to this file.
    const Json file = {{"kind", "file"}, {"path", utf8(options.data, "--data")}};
    // A config that reads a file already says how: only the file changes.
    overrides.insert(overrides.begin(), !config.empty() && reads_a_file(config)
                                            ? "dataset.path=" + file["path"].dump()
                                            : "dataset=" + file.dump());
  }
  std::error_code error;
  if (config.empty()) {
    if (options.data.empty()) {
      throw UsageError("nothing to train on: name a config file or a built-in dataset, or give --data FILE");
    }
    return parse_config(Json::object(), overrides);
  }
  if (!std::filesystem::exists(config, error) && find_builtin_dataset(config) != nullptr) {
    if (!options.data.empty()) {
      throw UsageError("two datasets given, the built-in '" + config + "' and --data '" + options.data +
                       "'; leave one out");
    }
    return parse_config(Json{{"dataset", {{"kind", config}}}}, overrides);
  }
  return load_config(config, overrides);
}

LoadedData load_data(const DatasetIndex& index, bool quiet, const std::function<void()>& between) {
  LoadedData loaded;
  for (std::size_t d = 0; d < index.first_replica.size(); ++d) {
    between();
    const ReplicaConfig* config = index.first_replica[d];
    announce_large_file(config->dataset, quiet);
    const Table table = load_dataset(config->dataset);
    loaded.prepared.push_back(prepare(table, config->preprocess));
    loaded.records.push_back(make_record(*config, index.labels[d], table, loaded.prepared.back()));
    if (quiet) continue;
    std::fprintf(stderr, "%s: %zu rows, %zu features\n", index.labels[d].c_str(), table.rows,
                 table.features());
    for (const std::string& note : loaded.records.back().notes)
      std::fprintf(stderr, "  note: %s\n", note.c_str());
  }
  return loaded;
}

}  // namespace symscan
