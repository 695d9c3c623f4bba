#include "host/train/replica_team.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "host/base/statistics.hpp"
#include "kernels/workspace.hpp"

namespace symscan {
namespace {

double steady_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

int threads_worth(const Network& network, std::size_t batch_size) {
  const auto samples = static_cast<double>(std::min(batch_size, Workspace::tile_samples));
  return static_cast<int>(
      std::clamp(step_multiply_adds(network) * samples / multiply_adds_per_thread, 1.0, 1024.0));
}

ReplicaTeam::ReplicaTeam(std::function<double()> clock)
    : clock_(clock ? std::move(clock) : std::function<double()>(steady_seconds)) {}

void ReplicaTeam::resize(int threads) {
  if (threads == wanted_) return;
  wanted_ = threads;
  team_ = threads > 1 ? std::make_unique<CpuTeam>(threads) : nullptr;
  last_steps_.reset();
  begin_trial(clock_());
}

void ReplicaTeam::begin_trial(double time) {
  phase_ = Phase::try_together;
  together_ = team_ != nullptr;
  steps_.clear();
  trial_begin_ = last_call_ = time;
}

CpuTeam* ReplicaTeam::next(std::uint64_t steps_done) {
  if (team_ == nullptr) return nullptr;
  const double time = clock_();
  if (phase_ == Phase::use_faster) {
    if (time >= next_trial_) begin_trial(time);
  } else if (last_steps_ && steps_done == *last_steps_ + 1) {
    add_step(time - last_call_, time);
  }
  last_call_ = time;
  last_steps_ = steps_done;
  return now();
}

void ReplicaTeam::add_step(double seconds, double time) {
  steps_.push_back(seconds);
  if (steps_.size() < trial_steps) return;
  if (phase_ == Phase::try_together) {
    together_step_ = upper_median(std::exchange(steps_, {}));
    phase_ = Phase::try_alone;
    together_ = false;
    return;
  }
  together_ = together_step_ < upper_median(std::exchange(steps_, {}));
  phase_ = Phase::use_faster;
  next_trial_ = time + std::max(least, settled * (time - trial_begin_));
}

}  // namespace symscan
