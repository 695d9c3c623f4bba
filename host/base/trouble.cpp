#include "host/base/trouble.hpp"

#include <cerrno>
#include <system_error>

namespace symscan {
namespace {

struct Trouble {
  int error;
  const char* advice;
};

/// Those that may be over when the command is repeated.
constexpr Trouble passing[] = {
    {ENOSPC, "free some space and repeat"},
    {EDQUOT, "free some space or ask for a larger quota, and repeat"},
    {EFBIG, "raise the limit of file sizes (ulimit -f) and repeat"},
    {EIO, "the disk or its server reports an error: see the system's log, and repeat"},
    {EINTR, "a signal came between; repeat"},
    {EAGAIN, "repeat"},
    {EBUSY, "repeat"},
    {EMFILE, "raise the limit of open files (ulimit -n) and repeat"},
    {ENFILE, "the machine has too many open files; repeat later"},
    {ENOMEM, "the machine has no memory left; free some and repeat"},
    {ENOLCK, "the file system gives no lock; repeat, or choose a folder on a local disk"},
    {ESTALE, "the file server has lost the file; repeat"},
    {ETIMEDOUT, "the file server does not answer; repeat"},
    {ENOTCONN, "the file server does not answer; repeat"},
    {ECONNABORTED, "the file server does not answer; repeat"},
    {ECONNRESET, "the file server does not answer; repeat"},
    {EHOSTDOWN, "the file server does not answer; repeat"},
    {EHOSTUNREACH, "the file server does not answer; repeat"},
    {ESHUTDOWN, "the file server does not answer; repeat"},
    {EREMOTEIO, "the file server reports an error; repeat"},
    {ENODEV, "the disk is gone; repeat when it is back"},
};

const Trouble* find_passing(int error) {
  for (const Trouble& trouble : passing)
    if (trouble.error == error) return &trouble;
  return nullptr;
}

}  // namespace

ExitCode exit_code_of(int error) {
  return find_passing(error) != nullptr ? ExitCode::interrupted : ExitCode::bad_input;
}

std::string trouble_text(int error) {
  std::string text = std::generic_category().message(error);
  if (const Trouble* trouble = find_passing(error)) text += std::string("; ") + trouble->advice;
  return text;
}

void throw_trouble(const std::string& what, const std::filesystem::path& path, int error) {
  throw Error(what + " '" + path.string() + "': " + trouble_text(error), exit_code_of(error));
}

}  // namespace symscan
