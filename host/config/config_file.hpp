#pragma once
#include <string>
#include <vector>

#include "host/config/config.hpp"

namespace symscan {

/// The config as it stands in the file: nothing is filled in, and relative paths of data are those that
/// load_config() takes. Throws as it does.
Json read_config_document(const std::string& path);

/// Reads a JSON file (// comments allowed, at most 16 MiB) and parses it. A relative dataset.path in the file
/// is taken from the file's own folder if there is such a file, else from the working directory; one given as
/// an override is always taken from the working directory. Throws ConfigError naming file, line and column.
SweepConfig load_config(const std::string& path, const std::vector<std::string>& overrides = {});

}  // namespace symscan
