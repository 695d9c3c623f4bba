#include "bench/cuda_measure.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "bench/cuda_names.hpp"
#include "kernels/layered/gemm.hpp"
#include "kernels/layered/memory.hpp"

namespace symscan::bench {
namespace {

/// More than any device does for one replica. Too small a bound only makes the repeats shorter.
constexpr double fastest_units_per_second = 1e5;
/// A measurement takes this many times the length of its repeats, search for the length of a slice included.
constexpr double search_factor = 2.5;
constexpr int least_repeats = 3, most_evaluated = 1056;

std::string number(double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%.3g", value);
  return text;
}

/// [rows][features], of unit variance: harmonics of one angle, a circle for two features.
std::vector<float> closed_curve(std::size_t rows, int features) {
  std::vector<float> values;
  for (std::size_t row = 0; row < rows; ++row) {
    for (int d = 0; d < features; ++d) {
      const double angle = 0.7 * static_cast<double>(row) * (d / 2 + 1);
      values.push_back(static_cast<float>(std::sqrt(2.0) * (d % 2 == 0 ? std::cos(angle) : std::sin(angle))));
    }
  }
  return values;
}

}  // namespace

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

DeviceBench::DeviceBench(const DeviceApi& api, const Network& network, int rows, double seconds)
    : api_(api),
      network_(network),
      rows_(static_cast<std::uint32_t>(rows)),
      seconds_(seconds),
      values_(closed_curve(rows_, network.features)) {
  check(api_.open(0, &device_, why_));
  check(api_.info(0, &info_, why_));
  check(api_.add_dataset(device_, values_.data(), nullptr, rows_, network_.features, &dataset_, why_));
  parameters_.resize(network_.parameter_count);
  initialise_parameters(network_, 1, parameters_.data());
}

DeviceBench::~DeviceBench() {
  api_.close(device_);
}

void DeviceBench::check(DeviceStatus status) {
  if (status != DeviceStatus::ok) throw std::runtime_error(why_);
}

double DeviceBench::step_flops() const {
  return 2 * step_multiply_adds(network_) * batch;
}

bool DeviceBench::crowded(Precision precision, int replicas) const {
  return precision != Precision::fp32 || replicas > info_.limits.multiprocessors;
}

Tier DeviceBench::chosen_tier(Precision precision, int replicas) const {
  const BlockPlan training =
      plan_block(network_, BlockPurpose::training, batch, info_.limits, crowded(precision, replicas));
  const BlockPlan evaluation = plan_block(network_, BlockPurpose::evaluation, rows_, info_.limits);
  return evaluation.tier == Tier::layered ? Tier::layered : training.tier;
}

Setting DeviceBench::setting(Tier tier, Precision precision, int replicas) const {
  Setting setting{replicas, precision, {}, tier == chosen_tier(precision, replicas)};
  setting.plan.tier = tier;  // for describe(), where it does not fit
  setting.plan = plan_block_as(tier, network_, BlockPurpose::training, batch, info_.limits,
                               crowded(precision, replicas));
  return setting;
}

Json DeviceBench::describe(const Setting& setting) const {
  Json hidden = Json::array();
  for (int l = 0; l < network_.hidden_layers; ++l) hidden.push_back(network_.layers[l].out);
  return {{"tier", name_of(tiers, setting.plan.tier)},
          {"precision", name_of(precisions, setting.precision)},
          {"replicas", setting.replicas},
          {"features", network_.features},
          {"hidden", hidden},
          {"latents", network_.latents},
          {"chosen", setting.chosen},
          {"tile", setting.plan.tile},
          {"threads", setting.plan.threads},
          {"shared_bytes", setting.plan.shared_bytes},
          {"blocks_per_multiprocessor", setting.plan.blocks_per_multiprocessor}};
}

std::uint64_t DeviceBench::unit_bound(const Setting& setting) const {
  const int per_multiprocessor = std::max(1, setting.plan.blocks_per_multiprocessor);
  const double at_once = std::max(1, info_.limits.multiprocessors * per_multiprocessor);
  const double share = std::min(1.0, at_once / setting.replicas);
  const double units = fastest_units_per_second * share * search_factor * seconds_;
  return static_cast<std::uint64_t>(std::clamp(units, 64.0, 1e6));
}

double DeviceBench::bytes_of(const Setting& setting, std::uint32_t epochs) const {
  const double count = setting.replicas;
  double bytes =
      count * (static_cast<double>(epochs) * sizeof(EpochMetrics) + 2.0 * sizeof(BlockLayout) + 1024);
  if (setting.plan.tier == Tier::layered) {
    bytes += std::ceil(count / layered::pool_places) * static_cast<double>(layered_bytes(network_, batch));
  } else {
    const int vectors = setting.plan.tier == Tier::fused ? 3 : 4;
    bytes += count * static_cast<double>(vectors * network_.parameter_count * sizeof(float));
  }
  return bytes;
}

std::string DeviceBench::obstacle(const Setting& setting, std::uint32_t epochs, double left) {
  check(api_.info(0, &info_, why_));
  const double needed = bytes_of(setting, epochs);
  const double available = 0.9 * static_cast<double>(info_.free_memory);
  if (needed > available) {
    return "needs about " + number(needed / 1e6) + " MB of device memory, " + number(available / 1e6) +
           " MB may be taken";
  }
  double expected = search_factor * seconds_;
  if (last_.replicas > 0 && last_tier_ == setting.plan.tier) {
    const double times = std::max(1.0, static_cast<double>(setting.replicas) / last_.replicas);
    // At least two units before the repeats. A block tier that does not fill the device yet takes no longer
    // for more replicas; groups of the layered tier wait for each other.
    const bool full = last_tier_ == Tier::layered || last_.replicas >= info_.limits.multiprocessors;
    expected = std::max(expected, (2 + least_repeats) * last_.unit_seconds * (full ? times : 1.0)) +
               last_.setup_seconds * times;
  }
  if (expected <= left) return "";
  return "would take about " + number(expected) + " s, " + number(std::max(0.0, left)) + " s are left";
}

std::string DeviceBench::add(const Setting& setting, const TrainingTask& common, std::vector<int>& replicas) {
  TrainingTask task = common;
  const TrainingState fresh;
  const bool layered = setting.plan.tier == Tier::layered;
  ReplicaStart start = {};
  start.network = &network_;
  start.training = setting.plan;
  start.evaluation =
      layered ? BlockPlan{} : plan_block(network_, BlockPurpose::evaluation, rows_, info_.limits);
  start.precision = setting.precision;
  start.dataset = dataset_;
  start.task = &task;
  start.state = &fresh;
  start.parameters = parameters_.data();
  for (int i = 0; i < setting.replicas; ++i) {
    task.seed = static_cast<std::uint64_t>(i) + 1;
    int replica = -1;
    const DeviceStatus status = api_.add_replicas(device_, &start, 1, &replica, why_);
    if (status == DeviceStatus::out_of_memory) return why_;
    check(status);
    replicas.push_back(replica);
  }
  check(api_.wait(device_, why_));
  return "";
}

double DeviceBench::train(const std::vector<int>& replicas, std::uint64_t units) {
  const auto start = Clock::now();
  check(api_.train(device_, replicas.data(), static_cast<int>(replicas.size()), units, 0, why_));
  check(api_.wait(device_, why_));
  return seconds_since(start);
}

void DeviceBench::remove(const std::vector<int>& replicas) {
  check(api_.remove_replicas(device_, replicas.data(), static_cast<int>(replicas.size()), why_));
}

void DeviceBench::time_training(const std::vector<int>& replicas, std::uint64_t supply, Json& result) {
  std::uint64_t done = 0;
  const auto slice = [&](std::uint64_t units) {
    done += units;
    return train(replicas, units);
  };
  slice(1);  // warms up
  std::uint64_t units = 1;
  double length = slice(units);
  const double wanted = seconds_ / 10;
  // Longer slices, as long as the supply is enough for the repeats.
  while (length < wanted) {
    const double factor = std::clamp(wanted / length, 2.0, 16.0);
    const auto longer = static_cast<std::uint64_t>(static_cast<double>(units) * factor);
    if (done + (1 + least_repeats) * longer > supply) break;
    units = longer;
    length = slice(units);
  }
  std::vector<double> times;
  double total = 0;
  while (done + units <= supply && (times.size() < least_repeats || total < seconds_)) {
    times.push_back(slice(units));
    total += times.back();
  }
  std::vector<TrainingState> states(replicas.size());
  check(api_.states(device_, replicas.data(), static_cast<int>(replicas.size()), states.data(), why_));
  for (const TrainingState& state : states) {
    if (state.step != done) throw std::runtime_error("a replica did not do the steps that it was given");
  }
  std::sort(times.begin(), times.end());
  const double steps = static_cast<double>(units) * static_cast<double>(replicas.size());
  const double median = times[times.size() / 2];
  result["steps_per_second"] = steps / median;
  result["slowest"] = steps / times.back();
  result["fastest"] = steps / times.front();
  result["repeats"] = times.size();
  result["units_per_repeat"] = units;
  last_.unit_seconds = median / static_cast<double>(units);
}

void DeviceBench::time_evaluation(const std::vector<int>& replicas, Json& result) {
  const int count = std::min(static_cast<int>(replicas.size()), most_evaluated);
  std::vector<LossSums> losses(static_cast<std::size_t>(count));
  std::vector<double> sums(losses.size() * RelevanceSums::size(network_.latents));
  const auto start = Clock::now();
  check(api_.evaluate(device_, replicas.data(), count, why_));
  check(api_.results(device_, losses.data(), sums.data(), nullptr, why_));
  result["evaluated_rows_per_second"] = static_cast<double>(count) * rows_ / seconds_since(start);
  for (const LossSums& loss : losses) {
    if (!std::isfinite(loss.squared_error) || !(loss.kl > 0)) {
      throw std::runtime_error("a loss after the timed training is not finite");
    }
  }
}

Json DeviceBench::measure(const Setting& setting, double peak_tflops, double left) {
  Json result = describe(setting);
  TrainingTask task;
  task.training_count = rows_;
  task.batch_size = batch;
  task.steps_per_epoch = (rows_ + batch - 1) / batch;
  task.training_weight = rows_;
  task.epochs = static_cast<std::uint32_t>(unit_bound(setting) / task.steps_per_epoch + 1);
  if (const std::string why = obstacle(setting, task.epochs, left); !why.empty()) {
    result["skipped"] = why;
    return result;
  }
  std::vector<int> replicas;
  // What a tier's first replica costs once (cuBLAS, memory pools) is not part of the time per replica.
  Setting one = setting;
  one.replicas = 1;
  if (add(one, task, replicas).empty()) remove(replicas);
  replicas.clear();
  const auto start = Clock::now();
  const std::string full = add(setting, task, replicas);
  if (full.empty()) {
    last_tier_ = setting.plan.tier;
    last_ = {setting.replicas, seconds_since(start), 0};
    result["setup_seconds"] = last_.setup_seconds;
    time_training(replicas, task.epochs * task.steps_per_epoch, result);
    const double flops = result["steps_per_second"].get<double>() * step_flops();
    result["gflops"] = flops / 1e9;
    if (peak_tflops > 0) result["share_of_fp32_peak"] = flops / 1e12 / peak_tflops;
    time_evaluation(replicas, result);
  } else {
    result["skipped"] = "device memory: " + full;
  }
  remove(replicas);
  return result;
}

}  // namespace symscan::bench
