#include "host/library/sweep_input.hpp"

#include <chrono>

#include "host/device/device_plan.hpp"
#include "host/device/seconds.hpp"
#include "host/library/sweep_checks.hpp"

namespace symscan {

SweepInput::SweepInput(SweepConfig sweep, const TrainingChoice& choice)
    : sweep_(std::move(sweep)), choice_(choice), index_(index_datasets(sweep_)) {
  check_executor();
  found_ = std::async(std::launch::async | std::launch::deferred, [this] {
    const AddSeconds timed(device_seconds_);
    Backend backend = choose_backend(choice_.device);
    if (backend.api == nullptr) check_for_cpu(sweep_, choice_, backend.why_cpu);
    return backend;
  });
}

void SweepInput::load(const LoadingHooks& hooks) {
  LoadingHooks stopping = hooks;
  stopping.load = [&](const ReplicaConfig& config) {
    if (found_.wait_for(std::chrono::seconds(0)) == std::future_status::ready) (void)found_.get();
    return hooks.load(config);
  };
  try {
    data_ = load_data(index_, stopping);
  } catch (...) {
    (void)found_.get();
    throw;
  }
  groups_ = group_shapes(sweep_, index_, data_.prepared);
}

const Backend& SweepInput::open_backend() {
  backend_ = found_.get();
  return backend_;
}

void SweepInput::check() {
  check_networks(groups_);
  if (choice_.tier) check_tier(sweep_, groups_, backend_, *choice_.tier);
}

std::size_t SweepInput::layered_replicas() const {
  if (backend_.api == nullptr) return 0;
  std::size_t count = 0;
  const DeviceInfo& info = backend_.devices.front().info;
  for (const GroupShape& group : groups_) {
    const DevicePlan plan = plan_on_device(*group.config, group.network(), group.rows, sweep_.replicas.size(),
                                           choice_.tier, info.limits, info.free_memory);
    if (plan.training.tier == Tier::layered || plan.evaluation.tier == Tier::layered) count += group.replicas;
  }
  return count;
}

std::vector<DatasetRows> SweepInput::take_rows() {
  std::vector<DatasetRows> rows = std::move(data_.rows);
  data_ = {};
  return rows;
}

void SweepInput::forget_replicas() {
  groups_ = {};
  index_ = {};
  sweep_.replicas = {};
}

}  // namespace symscan
