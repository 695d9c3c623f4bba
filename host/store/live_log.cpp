#include "host/store/live_log.hpp"

#include <algorithm>

#include "host/base/file.hpp"
#include "host/store/appended_file.hpp"

namespace symscan {

MetricsLog::MetricsLog(const std::filesystem::path& run, std::size_t replicas)
    : file_(run / "metrics.jsonl"), written_(replicas) {}

void MetricsLog::begin() {
  write_file_atomically(file_, "");
}

void MetricsLog::add(const ReplicaConfig& config, const EpochRecords& records) {
  std::size_t& written = written_[static_cast<std::size_t>(config.id)];
  lines_ += metrics_lines(config.id, {records.epochs, records.tracked, std::max(records.since, written)});
  written = std::max(written, records.epochs.size());
}

void MetricsLog::finish(const ReplicaConfig& config, const ReplicaResult& result) {
  add(config, {result.history, result.tracked});
}

void MetricsLog::flush() {
  if (lines_.empty()) return;
  append_to_file(file_, lines_);
  lines_.clear();
}

}  // namespace symscan
