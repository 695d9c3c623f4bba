#include "host/cli/progress.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace symscan {
namespace {

constexpr int bar_width = 24;
constexpr std::chrono::seconds between_plain_lines(10);

std::string bar(double share) {
  std::string text(bar_width, '.');
  for (int i = 0; i < bar_width && i < std::lround(share * bar_width); ++i)
    text[static_cast<std::size_t>(i)] = '#';
  return "[" + text + "]";
}

}  // namespace

std::string duration_text(double seconds) {
  const auto total = static_cast<long>(std::lround(std::max(0.0, seconds)));
  char text[64];
  if (total < 60) {
    std::snprintf(text, sizeof text, seconds < 9.95 ? "%.1f s" : "%.0f s", seconds);
  } else if (total < 3600) {
    std::snprintf(text, sizeof text, "%ld min %ld s", total / 60, total % 60);
  } else {
    std::snprintf(text, sizeof text, "%ld h %ld min", total / 3600, total % 3600 / 60);
  }
  return text;
}

ProgressDisplay::ProgressDisplay(bool quiet)
    : quiet_(quiet),
      terminal_(isatty(STDERR_FILENO) != 0),
      next_line_(std::chrono::steady_clock::now() +
                 (terminal_ ? std::chrono::seconds(0) : between_plain_lines)) {}

std::string ProgressDisplay::line(const SweepProgress& p) const {
  const double share =
      p.steps > 0
          ? std::min(1.0, static_cast<double>(p.steps_done) / static_cast<double>(p.steps))
          : static_cast<double>(p.finished) / static_cast<double>(std::max<std::size_t>(1, p.replicas));
  const double rate = p.seconds > 0 ? static_cast<double>(p.steps_trained) / p.seconds : 0;
  char text[160];
  std::snprintf(text, sizeof text, "%3.0f %%  %zu of %zu replicas  %.0f steps/s", 100 * share, p.finished,
                p.replicas, rate);
  std::string line = text;
  if (p.failed > 0) line += "  " + std::to_string(p.failed) + " failed";
  if (p.finished < p.replicas && p.steps_done >= p.steps) {
    line += "  evaluating";
  } else if (p.finished < p.replicas && rate > 0 && p.seconds > 0.5) {
    line +=
        "  " + duration_text(static_cast<double>(p.steps - std::min(p.steps, p.steps_done)) / rate) + " left";
  }
  if (!terminal_) return line;
  line = bar(share) + line;
  // A line that wraps could not be renewed in place.
  winsize window{};
  const bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 1;
  return known ? line.substr(0, window.ws_col - 1u) : line;
}

void ProgressDisplay::show(const SweepProgress& progress) {
  if (quiet_ || std::chrono::steady_clock::now() < next_line_) return;
  if (terminal_) {
    std::fprintf(stderr, "\r\033[K%s", line(progress).c_str());
    std::fflush(stderr);
    line_is_open_ = true;
  } else {
    std::fprintf(stderr, "%s\n", line(progress).c_str());
    next_line_ = std::chrono::steady_clock::now() + between_plain_lines;
  }
}

ProgressDisplay::~ProgressDisplay() {
  if (line_is_open_) std::fputc('\n', stderr);
}

void ProgressDisplay::finish(const SweepProgress& progress) {
  if (quiet_ || progress.replicas == 0) return;
  line_is_open_ = false;
  std::fprintf(stderr, terminal_ ? "\r\033[K%s\n" : "%s\n", line(progress).c_str());
}

}  // namespace symscan
