#include "host/base/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <optional>

#include "host/base/error.hpp"
#include "host/base/trouble.hpp"

namespace symscan {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view prefix = ".symscan-";

fs::path folder_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

fs::path temporary_of(const fs::path& path) {
  return path.parent_path() /
         (std::string(prefix) + std::to_string(::getpid()) + "-" + path.filename().string());
}

/// "12-report.html": the process, and the name that its file was to have.
struct Leftover {
  pid_t process;
  std::string_view name;
};

std::optional<Leftover> split_leftover(std::string_view text) {
  Leftover leftover{};
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, leftover.process);
  if (error != std::errc() || leftover.process <= 0 || end - rest < 2 || *rest != '-') return std::nullopt;
  leftover.name = {rest + 1, static_cast<std::size_t>(end - rest - 1)};
  return leftover;
}

std::optional<Leftover> leftover_of(std::string_view name) {
  return name.starts_with(prefix) ? split_leftover(name.substr(prefix.size())) : std::nullopt;
}

/// A rename would take a pipe or a device away from those who use it.
void refuse_no_file(const fs::path& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0 || S_ISREG(status.st_mode) || S_ISLNK(status.st_mode)) return;
  throw Error("cannot write '" + path.string() + "': there is a " +
              (S_ISDIR(status.st_mode) ? "folder" : "pipe or device") + " of this name; choose another");
}

Descriptor create_new(const fs::path& path) {
  return open_descriptor(path, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, 0666);
}

/// An empty file of ours under the temporary name. What a dead process of our number left there goes first.
void create_temporary(const fs::path& temporary, const fs::path& path) {
  if (create_new(temporary)) return;
  if (errno != EEXIST) throw_trouble("cannot create", path, errno);
  struct stat status {};
  if (::lstat(temporary.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
    throw Error("cannot write '" + path.string() + "': '" + temporary.string() +
                "' is in the way and is no file; take it away");
  }
  if (::unlink(temporary.c_str()) != 0 && errno != ENOENT) throw_trouble("cannot replace", temporary, errno);
  if (!create_new(temporary)) throw_trouble("cannot create", path, errno);
}

void sync_file(const fs::path& temporary, const fs::path& path) {
  const Descriptor file = open_descriptor(temporary, O_RDONLY | O_NOFOLLOW);
  if (!file || repeated([&] { return ::fsync(file.get()); }) != 0) throw_trouble("cannot write", path, errno);
}

/// Makes a rename or a new folder durable.
void sync_folder(const fs::path& folder, const fs::path& path) {
  const Descriptor opened = open_descriptor(folder, O_RDONLY | O_DIRECTORY);
  if (!opened && errno == EACCES) return;  // a folder that may be written and not be read
  if (!opened) throw_trouble("cannot write", path, errno);
  // Some file systems cannot sync a folder (EINVAL); the rename is then as durable as they make it.
  if (repeated([&] { return ::fsync(opened.get()); }) != 0 && errno != EINVAL)
    throw_trouble("cannot write", path, errno);
}

bool is_dead(pid_t process) {
  return process != ::getpid() && ::kill(process, 0) != 0 && errno == ESRCH;
}

void refuse_unreadable_kind(const fs::path& path, mode_t mode) {
  if (S_ISREG(mode) || S_ISFIFO(mode)) return;
  const char* what = S_ISDIR(mode) ? "folder" : S_ISSOCK(mode) ? "socket" : "device";
  throw Error("'" + path.string() + "' is a " + what + ", not a file");
}

/// The names of the temporary files that are being written, where a signal handler may read them.
struct Unfinished {
  std::atomic<bool> taken{false}, named{false};
  char name[4096] = {};
};
Unfinished unfinished[8];

/// Lists a file as unfinished, if there is room for it.
class UnfinishedFile {
 public:
  explicit UnfinishedFile(const fs::path& path) {
    for (Unfinished& file : unfinished) {
      if (path.native().size() >= sizeof file.name || file.taken.exchange(true)) continue;
      path.native().copy(file.name, sizeof file.name - 1);
      file.name[path.native().size()] = '\0';
      file.named = true;
      listed_ = &file;
      return;
    }
  }
  UnfinishedFile(const UnfinishedFile&) = delete;
  UnfinishedFile& operator=(const UnfinishedFile&) = delete;
  ~UnfinishedFile() {
    if (listed_ == nullptr) return;
    listed_->named = false;
    listed_->taken = false;
  }

 private:
  Unfinished* listed_ = nullptr;
};

}  // namespace

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

bool Descriptor::close() {
  // After EINTR the descriptor is closed all the same.
  return ::close(release()) == 0 || errno == EINTR;
}

Descriptor open_descriptor(const fs::path& path, int flags, mode_t mode) {
  Descriptor file(repeated([&] { return ::open(path.c_str(), flags | O_CLOEXEC, mode); }));
  if (!file || file.get() > STDERR_FILENO) return file;
  return Descriptor(::fcntl(file.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
}

void hold_standard_descriptors() {
  for (const int number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(number, F_GETFD) >= 0 || errno != EBADF) continue;
    // The lowest free number is the one that is missing.
    (void)::open("/dev/null", O_RDWR);
  }
}

void unlink_unfinished_files() {
  for (const Unfinished& file : unfinished)
    if (file.named) ::unlink(file.name);
}

void write_file_atomically(const fs::path& path, const std::function<void(const fs::path&)>& write) {
  refuse_no_file(path);
  const fs::path temporary = temporary_of(path);
  const UnfinishedFile under_way(temporary);
  create_temporary(temporary, path);
  try {
    write(temporary);
    sync_file(temporary, path);
    if (std::rename(temporary.c_str(), path.c_str()) != 0) throw_trouble("cannot write", path, errno);
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
  sync_folder(folder_of(path), path);
}

void write_file_atomically(const fs::path& path, std::string_view bytes) {
  write_file_atomically(path, [&](const fs::path& temporary) {
    FileWriter file(temporary);
    file.write(bytes);
    file.close();
  });
}

fs::path file_meant_by(const fs::path& temporary) {
  const std::string name = temporary.filename().string();
  const auto leftover = leftover_of(name);
  return leftover ? temporary.parent_path() / leftover->name : temporary;
}

void throw_write_trouble(const fs::path& temporary, int error) {
  const fs::path path = file_meant_by(temporary);
  if (error != 0) throw_trouble("cannot write", path, error);
  throw Error("cannot write '" + path.string() + "'; is the disk full? free some space and repeat",
              ExitCode::interrupted);
}

FileWriter::FileWriter(fs::path temporary)
    : path_(std::move(temporary)), file_(open_descriptor(path_, O_WRONLY | O_TRUNC | O_NOFOLLOW)) {
  if (!file_) throw_write_trouble(path_, errno);
}

void FileWriter::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = repeated([&] { return ::write(file_.get(), bytes.data(), bytes.size()); });
    if (written < 0) throw_write_trouble(path_, errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void FileWriter::close() {
  if (!file_.close()) throw_write_trouble(path_, errno);
}

void remove_leftovers(const fs::path& folder) {
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    const auto leftover = leftover_of(name);
    struct stat status {};
    if (leftover && is_dead(leftover->process) && ::lstat(entry->path().c_str(), &status) == 0 &&
        S_ISREG(status.st_mode))
      ::unlink(entry->path().c_str());
  }
}

void create_folders(const fs::path& path) {
  fs::path folder;
  for (const fs::path& part : path) {
    folder /= part;
    if (part.empty() || ::mkdir(folder.c_str(), 0777) == 0) {
      if (!part.empty()) sync_folder(folder_of(folder), folder);
      continue;
    }
    const int error = errno;
    struct stat status {};
    // Of a folder that is there, some file systems say EROFS or EACCES instead of EEXIST.
    if (::stat(folder.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) continue;
    throw_trouble("cannot create the folder", folder, error == EEXIST ? ENOTDIR : error);
  }
}

std::string read_text_file(const fs::path& path, std::uint64_t limit) {
  struct stat status {};
  // Before it is opened: opening a device may do something.
  if (::stat(path.c_str(), &status) != 0) throw_trouble("cannot open", path, errno);
  refuse_unreadable_kind(path, status.st_mode);
  const Descriptor file = open_descriptor(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (!file || ::fcntl(file.get(), F_SETFL, 0) != 0) throw_trouble("cannot open", path, errno);
  std::string bytes;
  char piece[1 << 16];
  for (;;) {
    const ssize_t got = repeated([&] { return ::read(file.get(), piece, sizeof piece); });
    if (got < 0) throw_trouble("cannot read", path, errno);
    if (got == 0) break;
    bytes.append(piece, static_cast<std::size_t>(got));
    if (bytes.size() > limit) {
      throw Error("'" + path.string() + "' is larger than the " + std::to_string(limit) +
                  " bytes that are read here");
    }
  }
  if (bytes.empty() && S_ISFIFO(status.st_mode))
    throw Error("'" + path.string() + "' is a pipe through which nothing comes; write a file and name that");
  return bytes;
}

}  // namespace symscan
