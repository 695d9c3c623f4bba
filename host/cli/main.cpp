#include <poll.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iterator>
#include <new>

#include "host/base/file.hpp"
#include "host/cli/command_line.hpp"
#include "host/cli/errors.hpp"
#include "host/cli/signals.hpp"

namespace {

using symscan::ExitCode;

/// Says so once, whichever thread comes first. False: another one does.
bool tell_no_memory() {
  static std::atomic_flag told;
  if (told.test_and_set()) return false;
  iovec line[] = {{const_cast<char*>("symscan: "), 9},
                  {const_cast<char*>(symscan::no_memory_told), sizeof symscan::no_memory_told - 1},
                  {const_cast<char*>("\n"), 1}};
  [[maybe_unused]] const ssize_t written = ::writev(STDERR_FILENO, line, std::size(line));
  return true;
}

/// Memory may run out where an exception cannot leave. What is written is whole at any moment.
[[noreturn]] void on_terminate() {
  try {
    if (const std::exception_ptr error = std::current_exception()) std::rethrow_exception(error);
  } catch (const std::bad_alloc&) {
    while (!tell_no_memory()) ::pause();  // for the thread that tells it to end the process
    _exit(static_cast<int>(ExitCode::interrupted));
  } catch (...) {
  }
  std::abort();
}

/// Whether nobody reads standard output any more, as after `symscan ... | head`.
bool reader_is_gone() {
  pollfd output = {STDOUT_FILENO, 0, 0};
  return poll(&output, 1, 0) == 1 && (output.revents & POLLERR) != 0;
}

ExitCode run(int argc, char** argv) {
  const ExitCode code = symscan::run_command_line(argc, argv);
  const bool written = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
  if (!written && !reader_is_gone())
    throw symscan::Error("the output could not be written (is the disk full?)", ExitCode::interrupted);
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  symscan::hold_standard_descriptors();
  std::set_terminate(on_terminate);
  const symscan::InterruptGuard interrupts;
  // A file that grows too large is then an error that can be told, not a sudden end.
  std::signal(SIGXFSZ, SIG_IGN);
  // A reader that goes away does not keep results from being written.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return static_cast<int>(run(argc, argv));
  } catch (const std::bad_alloc&) {
    (void)tell_no_memory();
    return static_cast<int>(ExitCode::interrupted);
  } catch (...) {
    const symscan::ToldError error = symscan::describe_error();
    std::fprintf(stderr, "symscan: %s\n", error.sentence.c_str());
    return static_cast<int>(error.code);
  }
}
