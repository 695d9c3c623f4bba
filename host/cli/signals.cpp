#include "host/cli/signals.hpp"

#include <unistd.h>

#include <csignal>

#include "host/base/error.hpp"

namespace symscan {
namespace {

std::atomic<bool> stop_requested{false};
std::atomic<bool> deferred{false};
static_assert(std::atomic<bool>::is_always_lock_free, "the signal handler may only touch lock-free atomics");

constexpr int interrupting[] = {SIGTERM, SIGINT, SIGUSR1, SIGHUP};

extern "C" void on_interrupt(int) {
  if (!deferred) _exit(static_cast<int>(ExitCode::interrupted));
  stop_requested = true;
}

void install(void (*handler)(int)) {
  struct sigaction action = {};
  action.sa_handler = handler;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  for (const int signal : interrupting) {
    struct sigaction before = {};
    sigaction(signal, nullptr, &before);
    if (signal == SIGHUP && before.sa_handler == SIG_IGN) continue;  // nohup
    sigaction(signal, &action, nullptr);
  }
}

}  // namespace

InterruptGuard::InterruptGuard() {
  install(on_interrupt);
}

InterruptGuard::~InterruptGuard() {
  install(SIG_DFL);
  deferred = false;
}

void InterruptGuard::defer() {
  deferred = true;
}

void InterruptGuard::end_at_once() {
  deferred = false;
}

const std::atomic<bool>& InterruptGuard::requested() {
  return stop_requested;
}

}  // namespace symscan
