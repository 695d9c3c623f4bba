#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "kernels/cpu_team.hpp"
#include "kernels/network.hpp"

namespace symscan {

/// Multiply-adds of the layers in a training step on one tile of samples that are worth a thread. Measured
/// (bench/attempts.md): the threads meet some 25 times in a step, which takes about ten microseconds.
inline constexpr double multiply_adds_per_thread = 900e3;

/// The most threads that pay for a replica of this network, at least 1.
int threads_worth(const Network& network, std::size_t batch_size);

/// The threads of one replica, and whether they work together or leave it to one. Together they are faster
/// on free cores, and much slower where another program takes one of the cores: all wait for the thread that
/// is not scheduled. So both are tried, a few training steps each, and the faster one is used for 20 times as
/// long as the trial took. What is computed does not depend on it.
class ReplicaTeam {
 public:
  static constexpr int trial_steps = 5;   ///< of each kind; their medians are compared
  static constexpr double settled = 20;   ///< times the length of a trial
  static constexpr double least = 0.025;  ///< seconds between trials

  /// `clock`: seconds, for tests.
  explicit ReplicaTeam(std::function<double()> clock = {});

  int size() const { return team_ != nullptr ? team_->size() : 1; }
  /// Between units of work. There may be fewer threads than wanted, where the system refuses one.
  void resize(int threads);

  /// The team for the unit of work that comes next, nullptr: the calling thread alone. Called before each
  /// unit, with the number of training steps done.
  CpuTeam* next(std::uint64_t steps_done);
  /// What next() returned last.
  CpuTeam* now() const { return together_ ? team_.get() : nullptr; }

 private:
  enum class Phase { try_together, try_alone, use_faster };

  void begin_trial(double time);
  void add_step(double seconds, double time);

  std::function<double()> clock_;
  int wanted_ = 1;
  std::unique_ptr<CpuTeam> team_;
  bool together_ = false;
  Phase phase_ = Phase::try_together;
  std::vector<double> steps_;  ///< seconds of the steps of the trial's half under way
  double together_step_ = 0;   ///< median
  double trial_begin_ = 0, next_trial_ = 0;
  double last_call_ = 0;
  std::optional<std::uint64_t> last_steps_;
};

}  // namespace symscan
