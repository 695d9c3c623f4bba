#pragma once
#include <string>

#include "host/data/file_dataset.hpp"

namespace symscan {

/// Throws DataError for a setting that the format does not know: ignored, it would mislead.
void check_settings_of_format(const std::string& format, const std::string& path, const FileOptions& options);

}  // namespace symscan
