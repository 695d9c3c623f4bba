#include "host/cli/progress.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "host/base/text.hpp"

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

ProgressLine::ProgressLine(bool quiet)
    : quiet_(quiet),
      terminal_(isatty(STDERR_FILENO) != 0),
      next_line_(std::chrono::steady_clock::now() +
                 (terminal_ ? std::chrono::seconds(0) : between_plain_lines)) {}

ProgressLine::~ProgressLine() {
  if (line_is_open_) std::fputc('\n', stderr);
}

std::string ProgressLine::line(double share, const std::string& text) const {
  char percent[16];
  std::snprintf(percent, sizeof percent, "%3.0f %%  ", 100 * share);
  if (!terminal_) return percent + text;
  const std::string line = bar(share) + percent + text;
  // A line that wraps could not be renewed in place.
  winsize window{};
  const bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 1;
  return known ? line.substr(0, window.ws_col - 1u) : line;
}

bool ProgressLine::is_due() const {
  return !quiet_ && std::chrono::steady_clock::now() >= next_line_;
}

void ProgressLine::show(double share, const std::string& text) {
  if (!is_due()) return;
  if (terminal_) {
    std::fprintf(stderr, "\r\033[K%s", line(share, text).c_str());
    std::fflush(stderr);
    line_is_open_ = true;
  } else {
    std::fprintf(stderr, "%s\n", line(share, text).c_str());
    next_line_ = std::chrono::steady_clock::now() + between_plain_lines;
  }
}

void ProgressLine::finish(double share, const std::string& text) {
  if (quiet_) return;
  line_is_open_ = false;
  std::fprintf(stderr, terminal_ ? "\r\033[K%s\n" : "%s\n", line(share, text).c_str());
}

void ProgressLine::clear() {
  if (line_is_open_) std::fprintf(stderr, "\r\033[K");
  line_is_open_ = false;
}

namespace {

double share_of(const SweepProgress& p) {
  return p.steps > 0
             ? std::min(1.0, static_cast<double>(p.steps_done) / static_cast<double>(p.steps))
             : static_cast<double>(p.finished) / static_cast<double>(std::max<std::size_t>(1, p.replicas));
}

std::string progress_text(const SweepProgress& p) {
  const double rate = p.seconds > 0 ? static_cast<double>(p.steps_trained) / p.seconds : 0;
  char text[160];
  std::snprintf(text, sizeof text, "%zu of %zu replicas  %.0f steps/s", p.finished, p.replicas, rate);
  std::string line = text;
  if (p.failed > 0) line += "  " + std::to_string(p.failed) + " failed";
  if (p.finished < p.replicas && p.steps_done >= p.steps) {
    line += "  evaluating";
  } else if (p.finished < p.replicas && rate > 0 && p.seconds > 0.5) {
    line +=
        "  " + duration_text(static_cast<double>(p.steps - std::min(p.steps, p.steps_done)) / rate) + " left";
  }
  return line;
}

}  // namespace

void ProgressDisplay::show(const SweepProgress& progress) {
  if (line_.is_due()) line_.show(share_of(progress), progress_text(progress));
}

void ProgressDisplay::finish(const SweepProgress& progress) {
  if (progress.replicas > 0) line_.finish(share_of(progress), progress_text(progress));
}

namespace {

/// "45 s", "3 min 20 s"
std::string elapsed_text(double seconds) {
  return seconds < 60 ? std::to_string(static_cast<int>(seconds)) + " s" : duration_text(seconds);
}

}  // namespace

void WorkDisplay::show(Part part) {
  constexpr std::chrono::milliseconds between_renewals(500);
  const std::lock_guard lock(mutex_);
  part_ = std::move(part);
  part_.since = std::chrono::steady_clock::now();
  renew();
  if (running_ || !line_.is_renewed()) return;
  running_ = true;
  renewal_ = std::thread([this, between_renewals] {
    std::unique_lock own(mutex_);
    while (!stopped_.wait_for(own, between_renewals, [this] { return !running_; })) renew();
  });
}

void WorkDisplay::renew() {
  constexpr double soon = 2;  // seconds
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - part_.since).count();
  const double done = part_.seconds > 0 ? 1 - std::exp(-seconds / part_.seconds) : 0;
  line_.show(part_.share + std::max(0.0, part_.until - part_.share) * done,
             part_.what + (seconds < soon ? "" : ", " + elapsed_text(seconds)) + part_.about);
}

void WorkDisplay::stop() {
  {
    const std::lock_guard lock(mutex_);
    running_ = false;
  }
  stopped_.notify_all();
  if (renewal_.joinable()) renewal_.join();
}

void WorkDisplay::finish() {
  stop();
  line_.clear();
}

std::function<void(const AnalysisProgress&)> WorkDisplay::of_analysis() {
  return [this](const AnalysisProgress& progress) {
    // What a narrow terminal cuts off is the end of the dataset's name.
    show({"analysis: " + progress.part,
          "  (" + printable_line(progress.dataset) + ")",
          progress.share,
          progress.until,
          progress.seconds,
          {}});
  };
}

}  // namespace symscan
