// Micro-benchmarks of the CPU's tile operations (kernels/tiles_cpu.hpp) for each instruction set that this
// machine runs. A benchmark is called operation/instruction set/size: layers of size inputs and size outputs,
// size latents, 128 samples (Workspace::tile_samples). For everything in caches, on one thread.
//   tile_bench [--benchmark_filter=forward.*avx512] [--benchmark_out=FILE] ...
// FLOP: rate of those of the product. per_element: time for each output (weights for weight_gradient,
// parameters for adam). bytes_per_second: each input and output counted once.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/tile_ops.hpp"
#include "host/base/aligned.hpp"
#include "host/config/names.hpp"
#include "host/train/replica_memory.hpp"

namespace symscan {

namespace baseline {
extern const TileOps tile_ops;
}
#if defined(__x86_64__)
namespace avx2 {
extern const TileOps tile_ops;
}
namespace avx512 {
extern const TileOps tile_ops;
}
#endif

namespace {

/// nullptr if this instruction set was not built.
const TileOps* find_tile_ops(const char* name) {
  for (const TileOps* ops : {
         &baseline::tile_ops,
#if defined(__x86_64__)
             &avx2::tile_ops, &avx512::tile_ops,
#endif
       }) {
    if (std::strcmp(ops->name, name) == 0) return ops;
  }
  return nullptr;
}

constexpr std::size_t samples = Workspace::tile_samples;
constexpr int sizes[] = {7, 33, 64, 128, 256};

/// What one call does; `bytes` are those read and written, each once.
struct Work {
  double flops = 0, bytes = 0, elements = 0;
};

void set_counters(benchmark::State& state, const Work& work) {
  using benchmark::Counter;
  const auto calls = static_cast<double>(state.iterations());
  if (work.flops > 0) state.counters["FLOP"] = Counter(calls * work.flops, Counter::kIsRate);
  state.SetBytesProcessed(static_cast<std::int64_t>(calls * work.bytes));
  state.counters["per_element"] = Counter(calls * work.elements, Counter::kIsRate | Counter::kInvert);
}

/// Layers of one size, with the values that a real batch leaves in them.
class Tile {
 public:
  Tile(const CpuBackend& backend, Activation activation, int size)
      : replica_(make_network(size, {size, size}, size, activation)),
        values_(rows * static_cast<std::size_t>(size)),
        order_(samples),
        sums_(4 * static_cast<std::size_t>(size)) {
    initialise_parameters(network(), 1, replica_.buffers().parameters);
    for (std::size_t i = 0; i < values_.size(); ++i)
      values_[i] = static_cast<float>(std::sqrt(2.0) * std::sin(0.7 * static_cast<double>(i * i % 10007)));
    for (std::size_t s = 0; s < samples; ++s) order_[s] = static_cast<std::uint32_t>(s * 131 % rows);
    batch_.values = values_.data();
    batch_.rows = order_.data();
    batch_.count = samples;
    const LossSums loss = backend.gradient(network(), replica_.buffers(), batch_, {}, {});
    if (!loss.finite()) throw std::runtime_error("the loss is not a number");
  }
  const Network& network() const { return replica_.network(); }
  void repeat(const TileOps& ops, TileOp op, std::size_t count) {
    ops.repeat(op, network(), replica_.buffers(), batch_, sums_.data(), count);
  }

 private:
  static constexpr std::size_t rows = 4096;
  CpuReplica replica_;
  std::vector<float> values_;
  std::vector<std::uint32_t> order_;
  std::vector<double> sums_;
  Batch batch_;
};

Work work_of(TileOp op, const Network& network) {
  const double n = network.features, tile = n * static_cast<double>(samples);
  const double product = 2 * n * tile, matrix = 4 * n * n, rows = 4 * tile;
  const auto parameters = static_cast<double>(network.parameter_count);
  switch (op) {
    case TileOp::gather:
      return {0, 2 * rows, tile};
    case TileOp::forward:
    case TileOp::input_gradient:
      return {product, matrix + 2 * rows, tile};
    case TileOp::weight_gradient:
      return {product, matrix + 2 * rows, n * n};
    case TileOp::reparameterise:  // reads mu, logvar; writes eps, s, z, KL
      return {0, 6 * rows, tile};
    case TileOp::latent_gradient:  // reads dz, s, eps, mu; writes two gradients
      return {0, 6 * rows, tile};
    case TileOp::loss:  // reads x, xhat; writes the gradient
      return {0, 3 * rows, tile};
    case TileOp::relevance_sums:  // reads mu, s, KL
      return {0, 3 * rows, tile};
    case TileOp::update:  // reads the gradient; reads and writes parameters and two moments
      return {0, 7 * 4 * parameters, parameters};
  }
  return {};
}

void add_operation(const CpuBackend& backend, const TileOps& ops, const std::string& name, TileOp op,
                   Activation activation) {
  for (const int size : sizes) {
    const auto run = [&backend, &ops, op, activation, size](benchmark::State& state) {
      Tile tile(backend, activation, size);
      // As many at once as take some 20 us, so that the call itself does not count.
      const auto batch = static_cast<std::size_t>(std::max(1, 20000 / (size * size)));
      while (state.KeepRunningBatch(static_cast<benchmark::IterationCount>(batch)))
        tile.repeat(ops, op, batch);
      set_counters(state, work_of(op, tile.network()));
    };
    const std::string full = name + "/" + backend.name + "/" + std::to_string(size);
    benchmark::RegisterBenchmark(full.c_str(), run);
  }
}

/// A function on size x 128 numbers that CpuBackend has by itself; `arrays`: read and written.
void add_function(const CpuBackend& backend, const std::string& name, int arrays,
                  const std::function<void(const float* x, float* y, float* z, std::size_t)>& function) {
  for (const int size : sizes) {
    const auto run = [function, arrays, size](benchmark::State& state) {
      const std::size_t count = static_cast<std::size_t>(size) * samples;
      AlignedFloats x(count), y(count), z(count);
      for (std::size_t i = 0; i < count; ++i)
        x.data()[i] = 0.01f + 3.0f * static_cast<float>(i % 251) / 251;  // logarithms want positive numbers
      for (auto _ : state) {
        function(x.data(), y.data(), z.data(), count);
        benchmark::ClobberMemory();
      }
      const auto elements = static_cast<double>(count);
      set_counters(state, {0, 4 * elements * arrays, elements});
    };
    benchmark::RegisterBenchmark((name + "/" + backend.name + "/" + std::to_string(size)).c_str(), run);
  }
}

void add_all(const CpuBackend& backend, const TileOps& ops) {
  for (const Activation activation : all_activations) {
    const std::string name = to_string(activation);
    add_operation(backend, ops, "forward_" + name, TileOp::forward, activation);
    add_operation(backend, ops, "input_gradient_" + name, TileOp::input_gradient, activation);
  }
  const auto add = [&](const char* name, TileOp op) {
    add_operation(backend, ops, name, op, Activation::tanh);
  };
  add("weight_gradient", TileOp::weight_gradient);
  add("gather", TileOp::gather);
  add("reparameterise", TileOp::reparameterise);
  add("latent_gradient", TileOp::latent_gradient);
  add("loss", TileOp::loss);
  add("relevance_sums", TileOp::relevance_sums);
  add("adam", TileOp::update);
  for (const Activation activation : all_activations) {
    add_function(backend, to_string(activation), 3,
                 [&backend, activation](const float* x, float* y, float* z, std::size_t count) {
                   backend.activate(activation, x, y, z, count);
                 });
  }
  add_function(backend, "exp", 2, [&backend](const float* x, float* y, float*, std::size_t count) {
    backend.exponential(x, y, count);
  });
  add_function(backend, "log", 2, [&backend](const float* x, float* y, float*, std::size_t count) {
    backend.logarithm(x, y, count);
  });
  add_function(backend, "normals", 1, [&backend](const float*, float* y, float*, std::size_t count) {
    backend.normals({1, Stream::training_noise, 0}, 0, 0, count / 4, y);
  });
}

}  // namespace
}  // namespace symscan

int main(int count, char** arguments) {
  using namespace symscan;
  for (const CpuBackend* backend : cpu_backends()) {
    if (const TileOps* ops = find_tile_ops(backend->name)) add_all(*backend, *ops);
  }
  benchmark::Initialize(&count, arguments);
  if (benchmark::ReportUnrecognizedArguments(count, arguments)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
