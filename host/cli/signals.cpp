#include "host/cli/signals.hpp"

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>

#include "host/base/error.hpp"
#include "host/base/file.hpp"

namespace symscan {
namespace {

std::atomic<bool> stop_requested{false}, deferred{false}, is_saving{false}, patient{false};
static_assert(std::atomic<bool>::is_always_lock_free, "the signal handler may only touch lock-free atomics");
timer_t patience{};
std::atomic<bool> has_timer{false};

constexpr int interrupting[] = {SIGTERM, SIGINT, SIGUSR1, SIGXCPU, SIGHUP};
/// While something is being written: some ten seconds.
constexpr int most_waits = 5;
std::atomic<int> waits{0};
constexpr long patience_nanoseconds = 700'000'000;  // beyond one second

void start_timer() {
  itimerspec wait{};
  wait.it_value = {1, patience_nanoseconds};
  timer_settime(patience, 0, &wait, nullptr);
}

[[noreturn]] void leave(const char* sentence) {
  unlink_unfinished_files();
  // Nothing can be done about a failure.
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, sentence, std::strlen(sentence));
  _exit(static_cast<int>(ExitCode::interrupted));
}

// Only functions that a signal handler may call.
extern "C" void on_interrupt(int) {
  if (!deferred)
    leave(
        "symscan: interrupted; nothing that is finished is lost: repeat the command (train and "
        "merge: with --resume)\n");
  const int error = errno;
  if (!stop_requested.exchange(true) && has_timer) start_timer();
  errno = error;
}

extern "C" void on_patience_ended(int) {
  const int error = errno;
  if (patient) {
    start_timer();
    errno = error;
    return;
  }
  if (deferred && is_saving && ++waits <= most_waits)
    start_timer();
  else if (deferred && is_saving)
    leave(
        "symscan: interrupted while the disk did not take the checkpoints; go on from the last one with "
        "--resume\n");
  else if (deferred)
    leave(
        "symscan: interrupted while a training step took long; go on from the last checkpoint with "
        "--resume\n");
  errno = error;
}

void handle(int signal, void (*handler)(int)) {
  struct sigaction action = {};
  action.sa_handler = handler;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  sigaction(signal, &action, nullptr);
}

void handle_interrupts(void (*handler)(int)) {
  for (const int signal : interrupting) {
    struct sigaction before = {};
    sigaction(signal, nullptr, &before);
    if (signal == SIGHUP && before.sa_handler == SIG_IGN) continue;  // nohup
    handle(signal, handler);
  }
}

}  // namespace

InterruptGuard::InterruptGuard() {
  sigevent event{};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = SIGALRM;
  handle(SIGALRM, on_patience_ended);
  has_timer = timer_create(CLOCK_MONOTONIC, &event, &patience) == 0;
  handle_interrupts(on_interrupt);
}

/// The handlers stay: a signal at the very end is answered as any other.
InterruptGuard::~InterruptGuard() {
  deferred = false;
}

void InterruptGuard::defer() {
  deferred = true;
}

void InterruptGuard::set_saving(bool saving) {
  is_saving = saving;
}

void InterruptGuard::wait_for_saving() {
  patient = true;
}

void InterruptGuard::end_at_once() {
  patient = false;
  deferred = false;
}

void InterruptGuard::ignore() {
  handle_interrupts(SIG_IGN);
}

const std::atomic<bool>& InterruptGuard::requested() {
  return stop_requested;
}

}  // namespace symscan
