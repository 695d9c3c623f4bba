#include "host/base/file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "host/base/error.hpp"

namespace symscan {
namespace {

[[noreturn]] void fail(const std::string& what, const std::filesystem::path& path, int error) {
  const bool full = error == ENOSPC || error == EDQUOT || error == EFBIG;
  throw Error(what + " '" + path.string() + "': " + std::strerror(error) +
                  (full ? "; free some space and repeat" : ""),
              full ? ExitCode::interrupted : ExitCode::bad_input);
}

void sync_path(const std::filesystem::path& path, int flags) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC);
  if (descriptor < 0) fail("cannot open", path, errno);
  const int result = ::fsync(descriptor);
  const int error = errno;
  ::close(descriptor);
  // Some file systems cannot sync a folder (EINVAL); the rename is then as durable as they make it.
  if (result != 0 && error != EINVAL) fail("cannot write", path, error);
}

}  // namespace

void write_file_atomically(const std::filesystem::path& path,
                           const std::function<void(const std::filesystem::path&)>& write) {
  const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  std::error_code error;
  if (!std::filesystem::is_directory(folder, error))
    fail("cannot create", path, error ? error.value() : ENOTDIR);
  // The ending stays last: some libraries choose the format by it.
  const auto temporary =
      path.parent_path() / (".tmp-" + std::to_string(::getpid()) + "-" + path.filename().string());
  try {
    write(temporary);
    sync_path(temporary, O_RDONLY);
    if (std::rename(temporary.c_str(), path.c_str()) != 0) fail("cannot write", path, errno);
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
  sync_path(folder, O_RDONLY | O_DIRECTORY);
}

void write_file_atomically(const std::filesystem::path& path, std::string_view bytes) {
  write_file_atomically(path, [&](const std::filesystem::path& temporary) {
    errno = 0;
    std::ofstream out(temporary, std::ios::binary);
    if (!out) fail("cannot create", path, errno);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    out.close();
    if (!out) fail("cannot write", path, errno != 0 ? errno : ENOSPC);
  });
}

std::string read_text_file(const std::filesystem::path& path, std::uint64_t limit) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error))
    throw Error("'" + path.string() + "' is a folder, not a file");
  std::ifstream in(path, std::ios::binary);
  if (!in) fail("cannot open", path, errno);
  // Read piece by piece: devices and pipes have no size of their own.
  std::string bytes;
  char piece[1 << 16];
  while (in.read(piece, sizeof piece), in.gcount() > 0) {
    bytes.append(piece, static_cast<std::size_t>(in.gcount()));
    if (bytes.size() > limit) {
      throw Error("'" + path.string() + "' is larger than the " + std::to_string(limit) +
                  " bytes that are read here");
    }
  }
  return bytes;
}

}  // namespace symscan
