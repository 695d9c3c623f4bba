#pragma once
#include <string>
#include <vector>

#include "host/data/file_dataset.hpp"

namespace symscan {

/// read_npy() with column names from elsewhere (used if their number fits). Needs a source that knows its
/// size.
Table read_npy_table(ByteSource& source, const std::string& name, const FileOptions& options,
                     const std::vector<std::string>& names);

}  // namespace symscan
