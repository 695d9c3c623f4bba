#include "host/library/progress_writer.hpp"

#include <algorithm>

#include "host/base/error.hpp"

namespace symscan {
namespace {

constexpr std::chrono::seconds between_writes(5);
constexpr int writes_per_pause = 50;  ///< a write takes at most a fiftieth of the time

/// As far as it is known; `share` of a call that has just begun says nothing.
std::optional<double> seconds_left(const SweepProgress& progress) {
  constexpr double enough = 0.5;
  if (progress.seconds < enough || progress.steps_trained == 0) return std::nullopt;
  const double rate = static_cast<double>(progress.steps_trained) / progress.seconds;
  return static_cast<double>(progress.steps - std::min(progress.steps, progress.steps_done)) / rate;
}

/// Of all trainings: those that were finished before, and of this call the steps.
double share_of(const SweepProgress& progress, std::size_t finished_before) {
  const auto before = static_cast<double>(finished_before), now = static_cast<double>(progress.replicas);
  if (before + now == 0 || progress.steps == 0) return 0;
  const double steps =
      std::min(1.0, static_cast<double>(progress.steps_done) / static_cast<double>(progress.steps));
  return (before + now * steps) / (before + now);
}

}  // namespace

ProgressWriter::ProgressWriter(std::filesystem::path run, const std::vector<std::string>& command)
    : run_(std::move(run)), works_(!run_.empty()) {
  progress_.command = command;
  std::error_code error;
  if (works_) progress_.folder = std::filesystem::current_path(error).string();
}

void ProgressWriter::begin(const SweepConfig& sweep, Ledger& ledger, const std::string& backend) {
  if (!works_) return;
  auto counts = ledger.count_statuses();
  done_before_ = counts["done"];
  failed_before_ = counts["failed"];
  for (const auto& [status, count] : counts) progress_.replicas += count;
  const std::optional<Shard> shard = ledger.shard();
  progress_.name = sweep.name;
  progress_.shard = shard ? to_string(*shard) : "";
  progress_.backend = backend;
}

bool ProgressWriter::is_due() const {
  return works_ && Clock::now() >= next_;
}

std::string ProgressWriter::write(RunProgress::State state, const SweepProgress& progress) {
  if (!works_) return "";
  progress_.state = state;
  progress_.done = done_before_ + progress.finished - progress.failed;
  progress_.failed = failed_before_ + progress.failed;
  progress_.share =
      state == RunProgress::State::trained ? 1 : share_of(progress, done_before_ + failed_before_);
  progress_.steps_per_second =
      progress.seconds > 0 ? static_cast<double>(progress.steps_trained) / progress.seconds : 0;
  progress_.replicas_per_second =
      progress.seconds > 0 ? static_cast<double>(progress.finished) / progress.seconds : 0;
  progress_.seconds_left = state == RunProgress::State::trained ? std::optional(0.0) : seconds_left(progress);
  const auto begin = Clock::now();
  try {
    write_progress(run_, progress_);
  } catch (const Error& error) {
    works_ = false;
    return error.what();
  }
  const auto end = Clock::now();
  next_ = end + std::max<Clock::duration>(between_writes, writes_per_pause * (end - begin));
  return "";
}

}  // namespace symscan
