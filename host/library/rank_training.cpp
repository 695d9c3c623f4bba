#include "host/library/rank_training.hpp"

#include <algorithm>

#include "host/base/cores.hpp"
#include "host/base/digest.hpp"
#include "host/data/preprocess.hpp"

namespace symscan {
namespace {

/// Replicas that are asked for ahead of each device: a Preparer has as many in line at least.
constexpr std::uint64_t ahead_of_device = 64;

/// Replicas that this process works on, or has in line, at one time.
std::uint64_t slots_of(const SweepInput& input) {
  const Backend& backend = input.backend();
  return backend.api == nullptr ? static_cast<std::uint64_t>(std::max(1, input.choice().threads))
                                : ahead_of_device * backend.devices.size();
}

std::string digest_of(const Json& config) {
  Digest digest;
  digest.add(config.dump());
  return digest.hex();
}

}  // namespace

LocalTraining local_training(const SweepInput& input, const DataOf& data,
                             const std::function<void(const std::string&)>& warn, DeviceTimes* times) {
  const TrainingChoice& choice = input.choice();
  const Backend& backend = input.backend();
  const SweepOptions options = {choice.threads, choice.checkpoint_seconds, rank_tick_seconds};
  LocalTraining local;
  local.slots = slots_of(input);
  if (backend.api == nullptr) {
    local.run = [=, &data](JobQueue& queue, const std::atomic<bool>& stop, const SweepObserver& observer,
                           SweepProgress& progress) {
      const int workers = std::clamp(static_cast<int>(progress.replicas), 1, std::max(1, choice.threads));
      run_jobs(queue, workers, data, options, stop, observer, progress);
    };
    return local;
  }
  local.takers = static_cast<int>(backend.devices.size());
  local.run = [=, &data, &backend](JobQueue& queue, const std::atomic<bool>& stop,
                                   const SweepObserver& observer, SweepProgress& progress) {
    const DeviceSweep sweep = {*backend.api, backend.devices, choice.tier, choice.generate_on_device, warn,
                               times};
    run_device_jobs(sweep, queue, data, options, stop, observer, progress);
  };
  return local;
}

Greeting greeting_of(const SweepInput& input) {
  Greeting greeting;
  greeting.version = SYMSCAN_VERSION;
  greeting.config = digest_of(input.sweep().resolved);
  for (const DatasetRecord& record : input.data().records)
    greeting.fingerprints.push_back(record.fingerprint);
  greeting.backend = input.backend().name();
  greeting.slots = slots_of(input);
  return greeting;
}

void check_greeting(const SweepInput& input, const Greeting& greeting) {
  const Greeting own = greeting_of(input);
  if (greeting.version != own.version)
    throw Error("it runs symscan " + greeting.version + " and rank 0 runs " + own.version +
                "; start the same program on all machines");
  if (greeting.config != own.config)
    throw ConfigError("it reads another config than rank 0; give all ranks the same file and settings");
  for (std::size_t d = 0; d < own.fingerprints.size(); ++d) {
    if (d < greeting.fingerprints.size() && same_fingerprint(greeting.fingerprints[d], own.fingerprints[d]))
      continue;
    throw DataError("it reads other data of '" + input.data().records[d].label +
                    "' than rank 0; give all ranks the same file");
  }
  if (!rounds_like(greeting.backend, own.backend))
    throw Error(
        "it trains on " + greeting.backend + " and rank 0 on " + own.backend +
        ", which rounds differently; start ranks on machines of one kind, or with SYMSCAN_CPU=baseline");
}

void work_for_rank_0(Ranks& ranks, const SweepInput& input, const std::atomic<bool>& stop,
                     const std::function<void()>& stopped) {
  const DataOf data = [&input](const ReplicaConfig& config) -> const PreparedData& {
    return input.data().prepared[input.index().of_replica[config.id]];
  };
  const auto warn = [&ranks](const std::string& sentence) { ranks.send(0, to_bytes(RankWarning{sentence})); };
  const auto& replicas = input.sweep().replicas;
  RankWorker::Work work;
  work.replica = [&replicas](int id) -> const ReplicaConfig& {
    if (id < 0 || static_cast<std::size_t>(id) >= replicas.size())
      throw Error("rank 0 asks for replica " + std::to_string(id) + ", which this config has not");
    return replicas[static_cast<std::size_t>(id)];
  };
  work.local = local_training(input, data, warn, nullptr);
  work.greeting = greeting_of(input);
  work.stopped = stopped;
  RankWorker(ranks, std::move(work)).run(stop);
}

int threads_of_rank(const MpiPlace& place) {
  return std::max(1, std::min(all_cores(), place.node_cores / std::max(1, place.node_size)));
}

}  // namespace symscan
