#pragma once
#include <sys/types.h>

#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace symscan {

/// A descriptor of the operating system; closed at the end of its life.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor();
  explicit operator bool() const { return number_ >= 0; }
  int get() const { return number_; }
  int release() { return std::exchange(number_, -1); }
  /// Now: file servers tell here what they could not write. False: errno says what.
  bool close();

 private:
  int number_ = -1;
};

/// Calls a function of the system again as long as signals come between.
template <class Call>
auto repeated(Call call) {
  for (;;) {
    const auto result = call();
    if (result >= 0 || errno != EINTR) return result;
  }
}

/// open(2) with O_CLOEXEC, repeated when a signal comes between. Never descriptor 0, 1 or 2: what is printed
/// must not land in a file. None on failure, errno then says why.
Descriptor open_descriptor(const std::filesystem::path& path, int flags, mode_t mode = 0);

/// Puts /dev/null in the place of descriptors 0, 1 and 2 that are closed: who closes them wants nothing
/// printed. To be called once, when a program begins: libraries open files too.
void hold_standard_descriptors();

/// Writes `bytes` to `path` so that a reader (or a crash) sees the old file or the new one, never a part:
/// a new file ".symscan-PID-NAME" in the same folder, fsync, rename, fsync of the folder. What lies under
/// that name is replaced if it is a plain file, else refused, as is a `path` that is a pipe or a device. A
/// `path` that is a link is replaced, not followed. Throws Error, with exit_code_of() what the system said.
void write_file_atomically(const std::filesystem::path& path, std::string_view bytes);

/// As above, for what is written piece by piece, or by libraries that open a path: `write` gets the temporary
/// name, under which an empty file of ours lies. The ending stays last: some libraries choose the format by
/// it.
void write_file_atomically(const std::filesystem::path& path,
                           const std::function<void(const std::filesystem::path& temporary)>& write);

/// Removes the temporary files that are being written. For a process that ends at once: may be called by a
/// signal handler.
void unlink_unfinished_files();

/// The file that a temporary name stands for; a name that is none stands for itself.
std::filesystem::path file_meant_by(const std::filesystem::path& temporary);

/// Throws what a `write` throws when the system refuses: Error "cannot write 'PATH': ...", with the name of
/// the file that is meant. `error`: errno, or 0 if it is not known.
[[noreturn]] void throw_write_trouble(const std::filesystem::path& temporary, int error);

/// For a `write`: fills the temporary file from front to back. Throws as throw_write_trouble().
class FileWriter {
 public:
  explicit FileWriter(std::filesystem::path temporary);
  void write(std::string_view bytes);
  void close();

 private:
  std::filesystem::path path_;
  Descriptor file_;
};

/// Removes what write_file_atomically() left in `folder` when its process was killed: plain files of its
/// names whose process does not live any more. To be called while no other machine writes there.
void remove_leftovers(const std::filesystem::path& folder);

/// mkdir -p; a folder is on the disk when this returns. Throws Error.
void create_folders(const std::filesystem::path& path);

/// The whole file, or what comes through a pipe until it is closed; opening never waits. Throws Error if it
/// cannot be read, is a folder, socket or device, or is larger than `limit` bytes.
std::string read_text_file(const std::filesystem::path& path, std::uint64_t limit = 64u << 20);

}  // namespace symscan
