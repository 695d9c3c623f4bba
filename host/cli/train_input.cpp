#include "host/cli/train_input.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "host/base/file.hpp"
#include "host/base/text.hpp"
#include "host/config/config_file.hpp"
#include "host/config/overrides.hpp"
#include "host/data/dataset.hpp"
#include "host/data/file_fields.hpp"
#include "host/data/file_set.hpp"
#include "host/library/bytes_text.hpp"
#include "host/library/chosen_settings.hpp"

namespace symscan {
namespace {

/// Throws if a name cannot be stored as JSON.
void check_utf8(const std::vector<std::string>& names) {
  if (std::all_of(names.begin(), names.end(), [](const auto& name) { return !first_byte_not_utf8(name); }))
    return;
  throw UsageError("--data has a name that is not UTF-8; rename the file");
}

/// The keys of the dataset that --data stands for.
Json files_given(const TrainOptions& options) {
  if (!options.each_file) {
    const Json further(std::vector<std::string>(options.data.begin() + 1, options.data.end()));
    return {{"path", options.data[0]}, {"more_files", further}};
  }
  const std::vector<std::string> files = expand_files(options.data);
  check_utf8(files);
  return {{"path", files}};
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

/// Reading a large file takes a while: say that something goes on.
void announce_large_file(const Json& dataset) {
  constexpr double large = 50e6;
  if (dataset.at("kind") != "file") return;
  std::error_code error;
  const std::vector<std::string> files = files_of(parse_file_options(dataset));
  double size = 0;
  for (const std::string& file : files) {
    const auto bytes = std::filesystem::file_size(file, error);
    if (!error) size += static_cast<double>(bytes);
  }
  if (size <= large) return;
  std::fprintf(stderr, "reading %s (%s) ...\n", names_of_files(files).c_str(), bytes_text(size).c_str());
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
    check_utf8(options.data);
    Json file = files_given(options);
    // A config that reads a file already says how: only the file changes.
    if (!config.empty() && reads_a_file(config)) {
      for (const auto& [key, value] : file.items())
        overrides.insert(overrides.begin(), "dataset." + key + "=" + value.dump());
    } else {
      file["kind"] = "file";
      overrides.insert(overrides.begin(), "dataset=" + file.dump());
    }
  } else if (options.each_file) {
    throw UsageError("--each-file is about the files of --data, and there is none");
  }
  std::error_code error;
  if (config.empty()) {
    if (options.data.empty()) {
      throw UsageError("nothing to train on: name a config file or a built-in dataset, or give --data FILE");
    }
    Json document = Json::object();
    for (const std::string& text : overrides) apply_override(document, text);
    const std::vector<std::string> chosen = choose_settings(document);
    SweepConfig sweep = parse_config(document);
    sweep.notes.insert(sweep.notes.begin(), chosen.begin(), chosen.end());
    return sweep;
  }
  if (!std::filesystem::exists(config, error) && find_builtin_dataset(config) != nullptr) {
    if (!options.data.empty()) {
      throw UsageError("two datasets given, the built-in '" + config + "' and --data '" + options.data[0] +
                       "'; leave one out");
    }
    return parse_config(Json{{"dataset", {{"kind", config}}}}, overrides);
  }
  return load_config(config, overrides);
}

LoadingHooks loading_hooks(bool quiet) {
  LoadingHooks hooks;
  hooks.load = [quiet](const ReplicaConfig& config) {
    if (!quiet) announce_large_file(config.dataset);
    return load_dataset(config.dataset);
  };
  if (quiet) return hooks;
  hooks.loaded = [](const DatasetRecord& record) {
    std::fprintf(stderr, "%s: %s, %s\n", record.label.c_str(), plural(record.rows, "row").c_str(),
                 plural(record.columns.size(), "feature").c_str());
    for (const std::string& note : record.notes) std::fprintf(stderr, "  note: %s\n", note.c_str());
  };
  return hooks;
}

}  // namespace symscan
