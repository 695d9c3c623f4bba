#include "host/store/run_directory.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <iterator>

#include "host/base/error.hpp"
#include "host/base/file.hpp"
#include "host/config/config.hpp"
#include "host/config/differing_keys.hpp"
#include "host/store/ledger_checks.hpp"

namespace symscan {
namespace {

/// Files that a run writes; nothing else in the folder is ever removed.
constexpr const char* run_files[] = {
    "results.sqlite", "results.sqlite-wal", "results.sqlite-shm", "config.json", "models.safetensors",
    "metrics.jsonl",  "summary.json",       "analysis.json",      "report.html", "timings.json"};

void check_same_config(const Json& before, const Json& now, const std::filesystem::path& path) {
  // A run of an older version lacks settings that are new; they have their defaults.
  const auto keys = differing_keys(parse_config(before).resolved, now);
  if (keys.empty()) return;
  std::string list;
  for (const std::string& key : keys) list += (list.empty() ? "" : ", ") + key;
  throw ConfigError("'" + path.string() + "' cannot be resumed with another config; these keys differ: " +
                    list + " (use the old values, or another --out)");
}

/// Whether a plain x86-64 executor (no fused multiply-add: other rounding) made the run.
bool rounds_like(const std::string& left, const std::string& right) {
  const auto is_plain = [](const std::string& name) { return name.find("baseline") != std::string::npos; };
  return is_plain(left) == is_plain(right);
}

/// Left behind by a process that was killed while it wrote.
void remove_temporary_files(const std::filesystem::path& path) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(path, error)) {
    if (entry.path().filename().string().rfind(".tmp-", 0) == 0) std::filesystem::remove(entry.path(), error);
  }
}

}  // namespace

void RunDirectory::check(const std::filesystem::path& path, Mode mode) {
  std::error_code error;
  if (mode == Mode::overwrite && std::filesystem::exists(ledger_file(path), error)) return;
  if (Ledger::exists(ledger_file(path))) {
    if (mode == Mode::resume) return;
    throw Error("'" + path.string() +
                "' already holds a run; add --resume to go on with it, --overwrite to replace " +
                "it, or choose another --out");
  }
  for (const char* file : run_files) {
    // A ledger without tables is what a kill during its creation leaves.
    if (std::string_view(file).rfind("results.sqlite", 0) == 0) continue;
    if (std::filesystem::exists(path / file, error)) {
      throw Error("'" + path.string() + "' holds a " + file +
                  " that is not from a run of symscan; choose another --out");
    }
  }
}

RunDirectory::RunDirectory(std::filesystem::path path, Mode mode, const SweepConfig& sweep,
                           const std::string& backend)
    : path_(std::move(path)) {
  check(path_, mode);
  std::error_code error;
  std::filesystem::create_directories(path_, error);
  if (error) throw Error("cannot create the run directory '" + path_.string() + "': " + error.message());
  lock();
  remove_temporary_files(path_);
  if (mode == Mode::overwrite) {
    // The ledger goes last: until then a kill leaves a directory that is known as a run.
    for (auto file = std::rbegin(run_files); file != std::rend(run_files); ++file) {
      std::filesystem::remove(path_ / *file, error);
    }
  }
  resumed_ = Ledger::exists(ledger_file(path_));
  if (resumed_) {
    ledger_.emplace(Ledger::open(ledger_file(path_), false));
    check_same_config(recorded_sweep(*ledger_).resolved, sweep.resolved, path_);
    if (const std::string before = ledger_->meta("backend"); !rounds_like(before, backend)) {
      throw Error("'" + path_.string() + "' was begun on " + before + " and would go on with " + backend +
                  ", which rounds differently; resume it on such a machine, or choose another --out");
    }
  } else {
    ledger_.emplace(Ledger::create(ledger_file(path_), sweep, backend));
  }
  write_file_atomically(path_ / "config.json", sweep.resolved.dump(2) + "\n");
}

void RunDirectory::check_still_there() const {
  std::error_code error;
  if (!std::filesystem::exists(ledger_file(path_), error)) {
    throw Error("the run directory '" + path_.string() +
                "' was removed while the run went on; nothing more can be saved");
  }
}

RunDirectory::~RunDirectory() {
  ledger_.reset();
  if (lock_ >= 0) ::close(lock_);
}

void RunDirectory::lock() {
  lock_ = ::open((path_ / ".lock").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0644);
  if (lock_ < 0) throw Error("cannot write in '" + path_.string() + "': " + std::strerror(errno));
  if (::flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    ::close(lock_);
    throw Error("another symscan process is at work in '" + path_.string() +
                "'; wait for it, or choose another --out");
  }
}

void RunDirectory::record_dataset(int index, const DatasetRecord& record) {
  const auto before = ledger_->dataset(index);
  if (before && before->fingerprint != record.fingerprint) {
    throw DataError("'" + path_.string() + "' cannot be resumed: the data of '" + record.label +
                    "' have changed since the run began (" + std::to_string(before->rows) + " rows then, " +
                    std::to_string(record.rows) + " now); restore them, or choose another --out");
  }
  if (!before) ledger_->add_dataset(index, record);
}

}  // namespace symscan
