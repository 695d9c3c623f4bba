#include "host/store/event_files.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "host/base/error.hpp"
#include "host/base/file.hpp"
#include "host/base/trouble.hpp"
#include "host/store/appended_file.hpp"

namespace symscan {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view event_file_head = "events.out.tfevents.", event_file_end = ".symscan",
                           replica_head = "replica_";

/// A folder, not a link to one.
bool is_own_folder(const fs::path& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) == 0) return S_ISDIR(status.st_mode);
  if (errno == ENOENT || errno == ENOTDIR) return false;
  throw_trouble("cannot look at", path, errno);
}

bool is_plain_event_file(const fs::path& path) {
  struct stat status {};
  const std::string name = path.filename().string();
  return name.starts_with(event_file_head) && name.ends_with(event_file_end) &&
         name.size() >= event_file_head.size() + event_file_end.size() &&
         ::lstat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

bool is_replica_folder(const fs::path& path) {
  const std::string name = path.filename().string();
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return name.starts_with(replica_head) && name.size() > replica_head.size() &&
         std::all_of(name.begin() + replica_head.size(), name.end(), is_digit) && is_own_folder(path);
}

/// Sorted; empty if it is no folder.
std::vector<fs::path> entries_of(const fs::path& folder) {
  std::vector<fs::path> entries;
  if (!is_own_folder(folder)) return entries;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
    entries.push_back(entry->path());
  if (error) throw_trouble("cannot read the folder", folder, error.value());
  std::sort(entries.begin(), entries.end());
  return entries;
}

/// Throws unless it is a folder when this returns.
void make_own_folder(const fs::path& path) {
  if (::mkdir(path.c_str(), 0777) == 0) return;
  const int error = errno;
  if (is_own_folder(path)) return;
  if (error == EEXIST) throw Error("'" + path.string() + "' is not a folder; take it away");
  throw_trouble("cannot create the folder", path, error);
}

}  // namespace

fs::path event_folder(const fs::path& run, int replica) {
  char name[32];
  std::snprintf(name, sizeof name, "replica_%05d", replica);
  return run / "tensorboard" / name;
}

void check_event_folder(const fs::path& run) {
  const fs::path folder = run / "tensorboard";
  struct stat status {};
  if (::lstat(folder.c_str(), &status) != 0 || S_ISDIR(status.st_mode)) return;
  throw Error("'" + folder.string() + "' is a " + (S_ISLNK(status.st_mode) ? "link" : "file") +
              " in the place of a folder; take it away, or leave out --log tensorboard");
}

std::vector<fs::path> event_files(const fs::path& run) {
  std::vector<fs::path> files;
  for (const fs::path& folder : entries_of(run / "tensorboard")) {
    if (!is_replica_folder(folder)) continue;
    for (const fs::path& file : entries_of(folder))
      if (is_plain_event_file(file)) files.push_back(file);
  }
  return files;
}

void remove_event_files(const fs::path& run) {
  for (const fs::path& file : event_files(run))
    if (::unlink(file.c_str()) != 0 && errno != ENOENT) throw_trouble("cannot remove", file, errno);
  const fs::path folder = run / "tensorboard";
  for (const fs::path& entry : entries_of(folder))
    if (is_replica_folder(entry)) ::rmdir(entry.c_str());  // stays if it holds files of others
  if (is_own_folder(folder)) ::rmdir(folder.c_str());
}

fs::path create_event_file(const fs::path& run, int replica, long long seconds, const std::string& bytes) {
  const fs::path folder = event_folder(run, replica);
  make_own_folder(folder.parent_path());
  make_own_folder(folder);
  fs::path file =
      folder / (std::string(event_file_head) + std::to_string(seconds) + std::string(event_file_end));
  create_file(file, bytes);
  return file;
}

}  // namespace symscan
