#pragma once
#include <filesystem>
#include <optional>

#include "host/findings/model.hpp"
#include "host/store/run_results.hpp"

namespace symscan {

/// analysis.json of a run directory.
std::filesystem::path analysis_file(const std::filesystem::path& run);

void write_findings(const std::filesystem::path& run, const Findings& findings);

/// What analysis.json of the run says; none if there is no such file. Throws DataError if it is damaged, from
/// another version, or not of `results`: of another run, or of this one before it was finished.
std::optional<Findings> read_findings(const std::filesystem::path& run, const RunResults& results);

}  // namespace symscan
