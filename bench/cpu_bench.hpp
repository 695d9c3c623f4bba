#pragma once
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "host/base/json.hpp"
#include "kernels/network.hpp"

// What the sections of cpu_bench share: timing, the matrix product of the installed BLAS, and their output.

namespace symscan {

/// Seconds per call, one number per round.
using Series = std::vector<double>;

/// Times functions in turn: every round calls each of them for a tenth of `seconds`, or for as long as one
/// call of the slowest takes (up to `seconds`), so that a drift of the machine's speed meets all of them
/// alike. Goes on for `seconds` per function and at least three rounds. Each function is called before,
/// untimed. Throws Interrupted after SIGINT or SIGTERM.
std::vector<Series> time_in_turn(double seconds, const std::vector<std::function<void()>>& functions);
/// One function, with at least `least` rounds.
Series time_alone(double seconds, const std::function<void()>& function, std::size_t least = 3);

struct Interrupted : std::runtime_error {
  Interrupted() : std::runtime_error("interrupted") {}
};
/// From now on SIGINT and SIGTERM end a measurement with Interrupted.
void catch_signals();

double median(Series values);
/// {"median", "fastest", "slowest", "repeats"} of scale * seconds.
Json times(const Series& seconds, double scale);
/// The same of work / seconds: the fastest is the largest.
Json rates(const Series& seconds, double work);
/// The same of work / seconds / (floor_work / floor_seconds), the ratio taken within each round.
Json shares(const Series& seconds, double work, const Series& floor_seconds, double floor_work);
/// What timing the same thing twice in one run gives: {"ratio_of_medians", "smallest_ratio",
/// "largest_ratio"}, the latter two of single rounds.
Json noise(const Series& first, const Series& second);

/// One line of the table: what, median, fastest, slowest, unit and, unless it is null, a share.
void print_line(const std::string& what, const Json& spread, const char* unit, const Json& share = nullptr);
void print_title(const char* section, const std::string& text);
void print_noise(const Json& noise);

/// Floating-point operations of the layers for one sample: in one training step (forward, input gradient,
/// weight gradient), and in a pass without gradients.
double step_flops(const Network& network);
double forward_flops(const Network& network);

/// sgemm of the BLAS that is installed, one thread per product.
class Sgemm {
 public:
  Sgemm();
  ~Sgemm();
  bool available() const { return function_ != nullptr; }
  /// File and version, or why there is none.
  const std::string& description() const { return description_; }
  /// Multiplies two n x n matrices on each of `threads` threads at the same time.
  void multiply(int n, int threads);
  static double flops(int n, int threads) { return 2.0 * n * n * n * threads; }

 private:
  struct Matrices;
  void* function_ = nullptr;
  std::string description_;
  std::unique_ptr<Matrices> matrices_;
};

struct CpuBench {
  double seconds = 0.3;  ///< for each measurement
  int cores = 1;
  Sgemm& sgemm;
};

/// {"gflops", "share_of_sgemm_peak"} of a function that takes `flops`, timed in turn with sgemm on as many
/// threads; the share is null without a BLAS. `seconds`, if given, gets the function's series.
Json compute_rate(const CpuBench& bench, const std::function<void()>& function, double flops, int threads,
                  Series* seconds = nullptr);

/// The sections. Each prints its lines and returns its JSON.
Json floors_section(const CpuBench& bench);
Json step_section(const CpuBench& bench);
Json passes_section(const CpuBench& bench);
Json data_section(const CpuBench& bench);
Json scaling_section(const CpuBench& bench);
Json start_section(const CpuBench& bench);

}  // namespace symscan
