#pragma once
#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "kernels/device/device_api.hpp"

namespace symscan::bench {

using Json = nlohmann::json;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start);

/// One configuration: how many replicas of the network are trained at once, and by which launch.
struct Setting {
  int replicas = 1;
  Precision precision = Precision::fp32;
  BlockPlan plan;       ///< of the training
  bool chosen = false;  ///< it is what symscan takes by itself
};

/// Times the training of replicas of one network on one opened device. Errors of the device are thrown as
/// std::runtime_error.
class DeviceBench {
 public:
  static constexpr std::uint32_t batch = 128;

  /// `rows`: of the dataset; `seconds`: time of the repeats of one measurement, about.
  DeviceBench(const DeviceApi& api, const Network& network, int rows, double seconds);
  ~DeviceBench();
  DeviceBench(const DeviceBench&) = delete;
  DeviceBench& operator=(const DeviceBench&) = delete;

  const DeviceInfo& info() const { return info_; }
  const Network& network() const { return network_; }
  /// Floating-point operations of the layers in one step: forward, input gradient, weight gradient.
  double step_flops() const;

  /// The launch of a tier for so many replicas; throws std::length_error where it does not fit.
  Setting setting(Tier tier, Precision precision, int replicas) const;
  /// The tier that symscan chooses.
  Tier chosen_tier(Precision precision, int replicas) const;

  /// Trains and times; the result has "steps_per_second" or, where it cannot be done, "skipped" with the
  /// reason. `left`: seconds that it may take; what the last measurement took tells how long this one will.
  Json measure(const Setting& setting, double peak_tflops, double left);
  /// The settings as measure() reports them.
  Json describe(const Setting& setting) const;

 private:
  struct Cost {
    int replicas = 0;
    double setup_seconds = 0, unit_seconds = 0;  ///< of all replicas
  };

  void check(DeviceStatus status);
  bool crowded(Precision precision, int replicas) const;
  /// Units of work that a replica may be asked for in one measurement, at most.
  std::uint64_t unit_bound(const Setting& setting) const;
  /// Device memory of all replicas, in bytes.
  double bytes_of(const Setting& setting, std::uint32_t epochs) const;
  /// Why the setting is not measured; empty: it is.
  std::string obstacle(const Setting& setting, std::uint32_t epochs, double left);
  std::string add(const Setting& setting, const TrainingTask& task, std::vector<int>& replicas);
  void time_training(const std::vector<int>& replicas, std::uint64_t supply, Json& result);
  void time_evaluation(const std::vector<int>& replicas, Json& result);
  /// Seconds that `units` of work take.
  double train(const std::vector<int>& replicas, std::uint64_t units);
  void remove(const std::vector<int>& replicas);

  const DeviceApi& api_;
  const Network network_;
  const std::uint32_t rows_;
  const double seconds_;
  Device* device_ = nullptr;
  DeviceInfo info_ = {};
  int dataset_ = -1;
  std::vector<float> values_, parameters_;
  Tier last_tier_ = Tier::fused;
  Cost last_;  ///< of the last measurement, in last_tier_
  char why_[DeviceApi::why_size] = "";
};

}  // namespace symscan::bench
