// How fast is one training step? Prints, for each instruction set and network, microseconds per step,
// multiply-adds of the layers per second, and one JSON line at the end. Real data, warm caches, best of
// several repeats (the noise of a shared machine only ever adds time). Run: build/release/step_bench
#include <chrono>
#include <cmath>
#include <cstdio>
#include <vector>

#include "host/base/json.hpp"
#include "host/train/replica_memory.hpp"

namespace {

using namespace symscan;

struct Case {
  const char* name;
  int features;
  std::vector<int> hidden;
  int latents;
  std::size_t batch;
};

const Case cases[] = {{"reference, 2 features", 2, {64, 32}, 4, 128},
                      {"reference, 8 features", 8, {64, 32}, 4, 128},
                      {"16-128-64-8", 16, {128, 64}, 8, 128},
                      {"64 features, 256-128-16", 64, {256, 128}, 16, 256},
                      {"linear, 64 features", 64, {}, 16, 128}};

/// Floating-point operations of the layers in one step: forward, input gradient, weight gradient.
double step_flops(const Network& network, std::size_t batch) {
  return 2 * step_multiply_adds(network) * static_cast<double>(batch);
}

double microseconds_per_step(const CpuBackend& backend, const Case& c) {
  const CpuReplica replica(make_network(c.features, c.hidden, c.latents, Activation::tanh));
  initialise_parameters(replica.network(), 1, replica.buffers().parameters);
  constexpr std::size_t rows = 10000;
  std::vector<float> values(rows * c.features);
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<float>(std::sqrt(2.0) * std::sin(0.7 * i * i));
  std::vector<std::uint32_t> order(c.batch);
  double best = 1e300;
  std::uint64_t step = 0;
  for (int repeat = 0; repeat < 15; ++repeat) {
    constexpr int steps = 100;
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < steps; ++i) {
      ++step;
      for (std::size_t s = 0; s < c.batch; ++s)
        order[s] = static_cast<std::uint32_t>((step * 7919 + s * 131) % rows);
      Batch batch;
      batch.values = values.data();
      batch.rows = order.data();
      batch.count = c.batch;
      backend.train_step(replica.network(), replica.buffers(), batch, {1, Stream::training_noise, step}, {},
                         step);
    }
    const std::chrono::duration<double, std::micro> time = std::chrono::steady_clock::now() - start;
    best = std::min(best, time.count() / steps);
  }
  return best;
}

}  // namespace

int main() {
  Json results = Json::array();
  std::printf("%-10s %-26s %12s %12s\n", "executor", "network", "us per step", "GFLOP/s");
  for (const CpuBackend* backend : cpu_backends()) {
    for (const Case& c : cases) {
      const double time = microseconds_per_step(*backend, c);
      const double rate =
          step_flops(make_network(c.features, c.hidden, c.latents, Activation::tanh), c.batch) / time / 1e3;
      std::printf("%-10s %-26s %12.1f %12.1f\n", backend->name, c.name, time, rate);
      results.push_back({{"executor", backend->name},
                         {"network", c.name},
                         {"microseconds_per_step", time},
                         {"gflops", rate}});
    }
  }
  std::printf("%s\n", results.dump().c_str());
}
