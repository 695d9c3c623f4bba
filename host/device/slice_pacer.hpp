#pragma once
#include <algorithm>
#include <cstdint>

namespace symscan {

/// Chooses how long a slice of work is: about a fifth of a second, so that signals, checkpoints and finished
/// replicas do not wait, and launches cost nothing. Work is counted in units of the caller.
class SlicePacer {
 public:
  static constexpr double target_seconds = 0.2;

  /// Units of `cost` each that fit into a slice.
  std::uint64_t units(double cost) {
    if (work_ <= 0) work_ = first_units * cost;
    return static_cast<std::uint64_t>(std::clamp(work_ / cost, 1.0, 1e9));
  }

  /// Tells how long a slice took. `full`: there was work for all of it; one that ended early says nothing
  /// about longer slices.
  void record(double seconds, bool full) {
    const double factor = std::clamp(target_seconds / std::max(seconds, 1e-6), 0.1, 4.0);
    if (full || factor < 1) work_ *= factor;
  }

 private:
  static constexpr double first_units = 16;
  double work_ = 0;
};

}  // namespace symscan
