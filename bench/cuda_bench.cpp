// Speed of a device backend on the reference network: steps per second against the number of replicas and
// against launch variants, evaluation pass, precision. Prints a table and, last, one line of JSON.
//   cuda_bench [--library FILE] [--replicas 1,8,132,1000,10000] [--seconds S] [--variants]
#include <dlfcn.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "kernels/device/device_api.hpp"
#ifdef SYMSCAN_GPU_FLOORS
#include "bench/gpu_floors.hpp"
#endif

namespace {

using namespace symscan;
using Json = nlohmann::json;
using Clock = std::chrono::steady_clock;

constexpr std::uint32_t rows = 10000, batch = 128;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Floating-point operations of the layers in one step: forward, input gradient, weight gradient.
double step_flops(const Network& network) {
  double multiply_adds = 0;
  for (int l = 0; l < network.layer_count(); ++l) {
    multiply_adds += static_cast<double>(network.layers[l].in) * network.layers[l].out * (l == 0 ? 2 : 3);
  }
  return 2 * multiply_adds * batch;
}

class Bench {
 public:
  Bench(const DeviceApi& api, double seconds)
      : api_(api), seconds_(seconds), network_(make_network(2, {64, 32}, 4, Activation::tanh)) {
    check(api_.open(0, &device_, why_));
    check(api_.info(0, &info_, why_));
    std::vector<float> values(2 * rows);
    for (std::uint32_t i = 0; i < rows; ++i) {
      values[2 * i] = static_cast<float>(std::sqrt(2.0) * std::cos(0.7 * i));
      values[2 * i + 1] = static_cast<float>(std::sqrt(2.0) * std::sin(0.7 * i));
    }
    check(api_.add_dataset(device_, values.data(), nullptr, rows, 2, &dataset_, why_));
    parameters_.resize(network_.parameter_count);
    initialise_parameters(network_, 1, parameters_.data());
  }
  ~Bench() { api_.close(device_); }

  const DeviceInfo& info() const { return info_; }
  const Network& network() const { return network_; }
  BlockPlan plan(BlockPurpose purpose, bool crowded = true) const {
    return plan_block(network_, purpose, batch, info_.limits, crowded);
  }

  /// Trains `count` replicas; returns the results of one configuration.
  Json run(int count, const BlockPlan& plan, Precision precision, double peak_tflops) {
    std::vector<int> replicas;
    Json result = {{"replicas", count},
                   {"tier", plan.tier == Tier::fused      ? "fused"
                            : plan.tier == Tier::streamed ? "streamed"
                                                          : "layered"},
                   {"tile", plan.tile},
                   {"threads", plan.threads},
                   {"shared_bytes", plan.shared_bytes},
                   {"blocks_per_multiprocessor", plan.blocks_per_multiprocessor},
                   {"precision", precision == Precision::fp32   ? "fp32"
                                 : precision == Precision::tf32 ? "tf32"
                                                                : "bf16"}};
    TrainingTask task;
    task.training_count = rows;
    task.steps_per_epoch = (rows + batch - 1) / batch;
    task.training_weight = rows;
    task.epochs = 10000;
    const TrainingState fresh;
    for (int i = 0; i < count; ++i) {
      task.seed = static_cast<std::uint64_t>(i) + 1;
      const ReplicaStart start{&network_, plan,     this->plan(BlockPurpose::evaluation),
                               precision, dataset_, &task,
                               &fresh,    nullptr,  parameters_.data(),
                               nullptr,   nullptr,  nullptr};
      int replica = -1;
      if (const DeviceStatus status = api_.add_replicas(device_, &start, 1, &replica, why_);
          status != DeviceStatus::ok) {
        result["skipped"] = why_;
        remove(replicas);
        return result;
      }
      replicas.push_back(replica);
    }
    std::uint64_t units = 4;
    train(replicas, units);  // warm-up, and the length of a slice of about a tenth of the time
    double slice = 0;
    for (;;) {
      const auto start = Clock::now();
      train(replicas, units);
      slice = seconds_since(start);
      if (slice > seconds_ / 10 || units > (1u << 20)) break;
      units *= 2;
    }
    std::vector<double> rates;
    const auto begin = Clock::now();
    do {
      const auto start = Clock::now();
      train(replicas, units);
      rates.push_back(static_cast<double>(units) * count / seconds_since(start));
    } while (rates.size() < 3 || seconds_since(begin) < seconds_);
    std::sort(rates.begin(), rates.end());
    const double rate = rates[rates.size() / 2];
    result["steps_per_second"] = rate;
    result["spread"] = (rates.back() - rates.front()) / rate;
    result["gflops"] = rate * step_flops(network_) / 1e9;
    if (peak_tflops > 0) result["share_of_fp32_peak"] = rate * step_flops(network_) / 1e12 / peak_tflops;
    std::vector<LossSums> losses(replicas.size());
    std::vector<double> sums(replicas.size() * 5 * static_cast<std::size_t>(network_.latents));
    const auto start = Clock::now();
    check(api_.evaluate(device_, replicas.data(), count, why_));
    check(api_.results(device_, losses.data(), sums.data(), nullptr, why_));
    result["evaluation_seconds"] = seconds_since(start);
    if (!(losses[0].kl > 0)) throw std::runtime_error("the loss is not a number");
    remove(replicas);
    return result;
  }

 private:
  void check(DeviceStatus status) {
    if (status != DeviceStatus::ok) throw std::runtime_error(why_);
  }
  void train(const std::vector<int>& replicas, std::uint64_t units) {
    check(api_.train(device_, replicas.data(), static_cast<int>(replicas.size()), units, 0, why_));
    check(api_.wait(device_, why_));
  }
  void remove(const std::vector<int>& replicas) {
    check(api_.remove_replicas(device_, replicas.data(), static_cast<int>(replicas.size()), why_));
  }

  const DeviceApi& api_;
  double seconds_;
  Network network_;
  Device* device_ = nullptr;
  DeviceInfo info_ = {};
  int dataset_ = -1;
  std::vector<float> parameters_;
  char why_[DeviceApi::why_size] = "";
};

void print(const Json& r) {
  if (r.contains("skipped")) {
    std::printf("%7d %-9s %4d: %s\n", r["replicas"].get<int>(), r["tier"].get<std::string>().c_str(),
                r["tile"].get<int>(), r["skipped"].get<std::string>().c_str());
    return;
  }
  std::printf("%7d %-9s %4d %7d %6d %-9s %12.4g %7.1f%% %8.1f%% %10.4f\n", r["replicas"].get<int>(),
              r["tier"].get<std::string>().c_str(), r["tile"].get<int>(), r["threads"].get<int>(),
              r["blocks_per_multiprocessor"].get<int>(), r["precision"].get<std::string>().c_str(),
              r["steps_per_second"].get<double>(), 100 * r["spread"].get<double>(),
              100 * r.value("share_of_fp32_peak", 0.0), r["evaluation_seconds"].get<double>());
  std::fflush(stdout);
}

int run(const std::string& library, const std::vector<int>& counts, double seconds, bool variants) {
  void* opened = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (opened == nullptr) {
    std::printf("skipped: %s\n", dlerror());
    return 77;
  }
  const DeviceApi* api = reinterpret_cast<const DeviceApi* (*)()>(dlsym(opened, "symscan_device_api"))();
  int devices = 0;
  char why[DeviceApi::why_size] = "";
  if (api->count(&devices, why) != DeviceStatus::ok || devices == 0) {
    std::printf("skipped: no CUDA device: %s\n", why);
    return 77;
  }
  Bench bench(*api, seconds);
  Json results = {
      {"device", bench.info().name}, {"build", api->build}, {"step_flops", step_flops(bench.network())}};
  double peak = 0;
#ifdef SYMSCAN_GPU_FLOORS
  if (library.find("cuda") != std::string::npos) {
    const GpuFloors floors = measure_gpu_floors();
    peak = floors.fp32_tflops;
    results["floors"] = {{"fp32_tflops", floors.fp32_tflops},
                         {"copy_gigabytes_per_second", floors.copy_gigabytes_s},
                         {"launch_microseconds", floors.launch_microseconds}};
    std::printf("floors: %.1f TFLOP/s fp32, %.0f GB/s copy, %.1f us per launch\n", floors.fp32_tflops,
                floors.copy_gigabytes_s, floors.launch_microseconds);
  }
#endif
  std::printf("%7s %-9s %4s %7s %6s %-9s %12s %8s %9s %10s\n", "replica", "tier", "tile", "threads", "blocks",
              "precision", "steps/s", "spread", "of peak", "evaluate s");
  const BlockPlan chosen = bench.plan(BlockPurpose::training);
  const auto add = [&](const char* list, const Json& result) {
    print(result);
    results[list].push_back(result);
  };
  for (const int count : counts) {
    const bool crowded = count > bench.info().limits.multiprocessors;
    add("replicas", bench.run(count, bench.plan(BlockPurpose::training, crowded), Precision::fp32, peak));
  }
  const int full = std::max(1, bench.info().limits.multiprocessors * chosen.blocks_per_multiprocessor);
  for (const Precision precision : {Precision::tf32, Precision::bf16}) {
    add("precisions", bench.run(full, chosen, precision, peak));
  }
  if (variants) {
    for (const Tier tier : {Tier::fused, Tier::streamed}) {
      for (const int tile : {16, 32, 64, 128}) {
        for (const int threads : {64, 128, 256}) {
          BlockPlan plan = chosen;
          plan.tier = tier;
          plan.tile = tile;
          plan.threads = threads;
          plan.shared_bytes =
              make_block_layout(bench.network(), BlockPurpose::training, tier, Precision::fp32, tile)
                  .shared_bytes();
          const DeviceLimits& limits = bench.info().limits;
          if (plan.shared_bytes > limits.shared_per_block) continue;
          plan.blocks_per_multiprocessor =
              std::min<int>(static_cast<int>(limits.shared_per_multiprocessor /
                                             (plan.shared_bytes + limits.shared_reserved)),
                            limits.registers_per_multiprocessor / (threads * 184));
          const int places = std::max(1, limits.multiprocessors * plan.blocks_per_multiprocessor);
          add("variants", bench.run(places, plan, Precision::fp32, peak));
        }
      }
    }
  }
  std::printf("%s\n", results.dump().c_str());
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  std::string library = SYMSCAN_DEVICE_LIBRARY;
  std::vector<int> replicas = {1, 8, 132, 1000, 10000};
  double seconds = 1;
  bool variants = false;
  for (int i = 1; i < count; ++i) {
    const std::string argument = arguments[i];
    if (argument == "--variants") {
      variants = true;
    } else if (i + 1 < count && argument == "--library") {
      library = arguments[++i];
    } else if (i + 1 < count && argument == "--seconds") {
      seconds = std::atof(arguments[++i]);
    } else if (i + 1 < count && argument == "--replicas") {
      replicas.clear();
      for (const char* text = arguments[++i]; text != nullptr; text = std::strchr(text, ',')) {
        if (*text == ',') ++text;
        replicas.push_back(std::atoi(text));
      }
    } else {
      std::fprintf(stderr,
                   "usage: cuda_bench [--library FILE] [--replicas 1,8,...] [--seconds S] [--variants]\n");
      return 2;
    }
  }
  try {
    return run(library, replicas, seconds, variants);
  } catch (const std::exception& error) {
    std::printf("FAILED: %s\n", error.what());
    return 1;
  }
}
