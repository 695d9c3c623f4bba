// What a device does with its replicas: slices of training, evaluation passes.
#include <algorithm>
#include <cmath>
#include <exception>

#include "kernels/device/device.hpp"

namespace symscan {
namespace {

PlanKey key_of(const BlockPlan& plan) {
  return {plan.tier, plan.tile, plan.threads, plan.blocks_per_multiprocessor};
}

std::size_t chunks_of(const DeviceReplica& replica) {
  return (replica.slot.task.rows + evaluation_chunk - 1) / evaluation_chunk;
}

}  // namespace

/// Launches of different plans go to lanes in turn.
void Device::queue_slice(Slice& begun, const Launches<block::ReplicaSlot*>& launches, std::uint64_t units,
                         double seconds) {
  const std::uint64_t* deadline = nullptr;
  if (seconds > 0) {
    const auto nanoseconds = static_cast<std::uint64_t>(std::ceil(seconds * 1e9));
    runtime.set_deadline(begun.upload.at<std::uint64_t>(begun.deadline), nanoseconds);
    deadline = begun.upload.at<std::uint64_t>(begun.deadline);
  }
  for (int lane = 0; lane < Runtime::training_lanes; ++lane) runtime.fork(lane);
  int lane = 0;
  for (const auto& [key, launch] : launches) {
    runtime.train(launch.plan, begun.upload.at<block::ReplicaSlot*>(launch.offset),
                  static_cast<int>(launch.items.size()), units, deadline, lane);
    lane = (lane + 1) % Runtime::training_lanes;
  }
  for (const auto& [pool, places] : begun.pools) pool->train(places, units, seconds);
}

void Device::train(const int* numbers, int count, std::uint64_t units, double seconds) {
  if (count == 0) return;
  if (slice != nullptr) wait();  // its states say where the layers go on
  auto queued = std::make_unique<Slice>(pinned);
  queued->replicas.assign(numbers, numbers + count);
  Launches<block::ReplicaSlot*> launches;
  for (const int number : queued->replicas) {
    const DeviceReplica& trained = replica(number);
    queued->offsets.push_back(queued->states.add(&trained.device_slot()->state, sizeof(TrainingState)));
    if (LayeredPool* const pool = trained.layered.pool(); pool != nullptr) {
      pool->set_progress(trained.layered.place(), trained.slot.state);
      queued->pools[pool].push_back(trained.layered.place());
    } else {
      launches[key_of(trained.training)].add(trained.training, trained.device_slot());
    }
  }
  for (auto& [key, launch] : launches)
    launch.offset = queued->upload.put(launch.items.data(), launch.items.size());
  const std::uint64_t none = 0;
  queued->deadline = queued->upload.put(&none, 1);
  queued->states.prepare();
  queued->upload.send(runtime, pinned);
  slice = std::move(queued);  // from here on the device may work on it
  std::exception_ptr failure;
  try {
    queue_slice(*slice, launches, units, seconds);
  } catch (const DeviceError& error) {
    if (error.status() == DeviceStatus::lost) throw;
    failure = std::current_exception();
  }
  runtime.join();
  slice->states.queue(runtime, Runtime::main_queue);
  if (failure == nullptr) return;
  wait();  // a part may have been trained
  std::rethrow_exception(failure);
}

void Device::take_states(const Slice& done) {
  for (std::size_t i = 0; i < done.replicas.size(); ++i) {
    const auto found = replicas.find(done.replicas[i]);
    if (found != replicas.end()) found->second.slot.state = *done.states.at<TrainingState>(done.offsets[i]);
  }
}

void Device::wait() {
  runtime.wait();
  if (slice != nullptr) take_states(*slice);
  slice.reset();
  pinned.recycle();
}

void Device::states(const int* numbers, int count, TrainingState* states) {
  if (slice != nullptr) wait();
  for (int i = 0; i < count; ++i) states[i] = replica(numbers[i]).slot.state;
}

/// On the evaluation lane; replicas of a layered pool on that of the pool.
void Device::queue_passes(Evaluation& queued) {
  Launches<EvaluationItem> launches;
  std::vector<ReductionItem> reductions;
  std::map<LayeredPool*, std::array<double*, LayeredPool::places>> pools;
  std::size_t partial = 0, totals = 0;
  for (const Evaluation::Replica& one : queued.replicas) {
    totals += one.width;
    if (replica(one.number).evaluation.tier != Tier::layered)
      partial += one.width * chunks_of(replica(one.number));
  }
  queued.sums = DeviceArray<double>(runtime, totals + partial);
  double *total = queued.sums.data(), *next = total + totals;
  for (Evaluation::Replica& one : queued.replicas) {
    const DeviceReplica& evaluated = replica(one.number);
    one.total = queued.results.add(total, one.width * sizeof(double));
    if (evaluated.evaluation.tier != Tier::layered) {
      const std::size_t chunks = chunks_of(evaluated);
      for (std::size_t chunk = 0; chunk < chunks; ++chunk) {
        launches[key_of(evaluated.evaluation)].add(
            evaluated.evaluation, {evaluated.device_slot(), chunk, next + chunk * one.width});
      }
      reductions.push_back({next, chunks, one.width, total});
      next += chunks * one.width;
    } else if (LayeredPool* const pool = evaluated.layered.pool(); pool != nullptr) {
      queued.upload.place<double>(total, nullptr, one.width);
      pools[pool][static_cast<std::size_t>(evaluated.layered.place())] = total;
    } else {
      auto& alone = queued.alone.emplace_back(std::make_unique<LayeredPool>(
          runtime, evaluated.network, evaluated.precision, 0, Runtime::evaluation_lane));
      const layered::Place place = alone->start(0, evaluated.slot.task, TrainingState(), nullptr, nullptr);
      queued.upload.place<double>(total, nullptr, one.width);
      queued.upload.place(alone->device_place(0), &place, 1);
      queued.upload.place_copy(alone->parameters(0), evaluated.slot.parameters, evaluated.parameter_bytes());
      pools[alone.get()][0] = total;
    }
    total += one.width;
  }
  for (auto& [key, launch] : launches)
    launch.offset = queued.upload.put(launch.items.data(), launch.items.size());
  const std::size_t reductions_at = queued.upload.put(reductions.data(), reductions.size());
  queued.results.prepare();
  queued.upload.send(runtime, pinned);
  runtime.fork(Runtime::evaluation_lane);
  for (const auto& [key, launch] : launches) {
    runtime.evaluate(launch.plan, queued.upload.at<EvaluationItem>(launch.offset), launch.items.size(),
                     Runtime::evaluation_lane);
  }
  if (!reductions.empty()) {
    runtime.reduce(queued.upload.at<ReductionItem>(reductions_at), reductions.size(),
                   Runtime::evaluation_lane);
  }
  for (const auto& [pool, totals_of] : pools) {
    runtime.fork(pool->lane());
    pool->evaluate(totals_of);
    runtime.follow(Runtime::evaluation_lane, pool->lane());
  }
}

void Device::evaluate(const int* numbers, int count) {
  if (evaluation != nullptr) throw DeviceError(DeviceStatus::failed, "an evaluation is under way already");
  const auto is_trained = [&](int number) {
    return std::find(slice->replicas.begin(), slice->replicas.end(), number) != slice->replicas.end();
  };
  if (slice != nullptr && std::any_of(numbers, numbers + count, is_trained)) wait();
  auto queued = std::make_unique<Evaluation>(pinned);
  for (int i = 0; i < count; ++i) {
    const DeviceReplica& evaluated = replica(numbers[i]);
    Download& results = queued->results;
    Evaluation::Replica one = {};
    one.number = numbers[i];
    one.width = block::chunk_sums(evaluated.network.latents);
    one.state = results.add(&evaluated.device_slot()->state, sizeof(TrainingState));
    one.parameters = results.add(evaluated.slot.parameters, evaluated.parameter_bytes());
    one.history = results.add(evaluated.slot.history, evaluated.slot.task.epochs * sizeof(EpochMetrics));
    one.relevance = results.add(evaluated.slot.task.relevance_history, evaluated.relevance_bytes);
    queued->replicas.push_back(one);
  }
  try {
    queue_passes(*queued);
    queued->results.queue(runtime, Runtime::evaluation_lane);
  } catch (const DeviceError& error) {
    if (error.status() != DeviceStatus::lost) runtime.wait();  // what was queued reads what is given back now
    throw;
  }
  evaluation = std::move(queued);
}

void Device::results(LossSums* losses, double* sums, const ReplicaCopy* copies) {
  if (evaluation == nullptr) throw DeviceError(DeviceStatus::failed, "nothing is being evaluated");
  const std::unique_ptr<Evaluation> done = std::move(evaluation);
  runtime.wait_lane(Runtime::evaluation_lane);
  for (std::size_t i = 0; i < done->replicas.size(); ++i) {
    const Evaluation::Replica& one = done->replicas[i];
    const DeviceReplica& evaluated = replica(one.number);
    const double* total = done->results.at<double>(one.total);
    losses[i].squared_error = total[0];
    losses[i].kl = total[1];
    sums = std::copy(total + 2, total + one.width, sums);
    if (copies == nullptr) continue;
    const auto read = [&](void* to, std::size_t offset, std::size_t bytes) {
      if (to != nullptr && bytes > 0) std::memcpy(to, done->results.at<std::byte>(offset), bytes);
    };
    read(copies[i].state, one.state, sizeof(TrainingState));
    read(copies[i].parameters, one.parameters, evaluated.parameter_bytes());
    read(copies[i].history, one.history, evaluated.slot.task.epochs * sizeof(EpochMetrics));
    read(copies[i].relevance_history, one.relevance, evaluated.relevance_bytes);
  }
}

}  // namespace symscan
