#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <typeinfo>
#include <vector>

#include "kernels/block/team.hpp"

/// The threads of a GPU block on the host, each a fiber that runs the whole program with its own local
/// variables; a barrier switches to another fiber. The order in which the threads run between two barriers is
/// the test's choice, so that a program that lacks a barrier gives different results in different orders.
#if defined(__SANITIZE_THREAD__)
#define SYMSCAN_THREAD_SANITIZER true
#elif defined(__has_feature)
#define SYMSCAN_THREAD_SANITIZER __has_feature(thread_sanitizer)
#else
#define SYMSCAN_THREAD_SANITIZER false
#endif

namespace symscan::test {

/// Whether a data race between the threads of a block ends the test program.
inline constexpr bool under_thread_sanitizer = SYMSCAN_THREAD_SANITIZER;

/// Not all threads of a block came to the same barrier.
class DivergenceError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Order of the threads between two barriers. Shuffled: anew at every barrier, from a seed.
enum class FiberOrder { forward, backward, shuffled };

enum class BarrierKind { phase, before_single, after_single };

/// Where a barrier stands: the type of the lambda that the phase or the single runs.
struct Barrier {
  const std::type_info* code;
  BarrierKind kind;

  bool operator==(const Barrier& other) const { return *code == *other.code && kind == other.kind; }
  /// "load phase", "train_one_step single 2 after": function, kind, and number of the lambda in the function
  /// if it is not the first.
  std::string name() const;
};

class FiberTeam;

class FiberBlock {
 public:
  FiberBlock(float* shared, int threads, FiberOrder order, std::uint32_t seed = 1);
  ~FiberBlock();

  /// Barriers at which no thread waits, by their number in the order in which the program passes them.
  void leave_out(const std::vector<std::size_t>& numbers);

  /// Runs the program on every thread. Throws DivergenceError, and the first exception of the program.
  void run(const std::function<void(const FiberTeam&)>& program);

  /// All barriers of the last run, those left out included.
  const std::vector<Barrier>& barriers() const;

  int threads() const { return threads_; }
  float* shared() const { return shared_; }

 private:
  friend class FiberTeam;
  void wait(int thread, const Barrier& barrier);

  struct Scheduler;
  float* const shared_;
  const int threads_;
  bool decision_ = false;  ///< of FiberTeam::decide
  std::unique_ptr<Scheduler> scheduler_;
};

/// A thread's view of its block: the interface of kernels/block/team.hpp with the semantics of CudaTeam.
/// In a warp phase the first lane of each warp works, since the host's TensorTile is a whole warp's.
class FiberTeam {
 public:
  FiberTeam(FiberBlock& block, int thread) : block_(&block), thread_(thread) {}

  int thread() const { return thread_; }
  int threads() const { return block_->threads(); }
  float* memory() const { return block_->shared(); }

  template <class F>
  void phase_nosync(int n, F f) const {
    for (int i = thread_; i < n; i += threads()) f(i);
  }
  template <class F>
  void phase(int n, F f) const {
    phase_nosync(n, f);
    block_->wait(thread_, {&typeid(F), BarrierKind::phase});
  }
  template <class F>
  void warp_phase(int n, F f) const {
    if (thread_ % 32 == 0) {
      for (int i = thread_ / 32; i < n; i += threads() / 32) f(i);
    }
    block_->wait(thread_, {&typeid(F), BarrierKind::phase});
  }
  template <class F>
  void single(F f) const {
    block_->wait(thread_, {&typeid(F), BarrierKind::before_single});
    if (thread_ == 0) f();
    block_->wait(thread_, {&typeid(F), BarrierKind::after_single});
  }
  template <class F>
  bool decide(F f) const {
    single([&] { block_->decision_ = f(); });
    return block_->decision_;
  }
  std::uint64_t nanoseconds() const { return host_nanoseconds(); }

 private:
  FiberBlock* block_;
  int thread_;
};

}  // namespace symscan::test
