#pragma once
#include <filesystem>
#include <optional>

#include "host/findings/model.hpp"

namespace symscan {

/// analysis.json of a run directory.
std::filesystem::path analysis_file(const std::filesystem::path& run);

void write_findings(const std::filesystem::path& run, const Findings& findings);

/// What analysis.json of the run says; none if there is no such file. Throws DataError if it is damaged or
/// from another version.
std::optional<Findings> read_findings(const std::filesystem::path& run);

}  // namespace symscan
