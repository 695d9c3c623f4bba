// One slice of a device's work: training, then what has come to its end.
#include <algorithm>
#include <tuple>

#include "host/device/device_worker.hpp"

namespace symscan {
namespace {

/// Replicas of the same launch can be worked on in one call.
using Launch = std::tuple<Tier, int, int, int>;

Launch launch_of(const BlockPlan& plan) {
  return {plan.tier, plan.tile, plan.threads, plan.blocks_per_multiprocessor};
}

template <class Group>
std::vector<int> handles_of(const Group& group) {
  std::vector<int> handles;
  for (const auto& replica : group) handles.push_back(replica->handle);
  return handles;
}

}  // namespace

void DeviceWorker::train_slice() {
  std::map<Launch, Group> groups;
  for (auto& replica : under_way_) {
    if (replica->state.status == TrainingState::Status::training)
      groups[launch_of(replica->device_plan.training)].push_back(replica.get());
  }
  const auto begin = std::chrono::steady_clock::now();
  bool fits = true;
  for (const auto& [launch, group] : groups) fits = queue_training(group) && fits;
  if (!groups.empty()) prepare_ahead();
  open_->wait();
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  std::erase_if(under_way_, [](const auto& replica) { return replica->handle < 0; });
  take_states();
  const bool full = std::any_of(under_way_.begin(), under_way_.end(), [](const auto& replica) {
    return replica->state.status == TrainingState::Status::training;
  });
  pacer_.record(seconds.count(), full);
  if (!fits) make_room();
}

/// False: the device has no memory for these replicas at one time.
bool DeviceWorker::queue_training(const Group& group) {
  // Blocks work side by side; layered replicas share the whole device.
  double longest = 0, sum = 0;
  for (const Replica* replica : group) {
    longest = std::max(longest, replica->device_plan.unit_cost);
    sum += replica->device_plan.unit_cost;
  }
  const bool layered = group.front()->device_plan.training.tier == Tier::layered;
  try {
    open_->train(handles_of(group), pacer_.units(layered ? sum : longest));
  } catch (const DeviceCallError& error) {
    if (error.status() == DeviceStatus::out_of_memory) return false;
    if (error.status() == DeviceStatus::lost) throw;
    for (Replica* replica : group) fail(*replica, refusal(*replica, error));
  }
  return true;
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

void DeviceWorker::collect() {
  std::map<Launch, Group> finished;
  for (auto& replica : under_way_) {
    if (replica->state.status == TrainingState::Status::finished) {
      finished[launch_of(replica->device_plan.evaluation)].push_back(replica.get());
    } else if (replica->state.status == TrainingState::Status::not_finite) {
      ReplicaSnapshot end = open_->read_replica(replica->handle, *replica->plan, false);
      finish(*replica, replica->plan->failure(end.state, end.parameters.data(), std::move(end.history)));
    }
  }
  bool fits = true;
  for (const auto& [launch, group] : finished) fits = evaluate(group) && fits;
  std::erase_if(under_way_, [](const auto& replica) { return replica->handle < 0; });
  if (!fits) make_room();
}

/// False: the device has no memory to evaluate one of them beside the replicas under way.
bool DeviceWorker::evaluate(const Group& group) {
  std::size_t latents = 0;
  for (const Replica* replica : group) latents += static_cast<std::size_t>(replica->plan->network().latents);
  OpenDevice::Evaluation evaluation;
  try {
    evaluation = open_->evaluate(handles_of(group), latents);
  } catch (const DeviceCallError& error) {
    if (error.status() == DeviceStatus::lost) throw;
    if (group.size() > 1) {
      const auto middle = group.begin() + static_cast<std::ptrdiff_t>(group.size() / 2);
      const bool first = evaluate({group.begin(), middle}), second = evaluate({middle, group.end()});
      return first && second;
    }
    if (error.status() == DeviceStatus::out_of_memory) return false;
    fail(*group.front(), refusal(*group.front(), error));
    return true;
  }
  double* sums = evaluation.sums.data();
  for (std::size_t i = 0; i < group.size(); ++i) {
    Replica& replica = *group[i];
    const auto count = static_cast<std::size_t>(replica.plan->network().latents);
    const RelevanceSums relevance = {sums, sums + count, sums + 2 * count, sums + 3 * count,
                                     sums + 4 * count};
    sums += 5 * count;
    ReplicaSnapshot end = open_->read_replica(replica.handle, *replica.plan, false);
    finish(replica, replica.plan->result(evaluation.losses[i], relevance, end.parameters.data(),
                                         std::move(end.history), end.relevance_history.data()));
  }
  return true;
}

void DeviceWorker::finish(Replica& replica, ReplicaResult result) {
  take_off(replica);
  // A replica that stopped early or failed counts as its full number of steps.
  shared_.events.steps_done += replica.plan->total_steps() - replica.state.step;
  shared_.events.push_result(replica.config(), std::move(result));
  shared_.queue.finish();
}

}  // namespace symscan
