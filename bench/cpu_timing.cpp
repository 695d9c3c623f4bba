#include <algorithm>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <numeric>

#include "bench/cpu_bench.hpp"

namespace symscan {
namespace {

using Clock = std::chrono::steady_clock;

volatile std::sig_atomic_t interrupted = 0;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double seconds_of(const std::function<void()>& function, std::size_t calls) {
  if (interrupted != 0) throw Interrupted();
  const auto start = Clock::now();
  for (std::size_t i = 0; i < calls; ++i) function();
  return seconds_since(start);
}

/// How many calls take about `seconds`, at least one. `first`: what the first call took.
std::size_t calls_for(double seconds, const std::function<void()>& function, double first) {
  if (first >= seconds) return 1;
  double calls = 1, taken = first;
  while (taken < seconds / 2) {
    calls = std::ceil(calls * std::clamp(seconds / std::max(taken, 1e-9), 2.0, 100.0));
    taken = seconds_of(function, static_cast<std::size_t>(calls));
  }
  return std::max<std::size_t>(1, static_cast<std::size_t>(std::lround(calls * seconds / taken)));
}

std::vector<Series> time_rounds(double seconds, const std::vector<std::function<void()>>& functions,
                                std::size_t least) {
  std::vector<double> first;
  for (const auto& function : functions) first.push_back(seconds_of(function, 1));
  const double turn =
      std::max(seconds / 10, std::min(seconds, *std::max_element(first.begin(), first.end())));
  std::vector<std::size_t> calls;
  for (std::size_t f = 0; f < functions.size(); ++f) calls.push_back(calls_for(turn, functions[f], first[f]));
  std::vector<Series> series(functions.size());
  const auto start = Clock::now();
  while (series[0].size() < least || seconds_since(start) < seconds * static_cast<double>(functions.size())) {
    for (std::size_t f = 0; f < functions.size(); ++f)
      series[f].push_back(seconds_of(functions[f], calls[f]) / static_cast<double>(calls[f]));
  }
  return series;
}

Json spread(Series values, bool largest_is_fastest) {
  std::sort(values.begin(), values.end());
  double fastest = values.front(), slowest = values.back();
  if (largest_is_fastest) std::swap(fastest, slowest);
  return {{"median", median(values)}, {"fastest", fastest}, {"slowest", slowest}, {"repeats", values.size()}};
}

}  // namespace

std::vector<Series> time_in_turn(double seconds, const std::vector<std::function<void()>>& functions) {
  return time_rounds(seconds, functions, 3);
}

Series time_alone(double seconds, const std::function<void()>& function, std::size_t least) {
  return time_rounds(seconds, {function}, least).front();
}

void catch_signals() {
  struct sigaction action = {};
  action.sa_handler = [](int) { interrupted = 1; };
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

double median(Series values) {
  std::sort(values.begin(), values.end());
  return (values[(values.size() - 1) / 2] + values[values.size() / 2]) / 2;
}

Json times(const Series& seconds, double scale) {
  Series values;
  for (const double second : seconds) values.push_back(scale * second);
  return spread(values, false);
}

Json rates(const Series& seconds, double work) {
  Series values;
  for (const double second : seconds) values.push_back(work / second);
  return spread(values, true);
}

Json shares(const Series& seconds, double work, const Series& floor_seconds, double floor_work) {
  Series values;
  for (std::size_t i = 0; i < seconds.size(); ++i)
    values.push_back(work / seconds[i] * floor_seconds[i] / floor_work);
  return spread(values, true);
}

Json noise(const Series& first, const Series& second) {
  Series ratios;
  for (std::size_t i = 0; i < std::min(first.size(), second.size()); ++i)
    ratios.push_back(second[i] / first[i]);
  const auto [smallest, largest] = std::minmax_element(ratios.begin(), ratios.end());
  return {{"ratio_of_medians", median(second) / median(first)},
          {"smallest_ratio", *smallest},
          {"largest_ratio", *largest}};
}

void print_line(const std::string& what, const Json& values, const char* unit, const Json& share) {
  std::printf("  %-46s %11.4g %11.4g %11.4g  %-12s", what.c_str(), values.at("median").get<double>(),
              values.at("fastest").get<double>(), values.at("slowest").get<double>(), unit);
  if (!share.is_null()) std::printf(" %5.1f %%", 100 * share.at("median").get<double>());
  std::printf("\n");
  std::fflush(stdout);
}

void print_title(const char* section, const std::string& text) {
  std::printf("\n%s: %s\n  %-46s %11s %11s %11s  %-12s %s\n", section, text.c_str(), "", "median", "fastest",
              "slowest", "", "of SGEMM");
}

void print_noise(const Json& noise) {
  std::printf(
      "  noise, the same timed twice: medians differ by %+.1f %%, single rounds by %+.1f to %+.1f %%\n",
      100 * (noise.at("ratio_of_medians").get<double>() - 1),
      100 * (noise.at("smallest_ratio").get<double>() - 1),
      100 * (noise.at("largest_ratio").get<double>() - 1));
}

double step_flops(const Network& network) {
  return 2 * step_multiply_adds(network);
}

double forward_flops(const Network& network) {
  double multiply_adds = 0;
  for (int l = 0; l < network.layer_count(); ++l)
    multiply_adds += static_cast<double>(network.layers[l].in) * network.layers[l].out;
  return 2 * multiply_adds;
}

Json compute_rate(const CpuBench& bench, const std::function<void()>& function, double flops, int threads,
                  Series* seconds) {
  constexpr int n = 1024;
  std::vector<std::function<void()>> functions = {function};
  if (bench.sgemm.available()) functions.push_back([&] { bench.sgemm.multiply(n, threads); });
  const std::vector<Series> series = time_in_turn(bench.seconds, functions);
  if (seconds != nullptr) *seconds = series[0];
  Json result = {{"gflops", rates(series[0], flops / 1e9)}, {"share_of_sgemm_peak", nullptr}};
  if (series.size() > 1)
    result["share_of_sgemm_peak"] = shares(series[0], flops, series[1], Sgemm::flops(n, threads));
  return result;
}

}  // namespace symscan
