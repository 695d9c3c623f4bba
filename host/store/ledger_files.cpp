#include "host/store/ledger_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "host/base/file.hpp"
#include "host/base/trouble.hpp"

namespace symscan {
namespace {

namespace fs = std::filesystem;

/// A journal that ends with these bytes names a further file before them, which SQLite deletes: the one that
/// keeps several databases together (https://sqlite.org/fileformat.html, "The Rollback Journal").
constexpr unsigned char journal_magic[] = {0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7};

bool names_further_file(const fs::path& journal, off_t size) {
  char last[sizeof journal_magic];
  if (size < static_cast<off_t>(sizeof last)) return false;
  const Descriptor file = open_descriptor(journal, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  if (!file) throw_trouble("cannot read", journal, errno);
  const ssize_t got = repeated(
      [&] { return ::pread(file.get(), last, sizeof last, size - static_cast<off_t>(sizeof last)); });
  if (got < 0) throw_trouble("cannot read", journal, errno);
  return got == sizeof last && std::memcmp(last, journal_magic, sizeof last) == 0;
}

/// As check_plain_file(); `status`: of what is there.
bool look_at_plain_file(const fs::path& path, struct stat& status) {
  if (::lstat(path.c_str(), &status) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return false;
    throw_trouble("cannot look at", path, errno);
  }
  if (S_ISLNK(status.st_mode)) {
    throw Error("'" + path.string() +
                "' is a symbolic link, and a run does not write through links; put the file itself there, "
                "or choose another --out");
  }
  if (!S_ISREG(status.st_mode))
    throw Error("'" + path.parent_path().string() + "' holds a " + path.filename().string() +
                " that is not from a run of symscan; choose another --out");
  return true;
}

void refuse_hard_link(const fs::path& path, const struct stat& status) {
  if (status.st_nlink <= 1) return;
  throw Error("'" + path.string() +
              "' has a second name elsewhere (a hard link), and a run does not write through links; put a "
              "copy of the file there, or choose another --out");
}

}  // namespace

bool check_plain_file(const fs::path& path) {
  struct stat status {};
  return look_at_plain_file(path, status);
}

void check_ledger_files(const fs::path& ledger, bool read_only) {
  struct stat status {};
  if (look_at_plain_file(ledger, status) && !read_only) refuse_hard_link(ledger, status);
  for (const char* beside : files_beside_ledger) {
    const fs::path path = ledger.string() + beside;
    if (!look_at_plain_file(path, status)) continue;
    refuse_hard_link(path, status);
    if (std::strcmp(beside, "-journal") == 0 && names_further_file(path, status.st_size))
      throw Error("'" + path.string() +
                  "' is not from a run of symscan: it is of several databases; remove it, or choose another "
                  "--out");
  }
}

}  // namespace symscan
