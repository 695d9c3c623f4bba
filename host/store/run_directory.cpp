#include "host/store/run_directory.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <iterator>
#include <thread>

#include "host/base/error.hpp"
#include "host/base/trouble.hpp"
#include "host/config/config.hpp"
#include "host/config/differing_keys.hpp"
#include "host/device/backend.hpp"
#include "host/store/event_files.hpp"
#include "host/store/ledger_checks.hpp"
#include "host/store/ledger_files.hpp"

namespace symscan {
namespace {

namespace fs = std::filesystem;

/// Files that a run writes; nothing else in the folder is ever removed, but leftovers of these.
constexpr const char* run_files[] = {
    "results.sqlite",         "config.json",        "results.sqlite-wal", "results.sqlite-shm",
    "results.sqlite-journal", "models.safetensors", "metrics.jsonl",      "summary.json",
    "replicas.csv",           "analysis.json",      "report.html",        "timings.json",
    "progress.json"};

void check_same_config(const Json& before, const Json& now, const std::filesystem::path& path) {
  // A run of an older version lacks settings that are new; they have their defaults.
  const auto keys = differing_keys(parse_config(before).resolved, now);
  if (keys.empty()) return;
  std::string list;
  for (const std::string& key : keys) list += (list.empty() ? "" : ", ") + key;
  throw ConfigError("'" + path.string() + "' cannot be resumed with another config; these keys differ: " +
                    list + " (use the old values, or another --out)");
}

void check_same_shard(Ledger& ledger, const ShardReplicas* now, const fs::path& path) {
  const std::optional<Shard> before = ledger.shard();
  const auto name = [](const std::optional<Shard>& shard) {
    return shard ? "shard " + to_string(*shard) : std::string("a whole sweep");
  };
  const auto wanted = now != nullptr ? std::optional(now->shard) : std::nullopt;
  if (before != wanted)
    throw UsageError("'" + path.string() + "' holds " + name(before) + ", not " + name(wanted) +
                     "; give --shard as before, or another --out");
}

/// The kind of what lies there (S_IFMT), links not followed; 0: nothing does.
mode_t kind_of(const fs::path& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) == 0) return status.st_mode & S_IFMT;
  if (errno == ENOENT || errno == ENOTDIR) return 0;
  throw_trouble("cannot look at", path, errno);
}

/// Whether a directory whose ledger cannot be recognised any more was a run, see the class.
bool was_a_run(const fs::path& path) {
  if (kind_of(path / ".lock") != S_IFREG || kind_of(path / "config.json") != S_IFREG) return false;
  try {
    parse_config(Json::parse(read_text_file(path / "config.json")));
    return true;
  } catch (const Error& problem) {
    if (problem.code() == ExitCode::interrupted) throw;
    return false;
  } catch (const Json::exception&) {
    return false;
  }
}

[[noreturn]] void refuse_foreign(const fs::path& path, const std::string& file) {
  throw Error("'" + path.string() + "' holds a " + file +
              " that is not from a run of symscan; choose another --out");
}

/// What is written through a link lands elsewhere.
void refuse_links(const fs::path& path) {
  check_plain_file(path / ".lock");
  check_ledger_files(ledger_file(path), false);
}

/// Longer names SQLite cannot open.
void refuse_long_path(const fs::path& path) {
  constexpr std::size_t longest = 480;
  std::error_code error;
  const fs::path absolute = fs::absolute(path, error);
  if (error) throw_trouble("cannot look at", path, error.value());
  if (absolute.native().size() > longest)
    throw Error("the path of --out has " + std::to_string(absolute.native().size()) +
                " bytes, and a ledger's may have " + std::to_string(longest) + "; choose a shorter one");
}

}  // namespace

RunPlace::RunPlace(fs::path run)
    : run_(std::move(run)), folder_(identity_of(run_, run_)), ledger_(identity_of(ledger_file(run_), run_)) {}

RunPlace::Identity RunPlace::identity_of(const fs::path& path, const fs::path& run) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) return {status.st_dev, status.st_ino};
  if (errno != ENOENT && errno != ENOTDIR) throw_trouble("cannot look at", path, errno);
  throw Error("the run directory '" + run.string() +
              "' was removed while it was in use; nothing more can be saved");
}

void RunPlace::check() const {
  if (identity_of(run_, run_) == folder_ && identity_of(ledger_file(run_), run_) == ledger_) return;
  throw Error("something else has taken the place of the run directory '" + run_.string() +
              "' while it was in use; nothing more is written there");
}

void RunDirectory::check(const fs::path& path, Mode mode) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0 && !S_ISDIR(status.st_mode))
    throw Error("'" + path.string() + "' is not a folder; choose another --out");
  refuse_long_path(path);
  refuse_links(path);
  const LedgerState found = Ledger::state_of(ledger_file(path));
  if (found == LedgerState::ledger) {
    if (mode != Mode::fresh) return;
    throw Error("'" + path.string() +
                "' already holds a run; add --resume to go on with it, --overwrite to replace " +
                "it, or choose another --out");
  }
  if (found == LedgerState::foreign) {
    if (!was_a_run(path)) refuse_foreign(path, "results.sqlite");
    if (mode == Mode::overwrite) return;
    throw Error(
        "the ledger '" + ledger_file(path).string() +
        "' is damaged: it is no ledger of symscan any more; put back a copy of it, or start the run " +
        "anew with --overwrite");
  }
  for (const char* file : run_files) {
    // A ledger without tables is what a kill during its creation leaves, with what SQLite keeps beside it.
    if (found == LedgerState::empty && std::string_view(file).starts_with("results.sqlite")) continue;
    if (kind_of(path / file) != 0) refuse_foreign(path, file);
  }
  if (!event_files(path).empty()) refuse_foreign(path, "tensorboard/replica_... with event files");
}

RunDirectory::RunDirectory(fs::path path, Mode mode, const SweepConfig& sweep, const std::string& backend,
                           const ShardReplicas* shard)
    : path_(std::move(path)) {
  check(path_, mode);
  create_folders(path_);
  lock_ = lock_of_run(path_, WithoutLocks::refuse);
  check(path_, mode);  // another process may have made a run meanwhile
  remove_leftovers(path_);
  if (mode == Mode::overwrite) remove_run_files(path_);
  resumed_ = Ledger::state_of(ledger_file(path_)) == LedgerState::ledger;
  if (resumed_) {
    ledger_.emplace(Ledger::open(ledger_file(path_), false));
    check_same_config(recorded_sweep(*ledger_).resolved, sweep.resolved, path_);
    check_same_shard(*ledger_, shard, path_);
    if (const std::string before = ledger_->meta("backend"); !rounds_like(before, backend)) {
      throw Error("'" + path_.string() + "' was begun on " + before + " and would go on with " + backend +
                  ", which rounds differently; resume it on such a machine, or choose another --out");
    }
  } else {
    ledger_.emplace(Ledger::create(ledger_file(path_), sweep, backend, shard));
  }
  place_.emplace(path_);
  write_file_atomically(path_ / "config.json", sweep.resolved.dump(2) + "\n");
}

void RunDirectory::record_dataset(int index, const DatasetRecord& record) {
  const auto before = ledger_->dataset(index);
  if (before && !same_fingerprint(before->fingerprint, record.fingerprint)) {
    throw DataError("'" + path_.string() + "' cannot be resumed: the data of '" + record.label +
                    "' have changed since the run began (" + std::to_string(before->rows) + " rows then, " +
                    std::to_string(record.rows) + " now); restore them, or choose another --out");
  }
  if (!before) ledger_->add_dataset(index, record);
}

Descriptor lock_of_run(const fs::path& path, WithoutLocks choice) {
  const fs::path file = path / ".lock";
  Descriptor lock = open_descriptor(file, O_CREAT | O_RDWR | O_NOFOLLOW | O_NONBLOCK, 0644);
  if (!lock) throw_trouble("cannot create", file, errno);
  // `status` holds it for a moment.
  constexpr int tries = 25;
  constexpr std::chrono::milliseconds between(20);
  for (int i = 0; i < tries; ++i) {
    if (repeated([&] { return ::flock(lock.get(), LOCK_EX | LOCK_NB); }) == 0) return lock;
    if (errno != EWOULDBLOCK) break;
    std::this_thread::sleep_for(between);
    errno = EWOULDBLOCK;
  }
  if (errno == EWOULDBLOCK) {
    throw Error(
        "another symscan process is at work in '" + path.string() + "'; wait for it, or choose another --out",
        ExitCode::interrupted);
  }
  if (errno == EOPNOTSUPP || errno == ENOSYS || errno == EINVAL) {
    if (choice == WithoutLocks::go_on) return {};
    throw Error(
        "the file system of '" + path.string() +
        "' has no file locks; choose an --out on a local disk, or train on one with --scratch DIRECTORY");
  }
  throw_trouble("cannot lock", file, errno);
}

std::optional<Descriptor> idle_lock_of_run(const fs::path& run) {
  Descriptor file = open_descriptor(run / ".lock", O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  if (file && repeated([&] { return ::flock(file.get(), LOCK_SH | LOCK_NB); }) != 0 && errno == EWOULDBLOCK)
    return std::nullopt;
  return file;
}

/// Until the ledger is gone a kill leaves a directory that is known as a run. What is no file is somebody
/// else's.
void remove_run_files(const fs::path& path) {
  for (const char* file : run_files) {
    const mode_t kind = kind_of(path / file);
    if (kind != 0 && kind != S_IFREG && kind != S_IFLNK) refuse_foreign(path, file);
  }
  remove_event_files(path);
  for (const fs::path& file : analysis_part_files(path))
    if (::unlink(file.c_str()) != 0 && errno != ENOENT) throw_trouble("cannot remove", file, errno);
  for (auto file = std::rbegin(run_files); file != std::rend(run_files); ++file) {
    if (::unlink((path / *file).c_str()) != 0 && errno != ENOENT)
      throw_trouble("cannot remove", path / *file, errno);
  }
}

namespace {

/// analysis_shard_3_of_8.json, exactly: other names are somebody else's.
bool is_analysis_part(const std::string& name) {
  constexpr std::string_view head = "analysis_shard_", between = "_of_", end = ".json";
  const std::size_t of = name.find(between, head.size());
  if (!name.starts_with(head) || !name.ends_with(end) || of == std::string::npos) return false;
  const std::size_t count = of + between.size();
  try {
    const Shard shard = parse_shard(name.substr(head.size(), of - head.size()) + "/" +
                                    name.substr(count, name.size() - end.size() - count));
    return name == "analysis_" + folder_of(shard) + std::string(end);
  } catch (const UsageError&) {
    return false;
  }
}

}  // namespace

std::vector<fs::path> analysis_part_files(const fs::path& run) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator entry(run, error), end; !error && entry != end; entry.increment(error)) {
    if (is_analysis_part(entry->path().filename().string()) && kind_of(entry->path()) == S_IFREG)
      files.push_back(entry->path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<std::string> names_of_results() {
  std::vector<std::string> names;
  for (const std::string file : run_files)
    if (!file.starts_with("results.sqlite") && file != "config.json") names.push_back(file);
  return names;
}

void refuse_file_of_a_run(const fs::path& file) {
  const std::string name = file.filename().string();
  const bool is_named_so = name == ".lock" || std::any_of(std::begin(run_files), std::end(run_files),
                                                          [&](const char* own) { return name == own; });
  std::error_code error;
  if (!is_named_so || !fs::exists(ledger_file(fs::absolute(file, error).parent_path()), error)) return;
  throw UsageError("'" + file.string() +
                   "' is a file of the run in its folder, which is never replaced so; give another "
                   "name");
}

}  // namespace symscan
