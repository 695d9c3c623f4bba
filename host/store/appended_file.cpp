#include "host/store/appended_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "host/base/error.hpp"
#include "host/base/file.hpp"

namespace symscan {
namespace {

/// Writes at the end of the file, which had `size` bytes, and closes it.
void write_at_end(Descriptor file, off_t size, std::string_view bytes, const std::filesystem::path& path) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const off_t place = size + static_cast<off_t>(done);
    const ssize_t wrote =
        repeated([&] { return ::pwrite(file.get(), bytes.data() + done, bytes.size() - done, place); });
    if (wrote > 0) {
      done += static_cast<std::size_t>(wrote);
      continue;
    }
    const int error = wrote < 0 ? errno : ENOSPC;
    // What was written of it is half a line or half a record.
    (void)repeated([&] { return ::ftruncate(file.get(), size); });
    throw_write_trouble(path, error);
  }
  if (!file.close()) throw_write_trouble(path, errno);
}

}  // namespace

void append_to_file(const std::filesystem::path& path, std::string_view bytes) {
  Descriptor file = open_descriptor(path, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0) throw_write_trouble(path, errno);
  if (!S_ISREG(status.st_mode) || status.st_nlink != 1)
    throw Error("cannot write '" + path.string() + "': something else has taken its place");
  write_at_end(std::move(file), status.st_size, bytes, path);
}

void create_file(const std::filesystem::path& path, std::string_view bytes) {
  Descriptor file = open_descriptor(path, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, 0666);
  if (!file) throw_write_trouble(path, errno);
  write_at_end(std::move(file), 0, bytes, path);
}

}  // namespace symscan
