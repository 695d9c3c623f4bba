// One slice of a device's work: training, and beside it the evaluation of what has come to its end.
#include <algorithm>
#include <tuple>

#include "host/device/device_worker.hpp"
#include "host/device/seconds.hpp"

namespace symscan {
namespace {

/// Signals, checkpoints and finished replicas wait no longer than this.
constexpr double full_slice = 0.1;
/// While there is room on the device and replicas are being prepared for it.
constexpr double short_slice = 0.01;

/// Replicas of the same launch can be worked on in one call.
using Launch = std::tuple<Tier, int, int, int>;

Launch launch_of(const BlockPlan& plan) {
  return {plan.tier, plan.tile, plan.threads, plan.blocks_per_multiprocessor};
}

template <class Replicas>
std::vector<int> handles_of(const Replicas& replicas) {
  std::vector<int> handles;
  for (const auto& replica : replicas) handles.push_back(replica->handle);
  return handles;
}

std::vector<OpenDevice::Reading> readings_of(const std::vector<HeldReplica*>& replicas) {
  std::vector<OpenDevice::Reading> readings;
  for (const HeldReplica* replica : replicas) readings.push_back({replica->handle, replica->plan.get()});
  return readings;
}

}  // namespace

/// Evaluation passes are queued first, so that they find room on the device, and waited for while it trains.
void DeviceWorker::run_slice() {
  const Replicas ended = finished(), training = in_turn();
  const bool evaluating = !ended.empty() && queue_evaluation(ended);
  bool fits = training.empty() || queue_training(training);
  if (evaluating) {
    fits = take_results(ended) && fits;
  } else if (!ended.empty()) {
    fits = evaluate_apart(ended) && fits;
  }
  {
    const AddSeconds timed(times_.training);
    open_->wait();
  }
  sweep_up();
  take_states();
  explain_failures();
  ++times_.slices;
  if (!fits) make_room();
}

DeviceWorker::Replicas DeviceWorker::finished() const {
  Replicas replicas;
  for (const auto& replica : under_way_) {
    if (replica->state.status == TrainingState::Status::finished) replicas.push_back(replica.get());
  }
  return replicas;
}

/// The replicas to train, the first in the list first. While others wait for the device those that came first
/// go on, so that results come steadily. When all that is left is here, those with most work left go first:
/// then no place of the device is idle while another has two replicas before it.
DeviceWorker::Replicas DeviceWorker::in_turn() const {
  Replicas replicas;
  for (const auto& replica : under_way_) {
    if (replica->is_training()) replicas.push_back(replica.get());
  }
  if (preparer_->has_any() || shared_.queue.has_waiting()) return replicas;
  std::stable_sort(replicas.begin(), replicas.end(), [](const HeldReplica* left, const HeldReplica* right) {
    return left->work_left() > right->work_left();
  });
  return replicas;
}

double DeviceWorker::slice_seconds() {
  return preparer_->has_any() && load() < room_ / 2 ? short_slice : full_slice;
}

/// False: the device has no memory for these replicas at one time.
bool DeviceWorker::queue_training(const Replicas& replicas) {
  try {
    open_->train(handles_of(replicas), slice_seconds());
  } catch (const DeviceError& error) {
    if (error.status() == DeviceStatus::lost) throw;
    return error.status() == DeviceStatus::out_of_memory ? false : train_apart(replicas);
  }
  return true;
}

/// Launch by launch: those that the device refuses fail alone.
bool DeviceWorker::train_apart(const Replicas& replicas) {
  std::map<Launch, Replicas> launches;
  for (HeldReplica* replica : replicas) launches[launch_of(replica->device_plan.training)].push_back(replica);
  bool fits = true;
  for (const auto& [launch, part] : launches) {
    try {
      open_->train(handles_of(part), slice_seconds());
    } catch (const DeviceError& error) {
      if (error.status() == DeviceStatus::lost) throw;
      if (error.status() == DeviceStatus::out_of_memory) {
        fits = false;
        continue;
      }
      for (HeldReplica* replica : part) fail(*replica, refusal(*replica, error));
    }
  }
  return fits;
}

void DeviceWorker::take_states() {
  if (under_way_.empty()) return;
  const std::vector<TrainingState> states = open_->states(handles_of(under_way_));
  for (std::size_t i = 0; i < states.size(); ++i) {
    const std::uint64_t fresh = states[i].step - under_way_[i]->state.step;
    shared_.events.steps_done += fresh;
    shared_.events.steps_trained += fresh;
    under_way_[i]->state = states[i];
  }
}

/// Replicas whose loss is not finite.
void DeviceWorker::explain_failures() {
  Replicas failed;
  for (const auto& replica : under_way_) {
    if (replica->state.status == TrainingState::Status::not_finite) failed.push_back(replica.get());
  }
  if (failed.empty()) return;
  auto ends = open_->read_replicas(readings_of(failed), false);
  for (std::size_t i = 0; i < failed.size(); ++i) {
    finish(*failed[i],
           failed[i]->plan->failure(ends[i].state, ends[i].parameters.data(), std::move(ends[i].history)));
  }
  sweep_up();
}

/// False: not all at one time.
bool DeviceWorker::queue_evaluation(const Replicas& replicas) {
  try {
    open_->evaluate(readings_of(replicas));
    return true;
  } catch (const DeviceError& error) {
    if (error.status() == DeviceStatus::lost) throw;
    return false;
  }
}

bool DeviceWorker::take_results(const Replicas& replicas) {
  std::vector<OpenDevice::Result> results;
  try {
    const AddSeconds timed(times_.evaluation);
    results = open_->results(readings_of(replicas));
  } catch (const DeviceError& error) {
    if (error.status() == DeviceStatus::lost) throw;
    if (error.status() == DeviceStatus::out_of_memory) return false;
    for (HeldReplica* replica : replicas) fail(*replica, refusal(*replica, error));
    return true;
  }
  const AddCpuSeconds timed(times_.results);
  for (std::size_t i = 0; i < replicas.size(); ++i) {
    HeldReplica& replica = *replicas[i];
    const RelevanceSums relevance =
        RelevanceSums::in(results[i].sums.data(), replica.plan->network().latents);
    ReplicaSnapshot& end = results[i].end;
    finish(replica, replica.plan->result(results[i].loss, relevance, end.parameters.data(),
                                         std::move(end.history), end.relevance_history.data()));
  }
  return true;
}

/// In halves, where all together were refused. False: the device has no memory to evaluate one of them beside
/// the replicas under way.
bool DeviceWorker::evaluate_apart(const Replicas& replicas) {
  if (replicas.size() > 1) {
    const auto middle = replicas.begin() + static_cast<std::ptrdiff_t>(replicas.size() / 2);
    bool fits = true;
    for (const Replicas& half : {Replicas(replicas.begin(), middle), Replicas(middle, replicas.end())}) {
      const bool together = half.size() > 1 && queue_evaluation(half);
      fits = (together ? take_results(half) : evaluate_apart(half)) && fits;
    }
    return fits;
  }
  try {
    open_->evaluate(readings_of(replicas));
  } catch (const DeviceError& error) {
    if (error.status() == DeviceStatus::lost) throw;
    if (error.status() == DeviceStatus::out_of_memory) return false;
    fail(*replicas.front(), refusal(*replicas.front(), error));
    return true;
  }
  return take_results(replicas);
}

void DeviceWorker::finish(HeldReplica& replica, ReplicaResult result) {
  const std::uint64_t counted = replica.handle >= 0 ? replica.state.step : 0;
  take_off(replica);
  // A replica that stopped early or failed counts as its full number of steps.
  shared_.events.steps_done += replica.plan->total_steps() - counted;
  shared_.events.push_result(replica.config(), std::move(result));
  shared_.queue.finish();
}

}  // namespace symscan
