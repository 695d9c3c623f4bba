#include "host/findings/analysis_parts.hpp"

#include <array>

#include "host/base/digest.hpp"
#include "host/base/error.hpp"
#include "host/base/file.hpp"
#include "host/base/text.hpp"
#include "host/store/run_directory.hpp"
#include "host/store/stored_json.hpp"

namespace symscan {
namespace {

constexpr std::uint64_t largest_part = std::uint64_t{4} << 30;

std::string checksum_of(const AnalysisPart& part) {
  Digest digest;
  digest.add(part.results);
  digest.add(part.rows);
  for (const ModelMeasures& model : part.models) {
    digest.add(std::array<int, 1>{model.replica});
    digest.add(std::array<double, 2>{model.local_dimension, model.normal_directions});
    digest.add(model.eigenvalues);
  }
  return digest.hex();
}

bool is_part_of(const AnalysisPart& part, const RunResults& results) {
  if (part.rows.size() != results.datasets.size()) return false;
  for (const ModelMeasures& model : part.models)
    if (model.replica < 0 || static_cast<std::size_t>(model.replica) >= results.replicas.size()) return false;
  return true;
}

}  // namespace

const ModelMeasures* KnownModels::find(int replica, std::size_t dataset, std::size_t rows_now) const {
  if (dataset >= rows.size() || rows[dataset] != rows_now) return nullptr;
  const auto found = of_replica.find(replica);
  return found == of_replica.end() ? nullptr : &found->second;
}

std::filesystem::path analysis_part_file(const std::filesystem::path& run, const Shard& shard) {
  return run / ("analysis_" + folder_of(shard) + ".json");
}

void write_analysis_part(const std::filesystem::path& run, const Shard& shard, AnalysisPart part) {
  part.symscan = SYMSCAN_VERSION;
  part.checksum = checksum_of(part);
  write_file_atomically(analysis_part_file(run, shard),
                        versioned_json(part, analysis_part_version).dump() + "\n");
}

KnownModels read_analysis_parts(const std::filesystem::path& run, const RunResults& results,
                                const std::function<void(const std::string&)>& tell) {
  KnownModels known;
  const std::vector<std::filesystem::path> files = analysis_part_files(run);
  const std::string digest = files.empty() ? "" : digest_of(results);
  for (const std::filesystem::path& file : files) {
    const auto leave_out = [&](const std::string& reason) {
      tell("'" + printable_line(file.string()) + "' is not used: " + reason);
    };
    try {
      AnalysisPart part = read_versioned<AnalysisPart>(stored_json(read_text_file(file, largest_part)),
                                                       analysis_part_version);
      if (part.symscan != SYMSCAN_VERSION) {
        leave_out("version " + printable_line(part.symscan) + " has measured it");
      } else if (part.checksum != checksum_of(part)) {
        leave_out("it is damaged: its numbers do not match their checksum");
      } else if (part.results != digest) {
        leave_out("it is of other results than this run has now");
      } else if (!is_part_of(part, results) || (!known.rows.empty() && known.rows != part.rows)) {
        leave_out("it was measured on other rows, or names replicas that there are not");
      } else {
        known.rows = part.rows;
        for (ModelMeasures& model : part.models) known.of_replica[model.replica] = std::move(model);
      }
    } catch (const Json::exception&) {
      leave_out("it is not JSON");
    } catch (const Error& error) {
      if (error.code() == ExitCode::interrupted) throw;
      leave_out(error.what());
    }
  }
  return known;
}

}  // namespace symscan
