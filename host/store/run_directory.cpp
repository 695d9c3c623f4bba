#include "host/store/run_directory.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "host/base/error.hpp"
#include "host/base/file.hpp"

namespace symscan {
namespace {

/// Files that a run writes; nothing else in the folder is ever removed.
constexpr const char* run_files[] = {"results.sqlite", "results.sqlite-wal", "results.sqlite-shm", "config.json",
                                     "models.safetensors", "metrics.jsonl", "summary.json", "report.html",
                                     "timings.json"};

void check_same_config(const Json& before, const Json& now, const std::filesystem::path& path) {
  const auto keys = differing_keys(before, now);
  if (keys.empty()) return;
  std::string list;
  for (const std::string& key : keys) list += (list.empty() ? "" : ", ") + key;
  throw ConfigError("'" + path.string() + "' cannot be resumed with another config; these keys differ: " + list +
                    " (use the old values, or another --out)");
}

}  // namespace

RunDirectory::RunDirectory(std::filesystem::path path, Mode mode, const SweepConfig& sweep, const std::string& backend)
    : path_(std::move(path)) {
  std::error_code error;
  std::filesystem::create_directories(path_, error);
  if (error) throw Error("cannot create the run directory '" + path_.string() + "': " + error.message());
  lock();
  const bool exists = Ledger::exists(ledger_file(path_));
  if (exists && mode == Mode::fresh) {
    throw Error("'" + path_.string() + "' already holds a run; add --resume to go on with it, --overwrite to replace " +
                "it, or choose another --out");
  }
  if (mode == Mode::overwrite) {
    for (const char* file : run_files) std::filesystem::remove(path_ / file, error);
  }
  resumed_ = exists && mode == Mode::resume;
  if (resumed_) {
    ledger_.emplace(Ledger::open(ledger_file(path_), false));
    check_same_config(ledger_->config(), sweep.resolved, path_);
  } else {
    ledger_.emplace(Ledger::create(ledger_file(path_), sweep, backend));
  }
  write_file_atomically(path_ / "config.json", sweep.resolved.dump(2) + "\n");
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
    throw Error("another symscan process is at work in '" + path_.string() + "'; wait for it, or choose another --out");
  }
}

void RunDirectory::record_dataset(int index, const DatasetRecord& record) {
  const auto before = ledger_->dataset(index);
  if (before && before->fingerprint != record.fingerprint) {
    throw DataError("'" + path_.string() + "' cannot be resumed: the data of '" + dataset_label(record.settings) +
                    "' have changed since the run began (" + std::to_string(before->rows) + " rows then, " +
                    std::to_string(record.rows) + " now); restore them, or choose another --out");
  }
  if (!before) ledger_->add_dataset(index, record);
}

}  // namespace symscan
