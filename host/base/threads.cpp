#include "host/base/threads.hpp"

#include <system_error>

#include "host/base/error.hpp"

namespace symscan {

void start_threads(std::vector<std::jthread>& threads, int count, const std::function<void()>& work) {
  threads.reserve(threads.size() + static_cast<std::size_t>(count > 0 ? count : 0));
  try {
    for (int t = 0; t < count; ++t) threads.emplace_back(work);
  } catch (const std::system_error&) {
    // Those that there are will do.
  }
}

void start_some_threads(std::vector<std::jthread>& threads, int count, const std::function<void()>& work) {
  start_threads(threads, count, work);
  if (threads.empty() && count > 0)
    throw Error(
        "the system starts no thread; raise the limit of processes (ulimit -u) and repeat with --resume",
        ExitCode::interrupted);
}

}  // namespace symscan
