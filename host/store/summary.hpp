#pragma once
#include <filesystem>
#include <string>

#include "host/store/run_results.hpp"
#include "host/store/sample_measures.hpp"

namespace symscan {

/// The text of summary.json, the contract with scripts: {"schema":1, "name", "replicas":[...],
/// "groups":[...]}. Holds no times and nothing else that differs between two runs of the same config.
std::string summary_text(const RunResults& results, const SampleMeasures& measures);

/// Writes summary.json piece by piece. Of a large run (is_large()) "replicas" is left out, as are the lists
/// of replicas in groups and optima, and every entry of a list is one line: "replica_table" names the file
/// that has them (replica_table.hpp).
void write_summary(const std::filesystem::path& path, const RunResults& results,
                   const SampleMeasures& measures);

}  // namespace symscan
