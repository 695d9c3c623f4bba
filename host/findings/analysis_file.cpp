#include "host/findings/analysis_file.hpp"

#include "host/base/error.hpp"
#include "host/base/file.hpp"
#include "host/findings/model_json.hpp"
#include "host/store/stored_json.hpp"

namespace symscan {

std::filesystem::path analysis_file(const std::filesystem::path& run) {
  return run / "analysis.json";
}

void write_findings(const std::filesystem::path& run, const Findings& findings) {
  write_file_atomically(analysis_file(run),
                        to_json(findings).dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
}

std::optional<Findings> read_findings(const std::filesystem::path& run, const RunResults& results) {
  const std::filesystem::path file = analysis_file(run);
  std::error_code error;
  if (!std::filesystem::exists(file, error)) return std::nullopt;
  const auto refuse = [&](const std::string& reason) -> DataError {
    return DataError("'" + file.string() + "' cannot be used: " + reason +
                     "; symscan analyze writes it again");
  };
  if (!std::filesystem::is_regular_file(file, error))
    throw DataError("'" + file.string() + "' is no file; take it away, then symscan analyze writes one");
  std::optional<Findings> findings;
  try {
    findings = findings_from_json(stored_json(read_text_file(file)));
  } catch (const Json::exception&) {
    throw refuse("it is not JSON");
  } catch (const Error& problem) {
    if (problem.code() == ExitCode::interrupted) throw;
    throw refuse(problem.what());
  }
  if (findings->results != digest_of(results)) throw refuse("it is of other results than this run has now");
  return findings;
}

}  // namespace symscan
